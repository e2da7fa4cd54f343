"""Recordings of the real API, replayed: the measure of the emulator's truth."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sheets_emulator.testing import running_emulator

CONFORMANCE = Path(__file__).parents[3] / "shared" / "conformance"
FOREIGN = "1jIKzPs8LsiZZdLdeMEP-5ZIHw6RkjiOmj1LrJN706Yc"


def test_recordings_of_the_real_api_are_answered_alike(tmp_path: Path) -> None:
    if not CONFORMANCE.is_dir():
        pytest.skip(f"there are no recordings at {CONFORMANCE}")
    summary_file, diffs = tmp_path / "summary.json", tmp_path / "diffs.txt"
    with running_emulator(auth="any", foreign=(FOREIGN,)) as emulator:
        command = [sys.executable, str(CONFORMANCE / "replay.py"), emulator.url, "--quiet"]
        subprocess.run([*command, "--json", str(summary_file), "--diffs", str(diffs)], check=True, timeout=120)
    summary = json.loads(summary_file.read_text())["summary"]
    assert summary["matched"] >= 0.99 * summary["interactions"], diffs.read_text()
    assert summary["distinct_sheets_matched"] >= 0.98 * summary["distinct_sheets"], diffs.read_text()
    assert summary["status_matched"] == summary["interactions"], diffs.read_text()
