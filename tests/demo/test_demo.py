"""`python -m demo` as a newcomer runs it, without a terminal."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

ROOT = Path(__file__).parents[2]
PROCESSES = Path("/proc")

pytestmark = pytest.mark.skipif(not PROCESSES.exists(), reason="counts processes in /proc, which this system lacks")


@pytest.fixture
def mark() -> str:
    """A variable that the demo hands on to all its children."""
    return f"DEMO_TEST={uuid4().hex}"


def processes_with(mark: str) -> list[str]:
    """The command lines of the processes that have the mark in their environment."""
    found = []
    for process in PROCESSES.glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project, beside whose meltano.yml lies a developer's .env with real values."""
    shutil.copytree(ROOT / "demo", tmp_path / "demo")
    shutil.copy(ROOT / "meltano.yml", tmp_path)
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    (tmp_path / ".env").write_text("DB_SYNC_EXCLUDED_SCHEMAS=public\nTARGET_GSHEETS_API_ENDPOINT=http://127.0.0.1:1\n")
    return tmp_path


def start_demo(copy: Path, mark: str) -> subprocess.Popen[str]:
    """Run the demo in a shell that knows the way to production as well."""
    name, _, value = mark.partition("=")
    production = {"DB_SYNC_DATABASE_URL": "postgresql://production.invalid/x", "GOOGLE_SPREADSHEET_ID": "production"}
    return subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=copy,
        env={**os.environ, **production, name: value},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_tells_what_was_written_and_leaves_nothing_behind(copy: Path, mark: str) -> None:
    begin = time.monotonic()
    demo = start_demo(copy, mark)
    output, errors = demo.communicate(timeout=90)
    assert (demo.returncode, errors) == (0, ""), output
    assert processes_with(mark) == []
    first, second = output.split("Changing three rows")
    assert re.search(r"^  OrderItem +2,974 +4  \+2,974$", first, re.MULTILINE)
    assert re.search(r"^  Coupon +0 +3  new$", first, re.MULTILINE)
    assert "prisma" not in first.lower().replace("as prisma leaves it", "")
    assert re.findall(r"^  (\w+) +[\d,]+ +\d+  (\S+)$", second, re.MULTILINE) == [
        ("Feedback", "-1"),
        ("Product", "~1"),
        ("User", "+1"),
    ]
    assert "12 sheets are as they were" in second
    assert "1 to write" in second
    assert re.search(r"^The workbook: http://127\.0\.0\.1:\d+/spreadsheets/d/[\w-]+$", second, re.MULTILINE)
    assert time.monotonic() - begin < 60


def test_it_ends_in_good_order_when_it_is_terminated_in_the_middle(copy: Path, mark: str) -> None:
    demo = start_demo(copy, mark)
    assert demo.stdout is not None
    while not any("target-gsheets" in command for command in processes_with(mark)):
        assert demo.poll() is None
        time.sleep(0.05)
    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=30)
    assert demo.returncode == 128 + signal.SIGTERM
    assert processes_with(mark) == []
