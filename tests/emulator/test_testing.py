"""The aids for testers: the pytest plugin, the adapter without a socket, seeds."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import gspread
import openpyxl
import pytest
import requests

from sheets_emulator.faults import parse_faults
from sheets_emulator.in_process import in_process_session
from sheets_emulator.seed import SeedError, seed_workbook
from sheets_emulator.server import Server
from sheets_emulator.testing import Emulator


def test_the_pytest_fixture_is_an_empty_running_emulator(sheets_emulator: Emulator) -> None:
    assert requests.get(sheets_emulator.url + "/_emulator/health", timeout=10).json() == {
        "status": "ok",
        "workbooks": 0,
    }


def test_gspread_runs_without_a_socket() -> None:
    server = Server.create(trust_any=True)
    with in_process_session(server) as session:
        sheet = gspread.Client(auth=None, session=session).create("No socket").sheet1
        sheet.update([["a b", "ü"]], "A1")
        assert sheet.get_all_values() == [["a b", "ü"]]
        server.faults[:] = parse_faults({"faults": [{"kind": "cut", "when": "after"}]})
        with pytest.raises(requests.ConnectionError):
            sheet.update([["cut"]], "A1")
        server.faults.clear()
        assert sheet.acell("A1").value == "cut"


def read(server: Server, spreadsheet_id: str, sheet: int = 0) -> list[tuple[Any, ...]]:
    return server.store.workbooks[spreadsheet_id].sheets[sheet].cells.rows


def test_a_workbook_begins_with_an_xlsx_file(tmp_path: Path) -> None:
    source = openpyxl.Workbook()
    page = source.active
    assert page is not None
    page.append(["id", "when", "sum", "flag"])
    page.append(["007", datetime(2020, 1, 1, 12), "=1+1", True])
    page.freeze_panes = "A2"
    source.save(tmp_path / "Book.xlsx")
    server = Server.create()
    made = seed_workbook(server, tmp_path / "Book.xlsx")
    book = server.store.workbooks[made]
    assert (book.properties["title"], book.sheets[0].grid) == ("Book", {"frozenRowCount": 1})
    assert read(server, made)[1][:2] == ("007", 43831.5)
    assert read(server, made)[1][2].text == "=1+1"


def test_a_workbook_begins_with_a_json_file(tmp_path: Path) -> None:
    cell = {"userEnteredValue": {"stringValue": "x"}}
    body = {"properties": {"title": "J"}, "sheets": [{"data": [{"rowData": [{"values": [cell]}]}]}]}
    (tmp_path / "j.json").write_text(json.dumps(body))
    server = Server.create()
    assert read(server, seed_workbook(server, tmp_path / "j.json")) == [("x",)]


@pytest.mark.parametrize(("name", "text"), [("a.json", "{"), ("b.json", '{"nonsense": 1}'), ("c.xlsx", "no zip")])
def test_a_bad_seed_is_refused_by_name(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SeedError, match=name):
        seed_workbook(Server.create(), tmp_path / name)
    with pytest.raises(SeedError, match="absent"):
        seed_workbook(Server.create(), tmp_path / "absent.json")
