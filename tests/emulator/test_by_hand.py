"""People who edit while a client works."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from sheets_emulator.errors import InvalidArgumentError
from sheets_emulator.testing import Emulator


def test_a_person_edits_between_a_read_and_a_write(emulator: Emulator, api: Any, spreadsheet_id: str) -> None:
    api.write(spreadsheet_id, "A1", [["id"], ["b"], ["a"]])
    people = iter(
        [
            {"insertDimension": {"range": {"dimension": "ROWS", "startIndex": 1, "endIndex": 2}}},
            {"sortRange": {"range": {"startRowIndex": 1}, "sortSpecs": [{"sortOrder": "ASCENDING"}]}},
            {"deleteDimension": {"range": {"dimension": "ROWS", "startIndex": 0, "endIndex": 1}}},
            {"updateSheetProperties": {"properties": {"title": "Mine"}, "fields": "title"}},
        ]
    )
    seen = []

    def person(api_name: str) -> None:
        emulator.edit(spreadsheet_id, next(people))
        seen.append(api_name)

    emulator.forget_calls()
    with emulator.before_each_call(person):
        read = [api.read(spreadsheet_id, "Sheet1!A1:A5") for _ in range(3)]
        renamed = api.call("GET", f"/v4/spreadsheets/{spreadsheet_id}/values/Sheet1!A1")
    assert read == [[["id"], [], ["b"], ["a"]], [["id"], ["a"], ["b"]], [["a"], ["b"]]]
    assert renamed.json()["error"]["message"] == "Unable to parse range: Sheet1!A1"
    assert seen == ["spreadsheets.values.get"] * 4 == [call["api"] for call in emulator.calls()]


def test_what_a_person_types_is_typed(emulator: Emulator, api: Any, spreadsheet_id: str) -> None:
    emulator.type_in(spreadsheet_id, "B2", [["=1+1", "2020-01-31", None], ["'007", "", 5]])
    assert api.read(spreadsheet_id, "A1:D3") == [[], ["", "2", "2020-01-31"], ["", "007", "", "5"]]
    before = emulator.workbook(spreadsheet_id)
    with pytest.raises(InvalidArgumentError, match="Unable to parse range: Nowhere!A1"):
        emulator.type_in(spreadsheet_id, "Nowhere!A1", [["x"]])
    with pytest.raises(InvalidArgumentError, match="No sheet with id: 9"):
        emulator.edit(spreadsheet_id, {"addSheet": {}}, {"deleteSheet": {"sheetId": 9}})
    with pytest.raises(InvalidArgumentError, match='Unknown name "deleteSheets"'):
        emulator.edit(spreadsheet_id, {"deleteSheets": {}})
    assert emulator.workbook(spreadsheet_id) is before


def test_people_in_other_threads_lose_nothing(emulator: Emulator, api: Any, spreadsheet_id: str) -> None:
    def person() -> None:
        for row in range(1, 201):
            emulator.type_in(spreadsheet_id, f"A{row}", [["person"]])

    thread = threading.Thread(target=person)
    thread.start()
    for row in range(1, 101):
        assert api.write(spreadsheet_id, f"B{row}", [["client"]]).ok
    thread.join(30)
    assert api.read(spreadsheet_id, "A1:B200") == [["person", "client"]] * 100 + [["person"]] * 100


def test_a_share_opens_a_workbook_to_an_account(emulator: Emulator, second: Any, spreadsheet_id: str) -> None:
    email = emulator.credentials_of("second")["client_email"]
    for role, status in (("reader", 403), ("writer", 200)):
        emulator.share(spreadsheet_id, email, role)
        assert second.write(spreadsheet_id, "A1", [["x"]]).status_code == status
    assert [one["role"] for one in emulator.workbook(spreadsheet_id).permissions] == ["writer"]
