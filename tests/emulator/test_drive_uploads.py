"""CSV that goes up to Drive, by google-api-python-client and by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaInMemoryUpload

SHEET = "application/vnd.google-apps.spreadsheet"
CSV = 'id,name,sum,day\r\n0042,"Ås\na, b",=1+1,2020-01-31\r\n\'007,,TRUE,\r\n'.encode()
TYPED = [["id", "name", "sum", "day"], [42, "Ås\na, b", 2, 43861], ["007", "", True]]
BOOK = {"name": "Imported", "mimeType": SHEET}


@pytest.fixture
def files(api: Any) -> Iterator[Any]:
    scopes = ["https://www.googleapis.com/auth/drive"]
    credentials = Credentials.from_service_account_info(api.emulator.credentials, scopes=scopes)
    # api_endpoint would leave uploads at https://, so the document itself is pointed at the emulator
    document = {**json.loads(get_static_doc("drive", "v3")), "rootUrl": api.emulator.url + "/"}
    with build_from_document(document, credentials=credentials) as service:
        yield service.files()


def read(api: Any, spreadsheet_id: str) -> Any:
    return api.read(spreadsheet_id, "Sheet1", valueRenderOption="UNFORMATTED_VALUE")


def last_call(api: Any) -> str:
    return str(api.emulator.calls()[-1]["api"])


def test_a_csv_becomes_a_spreadsheet(api: Any, files: Any) -> None:
    made = files.create(body=BOOK, media_body=MediaInMemoryUpload(CSV, "text/csv"), fields="id,name,mimeType").execute()
    assert last_call(api) == "drive.files.create"
    assert (made["name"], made["mimeType"]) == ("Imported", SHEET)
    assert read(api, made["id"]) == TYPED
    assert api.read(made["id"], "A2:D2") == [["42", "Ås\na, b", "2", "2020-01-31"]]
    assert api.get(made["id"])["properties"]["title"] == "Imported"


def test_tabs_and_other_encodings_are_read(api: Any, files: Any) -> None:
    media = MediaInMemoryUpload("a\tÅ\r\n1\t2\r\n".encode("cp1252"), "text/tab-separated-values; charset=x")
    assert read(api, files.create(body=BOOK, media_body=media).execute()["id"]) == [["a", "Å"], [1, 2]]


def test_a_large_csv_comes_in_chunks(api: Any, files: Any) -> None:
    text = "".join(f"{number},{'x' * 90}\n" for number in range(7000))
    media = MediaInMemoryUpload(text.encode(), "text/csv", chunksize=256 * 1024, resumable=True)
    request, answer, steps = files.create(body=BOOK, media_body=media), None, []
    while answer is None:
        status, answer = request.next_chunk()
        steps.append(round(status.progress(), 1) if status else 1)
    assert steps == [0.4, 0.8, 1]
    rows = read(api, answer["id"])
    assert (len(rows), rows[6999][0]) == (7000, 6999)
    assert [call["status"] for call in api.emulator.calls() if call["api"] == "drive.files.create"] == [
        200,
        308,
        308,
        200,
    ]


def test_an_interrupted_upload_goes_on_where_it_stopped(api: Any) -> None:
    start = api.call(
        "POST",
        "/upload/drive/v3/files",
        params={"uploadType": "resumable"},
        json=BOOK,
        headers={"X-Upload-Content-Type": "text/csv"},
    )
    place = start.headers["Location"].removeprefix(api.emulator.url)
    assert api.call("PUT", place, data=b"a,b", headers={"Content-Range": "bytes 0-2/8"}).headers["Range"] == "bytes=0-2"
    asked = api.call("PUT", place, headers={"Content-Range": "bytes */8"})
    assert (asked.status_code, asked.headers["Range"]) == (308, "bytes=0-2")
    assert api.call("PUT", place, data=b"x", headers={"Content-Range": "bytes 5-5/8"}).status_code == 400
    done = api.call("PUT", place, data=b"\n1,2\n", headers={"Content-Range": "bytes 3-7/8"})
    assert read(api, done.json()["id"]) == [["a", "b"], [1, 2]]
    assert api.call("PUT", place, data=b"x").status_code == 404, "the session is over"


@pytest.mark.parametrize("resumable", [False, True], ids=["simple", "resumable"])
def test_content_takes_the_place_of_all_sheets(api: Any, files: Any, spreadsheet_id: str, resumable: bool) -> None:
    api.write(spreadsheet_id, "A1:Z9", [["old"] * 26] * 9)
    api.batch(spreadsheet_id, {"addSheet": {"properties": {"title": "Second"}}})
    media = MediaInMemoryUpload(CSV, "text/csv", resumable=resumable)
    answer = files.update(fileId=spreadsheet_id, media_body=media).execute()
    assert answer == {"kind": "drive#file", "id": spreadsheet_id, "name": "A book", "mimeType": SHEET}
    assert last_call(api) == "drive.files.update"
    assert [sheet["properties"]["title"] for sheet in api.get(spreadsheet_id)["sheets"]] == ["Sheet1"]
    assert read(api, spreadsheet_id) == TYPED


def test_content_and_name_are_changed_in_one_call(api: Any, files: Any, spreadsheet_id: str) -> None:
    media = MediaInMemoryUpload(b"x\n", "text/csv")
    assert files.update(fileId=spreadsheet_id, body={"name": "New"}, media_body=media).execute()["name"] == "New"
    assert read(api, spreadsheet_id) == [["x"]]


REFUSALS: dict[str, tuple[dict[str, str] | None, bytes, str, int, str]] = {
    "no metadata": (None, b"a\n", "text/csv", 501, "Drive would keep this as text/csv"),
    "kept as it is": ({"name": "n.csv", "mimeType": "text/csv"}, b"a\n", "text/csv", 501, "keep this as text/csv"),
    "picture": (BOOK, b"\x89PNG", "image/png", 501, "converts text/csv, text/tab-separated-values, not image/png"),
    "long cell": (BOOK, b"x" * 50_001, "text/csv", 400, "more than the maximum of 50000 characters"),
    "field without end": (BOOK, b'"' + b"x" * 200_000, "text/csv", 400, "more than the maximum of 50000"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_become_a_spreadsheet_is_refused(api: Any, files: Any, case: str) -> None:
    body, content, media_type, status, words = REFUSALS[case]
    with pytest.raises(HttpError, match=words) as refused:
        files.create(body=body, media_body=MediaInMemoryUpload(content, media_type)).execute()
    assert refused.value.status_code == status
    assert api.emulator.server.store.workbooks == {}


@pytest.mark.parametrize(
    ("upload_type", "content_type", "body", "words"),
    [
        ("", "text/csv", b"a", "Invalid value for uploadType"),
        ("multipart", "text/csv", b"a", "Malformed multipart body"),
        (
            "multipart",
            "multipart/related; boundary=b",
            b"--b\r\n\r\n[1]\r\n--b\r\n\r\na\r\n--b--",
            "Root element must be a message",
        ),
        ("resumable", "application/json", b"[1]", "Root element must be a message"),
        ("resumable", "application/json", b"{", "Invalid JSON payload"),
    ],
)
def test_a_malformed_upload_is_refused(api: Any, upload_type: str, content_type: str, body: bytes, words: str) -> None:
    answer = api.call(
        "POST",
        "/upload/drive/v3/files",
        params={"uploadType": upload_type},
        data=body,
        headers={"Content-Type": content_type},
    )
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


def test_a_reader_and_a_stranger_upload_nothing(api: Any, second: Any, spreadsheet_id: str) -> None:
    path, options = f"/upload/drive/v3/files/{spreadsheet_id}", {"params": {"uploadType": "media"}, "data": b"x"}
    assert second.call("PATCH", path, headers={"Content-Type": "text/csv"}, **options).status_code == 404
    body = {"type": "anyone", "role": "reader"}
    assert api.call("POST", f"/drive/v3/files/{spreadsheet_id}/permissions", json=body).ok
    assert second.call("PATCH", path, headers={"Content-Type": "text/csv"}, **options).status_code == 403


def test_a_spreadsheet_is_exported_not_downloaded(files: Any, spreadsheet_id: str) -> None:
    with pytest.raises(HttpError, match="Use Export with Docs Editors files"):
        files.get_media(fileId=spreadsheet_id).execute()
    assert files.export_media(fileId=spreadsheet_id, mimeType="text/csv").execute() == b""
