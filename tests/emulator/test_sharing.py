"""Two accounts: what a share allows, and what a protected range refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from sheets_emulator.store import Store
from sheets_emulator.testing import Emulator, running_emulator

TEXT = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if "
    "you need to edit."
)
SECOND = "second@sheets-emulator.iam.gserviceaccount.com"
TOP = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
ROWS = {"sheetId": 0, "dimension": "ROWS"}


def share(api: Any, spreadsheet_id: str, role: str) -> str:
    """Give the second account a role; answers the path of the permission."""
    path = f"/drive/v3/files/{spreadsheet_id}/permissions"
    answer = api.call("POST", path, json={"type": "user", "role": role, "emailAddress": SECOND})
    assert answer.status_code == 200, answer.text
    return f"{path}/{answer.json()['id']}"


def protect(api: Any, spreadsheet_id: str, **members: Any) -> int:
    answer = api.batch(spreadsheet_id, {"addProtectedRange": {"protectedRange": {"range": TOP, **members}}})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["replies"][0]["addProtectedRange"]["protectedRange"]["protectedRangeId"])


def test_each_name_is_an_account_of_its_own(emulator: Emulator) -> None:
    second = requests.get(emulator.url + "/_emulator/credentials", params={"account": "second"}, timeout=10).json()
    assert second["client_email"] == SECOND
    assert second == emulator.credentials_of("second")
    assert second["private_key"] != emulator.credentials["private_key"]


@pytest.mark.parametrize("name", ["", "Two Words", "a@b.c", "x" * 31])
def test_a_name_that_no_service_account_has_is_refused(emulator: Emulator, name: str) -> None:
    answer = requests.get(emulator.url + "/_emulator/credentials", params={"account": name}, timeout=10)
    assert answer.status_code == 400
    assert "letters, digits and hyphens" in answer.json()["error"]


def test_the_keys_of_all_accounts_are_kept_in_the_state_file(tmp_path: Path) -> None:
    def key(name: str) -> str:
        with running_emulator(state=tmp_path / "s.db") as emulator:
            return str(emulator.credentials_of(name)["private_key"])

    assert (key("emulator"), key("second")) == (key("emulator"), key("second"))
    store = Store(tmp_path / "s.db")
    assert len(store.accounts()) == 2
    store.close()


def test_a_role_says_who_reads_and_who_writes(api: Any, second: Any, spreadsheet_id: str) -> None:
    def statuses() -> tuple[int, int, int]:
        read = second.call("GET", f"/v4/spreadsheets/{spreadsheet_id}").status_code
        written = second.write(spreadsheet_id, "A1", [["x"]]).status_code
        return read, written, second.batch(spreadsheet_id, {"addSheet": {}}).status_code

    assert statuses() == (403, 403, 403)
    permission = share(api, spreadsheet_id, "reader")
    assert statuses() == (200, 403, 403)
    assert api.call("PATCH", permission, json={"role": "writer"}).status_code == 200
    assert statuses() == (200, 200, 200)
    assert api.call("DELETE", permission).status_code == 204
    assert statuses() == (403, 403, 403)


REFUSED: dict[str, Any] = {
    "updateCells": {"start": {"sheetId": 0, "rowIndex": 1}, "rows": [{"values": [{"note": "n"}]}], "fields": "note"},
    "repeatCell": {"range": {"sheetId": 0, "startColumnIndex": 1}, "cell": {}, "fields": "userEnteredValue"},
    "deleteDimension": {"range": {**ROWS, "startIndex": 1, "endIndex": 3}},
    "insertDimension": {"range": {**ROWS, "startIndex": 1, "endIndex": 2}},
    "moveDimension": {"source": {**ROWS, "startIndex": 0, "endIndex": 1}, "destinationIndex": 5},
    "sortRange": {"range": {"sheetId": 0}, "sortSpecs": [{"sortOrder": "DESCENDING"}]},
    "deleteSheet": {"sheetId": 0},
    "findReplace": {"find": "a1", "replacement": "b", "allSheets": True},
    "deleteRange": {"range": {"sheetId": 0, "endRowIndex": 1}, "shiftDimension": "ROWS"},
}
ALLOWED: dict[str, Any] = {
    "updateCells": {"start": {"sheetId": 0, "rowIndex": 2}, "rows": [{"values": [{"note": "n"}]}], "fields": "note"},
    "insertDimension": {"range": {**ROWS, "startIndex": 0, "endIndex": 2}},
    "deleteDimension": {"range": {**ROWS, "startIndex": 2, "endIndex": 3}},
    "moveDimension": {"source": {**ROWS, "startIndex": 0, "endIndex": 2}, "destinationIndex": 5},
    "addSheet": {},
    "duplicateSheet": {"sourceSheetId": 0},
}


@pytest.fixture
def guarded(api: Any, spreadsheet_id: str) -> str:
    """A workbook whose A1:B2 only its owner may edit, though another account writes the rest."""
    share(api, spreadsheet_id, "writer")
    assert api.write(spreadsheet_id, "A1", [["a1", "b1"], ["a2", "b2"], ["a3", "b3"]]).status_code == 200
    api.batch(spreadsheet_id, {"addSheet": {}})
    protect(api, spreadsheet_id, protectedRangeId=5)
    return spreadsheet_id


@pytest.mark.parametrize("kind", REFUSED)
def test_a_request_that_touches_protected_cells_is_refused(api: Any, second: Any, guarded: str, kind: str) -> None:
    before = api.get(guarded, includeGridData=True)
    answer = second.batch(guarded, {"addSheet": {"properties": {"title": "n"}}}, {kind: REFUSED[kind]})
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": 400,
        "message": f"Invalid requests[1].{kind}: {TEXT}",
        "status": "INVALID_ARGUMENT",
    }
    assert api.get(guarded, includeGridData=True) == before
    assert api.batch(guarded, {kind: REFUSED[kind]}).status_code == 200, "the owner may"


@pytest.mark.parametrize("kind", ALLOWED)
def test_a_request_beside_protected_cells_is_applied(second: Any, guarded: str, kind: str) -> None:
    answer = second.batch(guarded, {kind: ALLOWED[kind]})
    assert answer.status_code == 200, answer.text


def test_writing_values_over_protected_cells_is_refused(api: Any, second: Any, guarded: str) -> None:
    assert second.write(guarded, "B2", [["x"]]).json()["error"]["message"] == TEXT
    cleared = second.call("POST", f"/v4/spreadsheets/{guarded}/values/A1:Z9:clear")
    assert (cleared.status_code, cleared.json()["error"]["message"]) == (400, TEXT)
    body = {"valueInputOption": "RAW", "data": [{"range": "C9", "values": [["x"]]}, {"range": "A1", "values": [["x"]]}]}
    batch = second.call("POST", f"/v4/spreadsheets/{guarded}/values:batchUpdate", json=body)
    assert batch.json()["error"]["message"] == f"Invalid data[1]: {TEXT}"
    assert second.write(guarded, "C1", [["x"]]).status_code == 200
    assert api.read(guarded, "A1:C9") == [["a1", "b1", "x"], ["a2", "b2"], ["a3", "b3"]]


A1_AS_IT_IS = [{"userEnteredValue": {"stringValue": "a1"}}]
REWRITES: dict[str, Any] = {
    "updateCells": {"start": {}, "rows": [{"values": A1_AS_IT_IS}], "fields": "userEnteredValue"},
    "copyPaste": {"source": TOP, "destination": TOP},
    "sortRange": {"range": TOP, "sortSpecs": []},
}


@pytest.mark.parametrize("kind", REWRITES)
def test_writing_protected_cells_as_they_are_is_refused(second: Any, guarded: str, kind: str) -> None:
    answer = second.batch(guarded, {kind: REWRITES[kind]})
    assert answer.json()["error"]["message"] == f"Invalid requests[0].{kind}: {TEXT}"


@pytest.mark.parametrize("option", ["RAW", "USER_ENTERED"])
def test_values_that_are_there_already_are_refused_but_null_touches_nothing(
    api: Any, second: Any, guarded: str, option: str
) -> None:
    assert second.write(guarded, "A1", [["a1"]], option).json()["error"]["message"] == TEXT
    assert second.write(guarded, "A1:C2", [[None, "b1", "x"]], option).json()["error"]["message"] == TEXT
    assert second.write(guarded, "A1:D2", [[None, None, "x", "y"], [None, None, None, "z"]], option).ok
    assert api.read(guarded, "A1:D3") == [["a1", "b1", "x", "y"], ["a2", "b2", "", "z"], ["a3", "b3"]]
    clear = f"/v4/spreadsheets/{guarded}/values/B2:clear"
    assert api.call("POST", clear).ok
    assert second.call("POST", clear).json()["error"]["message"] == TEXT, "B2 is empty, and protected"


def test_free_cells_within_a_protected_sheet_may_be_rewritten_and_no_cell_beside_them(
    api: Any, second: Any, spreadsheet_id: str
) -> None:
    share(api, spreadsheet_id, "writer")
    api.write(spreadsheet_id, "A1", [["a", "b", "c"]] * 3)
    holes = [
        {"startRowIndex": 1, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2},
        {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 2, "endColumnIndex": 3},
    ]
    protect(api, spreadsheet_id, range={"sheetId": 0}, unprotectedRanges=holes)
    assert second.write(spreadsheet_id, "A2:C2", [["a", "b", "c"]]).ok
    assert second.write(spreadsheet_id, "C2:C3", [["c"], ["c"]]).ok
    for a1 in ("A1:C2", "B3", "B2:C3", "D2"):
        assert second.write(spreadsheet_id, a1, [["b", "c"], ["b", "c"]]).status_code == 400, a1


def test_a_protection_only_its_editors_change(api: Any, second: Any, guarded: str) -> None:
    change = {"protectedRangeId": 5, "warningOnly": True}
    for request in (
        {"deleteProtectedRange": {"protectedRangeId": 5}},
        {"updateProtectedRange": {"protectedRange": change, "fields": "warningOnly"}},
    ):
        (kind,) = request
        assert second.batch(guarded, request).json()["error"]["message"] == f"Invalid requests[0].{kind}: {TEXT}"
    assert api.batch(guarded, {"updateProtectedRange": {"protectedRange": change, "fields": "warningOnly"}}).ok
    assert second.write(guarded, "A1", [["x"]]).ok, "a warning holds nobody"
    assert second.batch(guarded, {"deleteProtectedRange": {"protectedRangeId": 5}}).ok


def test_an_editor_of_the_range_may_edit_and_others_do_not_see_the_editors(
    api: Any, second: Any, spreadsheet_id: str
) -> None:
    share(api, spreadsheet_id, "writer")
    protect(api, spreadsheet_id, protectedRangeId=5)
    (shown,) = second.get(spreadsheet_id)["sheets"][0]["protectedRanges"]
    assert shown == {"protectedRangeId": 5, "range": {key: TOP[key] for key in TOP if key != "sheetId"}}
    editors = {"protectedRangeId": 5, "editors": {"users": [SECOND.upper()]}}
    assert api.batch(spreadsheet_id, {"updateProtectedRange": {"protectedRange": editors, "fields": "editors"}}).ok
    assert second.get(spreadsheet_id)["sheets"][0]["protectedRanges"][0]["requestingUserCanEdit"] is True
    assert second.write(spreadsheet_id, "A1", [["x"]]).ok


def test_a_protected_sheet_keeps_its_shape_and_its_free_cells(api: Any, second: Any, spreadsheet_id: str) -> None:
    share(api, spreadsheet_id, "writer")
    free = {"sheetId": 0, "startRowIndex": 4, "endRowIndex": 5}
    protect(api, spreadsheet_id, range={"sheetId": 0}, unprotectedRanges=[free])
    assert second.write(spreadsheet_id, "A5", [["x"]]).ok
    assert second.write(spreadsheet_id, "A4", [["x"]]).status_code == 400
    for request in (
        {"updateSheetProperties": {"properties": {"title": "new"}, "fields": "title"}},
        {"appendDimension": {"dimension": "ROWS", "length": 1}},
        {
            "updateDimensionProperties": {
                "range": {**ROWS, "endIndex": 1},
                "properties": {"pixelSize": 50},
                "fields": "*",
            }
        },
    ):
        assert second.batch(spreadsheet_id, request).status_code == 400, request
        assert api.batch(spreadsheet_id, request).ok


def test_a_copy_of_a_protected_sheet_stays_with_its_editors(api: Any, second: Any, guarded: str) -> None:
    copy = second.batch(guarded, {"duplicateSheet": {"sourceSheetId": 0, "newSheetId": 77, "insertSheetIndex": 1}})
    assert copy.ok, copy.text
    assert len(api.get(guarded)["sheets"]) == 3


def test_a_warning_takes_no_editors_but_shows_who_made_it(api: Any, spreadsheet_id: str) -> None:
    wanted = {"range": TOP, "warningOnly": True, "editors": {"users": [SECOND]}}
    answer = api.batch(spreadsheet_id, {"addProtectedRange": {"protectedRange": wanted}})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].endswith("ProtectedRange is warningOnly. Editors cannot be set on it.")
    protect(api, spreadsheet_id, warningOnly=True)
    (shown,) = api.get(spreadsheet_id)["sheets"][0]["protectedRanges"]
    assert shown["editors"] == {"users": [api.emulator.credentials["client_email"]]}
