"""`make demo`: a real Postgres database appears in a workbook, changes, and the workbook follows.

Nothing is installed and nothing of the user's is touched: the server, the emulator, Meltano's state and the logs
are the demo's own, in `.demo/` and a temporary folder. However it ends, it leaves no process behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

import psycopg

from demo import seed
from demo.child import ROOT, child_process
from demo.emulator import Call, Emulator, EmulatorStartError, sheets_emulator
from demo.environment import meltano_environment
from demo.postgres import PostgresStartError, embedded_postgres_server
from demo.terminal import print_table, step
from demo.workbook import Changes, Contents, compare_contents, read_workbook

FOLDER = ROOT / ".demo"
STATE = FOLDER / "workbooks"
PIPELINE = ("run", "tap-mih-postgres", "target-gsheets")
LOG_LINES = 30


class DemoError(RuntimeError):
    """The demo can't go on; the message says why."""


def interrupt(number: int, _frame: object) -> None:
    """End the demo in good order, and let nothing interrupt that."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


@contextlib.contextmanager
def own_folder() -> Iterator[None]:
    """An empty `.demo/`, for one demo at a time."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        lock_or_raise(lock)
        for entry in FOLDER.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()
        yield


def lock_or_raise(lock: TextIO) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise DemoError("another demo is running: end it with Ctrl-C first") from exc


def run_meltano(environment: Mapping[str, str]) -> None:
    """Run the pipeline in the project's root; raise with the end of its log when it fails."""
    log = FOLDER / "meltano.log"
    meltano = Path(sys.executable).with_name("meltano")
    # The user's .env names real databases and keys: Meltano reads one that doesn't exist.
    command = [str(meltano), "--env-file", str(FOLDER / "no.env"), *PIPELINE]
    with child_process(command, log, environment) as process:
        status = process.wait()
    if status:
        lines = log.read_text(errors="replace").splitlines()
        where = log.relative_to(ROOT)
        raise DemoError("\n".join([f"meltano ended with {status}. The end of {where}:", *lines[-LOG_LINES:]]))


def describe(changes: Changes) -> str:
    """The changes of a sheet in a few characters, as in `+2 ~1 -3`; those of a new empty one are that it is new."""
    signs = {"+": changes.added, "~": changes.changed, "-": changes.removed}
    return " ".join(f"{sign}{count:,}" for sign, count in signs.items() if count) or "new"


def print_sheets(before: Contents, after: Contents) -> None:
    """A line for each sheet that changed, and how many there are."""
    changes = compare_contents(before, after)
    touched = [title for title in after if changes[title] or title not in before]
    rows = [(title, len(after[title]) - 1, len(after[title][0]), describe(changes[title])) for title in touched]
    print()
    print_table(("sheet", "rows", "columns", "changes"), rows)
    others = len(after) - len(touched)
    total = sum(len(rows) - 1 for rows in after.values())
    print(f"\n  {len(after)} sheets, {total:,} rows" + (f"; {others} sheets are as they were" if others else ""))


def print_calls(calls: list[Call]) -> None:
    """How many calls the run took, and what went over the wire."""
    writes = [call for call in calls if call.writes]
    sent = sum(call.request_bytes for call in calls) / 1000
    received = sum(call.response_bytes for call in calls) / 1000
    print(
        f"  {len(calls)} API calls: {len(calls) - len(writes)} to read, {len(writes)} to write; "
        f"{sent:,.1f} kB sent, {received:,.1f} kB received\n"
    )


def sync(emulator: Emulator, workbook: str, environment: Mapping[str, str], before: Contents) -> Contents:
    """Run the pipeline once, and print what it changed and what it cost; return the workbook's new contents."""
    emulator.forget_calls()
    with step(" ".join(["meltano", *PIPELINE])):
        run_meltano(environment)
    calls = emulator.calls()
    after = read_workbook(emulator, workbook)
    print_sheets(before, after)
    print_calls(calls)
    return after


def keep_page(emulator: Emulator, workbook: str) -> None:
    """Say where the workbook can be seen; with a terminal, keep it there until Ctrl-C."""
    print(f"The workbook: {emulator.page(workbook)}")
    if sys.stdin.isatty() and sys.stdout.isatty():
        print("Open it in a browser. Ctrl-C ends the demo.", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
        print()
    print(f"To see it again: .venv/bin/sheets-emulator serve --state {STATE.relative_to(ROOT)}")
    print("To go on to a workbook of your own: README.md")


def demonstrate() -> None:
    """The whole story, with everything that it starts ended at its end."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(own_folder())
        with step("Starting Postgres"):
            server = stack.enter_context(embedded_postgres_server())
            url = server.create_database("mih_staging")
            connection = stack.enter_context(psycopg.connect(url, autocommit=True))
        with step("Filling it with a shop's database, as Prisma leaves it"):
            seed.fill(connection)
        with step("Starting the Sheets emulator"):
            emulator = stack.enter_context(sheets_emulator(FOLDER, "--state", str(STATE)))
            workbook = emulator.create_workbook("Boutique")
        environment = meltano_environment(FOLDER / "meltano", url, emulator.url, workbook, emulator.key)
        first = sync(emulator, workbook, environment, {})
        with step(f"Changing three rows: {', '.join(seed.CHANGES)}"):
            seed.change(connection)
        sync(emulator, workbook, environment, first)
        keep_page(emulator, workbook)


def main() -> int:
    """Run the demo; return its exit status."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, interrupt)
    try:
        demonstrate()
    except KeyboardInterrupt:
        print("\ndemo: interrupted", file=sys.stderr)
        return 130
    except (DemoError, EmulatorStartError, PostgresStartError) as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
