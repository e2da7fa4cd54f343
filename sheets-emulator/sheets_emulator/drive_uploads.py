"""Uploads to Drive: a CSV becomes a spreadsheet, or the content of one.

Design rule: the three protocols (simple, multipart, resumable) end in one Upload, and an Upload in one workbook. A file
that Drive would keep as it is, unconverted, is refused: there are only spreadsheets here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.parser import BytesParser

from .accepting import accept_drive
from .delimited import split_rows
from .drive_calls import SPREADSHEET, DriveCall, DriveError, Reply
from .errors import ApiError
from .exchange import json_body
from .model import Json, Sheet, Workbook
from .value_writing import enter_row

DELIMITERS = {"text/csv": ",", "text/tab-separated-values": "\t"}
_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)\Z")


@dataclass(frozen=True, slots=True)
class Upload:
    """What was uploaded: the metadata of the file (a File resource), the media type, the bytes."""

    metadata: Json
    media_type: str
    content: bytes


def receive(call: DriveCall, finish: Callable[[DriveCall, Upload], Reply]) -> Reply:
    """Read one request of an upload; `finish` makes the file where the upload is complete."""
    kind = call.parameters.get("uploadType", "")
    if "upload_id" in call.parameters:
        return _continue(call, call.parameters["upload_id"], finish)
    if kind == "media":
        return finish(call, Upload({}, call.request.content_type, call.request.body))
    if kind == "multipart":
        return finish(call, _multipart(call))
    if kind == "resumable":
        return _begin(call)
    raise DriveError(400, f"Invalid value for uploadType: {kind}", "invalidParameter", "uploadType")


def _multipart(call: DriveCall) -> Upload:
    """RFC 2387: metadata as JSON, then the media."""
    head = f"Content-Type: {call.request.content_type}\r\n\r\n".encode()
    parts = list(BytesParser().parsebytes(head + call.request.body).walk())[1:]
    contents = [content for part in parts if isinstance(content := part.get_payload(decode=True), bytes)]
    if len(contents) != 2:
        raise DriveError(400, "Malformed multipart body.", "badContent")
    return Upload(_metadata(contents[0]), parts[1].get_content_type(), contents[1])


def _metadata(body: bytes) -> Json:
    return accept_drive("File", json_body(body))


def _begin(call: DriveCall) -> Reply:
    """Open a session; the Location is where the content goes."""
    media_type = call.request.headers.get("x-upload-content-type", "application/octet-stream")
    session = call.make_id()
    call.uploads[session] = Upload(_metadata(call.request.body), media_type, b"")
    place = f"{call.request.base_url}{call.request.path}?uploadType=resumable&upload_id={session}"
    return Reply(b"", headers=(("location", place),))


def _continue(call: DriveCall, session: str, finish: Callable[[DriveCall, Upload], Reply]) -> Reply:
    """Take a chunk: 308 with what has come so far, or the file where it was the last one."""
    begun = call.uploads.get(session)
    if begun is None:
        raise DriveError(404, f"No upload session: {session}", "notFound", "upload_id")
    match = _CONTENT_RANGE.match(call.request.headers.get("content-range", ""))
    first, total = (match[1], match[3]) if match else ("0", str(len(call.request.body)))
    if first is not None and int(first) != len(begun.content):
        raise DriveError(400, f"The chunk begins at {first}, expected {len(begun.content)}.", "badRequest")
    content = begun.content + (call.request.body if first is not None else b"")
    call.uploads[session] = Upload(begun.metadata, begun.media_type, content)
    if total == str(len(content)):
        return finish(call, call.uploads.pop(session))
    received = (("range", f"bytes=0-{len(content) - 1}"),) if content else ()
    return Reply(b"", status=308, headers=received)


def fill_from(book: Workbook, upload: Upload) -> None:
    """Make the content the workbook's only sheet, typed in as by a person."""
    delimiter = DELIMITERS.get(upload.media_type.partition(";")[0].strip().lower())
    if delimiter is None:
        known = ", ".join(DELIMITERS)
        raise DriveError(
            501, f"sheets-emulator converts {known}, not {upload.media_type or 'what has no type'}.", "notImplemented"
        )
    rows = _rows(upload.content, delimiter)
    sheet = Sheet(0, "Sheet1", max(len(rows), 1000), max(max(map(len, rows), default=0), 26))
    locale = str(book.properties.get("locale", "en_US"))
    try:
        for index, row in enumerate(rows):
            enter_row(sheet, index, 0, row, locale)
    except ApiError as error:
        raise DriveError(400, error.message, "badRequest") from error
    book.sheets, book.named_ranges, book.developer_metadata = [sheet], [], []


def _rows(content: bytes, delimiter: str) -> list[list[str]]:
    """The rows of the text, which is UTF-8 or, where it can't be, Windows-1252."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return split_rows(text, delimiter)


def refuse_unconverted(upload: Upload) -> None:
    """Drive converts a file where the metadata asks for a spreadsheet; any other it keeps as it is."""
    wanted = upload.metadata.get("mimeType")
    if wanted != SPREADSHEET:
        raise DriveError(
            501,
            f"sheets-emulator keeps spreadsheets only: Drive would keep this as {wanted or upload.media_type}. Give "
            f"the metadata the mimeType {SPREADSHEET} to have it converted.",
            "notImplemented",
        )
