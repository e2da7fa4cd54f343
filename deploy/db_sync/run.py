"""One run of the pipeline: bounded in time, never two at once, and ended in good order by a signal.

The edge: it starts Meltano and waits. Meltano hands SIGTERM on to the plugins, and the target finishes the commit under
way; what is still there STOP_SECONDS later is killed, which the next run heals.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from db_sync.errors import BusyError, no_program
from db_sync.log import Log
from db_sync.names import workbook_of
from db_sync.ping import ping
from db_sync.report import Ended, log_fields, parse_report, parse_sizes, recall, render_metrics, sizes
from db_sync.run_log import last_error, refusal
from db_sync.settings import SYSTEM_DATABASE, Settings
from db_sync.state import METRICS, SIZES, SUCCESS, Lock, probe, prune_runs, read_text, read_time, replace, run_lock

PIPELINE = ("tap-mih-postgres", "target-gsheets")
STOP_SECONDS = 60.0
POLL_SECONDS = 0.5
TIMED_OUT = 124  # as the command `timeout` ends
REPORT_VARIABLE = "TARGET_GSHEETS_REPORT_PATH"
# Where Meltano keeps its log of every run, below `meltano/log`, and never removes one.
LOGS_VARIABLE = "XDG_STATE_HOME"
RUN_LOG = "elt.log"
# Of the name of Meltano's state: with one for each workbook, the tap begins a new one with nothing left out.
SUFFIX_VARIABLE = "MELTANO_RUN_STATE_ID_SUFFIX"


class Stop:
    """SIGTERM and SIGINT, remembered until the run has time for them."""

    def __init__(self) -> None:
        self.signal = 0
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._remember)

    def _remember(self, number: int, _frame: FrameType | None) -> None:
        self.signal = self.signal or number


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds all processes of a run: the lock that they hold, the signals that end them, and their last moment."""

    lock: Lock
    stop: Stop
    deadline: float


@dataclass(frozen=True, slots=True)
class Run:
    """What a run goes by: the entry point's settings, the variables of its processes, and where it speaks."""

    settings: Settings
    variables: Mapping[str, str]
    log: Log

    def sync(self, *, wait: bool) -> Ended:
        """Run the pipeline once; raise RunError where it can't begin, BusyError where another run goes on.

        With `wait`, another run is waited for as long as a run may last.
        """
        patience = self.settings.timeout_seconds if wait else 0
        with run_lock(self.settings.state, patience, self._say_that_we_wait) as lock:
            # Until here a signal ends the process at once, waiting included: there is nothing to bring to an end.
            stop = Stop()
            for folder in (self.settings.state, Path(tempfile.gettempdir())):
                probe(folder)
            if lock.was_killed:
                self.log.say("The run before this one was killed: going on from where it was.", "warning")
            ping(self.settings.ping_url, "start", self.log)
            ended = self._measure(lock, stop)
            self._keep_record(ended)
            ping(self.settings.ping_url, str(ended.status) if ended.status else "", self.log)
        self.log.say(
            f"The run ended with status {ended.status} after {ended.seconds:.1f} s.",
            "error" if ended.status else "info",
            **log_fields(ended),
        )
        return ended

    def _say_that_we_wait(self) -> None:
        limit = f"{self.settings.timeout_seconds} s (DB_SYNC_TIMEOUT)"
        self.log.say(f"Another run is going on: waiting for it, at most {limit}.")

    def _measure(self, lock: Lock, stop: Stop) -> Ended:
        """Run Meltano with a place for its log and the target's report, and read them.

        A run that Meltano's lock refuses is nothing to tell the workbook of, which another run is writing to.
        """
        with tempfile.TemporaryDirectory(prefix="db-sync-") as folder:
            path = Path(folder) / "report.json"
            begun = time.monotonic()
            bounds = Bounds(lock, stop, begun + self.settings.timeout_seconds)
            places = {REPORT_VARIABLE: str(path), LOGS_VARIABLE: folder}
            status = self._run_meltano(self._pipeline(lock), bounds, places)
            log = "".join(read_text(each) for each in Path(folder).rglob(RUN_LOG))
            if status and (refused := refusal(log)):
                raise BusyError(refused)
            report = recall(parse_report(read_text(path)), parse_sizes(read_text(self.settings.state / SIZES)))
            ended = Ended(status, time.monotonic() - begun, time.time(), report, last_error(log, PIPELINE[0]))
        # Without a log Meltano never began: its database is out of reach, and the target would wait for that again.
        if status and log and report is None and status != TIMED_OUT and not stop.signal:
            self._tell_workbook(bounds)
        return ended

    def _tell_workbook(self, bounds: Bounds) -> None:
        """Let the target note in its status sheet that nothing came: Meltano never starts it where discovery fails.

        What it says of that is dropped: the run has failed before, and its log says why.
        """
        self.log.say("The run ended before it reached the workbook: its status sheet is told so, if that can be done.")
        self._run_meltano(("invoke", PIPELINE[-1]), bounds, output=subprocess.DEVNULL)

    def _run_meltano(
        self,
        arguments: Sequence[str],
        bounds: Bounds,
        variables: Mapping[str, str] | None = None,
        output: int | None = None,
    ) -> int:
        """Start Meltano and wait for it, for its time or for a signal; return the exit status as a shell would."""
        # In a session of its own: Ctrl-C in a terminal is for us, and we end Meltano in good order. The lock is its as
        # well, so that it lasts as long as Meltano does, whatever becomes of us.
        try:
            process = subprocess.Popen(
                ["meltano", *arguments],
                env={SUFFIX_VARIABLE: workbook_of(self.variables), **self.variables, **(variables or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                umask=0o077,  # its database lies where others may pass through to the metrics
                pass_fds=[bounds.lock.descriptor],
            )
        except FileNotFoundError as error:
            raise no_program("meltano") from error
        try:
            return self._wait(process, bounds.stop, bounds.deadline)
        finally:
            # Nothing of its session outlives it, however it ended.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _wait(self, process: subprocess.Popen[bytes], stop: Stop, deadline: float) -> int:
        """Wait for Meltano, for its time or for a signal; return the exit status."""
        while not stop.signal and time.monotonic() < deadline:
            with suppress(subprocess.TimeoutExpired):
                return to_status(process.wait(POLL_SECONDS))
        if stop.signal:
            self.log.say(f"Received {signal.Signals(stop.signal).name}: ending the run.", "warning")
        else:
            limit = f"{self.settings.timeout_seconds} s (DB_SYNC_TIMEOUT)"
            self.log.say(f"The run took longer than {limit}: ending it. The next one goes on from there.", "error")
        self._end(process)
        return 128 + stop.signal if stop.signal else TIMED_OUT

    def _pipeline(self, lock: Lock) -> list[str]:
        """Meltano's arguments. Its own lock outlives a killed run by five minutes, unless it is told otherwise."""
        shape = ["--log-format=json"] if self.log.as_json else []
        force = ["--force"] if lock.was_killed and self.settings.has_own_database else []
        return [*shape, "run", *force, *PIPELINE]

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """SIGTERM for Meltano, and some time to end in good order."""
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.log.say(f"The run is still there after {STOP_SECONDS:.0f} s: killing it.", "warning")

    def _keep_record(self, ended: Ended) -> None:
        """Write down the success and the metrics, and forget old runs; none of it can fail the run."""
        state, variables = self.settings.state, self.variables
        try:
            if not ended.status:
                replace(state / SUCCESS, f"{ended.finished:.3f}\n")
            if ended.streams:  # none came where the target's settings are refused
                replace(state / SIZES, json.dumps(sizes(ended)))
            replace(state / METRICS, render_metrics(ended, workbook_of(variables), read_time(state / SUCCESS)))
            if self.settings.has_own_database and SYSTEM_DATABASE in variables:
                prune_runs(variables[SYSTEM_DATABASE])
        except (OSError, sqlite3.Error) as error:
            self.log.say(f"The run's record can't be written to {state}: {error}.", "warning")


def to_status(code: int) -> int:
    """What a shell would say of an exit code: 128 and its number where a signal ended the process."""
    return code if code >= 0 else 128 - code
