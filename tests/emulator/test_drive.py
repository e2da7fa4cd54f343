"""Drive v3, as far as clients of Sheets use it."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from sheets_emulator.drive_query import QueryError, matches_query

SHEET = "application/vnd.google-apps.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE = {
    "name": "It's a book",
    "mimeType": SHEET,
    "trashed": False,
    "parents": ["root"],
    "modifiedTime": "2024-01-02T00:00:00Z",
    "ownedByMe": True,
    "owners": [{"emailAddress": "a@example.com"}],
    "permissions": [{"role": "owner", "emailAddress": "a@example.com"}],
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", True),
        (f'mimeType="{SHEET}"', True),
        (f"mimeType='{SHEET}' and name = 'It\\'s a book'", True),
        ("name contains 'BOOK' and trashed = false", True),
        ("trashed=true or name = 'x'", False),
        ("not trashed=true", True),
        ("(name='x' or name='y') and trashed=false", False),
        ("'root' in parents and 'a@example.com' in owners", True),
        ("'me' in owners and 'me' in writers and not sharedWithMe = true", True),
        ("modifiedTime > '2024-01-01T00:00:00'", True),
        ("name != 'x'", True),
    ],
)
def test_queries_are_answered(query: str, expected: bool) -> None:
    assert matches_query(query, FILE, "a@example.com") is expected


@pytest.mark.parametrize(
    "query",
    ["name =", "name ~ 'x'", "name = 'x' 'y'", "&", "bogus = 'x'", "fullText contains 'x'", "trashed > true"],
)
def test_a_query_that_cannot_be_read_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        matches_query(query, FILE)


def test_a_file_is_made_found_renamed_copied_and_deleted(api: Any) -> None:
    made = api.call("POST", "/drive/v3/files", json={"name": "One", "mimeType": SHEET}).json()
    assert made == {"kind": "drive#file", "id": made["id"], "name": "One", "mimeType": SHEET}
    path = f"/drive/v3/files/{made['id']}"
    assert api.call("PATCH", path, json={"name": "Two"}).json()["name"] == "Two"
    copy = api.call("POST", f"{path}/copy", json={}).json()
    assert copy["name"] == "Copy of Two"
    listed = api.call("GET", "/drive/v3/files", params={"q": "name = 'Two'", "fields": "files(id,name)"}).json()
    assert listed == {"files": [{"id": made["id"], "name": "Two"}]}
    page = api.call("GET", "/drive/v3/files", params={"pageSize": 1}).json()
    rest = api.call("GET", "/drive/v3/files", params={"pageSize": 1, "pageToken": page["nextPageToken"]}).json()
    assert {page["files"][0]["id"], rest["files"][0]["id"]} == {made["id"], copy["id"]}
    assert api.call("DELETE", path).status_code == 204
    gone = api.call("GET", path)
    assert (gone.status_code, gone.json()["error"]["errors"][0]["reason"]) == (404, "notFound")


def test_a_bad_query_is_400(api: Any) -> None:
    assert api.call("GET", "/drive/v3/files", params={"q": "name ="}).status_code == 400


def test_a_workbook_is_exported(api: Any, spreadsheet_id: str) -> None:
    api.write(spreadsheet_id, "A1", [["a,b", "=1+1", "2020-01-01"], [1.5]], "USER_ENTERED")
    api.write(spreadsheet_id, "A3", [["=text"]])
    path = f"/drive/v3/files/{spreadsheet_id}/export"
    assert api.call("GET", path, params={"mimeType": "text/csv"}).text == '"a,b",2,2020-01-01\r\n1.5,,\r\n=text,,'
    sheet = openpyxl.load_workbook(io.BytesIO(api.call("GET", path, params={"mimeType": XLSX}).content)).active
    assert [cell.value for cell in sheet[1]][:2] == ["a,b", "=1+1"]
    assert (sheet["C1"].is_date, sheet["A3"].data_type) == (True, "s")
    assert api.call("GET", path, params={"mimeType": "image/png"}).status_code == 400


def test_a_tab_separated_export_has_no_quotes_and_no_breaks_in_a_cell(api: Any, spreadsheet_id: str) -> None:
    api.write(spreadsheet_id, "A1", [['say "a"', "b\tc"], ["d\r\ne\nf", ""]])
    path = f"/drive/v3/files/{spreadsheet_id}/export"
    text = api.call("GET", path, params={"mimeType": "text/tab-separated-values"}).text
    assert text == 'say "a"\tb c\r\nd e f\t'


def test_the_page_downloads_each_sheet(api: Any, second: Any, spreadsheet_id: str) -> None:
    api.batch(spreadsheet_id, {"addSheet": {"properties": {"sheetId": 5, "title": "Five"}}})
    api.write(spreadsheet_id, "Five!A1", [["a,b", 1]])
    path = f"/spreadsheets/d/{spreadsheet_id}/export"
    assert api.call("GET", path, params={"format": "csv", "gid": "5"}).text == '"a,b",1'
    assert api.call("GET", path, params={"format": "tsv", "gid": "5"}).text == "a,b\t1"
    assert openpyxl.load_workbook(io.BytesIO(api.call("GET", path).content)).sheetnames == ["Sheet1", "Five"]
    assert api.call("GET", path, params={"format": "csv", "gid": "6"}).status_code == 400
    assert api.call("GET", path, params={"format": "pdf"}).status_code == 400
    assert second.call("GET", path).status_code == 404


def test_a_csv_is_imported(api: Any, spreadsheet_id: str) -> None:
    path = f"/upload/drive/v2/files/{spreadsheet_id}"
    answer = api.call("PUT", path, data="a,0042\n", headers={"Content-Type": "text/csv"})
    assert answer.status_code == 200
    assert api.read(spreadsheet_id, "Sheet1") == [["a", "42"]]


def test_a_share_opens_a_workbook_and_its_end_closes_it(api: Any) -> None:
    email = api.emulator.credentials["client_email"]
    theirs = api.emulator.server.create_spreadsheet("theirs", owner="bob@example.com")
    mine = api.emulator.create_spreadsheet("mine")
    path = f"/drive/v3/files/{mine}/permissions"
    body = {"type": "user", "role": "writer", "emailAddress": "carol@example.com"}
    made = api.call("POST", path, json=body).json()
    assert made["role"] == "writer"
    assert len(api.call("GET", path).json()["permissions"]) == 2
    assert api.call("GET", f"{path}/{made['id']}").json()["type"] == "user"
    assert api.call("PATCH", f"{path}/{made['id']}", json={"role": "reader"}).json()["role"] == "reader"
    assert api.call("DELETE", f"{path}/{made['id']}").status_code == 204
    assert api.call("DELETE", f"{path}/{made['id']}").status_code == 404
    assert api.call("POST", path, json={"type": "user", "role": "writer"}).status_code == 400
    assert api.call("GET", f"/drive/v3/files/{theirs}").status_code == 404
    store = api.emulator.server.store
    book = store.workbooks[theirs].fork()
    book.permissions = [{"id": "1", "type": "user", "role": "writer", "emailAddress": email}]
    store.keep([book])
    assert api.write(theirs, "A1", [["x"]]).status_code == 200
    assert api.call("DELETE", f"/drive/v3/files/{theirs}").status_code == 403


def test_what_excel_cannot_hold_is_left_out_of_the_export(api: Any, spreadsheet_id: str) -> None:
    titles = ("a/b: [x]*?", "x" * 40, "x" * 41)
    api.batch(spreadsheet_id, *({"addSheet": {"properties": {"title": title}}} for title in titles))
    api.write(spreadsheet_id, "A1", [["bell \x07 and\nline"]])
    answer = api.call("GET", f"/drive/v3/files/{spreadsheet_id}/export", params={"mimeType": XLSX})
    assert answer.status_code == 200
    found = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert found.sheetnames[:2] == ["Sheet1", "a_b_ _x___"]
    assert len(set(found.sheetnames)) == 4
    assert found["Sheet1"]["A1"].value == "bell  and\nline"
