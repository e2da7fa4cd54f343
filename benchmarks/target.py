"""What a sync costs: calls, bytes and CPU of the target, beside gspread's clear-and-update on the same data; then how
many records it takes in a second of CPU and in how much memory, beside a target of the SDK's defaults.

    .venv/bin/python benchmarks/target.py            both; six minutes
    .venv/bin/python benchmarks/target.py speed      the second alone

Both talk to an emulator in a process of its own, so that CPU seconds are the client's alone. Calls are the API's,
without the one for the token. Figures of one run compare with each other, not with those of another machine.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gspread
import requests
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials
from requests.adapters import HTTPAdapter

from target_gsheets.target import TargetGSheets

EMULATOR = Path(sys.executable).parent / "sheets-emulator"
TARGET = Path(sys.executable).parent / "target-gsheets"
SDK_TARGET = Path(__file__).with_name("sdk_target.py")
CASES = ((1, 500), (10, 500), (1, 10_000), (1, 50_000))
# Of 12 columns: as many as the SDK takes in patience, as many as a workbook holds, and more than that.
SPEED_ROWS = 100_000
MOST_ROWS = 760_000
TOO_MANY_ROWS = 1_000_000
RUNS = 3
PROPERTIES: dict[str, Any] = {
    "id": {"type": "integer"},
    "name": {"type": ["string", "null"]},
    "zip": {"type": "string"},
    "at": {"type": "string", "format": "date-time"},
    "amount": {"type": "number", "multipleOf": 0.01},
    "paid": {"type": "boolean"},
    "count": {"type": "integer"},
    "note": {"type": ["string", "null"]},
    "day": {"type": "string", "format": "date"},
    "rate": {"type": "number"},
}
WIDE: dict[str, Any] = PROPERTIES | {"email": {"type": "string"}, "kind": {"type": "string"}}
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Cost:
    """What one sync took."""

    reads: int
    writes: int
    sent: int
    cpu: float


class ToEmulator(HTTPAdapter):
    """Sends what gspread means for Google to the emulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace("https://sheets.googleapis.com", self.url)
        return super().send(request, *args, **kwargs)


@contextlib.contextmanager
def running_emulator() -> Iterator[str]:
    """An emulator's address."""
    command = [str(EMULATOR), "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()


def make_rows(count: int, *, wide: bool = False) -> Iterator[dict[str, Any]]:
    """Rows of ten columns, or of twelve, the same in every run."""
    chance = random.Random(count)
    for number in range(count):
        row = {
            "id": number,
            "name": f"name {chance.random()}",
            "zip": f"{chance.randrange(99_999):05d}",
            "at": f"2024-01-{chance.randrange(1, 28):02d}T{chance.randrange(24):02d}:30:00+00:00",
            "amount": chance.randrange(10**6) / 100,
            "paid": chance.random() < 0.5,
            "count": chance.randrange(10**9),
            "note": None if chance.random() < 0.5 else "an ordinary sentence about this row",
            "day": "2024-02-03",
            "rate": chance.random(),
        }
        if wide:
            row |= {"email": f"user{number}@example.org", "kind": chance.choice("abc")}
        yield row


def variants(rows: Rows) -> Iterator[tuple[str, Rows]]:
    """The same table as time goes on."""
    yield "first", rows
    yield "unchanged", rows
    yield "1 row changed", [*rows[:-1], {**rows[-1], "name": "changed"}]
    yield "1 % changed", [{**row, "name": "new"} if row["id"] % 100 == 0 else row for row in rows]
    half_changed = [{**row, "name": "other"} if row["id"] % 2 == 0 else row for row in rows]
    yield "half changed", half_changed
    yield "half deleted", half_changed[::2]


def messages(streams: Mapping[str, Iterable[dict[str, Any]]], properties: dict[str, Any]) -> Iterator[bytes]:
    """What a tap would send."""
    for name, rows in streams.items():
        schema = {"type": "object", "properties": properties}
        yield encode({"type": "SCHEMA", "stream": name, "schema": schema, "key_properties": ["id"]})
        yield from (encode({"type": "RECORD", "stream": name, "record": row, "version": 1}) for row in rows)
        yield encode({"type": "ACTIVATE_VERSION", "stream": name, "version": 1})
        yield encode({"type": "STATE", "value": {"bookmarks": {name: {}}}})


def encode(message: dict[str, Any]) -> bytes:
    """A line."""
    return json.dumps(message).encode() + b"\n"


def measure(url: str, work: Callable[[], None]) -> Cost:
    """Run something and count what it cost."""
    requests.delete(f"{url}/_emulator/calls", timeout=10)
    began = time.process_time()
    work()
    cpu = time.process_time() - began
    calls = [
        call for call in requests.get(f"{url}/_emulator/calls", timeout=10).json() if "spreadsheets" in call["api"]
    ]
    reads = sum(call["method"] == "GET" for call in calls)
    return Cost(reads, len(calls) - reads, sum(call["request_bytes"] for call in calls), cpu)


def sync(config: dict[str, Any], text: bytes) -> None:
    """One run of the target."""
    target = TargetGSheets(config=config)
    with contextlib.redirect_stdout(io.StringIO()):
        target.read(io.BytesIO(text))  # type: ignore[arg-type]
        target.process_endofpipe()


def clear_and_update(client: gspread.Client, spreadsheet_id: str, streams: dict[str, Rows]) -> None:
    """What most loaders do."""
    book = client.open_by_key(spreadsheet_id)
    for name, rows in streams.items():
        try:
            sheet = book.worksheet(name)
        except gspread.WorksheetNotFound:
            sheet = book.add_worksheet(name, len(rows) + 1, len(PROPERTIES))
        sheet.clear()
        sheet.resize(len(rows) + 1, len(PROPERTIES))
        values = [list(PROPERTIES), *([row[column] for column in PROPERTIES] for row in rows)]
        sheet.update(values, value_input_option=gspread.utils.ValueInputOption.raw)


@dataclass(frozen=True)
class Usage:
    """What one process took: seconds of CPU, and MB of memory at its peak."""

    cpu: float
    memory: float

    def rate(self, rows: int, start_up: Usage) -> float:
        """Records per second of CPU beyond start-up."""
        return rows / (self.cpu - start_up.cpu)


def run(command: Sequence[str], source: Path) -> Usage:
    """Run a target on a file. Its exit status isn't looked at: one run is meant to be refused."""
    with source.open("rb") as lines:
        quiet = subprocess.DEVNULL
        process = subprocess.Popen([sys.executable, *command], stdin=lines, stdout=quiet, stderr=quiet)
        _, process.returncode, usage = os.wait4(process.pid, 0)
    a_megabyte = 2**20 if sys.platform == "darwin" else 2**10
    return Usage(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / a_megabyte)


def runs(command: Sequence[str], source: Path) -> list[Usage]:
    """A few runs, by CPU."""
    return sorted((run(command, source) for _ in range(RUNS)), key=lambda usage: usage.cpu)


def median_run(command: Sequence[str], source: Path) -> Usage:
    """The one in the middle of a few."""
    return runs(command, source)[RUNS // 2]


def print_speed(config: dict[str, Any], new_spreadsheet: Callable[[], str], folder: Path) -> None:
    """Records per second of CPU beyond start-up, and memory, from standard input to the end of an unchanged run."""

    def ours(name: str, spreadsheet_id: str) -> list[str]:
        settings = folder / f"{name}.json"
        settings.write_text(json.dumps(config | {"spreadsheet_id": spreadsheet_id}))
        return [str(TARGET), "--config", str(settings)]

    def write(rows: int) -> Path:
        source = folder / "messages.jsonl"
        with source.open("wb") as file:
            file.writelines(messages({"table": make_rows(rows, wide=True)}, WIDE))
        return source

    def line(what: str, rows: int, usage: Usage, start_up: Usage) -> None:
        print(f"{f'{rows:,} x 12':16}{what:44}{usage.rate(rows, start_up):>22,.0f}{usage.memory:>8,.0f}", flush=True)

    print(f"\n{'records':16}{'':44}{'records per CPU second':>22}{'MB':>8}")
    source, book, sdk = write(1), new_spreadsheet(), [str(SDK_TARGET)]
    run(ours("one", book), source)
    start_up, sdk_start_up = runs(ours("one", book), source)[0], runs(sdk, source)[0]  # the least of them
    source = write(SPEED_ROWS)
    line("the SDK's defaults, read and forgotten", SPEED_ROWS, median_run(sdk, source), sdk_start_up)
    for rows in (SPEED_ROWS, MOST_ROWS):
        source, book = write(rows), new_spreadsheet()
        line("ours, first run", rows, run(ours(str(rows), book), source), start_up)
        line("ours, unchanged", rows, median_run(ours(str(rows), book), source), start_up)
    source, book = write(TOO_MANY_ROWS), new_spreadsheet()
    line("ours, made cells and found too many", TOO_MANY_ROWS, run(ours("many", book), source), start_up)


def print_calls(url: str, key: dict[str, Any], session: requests.Session) -> None:
    """What syncs of different sizes cost, beside gspread's clear-and-update: one line per case."""
    print(f"{'streams x rows':16}{'run':16}{'ours: reads writes':>20}{'KB sent':>10}{'CPU s':>8}", end="")
    print(f"{'gspread: reads writes':>24}{'KB sent':>10}{'CPU s':>8}")
    client = gspread.Client(auth=None, session=session)
    for streams, count in CASES:
        ours, theirs = (session.post(f"{url}/v4/spreadsheets", json={}).json()["spreadsheetId"] for _ in "12")
        config = {"spreadsheet_id": ours, "credentials_json": key, "api_endpoint": url}
        for name, rows in variants(list(make_rows(count))):
            tables = {f"table{number}": rows for number in range(streams)}
            text = b"".join(messages(tables, PROPERTIES))
            us = measure(url, lambda text=text, config=config: sync(config, text))  # type: ignore[misc]
            them = measure(url, lambda book=theirs, tables=tables: clear_and_update(client, book, tables))  # type: ignore[misc]
            print(f"{f'{streams} x {count:,}':16}{name:16}{us.reads:>13}{us.writes:>7}", end="")
            print(f"{us.sent / 1000:>10,.1f}{us.cpu:>8.2f}", end="")
            print(f"{them.reads:>17}{them.writes:>7}{them.sent / 1000:>10,.1f}{them.cpu:>8.2f}", flush=True)


def main() -> None:
    """Print what syncs cost."""
    logging.disable(logging.CRITICAL)
    with running_emulator() as url, tempfile.TemporaryDirectory() as folder:
        key = requests.get(f"{url}/_emulator/credentials", timeout=10).json()
        scopes = ["https://www.googleapis.com/auth/spreadsheets"]
        session = AuthorizedSession(Credentials.from_service_account_info(key, scopes=scopes))
        session.mount("https://sheets.googleapis.com", ToEmulator(url))
        if sys.argv[1:] != ["speed"]:
            print_calls(url, key, session)
        quotas = {"quota_reads_per_minute": 6_000, "quota_writes_per_minute": 6_000}  # the emulator has none
        config = {"credentials_json": key, "api_endpoint": url, **quotas}
        print_speed(
            config, lambda: session.post(f"{url}/v4/spreadsheets", json={}).json()["spreadsheetId"], Path(folder)
        )


if __name__ == "__main__":
    main()
