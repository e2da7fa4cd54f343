"""What is refused on every path: sizes, negative indexes, strange bodies, tokens of too small a scope, transfers."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

from sheets_emulator.testing import Emulator

TOO_MANY = "above the limit of 10000000 cells"
CORNER = {"rowIndex": -1, "columnIndex": -1}
CELL = [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}]
BIG = {"gridProperties": {"rowCount": 380_000, "columnCount": 26}}
RULE = {"ranges": [{}], "booleanRule": {"condition": {"type": "BLANK"}}}
DRIVE = "/drive/v3/files"


def test_ten_million_cells_are_the_limit_of_every_path(api: Any, spreadsheet_id: str) -> None:
    grid = {"gridProperties": {"rowCount": 1000, "columnCount": 18278}}
    created = api.call("POST", "/v4/spreadsheets", json={"sheets": [{"properties": grid}]})
    assert api.batch(spreadsheet_id, {"addSheet": {"properties": BIG}}).status_code == 200
    other = api.call("POST", "/v4/spreadsheets", json={"sheets": [{"properties": {**BIG, "sheetId": 1}}]}).json()
    copied = api.call(
        "POST",
        f"/v4/spreadsheets/{other['spreadsheetId']}/sheets/1:copyTo",
        json={"destinationSpreadsheetId": spreadsheet_id},
    )
    appended = api.call(
        "POST",
        f"/v4/spreadsheets/{spreadsheet_id}/values/Sheet1!A1:append?valueInputOption=RAW",
        json={"values": [["x"] * 26] * 5000},
    )
    for answer in (created, copied, appended):
        assert (answer.status_code, TOO_MANY in answer.text) == (400, True), answer.text
    assert len(api.get(spreadsheet_id)["sheets"]) == 2


def test_an_upload_has_the_same_limit(api: Any, monkeypatch: pytest.MonkeyPatch, spreadsheet_id: str) -> None:
    monkeypatch.setattr("sheets_emulator.limits.MAX_CELLS", 27_000)
    answer = api.call(
        "PATCH",
        f"/upload{DRIVE}/{spreadsheet_id}",
        params={"uploadType": "media"},
        data=b"a\n" * 2000,
        headers={"Content-Type": "text/csv"},
    )
    assert (answer.status_code, TOO_MANY in answer.json()["error"]["message"]) == (400, True)
    assert "errors" in answer.json()["error"], "Drive's shape"


def test_a_new_sheet_is_measured_by_its_own_size(api: Any, spreadsheet_id: str) -> None:
    grid = {"rowCount": 1_000_000, "columnCount": 5}
    assert api.batch(spreadsheet_id, {"addSheet": {"properties": {"gridProperties": grid}}}).status_code == 200


@pytest.mark.parametrize(
    "request_",
    [
        {"updateCells": {"start": CORNER, "rows": CELL, "fields": "userEnteredValue"}},
        {"pasteData": {"coordinate": CORNER, "data": "x", "delimiter": ","}},
        {"cutPaste": {"source": {"endRowIndex": 1, "endColumnIndex": 1}, "destination": CORNER}},
        {"addConditionalFormatRule": {"rule": RULE, "index": -3}},
        {"addConditionalFormatRule": {"rule": RULE, "index": 9}},
        {"addConditionalFormatRule": {"rule": {"ranges": [{}], "booleanRule": {}}}},
        {"addSheet": {"properties": {"index": -1}}},
        {
            "updateDimensionProperties": {
                "range": {"dimension": "ROWS", "endIndex": 1},
                "properties": {"pixelSize": -10},
                "fields": "pixelSize",
            }
        },
        {"addDimensionGroup": {"range": {"dimension": "ROWS", "startIndex": 2000, "endIndex": 2004}}},
        {"addFilterView": {"filter": {"namedRangeId": "none"}}},
        {
            "updateCells": {
                "start": {},
                "rows": [{"values": [{"userEnteredValue": {"numberValue": "1e400"}}]}],
                "fields": "*",
            }
        },
    ],
)
def test_what_no_grid_has_is_refused_and_changes_nothing(api: Any, spreadsheet_id: str, request_: Any) -> None:
    api.write(spreadsheet_id, "A1", [["a", "b"], ["c", "d"]])
    before = api.get(spreadsheet_id, includeGridData=True)
    answer = api.batch(spreadsheet_id, request_)
    assert answer.status_code == 400, answer.text
    assert api.get(spreadsheet_id, includeGridData=True) == before


def test_a_colour_beyond_its_bounds_is_the_nearest(api: Any, spreadsheet_id: str) -> None:
    colors = {"red": 1e308, "green": -1, "blue": 255}
    answer = api.batch(spreadsheet_id, {"addSheet": {"properties": {"tabColor": colors}}})
    assert answer.json()["replies"][0]["addSheet"]["properties"]["tabColor"] == {"red": 1, "blue": 1}


@pytest.mark.parametrize("depth", [3_000, 200_000])
def test_json_without_end_is_refused(api: Any, spreadsheet_id: str, depth: int) -> None:
    path = f"/v4/spreadsheets/{spreadsheet_id}:batchUpdate"
    answer = api.call("POST", path, data=b"[" * depth, headers={"Content-Type": "application/json"})
    assert (answer.status_code, "Invalid JSON payload received." in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        (("GET", DRIVE + "?pageSize=abc"), None, 400),
        (("GET", DRIVE + "?pageSize=0"), None, 400),
        (("GET", DRIVE + "?pageSize=-1"), None, 400),
        (("GET", DRIVE + "?pageToken=z"), None, 400),
        (("GET", DRIVE + "?orderBy=bogus"), None, 400),
        (("GET", DRIVE + "?q=bogus='x'"), None, 400),
        (("POST", DRIVE), [1], 400),
        (("POST", DRIVE), "x", 400),
        (("POST", DRIVE), {"name": 5}, 400),
        (("POST", "permissions"), [1], 400),
        (("POST", "permissions"), {"role": "owner", "type": "anyone"}, 400),
        (("POST", "permissions"), {"role": "owner", "type": "user", "emailAddress": "a@b.c"}, 403),
        (("POST", "permissions"), {"role": "reader", "type": "domain"}, 400),
        (("PATCH", "permissions/owner"), {"role": "king"}, 400),
        (("PATCH", "permissions/owner"), {"role": "reader"}, 403),
        (("DELETE", "permissions/owner"), None, 403),
    ],
)
def test_what_drive_cannot_read_is_refused_in_its_shape(
    api: Any, spreadsheet_id: str, call: tuple[str, str], body: Any, status: int
) -> None:
    verb, path = call
    if path.startswith("permissions"):
        listed = api.call("GET", f"{DRIVE}/{spreadsheet_id}/permissions").json()["permissions"]
        path = f"{DRIVE}/{spreadsheet_id}/" + path.replace("owner", listed[0]["id"])
    answer = api.call(verb, path, **({} if body is None else {"json": body}))
    assert (answer.status_code, "errors" in answer.json()["error"]) == (status, True), answer.text
    assert requests.get(api.emulator.url + "/", timeout=5).status_code == 200


def test_a_file_given_away_stays_writable_for_who_gave_it(api: Any, second: Any, spreadsheet_id: str) -> None:
    to = {"role": "owner", "type": "user", "emailAddress": "second@sheets-emulator.iam.gserviceaccount.com"}
    path = f"{DRIVE}/{spreadsheet_id}/permissions"
    assert api.call("POST", path, json=to, params={"transferOwnership": "true"}).status_code == 200
    assert api.write(spreadsheet_id, "A1", [["x"]]).status_code == 200
    assert second.call("DELETE", f"{DRIVE}/{spreadsheet_id}").status_code == 204


def test_a_domain_opens_a_file_to_its_accounts(api: Any, second: Any, spreadsheet_id: str) -> None:
    path = f"{DRIVE}/{spreadsheet_id}/permissions"
    for domain, status in (("example.com", 403), ("sheets-emulator.iam.gserviceaccount.com", 200)):
        assert api.call("POST", path, json={"type": "domain", "role": "reader", "domain": domain}).status_code == 200
        assert second.call("GET", f"/v4/spreadsheets/{spreadsheet_id}").status_code == status


def test_a_reader_copies_a_sheet_out_and_leaves_the_source_alone(api: Any, second: Any, spreadsheet_id: str) -> None:
    share = {"type": "user", "role": "reader", "emailAddress": "second@sheets-emulator.iam.gserviceaccount.com"}
    api.call("POST", f"{DRIVE}/{spreadsheet_id}/permissions", json=share)
    own = second.call("POST", "/v4/spreadsheets", json={}).json()["spreadsheetId"]
    version = api.emulator.workbook(spreadsheet_id).version
    path = f"/v4/spreadsheets/{spreadsheet_id}/sheets/0:copyTo"
    assert second.call("POST", path, json={"destinationSpreadsheetId": own}).status_code == 200
    assert second.call("POST", path, json={"destinationSpreadsheetId": spreadsheet_id}).status_code == 403
    assert api.emulator.workbook(spreadsheet_id).version == version


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("spreadsheets", [200, 200, 403]),
        ("spreadsheets.readonly", [200, 403, 403]),
        ("drive.readonly", [200, 403, 200]),
        ("drive.metadata.readonly", [403, 403, 200]),
        ("drive", [200, 200, 200]),
    ],
)
def test_a_token_does_what_its_scope_allows(
    emulator: Emulator, spreadsheet_id: str, scope: str, expected: list[int]
) -> None:
    scopes = [f"https://www.googleapis.com/auth/{scope}"]
    credentials = Credentials.from_service_account_info(emulator.credentials, scopes=scopes)
    credentials.refresh(Request())
    headers = {"Authorization": f"Bearer {credentials.token}"}
    path = f"{emulator.url}/v4/spreadsheets/{spreadsheet_id}/values/A1"
    answers = [
        requests.get(path, headers=headers, timeout=5),
        requests.put(path + "?valueInputOption=RAW", json={"values": [[1]]}, headers=headers, timeout=5),
        requests.get(emulator.url + DRIVE, headers=headers, timeout=5),
    ]
    assert [answer.status_code for answer in answers] == expected
    for answer in answers:
        if answer.status_code == 403:
            error = answer.json()["error"]
            assert error["message"] == "Request had insufficient authentication scopes."
            assert error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_an_assertion_of_a_list_is_refused(emulator: Emulator) -> None:
    parts = [base64.urlsafe_b64encode(part).decode() for part in (b'{"alg": "RS256"}', b'{"iss": ["x"]}', b"x")]
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    form = {"grant_type": grant, "assertion": ".".join(parts)}
    assert requests.post(emulator.url + "/token", data=form, timeout=5).status_code == 400


def test_a_filter_that_matches_nothing_answers_no_sheet(api: Any, spreadsheet_id: str) -> None:
    path = f"/v4/spreadsheets/{spreadsheet_id}:getByDataFilter"
    none = api.call("POST", path, json={"dataFilters": [{"developerMetadataLookup": {"metadataKey": "none"}}]})
    assert none.json()["sheets"] == []
    assert len(api.call("POST", path, json={}).json()["sheets"]) == 1


def test_folding_a_group_hides_its_rows(api: Any, spreadsheet_id: str) -> None:
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 2, "endIndex": 4}

    def fold(collapsed: bool) -> list[bool]:
        group = {"range": rows, "depth": 1, "collapsed": collapsed}
        answer = api.batch(spreadsheet_id, {"updateDimensionGroup": {"dimensionGroup": group, "fields": "collapsed"}})
        assert answer.status_code == 200, answer.text
        found = api.get(spreadsheet_id, fields="sheets.data.rowMetadata.hiddenByUser", ranges="A1:A5")
        return ["hiddenByUser" in row for row in found["sheets"][0]["data"][0]["rowMetadata"]]

    api.batch(spreadsheet_id, {"addDimensionGroup": {"range": rows}})
    assert fold(collapsed=True) == [False, False, True, True, False]
    assert fold(collapsed=False) == [False] * 5


def test_the_id_of_metadata_stays(api: Any, spreadsheet_id: str) -> None:
    for number in (1, 2):
        item = {"metadataId": number, "metadataKey": "k", "visibility": "DOCUMENT", "location": {"spreadsheet": True}}
        api.batch(spreadsheet_id, {"createDeveloperMetadata": {"developerMetadata": item}})
    change = {
        "dataFilters": [{"developerMetadataLookup": {"metadataId": 1}}],
        "developerMetadata": {"metadataId": 2},
        "fields": "metadataId",
    }
    answer = api.batch(spreadsheet_id, {"updateDeveloperMetadata": change})
    assert (answer.status_code, "can't be changed: 1" in answer.text) == (400, True)
