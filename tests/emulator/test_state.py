"""The state file: what was acknowledged is there again after kill -9."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from sheets_emulator.layer import ErrorValue, Formula
from sheets_emulator.methods import new_workbook
from sheets_emulator.model import Workbook
from sheets_emulator.state_codec import decode_rows, encode_rows
from sheets_emulator.store import Store

HEADERS = {"Authorization": "Bearer any"}


@contextmanager
def served(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process and its address."""
    command = [sys.executable, "-m", "sheets_emulator", "serve", "--auth", "any", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:")
        try:
            yield process, line.split()[-1]
        finally:
            if process.poll() is None:
                process.kill()


def put(url: str, spreadsheet_id: str, a1: str, values: Any) -> None:
    path = f"{url}/v4/spreadsheets/{spreadsheet_id}/values/{a1}?valueInputOption=USER_ENTERED"
    requests.put(path, headers=HEADERS, json={"values": values}, timeout=10).raise_for_status()


def test_kill_9_loses_nothing_acknowledged(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state.db"))
    with served(*state) as (process, url):
        key = requests.get(url + "/_emulator/credentials", timeout=10).json()["private_key"]
        book = requests.post(url + "/v4/spreadsheets", headers=HEADERS, json={}, timeout=10).json()["spreadsheetId"]
        for number in range(20):
            put(url, book, f"A{number + 1}", [[number, "=1+1", "2020-01-01"]])
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    with served(*state) as (_, url):
        answer = requests.get(f"{url}/v4/spreadsheets/{book}/values/Sheet1", headers=HEADERS, timeout=10).json()
        assert answer["values"] == [[str(number), "2", "2020-01-01"] for number in range(20)]
        assert requests.get(url + "/_emulator/credentials", timeout=10).json()["private_key"] == key


def test_an_orderly_end_leaves_one_file(tmp_path: Path) -> None:
    with served("--state", str(tmp_path / "state.db")) as (process, url):
        requests.post(url + "/v4/spreadsheets", headers=HEADERS, json={}, timeout=10).raise_for_status()
        process.terminate()
        assert process.wait(5) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


def test_sigterm_ends_the_server_at_once_even_with_an_open_connection() -> None:
    with served() as (process, url), requests.Session() as session:
        session.get(url + "/_emulator/health", timeout=10)
        started = time.monotonic()
        process.terminate()
        assert process.wait(5) == 0
        assert time.monotonic() - started < 5


def test_rows_come_back_as_they_were() -> None:
    bold = {"textFormat": {"bold": True}}
    rows = [(1, 1.5, "x", True, None, Formula("=1")), (), (ErrorValue("REF", "m"), bold, bold, {"formula": "no"})]
    found = decode_rows(encode_rows(rows))
    assert found == rows
    assert [type(cell) for cell in found[0]] == [type(cell) for cell in rows[0]]
    assert found[2][1] is found[2][2]


def test_one_and_true_are_different_states(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.db")
    book = new_workbook("1", "a", "T", "now")
    book.sheets[0].cells.set_row(0, [1])
    store.keep([book])
    changed = book.fork()
    changed.sheets[0].cells.set_row(0, [True])
    store.keep([changed])
    store.close()
    reopened = Store(tmp_path / "s.db")
    assert reopened.workbooks["1"].sheets[0].cells.get(0, 0) is True
    reopened.close()


def test_a_long_sheet_with_gaps_comes_back(tmp_path: Path, book: Workbook, context: Any) -> None:
    store = Store(tmp_path / "s.db")
    sheet = book.sheets[0]
    for row in (0, 255, 256, 700):
        sheet.cells.put(row, 3, f"row {row}")
    sheet.extras.put(700, 0, {"note": "n"})
    store.keep([book])
    changed = book.fork()
    changed.sheets[0].cells.delete_rows(1, 300)
    store.keep([changed])
    store.close()
    reopened = Store(tmp_path / "s.db")
    found = reopened.workbooks[book.spreadsheet_id].sheets[0]
    reopened.close()
    assert {row: found.cells.get(row, 3) for row in range(900) if found.cells.get(row, 3)} == {
        0: "row 0",
        401: "row 700",
    }
    assert found.extras.get(700, 0) == {"note": "n"}
