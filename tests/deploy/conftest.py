"""The entry point as a process, with a program in Meltano's place and the stand-in for supercronic."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from demo.child import end
from demo.environment import clean_environment

BIN = Path(sys.executable).parent
STAND_IN = Path(__file__).parent / "image" / "supercronic_stand_in.py"
# Says how it was called, and does what a file beside it says.
MELTANO = """#!/bin/sh
echo "$@" >> "$0.calls"
. "$0.does"
"""
VARIABLES = {
    "DB_SYNC_DATABASE_URL": "postgresql://localhost/x",
    "GOOGLE_SPREADSHEET_ID": "1abc",
    "GOOGLE_CREDENTIALS_BASE64": "e30=",
    "DB_SYNC_CRON": "*/1 * * * * * *",
}
REPORT = {
    "event": "run_report",
    "run": "0123456789ab",
    "state": "ok",
    "calls": {"reads": 2, "writes": 1, "refused": 0},
    "cells": 100,
    "streams": [{"stream": "public-a", "sheet": "a", "rows": 3, "columns": 2, "added": 3, "changed": 0, "removed": 0}],
}


@dataclass
class Host:
    """A machine with the entry point, its own state, temporary folder and programs."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("bin", "state", "tmp"):
            (self.folder / name).mkdir()
        (self.bin / "db-sync").symlink_to(BIN / "db-sync")
        (self.bin / "supercronic").write_text(STAND_IN.read_text())
        (self.bin / "meltano").write_text(MELTANO)
        for program in ("supercronic", "meltano"):
            (self.bin / program).chmod(0o755)
        (self.folder / "report.json").write_text(json.dumps(REPORT))
        self.let_meltano("true")

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def let_meltano(self, script: str) -> None:
        """What Meltano does from now on, as a shell script.

        `report` writes the target's report, and `log LEVEL SOURCE MESSAGE` a line of Meltano's own log of the run.
        """
        report = f'report() {{ cp "{self.folder}/report.json" "$TARGET_GSHEETS_REPORT_PATH"; }}\n'
        log = """log() {
            folder="$XDG_STATE_HOME/meltano/log/elt/job/01a224ba"
            mkdir -p "$folder"
            printf '2026-11-29T00:35:03.935558Z [%-9s] %-12s %s\\n' "$@" >> "$folder/elt.log"
        }\n"""
        (self.bin / "meltano.does").write_text(report + log + script)

    def calls(self) -> list[str]:
        """How Meltano was called."""
        path = self.bin / "meltano.calls"
        return path.read_text().splitlines() if path.exists() else []

    def environment(self, **variables: str) -> dict[str, str]:
        own = {"PATH": f"{self.bin}:{os.environ['PATH']}", "TMPDIR": str(self.folder / "tmp")}
        return {**clean_environment(), **VARIABLES, **own, "DB_SYNC_STATE_FOLDER": str(self.state), **variables}

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the entry point to its end."""
        return subprocess.run(
            ["db-sync", *arguments],
            env=self.environment(**variables), executable=self.bin / "db-sync",
            capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start it with its log in `log`."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                ["db-sync", *arguments], env=self.environment(**variables), executable=self.bin / "db-sync",
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def lines(self) -> list[dict[str, Any]]:
        """The log's lines, each of which must be JSON."""
        return [json.loads(line) for line in self.log().splitlines()]


def wait_until(true: Callable[[], object], seconds: float = 15.0) -> None:
    """Return once something is so; fail where it doesn't become so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain"
        time.sleep(0.02)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """A machine whose Meltano succeeds at once."""
    host = Host(tmp_path)
    yield host
    for process in host.processes:
        end(process)
