"""The command line of the container: db-sync [--once | --check | --health | --help | COMMAND …].

Without arguments it keeps the schedule. Whatever isn't one of its own options is run as it stands, with the variables
of the container: `meltano run …`, `sh`.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from db_sync.errors import BusyError, DbSyncError, SettingsError
from db_sync.health import complaint
from db_sync.log import Log
from db_sync.names import explain_names, misspelt
from db_sync.preview import check
from db_sync.report import render_table
from db_sync.run import Run
from db_sync.schedule import keep_schedule, run_file, scratch, started_file
from db_sync.settings import Settings, clean_variables, parse_complete_settings, parse_settings
from db_sync.state import SUCCESS, probe, read_time, replace, run_begin, writable

USAGE = """\
db-sync            mirror the database into the workbook at each tick of DB_SYNC_CRON
db-sync --once     mirror it once, now, and print what changed
db-sync --check    ask both sides what a run would do, and change nothing
db-sync --health   succeed where a run of the schedule has succeeded of late
db-sync COMMAND …  run any other command, as in: db-sync meltano --version
"""


def keep(variables: Mapping[str, str]) -> int:
    """Keep the schedule."""
    log = Log(as_json=True)
    try:
        return keep_schedule(read_settings(variables, log), variables, log)
    except DbSyncError as error:
        return say_error(error, log)


def run_tick(variables: Mapping[str, str]) -> int:
    """One tick of the schedule, for supercronic."""
    log = Log(as_json=True)
    try:
        with writable(scratch()):
            replace(run_file(), f"{os.getpid()}\n")
        return Run(parse_complete_settings(variables), variables, log).sync(wait=False).status
    except BusyError as error:
        log.say(str(error), "warning")
        return 0
    except DbSyncError as error:
        return say_error(error, log)
    finally:
        with suppress(OSError):
            run_file().unlink()


def say_error(error: DbSyncError, log: Log) -> int:
    """One line for each thing to mend; return the exit status."""
    for sentence in str(error).splitlines():
        log.say(sentence, "error")
    return error.status


def run_once(variables: Mapping[str, str]) -> int:
    """One run in the foreground, after any that goes on."""
    log = Log(as_json=False)
    ended = Run(read_settings(variables, log), variables, log).sync(wait=True)
    print(f"\n{render_table(ended)}")  # noqa: T201
    if names := explain_names(ended.error or "", variables):
        print(names)  # noqa: T201
    return ended.status


def check_both_sides(variables: Mapping[str, str]) -> int:
    """Say what a run would do."""
    probe(read_settings(variables, Log(as_json=False)).state)
    return check(variables)


def read_settings(variables: Mapping[str, str], log: Log) -> Settings:
    """Check what a run needs, and warn of variables that nobody reads."""
    for sentence in misspelt(variables):
        log.say(sentence, "warning")
    return parse_complete_settings(variables)


def check_health(variables: Mapping[str, str]) -> int:
    """Succeed where there is no schedule, or where it works."""
    started = read_time(started_file())
    if started is None:
        return 0
    settings = parse_settings(variables)
    success = read_time(settings.state / SUCCESS)
    reason = complaint(
        settings.cron, settings.zone, time.time(), started, success,
        running=run_begin(settings.state), timeout=settings.timeout_seconds,
    )  # fmt: skip
    fine = "The workbook is fresh." if success else "No run has succeeded yet: the schedule has only just begun."
    print(reason or fine)  # noqa: T201
    return 1 if reason else 0


def print_usage(_variables: Mapping[str, str]) -> int:
    print(USAGE, end="")  # noqa: T201
    return 0


OPTIONS: dict[str, Callable[[Mapping[str, str]], int]] = {
    "--once": run_once,
    "--tick": run_tick,
    "--check": check_both_sides,
    "--health": check_health,
    "--help": print_usage,
    "-h": print_usage,
}


def dispatch(arguments: Sequence[str], variables: Mapping[str, str]) -> int:
    """Do what the arguments say; return the exit status."""
    if not arguments:
        return keep(variables)
    if not arguments[0]:
        raise SettingsError(["db-sync was given an empty argument: leave it out, or name a command."])
    if arguments[0].startswith("-"):
        option = OPTIONS.get(arguments[0])
        if option is None or len(arguments) > 1:
            Log(as_json=False).say(f"db-sync doesn't know '{' '.join(arguments)}'. It knows:\n{USAGE.rstrip()}")
            return SettingsError.status
        return option(variables)
    try:
        os.execvpe(arguments[0], list(arguments), dict(variables))  # noqa: S606
    except OSError as error:
        raise DbSyncError(f"'{arguments[0]}' can't be run ({error.strerror}).") from error


def main() -> int:
    """Run as a command; an error is one line on stderr for each thing to mend."""
    try:
        return dispatch(sys.argv[1:], clean_variables(os.environ))
    except DbSyncError as error:
        return say_error(error, Log(as_json=False))
