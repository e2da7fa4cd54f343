"""The server over HTTP: who may do what, limits, the contract, the private endpoints."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
import requests

from sheets_emulator.contract import response_faults
from sheets_emulator.discovery import methods
from sheets_emulator.routes import name_call
from sheets_emulator.testing import Emulator

PRIVATE = "/_emulator/"


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["status"], error["message"]


def test_an_unknown_workbook_is_404_and_a_foreign_one_403(api: Any) -> None:
    assert refusal(api.call("GET", "/v4/spreadsheets/nowhere")) == (404, "NOT_FOUND", "Requested entity was not found.")
    foreign = (403, "PERMISSION_DENIED", "The caller does not have permission")
    assert refusal(api.call("GET", "/v4/spreadsheets/1foreign")) == foreign
    other = api.emulator.server.create_spreadsheet("theirs", owner="bob@example.com")
    assert refusal(api.batch(other, {"addSheet": {}})) == foreign


def test_a_created_workbook_has_what_was_asked_for(api: Any) -> None:
    body = {
        "properties": {"title": "T", "timeZone": "Europe/Paris", "locale": "fr_FR"},
        "sheets": [
            {
                "properties": {
                    "title": "one",
                    "gridProperties": {"rowCount": 5, "columnCount": 3, "frozenRowCount": 1},
                },
                "data": [{"startRow": 1, "rowData": [{"values": [{"userEnteredValue": {"numberValue": 4}}]}]}],
            }
        ],
        "namedRanges": [],
    }
    made = api.call("POST", "/v4/spreadsheets", json=body).json()
    assert made["properties"]["timeZone"] == "Europe/Paris"
    assert made["sheets"][0]["properties"]["gridProperties"] == {"rowCount": 5, "columnCount": 3, "frozenRowCount": 1}
    assert api.read(made["spreadsheetId"], "one", valueRenderOption="UNFORMATTED_VALUE") == [[], [4]]


def test_a_mask_decides_whether_cells_are_answered(api: Any, spreadsheet_id: str) -> None:
    api.write(spreadsheet_id, "A1", [["x", 1]])
    assert "data" not in api.get(spreadsheet_id)["sheets"][0]
    assert api.get(spreadsheet_id, fields="sheets.properties.title") == {
        "sheets": [{"properties": {"title": "Sheet1"}}]
    }
    answer = api.get(spreadsheet_id, fields="sheets(data(rowData(values(formattedValue))))", ranges="A1:B1")
    cells = [{"formattedValue": "x"}, {"formattedValue": "1"}]
    assert answer == {"sheets": [{"data": [{"rowData": [{"values": cells}]}]}]}
    whole = api.get(spreadsheet_id, includeGridData="true", ranges="A1:B2")["sheets"][0]["data"][0]
    assert len(whole["rowMetadata"]) == len(whole["columnMetadata"]) == 2
    assert whole["rowData"][0]["values"][1]["effectiveFormat"]["horizontalAlignment"] == "RIGHT"


def test_a_batch_may_answer_the_spreadsheet(api: Any, spreadsheet_id: str) -> None:
    answer = api.batch(
        spreadsheet_id,
        {
            "updateCells": {
                "start": {},
                "rows": [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}],
                "fields": "*",
            }
        },
        includeSpreadsheetInResponse=True,
        responseIncludeGridData=True,
        responseRanges=["Sheet1!A1"],
    ).json()
    data = answer["updatedSpreadsheet"]["sheets"][0]["data"][0]
    assert data["rowData"][0]["values"][0]["userEnteredValue"] == {"stringValue": "x"}


@pytest.mark.parametrize(
    "body",
    [
        {"requests": {"addSheet": {"properties": {"title": "New"}}}},
        {"requests": [[{"addSheet": {"properties": {"title": "New"}}}]]},
        {"requests": [{"add_sheet": {"properties": {"title": "New", "grid_properties": {"row_count": "7"}}}}]},
        {"requests": [{"addSheet": {"properties": {"title": "New", "hidden": None, "index": 1.0}}}]},
        {"requests": [{"addSheet": {"properties": {"title": "New", "hidden": "No", "rightToLeft": "Y"}}}]},
    ],
    ids=["single request", "nested list", "snake case and numbers as text", "null and whole floats", "yes and no"],
)
def test_googles_laxness_on_requests_is_kept(api: Any, spreadsheet_id: str, body: Any) -> None:
    answer = api.call("POST", f"/v4/spreadsheets/{spreadsheet_id}:batchUpdate", json=body)
    assert answer.status_code == 200, answer.text
    assert [sheet["properties"]["title"] for sheet in api.get(spreadsheet_id)["sheets"]] == ["Sheet1", "New"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"requests": [{"addFoo": {}}]},
            "Invalid JSON payload received. Unknown name \"addFoo\" at 'requests[0]': Cannot find field.",
        ),
        ({"request": []}, 'Invalid JSON payload received. Unknown name "request": Cannot find field.'),
        (
            {"requests": [{"addSheet": {"properties": {"title": 5}}}]},
            "Invalid value at 'requests[0].add_sheet.properties.title' (TYPE_STRING), 5",
        ),
        (
            {"requests": [{"addSheet": {"properties": {"index": "x"}}}]},
            "Invalid value at 'requests[0].add_sheet.properties.index' (TYPE_INT32), \"x\"",
        ),
        (
            {"requests": [{"addSheet": {"properties": {"hidden": 1}}}]},
            "Invalid value at 'requests[0].add_sheet.properties.hidden' (TYPE_BOOL), 1",
        ),
    ],
    ids=["unknown kind", "unknown member", "text", "number", "boolean"],
)
def test_a_request_that_breaks_the_contract_is_refused_with_its_place(
    api: Any, spreadsheet_id: str, body: Any, message: str
) -> None:
    answer = api.call("POST", f"/v4/spreadsheets/{spreadsheet_id}:batchUpdate", json=body)
    assert refusal(answer) == (400, "INVALID_ARGUMENT", message)
    assert answer.json()["error"]["details"][0]["fieldViolations"][0]["description"] == message


def test_a_kind_that_is_not_emulated_is_refused_over_http_too(api: Any, spreadsheet_id: str) -> None:
    answer = api.batch(spreadsheet_id, {"addSheet": {"properties": {"title": "New"}}}, {"addSlicer": {"slicer": {}}})
    assert answer.status_code == 501
    assert "requests[1].addSlicer" in answer.json()["error"]["message"]
    assert len(api.get(spreadsheet_id)["sheets"]) == 1


@pytest.mark.parametrize("text", ["{", "[1]", "nonsense"])
def test_what_is_no_json_object_is_refused(api: Any, spreadsheet_id: str, text: str) -> None:
    answer = api.call("POST", f"/v4/spreadsheets/{spreadsheet_id}:batchUpdate", data=text)
    assert answer.status_code == 400
    assert "Invalid JSON payload received" in answer.json()["error"]["message"]


def test_a_boolean_of_the_query_may_be_a_word(api: Any, spreadsheet_id: str) -> None:
    for word, expected in (("1", True), ("YES", True), ("f", False), ("no", False)):
        assert ("data" in api.get(spreadsheet_id, includeGridData=word)["sheets"][0]) is expected
    answer = api.call("GET", f"/v4/spreadsheets/{spreadsheet_id}", params={"includeGridData": "on"})
    assert refusal(answer)[2] == "Invalid value at 'include_grid_data' (TYPE_BOOL), \"on\""


def test_an_unknown_parameter_is_refused(api: Any, spreadsheet_id: str) -> None:
    answer = api.call("GET", f"/v4/spreadsheets/{spreadsheet_id}", params={"nonsense": "1", "alt": "json"})
    assert answer.status_code == 400
    assert "Cannot bind query parameter" in answer.json()["error"]["message"]


def test_ten_megabytes_are_the_most_that_a_request_may_be(api: Any, spreadsheet_id: str) -> None:
    answer = api.write(spreadsheet_id, "A1", [["x" * 40_000] * 26] * 11)
    assert refusal(answer)[2] == "Request payload size exceeds the limit: 10485760 bytes."


def test_a_compressed_request_is_read(api: Any, spreadsheet_id: str) -> None:
    body = gzip.compress(json.dumps({"values": [["x"]]}).encode())
    path = f"/v4/spreadsheets/{spreadsheet_id}/values/A1"
    answer = api.call("PUT", path, params={"valueInputOption": "RAW"}, data=body, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 200
    assert api.read(spreadsheet_id, "A1") == [["x"]]


VALUE_REFUSALS = [
    ("A1001", [["x"]], "Range (Sheet1!A1001) exceeds grid limits. Max rows: 1000, max columns: 26"),
    ("AA1:AB1", [["x"]], "Range (Sheet1!AA1:AB1) exceeds grid limits. Max rows: 1000, max columns: 26"),
    ("Nowhere!A1:B2", [["x"]], "Unable to parse range: Nowhere!A1:B2"),
    ("A1:B1", [["a", "b", "c"]], "Requested writing within range [Sheet1!A1:B1], but tried writing to column [C]"),
    ("A1:B1", [["a"], ["b"]], "Requested writing within range [Sheet1!A1:B1], but tried writing to row [2]"),
    ("A1000", [["a"], ["b"]], "Requested writing within range [Sheet1!A1000], but tried writing to row [1001]"),
    ("Z1", [["a", "b"]], "Requested writing within range [Sheet1!Z1], but tried writing to column [AA]"),
    ("A1", "X", "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\""),
    ("A1", ["X"], "Invalid value at 'data.values[0]' (type.googleapis.com/google.protobuf.ListValue), \"X\""),
    ("A1", [["x" * 50_001]], "Your input contains more than the maximum of 50000 characters in a single cell."),
]


@pytest.mark.parametrize(("a1", "values", "message"), VALUE_REFUSALS)
def test_values_that_do_not_fit_are_refused(api: Any, spreadsheet_id: str, a1: str, values: Any, message: str) -> None:
    assert refusal(api.write(spreadsheet_id, a1, values)) == (400, "INVALID_ARGUMENT", message)
    assert api.read(spreadsheet_id, "Sheet1") == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ZZ:ZZ", "ZZ"),
        ("AA:AB", "AA:AB"),
        ("C[26]", "AA"),
        ("1001:1002", "1001:1002"),
        ("R[1000]:R[1000]", "1001"),
        ("R[1000]C[0]", "A1001"),
    ],
)
def test_a_range_outside_of_the_grid_is_named_as_google_names_it(
    api: Any, spreadsheet_id: str, text: str, shown: str
) -> None:
    answer = api.call("GET", f"/v4/spreadsheets/{spreadsheet_id}/values/{text}")
    limits = f"Range (Sheet1!{shown}) exceeds grid limits. Max rows: 1000, max columns: 26"
    assert refusal(answer) == (400, "INVALID_ARGUMENT", limits)


def test_a_range_in_r1c1_is_answered_in_a1(api: Any, spreadsheet_id: str) -> None:
    api.batch(spreadsheet_id, {"addSheet": {"properties": {"title": "RC"}}})
    for text, shown in (
        ("R[1]", "Sheet1!A2:Z2"),
        ("R1C1:R2000C50", "Sheet1!A1:Z1000"),
        ("RC", "Sheet1!A1"),
        ("'RC'", "'RC'!A1:Z1000"),
    ):
        answer = api.call("GET", f"/v4/spreadsheets/{spreadsheet_id}/values/{text}").json()
        assert answer["range"] == shown
    assert api.write(spreadsheet_id, "R2C2:R[2]C[1]", [["x"], ["y"]]).json()["updatedRange"] == "Sheet1!B2:B3"


def test_a_nested_value_is_refused_with_its_place(api: Any, spreadsheet_id: str) -> None:
    message = refusal(api.write(spreadsheet_id, "A1", [["a"], ["b", ["c"]]]))[2]
    assert message.startswith("Invalid values[1][1]: list_value")


def test_values_need_an_input_option(api: Any, spreadsheet_id: str) -> None:
    answer = api.call("PUT", f"/v4/spreadsheets/{spreadsheet_id}/values/A1", json={"values": [["x"]]})
    assert "'valueInputOption' is required" in refusal(answer)[2]


def test_null_leaves_a_cell_and_empty_text_empties_it(api: Any, spreadsheet_id: str) -> None:
    api.write(spreadsheet_id, "A1", [["a", "b", "c"]])
    counts = api.write(spreadsheet_id, "A1:C1", [[None, "", "C"]]).json()
    assert api.read(spreadsheet_id, "A1:C1") == [["a", "", "C"]]
    assert (counts["updatedCells"], counts["updatedColumns"]) == (2, 2)


def test_values_are_written_and_answered_by_column(api: Any, spreadsheet_id: str) -> None:
    api.write(spreadsheet_id, "B2", [["a", "b"], ["c"]], majorDimension="COLUMNS")
    assert api.read(spreadsheet_id, "B2:C3") == [["a", "c"], ["b"]]
    assert api.read(spreadsheet_id, "B2:C3", majorDimension="COLUMNS") == [["a", "b"], ["c"]]


def test_the_render_options_show_a_cell_each_in_its_way(api: Any, spreadsheet_id: str) -> None:
    api.write(spreadsheet_id, "A1", [["=4/2", "2020-01-01", "12%", "TRUE", 2.0]], "USER_ENTERED")

    def read(**options: str) -> Any:
        return api.read(spreadsheet_id, "A1:E1", **options)[0]

    assert read() == ["2", "2020-01-01", "12%", "TRUE", "2"]
    assert read(valueRenderOption="UNFORMATTED_VALUE") == [2, 43831, 0.12, True, 2]
    dates = read(valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="FORMATTED_STRING")
    assert dates == [2, "2020-01-01", 0.12, True, 2]
    assert read(valueRenderOption="FORMULA") == ["=4/2", 43831, 0.12, True, 2]


def test_several_ranges_are_written_counted_and_cleared_at_once(api: Any, spreadsheet_id: str) -> None:
    data = [{"range": "A1:B1", "values": [[1, 2]]}, {"range": "A3", "values": [[3], [4]]}]
    path = f"/v4/spreadsheets/{spreadsheet_id}/values"
    answer = api.call("POST", f"{path}:batchUpdate", json={"valueInputOption": "RAW", "data": data}).json()
    totals = {name: answer[name] for name in answer if name.startswith("total")}
    assert totals == {"totalUpdatedRows": 3, "totalUpdatedColumns": 2, "totalUpdatedCells": 4, "totalUpdatedSheets": 1}
    found = api.call("GET", f"{path}:batchGet", params={"ranges": ["A1:B1", "A3:A4"]}).json()["valueRanges"]
    assert [one["values"] for one in found] == [[["1", "2"]], [["3"], ["4"]]]
    cleared = api.call("POST", f"{path}:batchClear", json={"ranges": ["A1", "A3:A9"]}).json()["clearedRanges"]
    assert cleared == ["Sheet1!A1", "Sheet1!A3:A9"]
    assert api.read(spreadsheet_id, "Sheet1") == [["", "2"]]


def test_one_bad_range_of_several_writes_none(api: Any, spreadsheet_id: str) -> None:
    data = [{"range": "A1", "values": [[1]]}, {"range": "No!A1", "values": [[2]]}]
    path = f"/v4/spreadsheets/{spreadsheet_id}/values:batchUpdate"
    answer = api.call("POST", path, json={"valueInputOption": "RAW", "data": data})
    assert refusal(answer)[2] == "Invalid data[1]: Unable to parse range: No!A1"
    assert api.read(spreadsheet_id, "Sheet1") == []


@pytest.mark.parametrize(
    ("rows", "a1", "expected"),
    [
        ([], "Sheet1!C3", (None, "Sheet1!C3:D3")),
        ([["a", "b"], ["c", "d"]], "Sheet1", ("Sheet1!A1:B2", "Sheet1!A3:B3")),
        ([["a"], [], ["b"]], "Sheet1", ("Sheet1!A3", "Sheet1!A4:B4")),
        ([["a"], [], ["b"]], "A1", ("Sheet1!A1", "Sheet1!A2:B2")),
    ],
    ids=["no table", "one table", "the last table", "the table that is named"],
)
def test_values_are_appended_after_the_table(
    api: Any, spreadsheet_id: str, rows: Any, a1: str, expected: tuple[str | None, str]
) -> None:
    if rows:
        api.write(spreadsheet_id, "A1", rows)
    path = f"/v4/spreadsheets/{spreadsheet_id}/values/{a1}:append"
    answer = api.call("POST", path, params={"valueInputOption": "RAW"}, json={"values": [["x", "y"]]}).json()
    assert (answer.get("tableRange"), answer["updates"]["updatedRange"]) == expected


def test_appending_grows_the_grid(api: Any, spreadsheet_id: str) -> None:
    api.write(spreadsheet_id, "A1000", [["last"]])
    path = f"/v4/spreadsheets/{spreadsheet_id}/values/A1:append"
    api.call("POST", path, params={"valueInputOption": "RAW"}, json={"values": [["x"], ["y"]]})
    api.call("POST", path.replace("A1:", "A1000:"), params={"valueInputOption": "RAW"}, json={"values": [["x"], ["y"]]})
    assert api.get(spreadsheet_id)["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 1002


def test_named_ranges_stand_for_their_cells(api: Any, spreadsheet_id: str) -> None:
    api.batch(
        spreadsheet_id,
        {
            "addNamedRange": {
                "namedRange": {
                    "name": "Corner",
                    "range": {
                        "sheetId": 0,
                        "endRowIndex": 1,
                        "endColumnIndex": 2,
                        "startRowIndex": 0,
                        "startColumnIndex": 0,
                    },
                }
            }
        },
    )
    api.write(spreadsheet_id, "Corner", [["a", "b"]])
    assert api.read(spreadsheet_id, "corner") == [["a", "b"]]


def test_metadata_is_searched_and_names_areas(api: Any, spreadsheet_id: str) -> None:
    where = {"dimensionRange": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}}
    made = {"metadataId": 5, "metadataKey": "k", "visibility": "DOCUMENT", "location": where}
    api.batch(spreadsheet_id, {"createDeveloperMetadata": {"developerMetadata": made}})
    api.write(spreadsheet_id, "A1", [["a"], ["b"]])
    path = f"/v4/spreadsheets/{spreadsheet_id}"
    lookup = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "k"}}]}
    assert api.call("GET", f"{path}/developerMetadata/5").json()["metadataKey"] == "k"
    assert api.call("GET", f"{path}/developerMetadata/6").status_code == 404
    found = api.call("POST", f"{path}/developerMetadata:search", json=lookup).json()["matchedDeveloperMetadata"]
    assert found[0]["dataFilters"] == lookup["dataFilters"]
    values = api.call("POST", f"{path}/values:batchGetByDataFilter", json=lookup).json()["valueRanges"]
    assert values[0]["valueRange"]["values"] == [["b"]]
    body = {"valueInputOption": "RAW", "data": [{"dataFilter": lookup["dataFilters"][0], "values": [["B"]]}]}
    assert api.call("POST", f"{path}/values:batchUpdateByDataFilter", json=body).status_code == 200
    assert api.read(spreadsheet_id, "A1:A2") == [["a"], ["B"]]
    assert api.call("POST", f"{path}/values:batchClearByDataFilter", json=lookup).status_code == 200
    assert api.read(spreadsheet_id, "A1:A2") == [["a"]]
    chosen = api.call("POST", f"{path}:getByDataFilter", json={**lookup, "includeGridData": True}).json()
    assert chosen["sheets"][0]["data"][0]["startRow"] == 1


def test_a_sheet_is_copied_to_another_workbook(api: Any, spreadsheet_id: str) -> None:
    other = api.emulator.create_spreadsheet("Other")
    api.write(spreadsheet_id, "A1", [["x"]])
    body = {"destinationSpreadsheetId": other}
    copied = api.call("POST", f"/v4/spreadsheets/{spreadsheet_id}/sheets/0:copyTo", json=body).json()
    assert (copied["title"], copied["index"]) == ("Copy of Sheet1", 1)
    assert api.read(other, "Copy of Sheet1") == [["x"]]


def test_calls_are_listed_under_their_names(emulator: Emulator, api: Any, spreadsheet_id: str) -> None:
    api.read(spreadsheet_id, "A1")
    api.write(spreadsheet_id, "A1", [["é"]])
    api.call("GET", "/_emulator/health")
    calls = api.call("GET", "/_emulator/calls").json()
    assert [call["api"] for call in calls if call["api"] != "oauth.token"] == [
        "spreadsheets.values.get",
        "spreadsheets.values.update",
    ]
    last = calls[-1]
    assert set(last) == {"method", "api", "path", "status", "request_bytes", "response_bytes", "milliseconds"}
    assert (last["method"], last["status"], last["path"]) == (
        "PUT",
        200,
        f"/v4/spreadsheets/{spreadsheet_id}/values/A1",
    )
    assert last["request_bytes"] > 0 < last["response_bytes"]
    assert api.call("DELETE", "/_emulator/calls").status_code == 200
    assert emulator.calls() == []


def test_every_method_of_the_document_has_its_name(api: Any) -> None:
    for method in methods():
        path = method.pattern.pattern.replace("\\Z", "").replace("\\", "")
        for name in ("spreadsheetId", "range", "sheetId", "metadataId"):
            path = path.replace(f"(?P<{name}>[^/:]+)", "1").replace(f"(?P<{name}>.+)", "S!A1")
        assert name_call(method.verb, path) == method.api


def test_private_endpoints_answer_and_refuse(api: Any) -> None:
    assert api.call("GET", "/_emulator/health").json()["status"] == "ok"
    assert api.call("GET", "/_emulator/credentials").json()["token_uri"] == api.emulator.url + "/token"
    assert api.call("GET", "/_emulator/nothing").status_code == 404
    api.emulator.create_spreadsheet("x")
    assert api.call("POST", "/_emulator/reset").status_code == 200
    assert api.call("GET", "/_emulator/health").json()["workbooks"] == 0


def test_an_unknown_path_is_404(api: Any) -> None:
    assert api.call("GET", "/v4/nothing").status_code == 404


def test_an_answer_that_breaks_the_contract_is_found() -> None:
    assert response_faults("ValueRange", {"range": "A1", "majorDimension": "ROWS"}) == []
    assert response_faults("ValueRange", {"range": "A1", "nonsense": 1}) != []
    assert response_faults("SheetProperties", {"sheetId": "0"}) != []


def test_formatted_values_follow_the_locale_of_the_workbook(api: Any, spreadsheet_id: str) -> None:
    request = {"updateSpreadsheetProperties": {"properties": {"locale": "fr_FR"}, "fields": "locale"}}
    assert api.batch(spreadsheet_id, request).ok
    assert api.write(spreadsheet_id, "A1", [[231.77, True, 5, "=1/2", 1234567.8912]], "USER_ENTERED").ok
    assert api.read(spreadsheet_id, "A1:E1") == [["231,77", "VRAI", "5", "0,5", "1234567,891"]]
    assert api.read(spreadsheet_id, "A1:B1", valueRenderOption="UNFORMATTED_VALUE") == [[231.77, True]]


def test_formulas_and_dates_as_text_are_read_together(api: Any, spreadsheet_id: str) -> None:
    assert api.write(spreadsheet_id, "A1", [["2020-01-31", "=1+1", 2.5]], "USER_ENTERED").ok
    options = {"valueRenderOption": "FORMULA", "dateTimeRenderOption": "FORMATTED_STRING"}
    assert api.read(spreadsheet_id, "A1:C1", **options) == [["2020-01-31", "=1+1", 2.5]]
    assert api.read(spreadsheet_id, "A1:C1", valueRenderOption="FORMULA") == [[43861, "=1+1", 2.5]]


def test_a_slash_after_an_id_is_taken(api: Any, spreadsheet_id: str) -> None:
    path = f"/v4/spreadsheets/{spreadsheet_id}/"
    assert api.call("GET", path).json()["spreadsheetId"] == spreadsheet_id
    assert api.call("POST", path + ":batchUpdate", json={"requests": [{"addSheet": {}}]}).ok
    assert api.call("GET", f"/drive/v3/files/{spreadsheet_id}/").ok
    api.batch(spreadsheet_id, {"addSheet": {"properties": {"title": "a/:b/"}}})
    assert api.read(spreadsheet_id, "'a/:b/'") == []
