"""What a sync costs: calls, bytes and CPU of the target, beside gspread's clear-and-update on the same data.

    .venv/bin/python benchmarks/target.py

Both talk to an emulator in a process of its own, so that CPU seconds are the client's alone. Calls are the API's,
without the one for the token. Figures of one run compare with each other, not with those of another machine.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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
CASES = ((1, 500), (10, 500), (1, 10_000), (1, 50_000))
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


def make_rows(count: int) -> Rows:
    """Rows of ten columns, the same in every run."""
    chance = random.Random(count)
    return [
        {
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
        for number in range(count)
    ]


def variants(rows: Rows) -> Iterator[tuple[str, Rows]]:
    """The same table as time goes on."""
    yield "first", rows
    yield "unchanged", rows
    yield "1 row changed", [*rows[:-1], {**rows[-1], "name": "changed"}]
    yield "1 % changed", [{**row, "name": "new"} if row["id"] % 100 == 0 else row for row in rows]
    half_changed = [{**row, "name": "other"} if row["id"] % 2 == 0 else row for row in rows]
    yield "half changed", half_changed
    yield "half deleted", half_changed[::2]


def messages(streams: dict[str, Rows]) -> bytes:
    """What a tap would send."""
    lines: list[dict[str, Any]] = []
    for name, rows in streams.items():
        lines.append({"type": "SCHEMA", "stream": name, "schema": {"properties": PROPERTIES}, "key_properties": ["id"]})
        lines += ({"type": "RECORD", "stream": name, "record": row, "version": 1} for row in rows)
        lines.append({"type": "ACTIVATE_VERSION", "stream": name, "version": 1})
        lines.append({"type": "STATE", "value": {"bookmarks": {name: {}}}})
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


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


def main() -> None:
    """Print one line per case."""
    logging.disable(logging.CRITICAL)
    print(f"{'streams x rows':16}{'run':16}{'ours: reads writes':>20}{'KB sent':>10}{'CPU s':>8}", end="")
    print(f"{'gspread: reads writes':>24}{'KB sent':>10}{'CPU s':>8}")
    with running_emulator() as url:
        key = requests.get(f"{url}/_emulator/credentials", timeout=10).json()
        scopes = ["https://www.googleapis.com/auth/spreadsheets"]
        session = AuthorizedSession(Credentials.from_service_account_info(key, scopes=scopes))
        session.mount("https://sheets.googleapis.com", ToEmulator(url))
        client = gspread.Client(auth=None, session=session)
        for streams, count in CASES:
            ours, theirs = (session.post(f"{url}/v4/spreadsheets", json={}).json()["spreadsheetId"] for _ in "12")
            config = {"spreadsheet_id": ours, "credentials_json": key, "api_endpoint": url}
            for name, rows in variants(make_rows(count)):
                tables = {f"table{number}": rows for number in range(streams)}
                text = messages(tables)
                us = measure(url, lambda text=text, config=config: sync(config, text))  # type: ignore[misc]
                them = measure(url, lambda book=theirs, tables=tables: clear_and_update(client, book, tables))  # type: ignore[misc]
                print(f"{f'{streams} x {count:,}':16}{name:16}{us.reads:>13}{us.writes:>7}", end="")
                print(f"{us.sent / 1000:>10,.1f}{us.cpu:>8.2f}", end="")
                print(f"{them.reads:>17}{them.writes:>7}{them.sent / 1000:>10,.1f}{them.cpu:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
