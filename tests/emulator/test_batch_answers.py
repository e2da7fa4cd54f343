"""What a batch answers of the spreadsheet: ranges, cells, masks."""

from __future__ import annotations

from typing import Any

import pytest

PUT = {
    "updateCells": {
        "start": {},
        "rows": [{"values": [{"userEnteredValue": {"stringValue": "new"}}]}],
        "fields": "userEnteredValue",
    }
}
ADD: dict[str, Any] = {"addSheet": {"properties": {"title": "New"}}}

MASKS: dict[str, tuple[str, bool, set[str], set[str]]] = {
    # fields, responseIncludeGridData, the members of the answer, the members of its sheet
    "no mask, no cells": ("", False, {"spreadsheetId", "replies", "updatedSpreadsheet"}, {"properties"}),
    "no mask, cells": ("", True, {"spreadsheetId", "replies", "updatedSpreadsheet"}, {"properties", "data"}),
    "a mask of cells": (
        "updatedSpreadsheet.sheets.data.rowData.values.formattedValue",
        False,
        {"updatedSpreadsheet"},
        {"data"},
    ),
    "a mask without cells": (
        "replies,updatedSpreadsheet(sheets(properties(title)))",
        True,
        {"replies", "updatedSpreadsheet"},
        {"properties"},
    ),
    "all": ("*", True, {"spreadsheetId", "replies", "updatedSpreadsheet"}, {"properties"}),
}


@pytest.mark.parametrize("case", MASKS)
def test_a_batch_answers_the_ranges_asked_for_under_its_mask(api: Any, spreadsheet_id: str, case: str) -> None:
    mask, cells, members, sheet_members = MASKS[case]
    path = f"/v4/spreadsheets/{spreadsheet_id}:batchUpdate"
    body = {
        "requests": [ADD, PUT],
        "includeSpreadsheetInResponse": True,
        "responseRanges": ["Sheet1!A1:B1"],
        "responseIncludeGridData": cells,
    }
    answer = api.call("POST", path, params={"fields": mask} if mask else {}, json=body).json()
    assert set(answer) == members
    (sheet,) = answer["updatedSpreadsheet"]["sheets"]
    assert set(sheet) == sheet_members
    if "data" in sheet:
        assert sheet["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "new"


def test_a_mask_that_leaves_the_spreadsheet_out_leaves_it_out(api: Any, spreadsheet_id: str) -> None:
    path = f"/v4/spreadsheets/{spreadsheet_id}:batchUpdate"
    body = {"requests": [PUT], "includeSpreadsheetInResponse": True}
    assert api.call("POST", path, params={"fields": "spreadsheetId"}, json=body).json() == {
        "spreadsheetId": spreadsheet_id
    }
    unknown = api.call("POST", path, params={"fields": "updatedSpreadsheet.nothing"}, json=body)
    assert unknown.status_code == 400


def test_a_range_of_the_answer_is_read_after_the_batch(api: Any, spreadsheet_id: str) -> None:
    answer = api.batch(
        spreadsheet_id,
        ADD,
        includeSpreadsheetInResponse=True,
        responseRanges=["New!A1"],
    ).json()
    assert [one["properties"]["title"] for one in answer["updatedSpreadsheet"]["sheets"]] == ["New"]
    gone = api.batch(spreadsheet_id, PUT, includeSpreadsheetInResponse=True, responseRanges=["Nowhere!A1"])
    assert gone.json()["error"]["message"] == "Unable to parse range: Nowhere!A1"
    assert api.read(spreadsheet_id, "A1") == [], "nothing is applied where the answer can't be given"
