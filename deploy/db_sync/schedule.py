"""The container's life: supercronic starts a run at each tick, and a signal ends everything in good order.

The edge, and process 1 of the container: it collects the children that lost their parent. supercronic never starts a
tick while a run goes on, and on SIGTERM it waits for the run without telling it; so the run is told from here.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import FrameType

from db_sync.cron import next_tick
from db_sync.errors import DbSyncError, SettingsError
from db_sync.log import Log
from db_sync.settings import Settings
from db_sync.state import probe, read_time, replace

SUPERCRONIC = ("supercronic", "-json", "-passthrough-logs")
AGAIN_SECONDS = 0.5


def scratch() -> Path:
    """This container's own folder: what it holds is nobody's after a restart."""
    return Path(tempfile.gettempdir()) / "db-sync"


def started_file() -> Path:
    """Holds the time at which the schedule began."""
    return scratch() / "started"


def run_file() -> Path:
    """Holds the process that runs at the moment."""
    return scratch() / "run.pid"


def crontab(settings: Settings) -> str:
    """supercronic's table. `exec` leaves no shell between supercronic and the run."""
    return f"CRON_TZ={settings.timezone}\n{settings.cron_text} exec db-sync --tick\n"


def supercronic_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment, with the zones that Python knows: the system's may lack some, which would silently mean UTC."""
    found = importlib.util.find_spec("tzdata")
    zones = {"ZONEINFO": str(Path(found.origin).with_name("zoneinfo"))} if found and found.origin else {}
    return {**variables, **zones}


def keep_schedule(settings: Settings, variables: Mapping[str, str], log: Log) -> int:
    """Run supercronic until a signal ends it; return the exit status."""
    probe(settings.state)
    run_file().unlink(missing_ok=True)
    replace(started_file(), f"{time.time():.3f}\n")
    table = scratch() / "crontab"
    replace(table, crontab(settings))
    environment = supercronic_variables(variables)
    check_crontab(table, settings, environment)
    tick = next_tick(settings.cron, datetime.now(settings.zone), settings.zone)
    log.say(
        f"Running at '{settings.cron_text}' ({settings.timezone}).",
        next=tick.isoformat() if tick else None,
        timeout_seconds=settings.timeout_seconds,
    )
    return Supervisor(subprocess.Popen([*SUPERCRONIC, str(table)], env=environment), log).wait()


def check_crontab(table: Path, settings: Settings, environment: Mapping[str, str]) -> None:
    """Let supercronic read its table: it has the last word on what it understands."""
    try:
        answer = subprocess.run(
            [*SUPERCRONIC, "-test", str(table)], env=dict(environment), capture_output=True, check=False
        )
    except FileNotFoundError:
        raise DbSyncError("supercronic isn't installed: the container's image has it, elsewhere use --once.") from None
    if answer.returncode:
        raise SettingsError([f"DB_SYNC_CRON is '{settings.cron_text}', which supercronic doesn't understand."])


class Supervisor:
    """Waits for supercronic, collects orphans, and hands a signal on to the run."""

    def __init__(self, process: subprocess.Popen[bytes], log: Log) -> None:
        self.process = process
        self.log = log
        self.signal = 0
        self.told = 0  # the run that knows of the signal
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, self._tell_run)

    def wait(self) -> int:
        """Return once supercronic has ended: 0 where we were asked to end, else 1."""
        while True:
            child, status = os.waitpid(-1, 0)
            if child == self.process.pid:
                break
        # While Python ends, a timer that still rang would kill it.
        signal.setitimer(signal.ITIMER_REAL, 0)
        if self.signal:
            return 0
        self.log.say(f"supercronic ended by itself with status {os.waitstatus_to_exitcode(status)}.", "error")
        return 1

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        if not self.signal:
            self.signal = number
            name = signal.Signals(number).name
            self.log.say(f"Received {name}: no further run begins, the current one is ended.")
            os.kill(self.process.pid, signal.SIGTERM)
            # A run that was just starting says its number a moment later.
            signal.setitimer(signal.ITIMER_REAL, 0.01, AGAIN_SECONDS)

    def _tell_run(self, _number: int, _frame: FrameType | None) -> None:
        run = int(read_time(run_file()) or 0)
        if run and run != self.told:
            self.told = run
            with suppress(ProcessLookupError):
                os.kill(run, signal.SIGTERM)
