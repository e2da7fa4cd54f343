"""What outlives a run, in one folder: the lock, the last success, the sizes of the sheets, and the metrics.

Files are replaced whole, by a rename. Whoever holds the lock is the only run on this folder; the lock is the kernel's
and ends with the last process that has it open, and the mark inside tells the next run that its holder was killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from db_sync.errors import BusyError, RunError

LOCK = "run.lock"
SUCCESS = "last-success"
SIZES = "sizes.json"
METRICS = "metrics/db-sync.prom"
# The room that a run's bookkeeping must find.
PROBE_BYTES = 256 * 1024
# Of Meltano's own record of runs: five weeks of a run every five minutes.
KEPT_RUNS = 10_000
POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that is held: its descriptor, for the children to hold as well, and whether its last holder was killed."""

    descriptor: int
    was_killed: bool


@contextlib.contextmanager
def run_lock(folder: Path, patience_seconds: float, say_waiting: Callable[[], None]) -> Iterator[Lock]:
    """Hold the folder's lock; raise BusyError where another run has it for longer than we have patience.

    Where there is something to wait for, and patience, that is said before.
    """
    with writable(folder):
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not (is_free := try_to_take(descriptor)) and patience_seconds:
            say_waiting()
        deadline = time.monotonic() + patience_seconds
        while not is_free:
            if time.monotonic() >= deadline:
                raise BusyError("Another run is going on: this one does nothing.")
            time.sleep(POLL_SECONDS)
            is_free = try_to_take(descriptor)
        was_killed = os.pread(descriptor, 1, 0) != b""
        with writable(folder):
            os.pwrite(descriptor, b"running\n", 0)
        try:
            yield Lock(descriptor, was_killed)
        finally:
            os.truncate(descriptor, 0)
    finally:
        os.close(descriptor)


def run_begin(folder: Path) -> float | None:
    """When the run began that has the lock, or that was killed with it; None where there is none.

    To try the lock itself would keep a run from it that is just beginning.
    """
    try:
        found = (folder / LOCK).stat()
    except OSError:
        return None
    return found.st_mtime if found.st_size else None


def try_to_take(descriptor: int) -> bool:
    """Lock the file, unless another run holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Say in a sentence why the folder can't be written."""
    try:
        yield
    except OSError as error:
        raise RunError(
            f"{folder} can't be written ({error.strerror}): it must be a folder or volume that belongs to user "
            f"{os.geteuid()} and has room left. Nothing was read or written."
        ) from error


def probe(folder: Path) -> None:
    """Raise RunError where the folder has no room for what a run writes down."""
    path = folder / f".probe-{os.getpid()}"
    with writable(folder):
        try:
            path.write_bytes(bytes(PROBE_BYTES))
        finally:
            path.unlink(missing_ok=True)


def replace(path: Path, text: str) -> None:
    """Write a file that others read, whole or not at all; raise OSError.

    So may its folder be, where there was none, whatever the umask.
    """
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o755)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text)
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_text(path: Path) -> str:
    """What a file holds, or nothing where there is none."""
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError):
        return ""


def read_time(path: Path) -> float | None:
    """The Unix time in a file, or None where there is none."""
    try:
        return float(read_text(path))
    except ValueError:
        return None


def prune_runs(uri: str) -> None:
    """Forget all but Meltano's last runs; its states are in a table of their own. Raise sqlite3.Error."""
    path = Path(uri.removeprefix("sqlite:///"))
    if path.exists():
        with contextlib.closing(sqlite3.connect(path)) as database, database:
            database.execute("DELETE FROM runs WHERE id <= (SELECT max(id) FROM runs) - ?", (KEPT_RUNS,))
