"""The aids for testers: the pytest plugin, the adapter without a socket, seeds."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import gspread
import openpyxl
import pytest
import requests
from openpyxl.worksheet.formula import ArrayFormula

from sheets_emulator.faults import parse_faults
from sheets_emulator.in_process import in_process_session
from sheets_emulator.layer import Formula
from sheets_emulator.routes import API_NAMES
from sheets_emulator.seed import SeedError, seed_workbook
from sheets_emulator.server import Server
from sheets_emulator.store import Store
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
        server.faults[:] = parse_faults({"faults": [{"kind": "cut", "when": "after"}]}, API_NAMES)
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


def test_a_seed_comes_once_into_a_state(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    path.write_text('{"properties": {"title": "Book"}}')
    found = []
    for _ in range(2):
        store = Store(tmp_path / "state.db")
        found.append(seed_workbook(Server.create(store), path))
        store.close()
    assert found[0] == found[1]


def test_a_seed_keeps_formats_durations_array_formulas_and_frozen_panes(tmp_path: Path) -> None:
    source = openpyxl.Workbook()
    page = source.active
    page["A1"], page["B1"], page["C1"], page["D1"] = 0.5, timedelta(days=1, hours=6), ArrayFormula("C1:C1", "=A1*2"), 3
    page["A1"].number_format, page["B1"].number_format, page.freeze_panes = "0%", "[h]:mm", "B2"
    source.save(tmp_path / "book.xlsx")
    server = Server.create()
    sheet = server.store.workbooks[seed_workbook(server, tmp_path / "book.xlsx")].sheets[0]
    assert sheet.cells.row(0) == (0.5, 1.25, Formula("=A1*2"), 3)
    patterns = [cell and cell["numberFormat"]["pattern"] for cell in sheet.formats.row(0)]
    assert patterns == ["0%", "[h]:mm"]
    assert sheet.grid == {"frozenRowCount": 1, "frozenColumnCount": 1}


def test_a_workbook_that_openpyxl_falls_over_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(_: Path) -> None:
        raise AttributeError("'NoneType' object has no attribute 'charts'")

    monkeypatch.setattr("sheets_emulator.seed.load_workbook", fall)
    with pytest.raises(SeedError, match=r"book.xlsx: openpyxl can't"):
        seed_workbook(Server.create(), tmp_path / "book.xlsx")


def test_a_hook_may_call_without_a_socket() -> None:
    server = Server.create(trust_any=True)
    spreadsheet_id = server.create_spreadsheet("Hooked")
    path = f"https://sheets.googleapis.com/v4/spreadsheets/{spreadsheet_id}/values/A1"
    with in_process_session(server) as session:
        session.headers["Authorization"] = "Bearer x"
        server.hooks.append(
            lambda _: session.put(path + "?valueInputOption=RAW", json={"values": [["somebody"]]}).raise_for_status()
        )
        assert session.get(path).json()["values"] == [["somebody"]]
