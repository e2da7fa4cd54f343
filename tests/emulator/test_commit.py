"""One batch as a transaction: tokens that are exchanged, values that are staged, rivals."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
import requests

Json = dict[str, Any]
TARGET, STAGING = 0, 77
TEXTS = ["=1+1", "00123", "'x", "''", "+5", "-1-1", "1/2", "TRUE", "#REF!", "2020-01-31", "1e5", " pad ", "5%", "$3"]


def token(number: int, sheet_id: int = TARGET, **members: Any) -> Json:
    item = {"protectedRangeId": number, "range": {"sheetId": sheet_id}, "warningOnly": True, **members}
    return {"addProtectedRange": {"protectedRange": item}}


def untoken(number: int) -> Json:
    return {"deleteProtectedRange": {"protectedRangeId": number}}


def put(text: str) -> Json:
    row = {"values": [{"userEnteredValue": {"stringValue": text}}]}
    return {"updateCells": {"start": {"sheetId": TARGET}, "rows": [row], "fields": "userEnteredValue"}}


def message(answer: requests.Response) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"]["message"])


def staging(**members: Any) -> Json:
    return {"addSheet": {"properties": {"sheetId": STAGING, "title": "Staging", "hidden": True, **members}}}


def paste(rows: int, columns: int, kind: str = "PASTE_VALUES") -> Json:
    box = {"startRowIndex": 0, "endRowIndex": rows, "startColumnIndex": 0, "endColumnIndex": columns}
    source, target = {"sheetId": STAGING, **box}, {"sheetId": TARGET, **box}
    return {"copyPaste": {"source": source, "destination": target, "pasteType": kind}}


def tokens(api: Any, spreadsheet_id: str) -> list[tuple[int, int]]:
    """(sheet, protectedRangeId) of every protected range."""
    sheets = api.get(spreadsheet_id)["sheets"]
    return [
        (sheet["properties"]["sheetId"], item["protectedRangeId"])
        for sheet in sheets
        for item in sheet.get("protectedRanges", [])
    ]


def test_a_token_is_exchanged_in_the_batch_that_it_guards(api: Any, spreadsheet_id: str) -> None:
    first = api.batch(spreadsheet_id, token(101)).json()["replies"][0]["addProtectedRange"]["protectedRange"]
    assert (first["protectedRangeId"], first["warningOnly"]) == (101, True)
    answer = api.batch(spreadsheet_id, untoken(101), token(102), put("second"))
    assert [list(reply) for reply in answer.json()["replies"]] == [[], ["addProtectedRange"], []]
    assert tokens(api, spreadsheet_id) == [(TARGET, 102)]


STALE: dict[str, tuple[list[Json], str]] = {
    "the old token is gone": (
        [untoken(100), token(102), put("late")],
        "Invalid requests[0].deleteProtectedRange: No protected range with id: 100",
    ),
    "the new token is there": (
        [put("late"), token(101)],
        "Invalid requests[1].addProtectedRange: A protected range with the id 101 already exists.",
    ),
    "the new token is there on another sheet": (
        [put("late"), staging(), token(101, STAGING)],
        "Invalid requests[2].addProtectedRange: A protected range with the id 101 already exists.",
    ),
    "a token is taken twice": (
        [untoken(101), put("late"), untoken(101)],
        "Invalid requests[2].deleteProtectedRange: No protected range with id: 101",
    ),
    "no token is named": (
        [{"deleteProtectedRange": {}}, put("late")],
        "Invalid requests[0].deleteProtectedRange: No protected range with id: 0",
    ),
}


@pytest.mark.parametrize("case", STALE)
def test_a_batch_with_a_stale_token_changes_nothing(api: Any, spreadsheet_id: str, case: str) -> None:
    api.batch(spreadsheet_id, token(101), put("kept"))
    before = api.get(spreadsheet_id, includeGridData=True)
    requests_, words = STALE[case]
    assert message(api.batch(spreadsheet_id, *requests_)) == words
    assert api.get(spreadsheet_id, includeGridData=True) == before


def test_a_token_may_be_given_back_and_taken_in_one_batch(api: Any, spreadsheet_id: str) -> None:
    api.batch(spreadsheet_id, token(101))
    assert api.batch(spreadsheet_id, untoken(101), token(101)).ok
    assert tokens(api, spreadsheet_id) == [(TARGET, 101)]


def test_tokens_live_on_a_hidden_sheet_and_go_with_it(api: Any, second: Any, spreadsheet_id: str) -> None:
    assert api.batch(spreadsheet_id, staging(), token(101, STAGING, description="generation 1")).ok
    item = api.get(spreadsheet_id)["sheets"][1]["protectedRanges"][0]
    assert (item["warningOnly"], item["description"], item["range"]) == (True, "generation 1", {"sheetId": STAGING})
    share = {"type": "user", "role": "writer", "emailAddress": second.emulator.credentials_of("second")["client_email"]}
    assert api.call("POST", f"/drive/v3/files/{spreadsheet_id}/permissions", json=share).ok
    assert second.write(spreadsheet_id, "Staging!A1", [["a warning holds nobody"]]).ok
    assert second.batch(spreadsheet_id, untoken(101), token(102, STAGING)).ok
    assert api.batch(spreadsheet_id, {"deleteSheet": {"sheetId": STAGING}}).ok
    assert tokens(api, spreadsheet_id) == []
    assert "No protected range with id: 102" in message(api.batch(spreadsheet_id, untoken(102)))


def test_staged_text_is_pasted_as_the_text_it_is(api: Any, spreadsheet_id: str) -> None:
    api.batch(spreadsheet_id, staging())
    assert api.write(spreadsheet_id, "Staging!A1", [TEXTS]).ok
    assert api.batch(spreadsheet_id, paste(1, len(TEXTS))).ok
    cells = api.get(spreadsheet_id, ranges="Sheet1", includeGridData=True)["sheets"][0]["data"][0]["rowData"][0][
        "values"
    ]
    assert [cell["userEnteredValue"] for cell in cells] == [{"stringValue": text} for text in TEXTS]
    assert [cell["effectiveValue"] for cell in cells] == [{"stringValue": text} for text in TEXTS]
    assert not any("userEnteredFormat" in cell for cell in cells)


def test_staged_values_keep_their_kinds_and_the_target_its_formats(api: Any, spreadsheet_id: str) -> None:
    date = {"numberFormat": {"type": "DATE", "pattern": "dd.mm.yyyy"}, "textFormat": {"bold": True}}
    target = {"userEnteredFormat": date, "note": "stays", "userEnteredValue": {"stringValue": "old"}}
    rows = [{"values": [target] * 5}]
    start = {"sheetId": TARGET}
    fields = "userEnteredValue,userEnteredFormat,note"
    api.batch(spreadsheet_id, staging(), {"updateCells": {"start": start, "rows": rows, "fields": fields}})
    api.write(spreadsheet_id, "Staging!A1", [["2020-01-31", True, 1.5, "=A1+1"]], "USER_ENTERED")
    assert api.batch(spreadsheet_id, paste(1, 5)).ok
    row = api.get(spreadsheet_id, ranges="Sheet1", includeGridData=True)["sheets"][0]["data"][0]["rowData"][0]["values"]
    expected = [{"numberValue": 43861}, {"boolValue": True}, {"numberValue": 1.5}, {"numberValue": 43862}, None]
    assert [cell.get("userEnteredValue") for cell in row] == expected
    assert [(cell["userEnteredFormat"]["numberFormat"], cell["note"]) for cell in row] == [
        (date["numberFormat"], "stays")
    ] * 5
    assert [cell.get("formattedValue") for cell in row] == ["31.01.2020", "TRUE", "31.12.1899", "01.02.2020", None]


def test_a_hidden_staging_sheet_is_copied_and_deleted_in_one_batch(api: Any, spreadsheet_id: str) -> None:
    api.batch(spreadsheet_id, staging(gridProperties={"rowCount": 3, "columnCount": 2}), token(101))
    api.write(spreadsheet_id, "Staging!A1", [["a", 1], ["b", 2], ["c", 3]])
    commit = [untoken(101), token(102), paste(3, 2), {"deleteSheet": {"sheetId": STAGING}}]
    answer = api.batch(spreadsheet_id, *commit)
    assert answer.ok, answer.text
    assert api.read(spreadsheet_id, "Sheet1", valueRenderOption="UNFORMATTED_VALUE") == [["a", 1], ["b", 2], ["c", 3]]
    assert [sheet["properties"]["title"] for sheet in api.get(spreadsheet_id)["sheets"]] == ["Sheet1"]
    assert (
        message(api.batch(spreadsheet_id, paste(3, 2))) == f"Invalid requests[0].copyPaste: No grid with id: {STAGING}"
    )


def test_a_sheet_deleted_before_its_copy_leaves_everything_as_it_was(api: Any, spreadsheet_id: str) -> None:
    api.batch(spreadsheet_id, staging())
    answer = api.batch(spreadsheet_id, {"deleteSheet": {"sheetId": STAGING}}, paste(1, 1))
    assert message(answer) == f"Invalid requests[1].copyPaste: No grid with id: {STAGING}"
    assert len(api.get(spreadsheet_id)["sheets"]) == 2


def test_a_sheet_is_filled_while_hidden_then_shown_in_its_place(api: Any, spreadsheet_id: str) -> None:
    made = api.batch(spreadsheet_id, staging(index=0), {"addSheet": {"properties": {"title": "Last"}}}).json()
    assert made["replies"][0]["addSheet"]["properties"]["hidden"] is True
    assert api.read(spreadsheet_id, "A1") == [], "the first visible sheet is read"
    show = {"sheetId": STAGING, "hidden": False, "index": 2, "title": "Orders"}
    assert api.batch(spreadsheet_id, {"updateSheetProperties": {"properties": show, "fields": "hidden,index,title"}}).ok
    shown = [sheet["properties"] for sheet in api.get(spreadsheet_id)["sheets"]]
    assert [(one["title"], one["index"], "hidden" in one) for one in shown] == [
        ("Sheet1", 0, False),
        ("Orders", 1, False),
        ("Last", 2, False),
    ]


def test_two_megabytes_of_raw_values_are_written_at_once(api: Any, spreadsheet_id: str) -> None:
    rows = [[f"{number:06d}", "=1+1", None, True, 1.5, "x" * 180] for number in range(10_000)]
    grow = {"gridProperties": {"rowCount": 20_000}}
    api.batch(spreadsheet_id, {"updateSheetProperties": {"properties": grow, "fields": "gridProperties.rowCount"}})
    data = [{"range": f"Sheet1!A{1 + half * 5000}", "values": rows[half * 5000 :][:5000]} for half in (0, 1)]
    body = json.dumps({"valueInputOption": "RAW", "data": data})
    assert len(body) > 2_000_000
    started = time.perf_counter()
    path = f"/v4/spreadsheets/{spreadsheet_id}/values:batchUpdate"
    answer = api.call("POST", path, data=body, headers={"Content-Type": "application/json"}).json()
    assert time.perf_counter() - started < 3
    assert (answer["totalUpdatedRows"], answer["totalUpdatedCells"]) == (10_000, 50_000)
    assert api.read(spreadsheet_id, "A10000:E10000", valueRenderOption="FORMULA") == [["009999", "=1+1", "", True, 1.5]]


def test_a_hundred_thousand_requests_are_taken_and_one_more_is_not(api: Any, spreadsheet_id: str) -> None:
    def send(count: int) -> requests.Response:
        body = b'{"requests":[' + b",".join([b'{"clearBasicFilter":{}}'] * count) + b"]}"
        path = f"/v4/spreadsheets/{spreadsheet_id}:batchUpdate"
        answer: requests.Response = api.call("POST", path, data=body, headers={"Content-Type": "application/json"})
        return answer

    assert len(send(100_000).json()["replies"]) == 100_000
    assert message(send(100_001)) == "Too many requests: 100001. At most 100000 are accepted in one batch."


def test_of_rivals_with_one_token_only_one_wins(api: Any, spreadsheet_id: str) -> None:
    api.batch(spreadsheet_id, token(1000))
    headers = {"Authorization": api.session.credentials.token and f"Bearer {api.session.credentials.token}"}
    url = f"{api.emulator.url}/v4/spreadsheets/{spreadsheet_id}:batchUpdate"
    barrier, statuses = threading.Barrier(2), []

    def rival(name: int) -> None:
        with requests.Session() as session:
            for generation in range(1000, 1020):
                barrier.wait(10)
                batch = [untoken(generation), token(generation + 1), put(f"{name} of {generation}")]
                answer = session.post(url, json={"requests": batch}, headers=headers, timeout=10)
                statuses.append((generation, answer.status_code))

    rivals = [threading.Thread(target=rival, args=(name,)) for name in (1, 2)]
    for thread in rivals:
        thread.start()
    for thread in rivals:
        thread.join(30)
    assert sorted(statuses) == [(generation, status) for generation in range(1000, 1020) for status in (200, 400)]
    assert tokens(api, spreadsheet_id) == [(TARGET, 1020)]
