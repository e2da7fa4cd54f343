"""The demo's processes: what they may know, and that they end."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from demo import child
from demo.environment import clean_environment

OBSTINATE = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
)
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {OBSTINATE!r}])"


@pytest.mark.parametrize(
    "name",
    [
        "DB_SYNC_DATABASE_URL",
        "GOOGLE_CREDENTIALS_BASE64",
        "MELTANO_DATABASE_URI",
        "PGPASSWORD",
        "TAP_MIH_POSTGRES_HOST",
    ],
)
def test_a_variable_that_could_lead_to_real_data_is_dropped(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "production")
    assert name not in clean_environment()


def test_a_proxy_does_not_come_between_us_and_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "example.com")
    monkeypatch.setenv("PATH", "/bin")
    assert clean_environment()["NO_PROXY"] == "127.0.0.1,localhost"
    assert clean_environment()["PATH"] == "/bin"


@pytest.mark.parametrize("program", [OBSTINATE, PARENT], ids=["a child", "a grandchild"])
def test_what_does_not_end_by_itself_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str) -> None:
    monkeypatch.setattr(child, "PATIENCE_SECONDS", 0.2)
    log = tmp_path / "log"
    with child.child_process([sys.executable, "-c", program], log, os.environ) as process:
        while "up" not in log.read_text():
            time.sleep(0.02)
    assert process.returncode is not None
    with pytest.raises(ProcessLookupError):
        wait_for_end_of_group(process.pid)


def wait_for_end_of_group(group: int) -> None:
    """Raise ProcessLookupError once nobody is left of a process group."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        os.killpg(group, 0)
        time.sleep(0.02)
