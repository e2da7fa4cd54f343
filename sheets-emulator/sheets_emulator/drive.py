"""Drive v3, as far as clients of Sheets use it: files, copies, exports, imports of CSV, permissions.

Design rule: pure but for the store, which it is given. A method answers a Reply; the edge writes it out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .drive_calls import SPREADSHEET, DriveCall, DriveError, Reply, may, projected
from .drive_order import ordered, whole_number
from .drive_permissions import (
    all_permissions,
    create_permission,
    delete_permission,
    get_permission,
    list_permissions,
    update_permission,
)
from .drive_query import QueryError, check_query, matches_query
from .drive_uploads import Upload, fill_from, receive, refuse_unconverted
from .export import to_csv, to_tsv, to_xlsx
from .methods import new_workbook
from .model import Json, Sheet, Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DEFAULT_FIELDS = "kind,id,name,mimeType"


def file_json(book: Workbook, account: str) -> Json:
    """A File resource."""
    user = {"kind": "drive#user", "displayName": book.owner, "me": book.owner == account, "emailAddress": book.owner}
    return {
        "kind": "drive#file",
        "id": book.spreadsheet_id,
        "name": book.properties["title"],
        "mimeType": SPREADSHEET,
        "starred": False,
        "trashed": bool(book.drive.get("trashed")),
        "parents": book.drive.get("parents", ["root"]),
        "version": str(book.version),
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{book.spreadsheet_id}/edit?usp=drivesdk",
        "createdTime": book.created,
        "modifiedTime": book.modified,
        "owners": [user],
        "ownedByMe": book.owner == account,
        "capabilities": {"canEdit": may(book, account) in {"owner", "writer"}},
        "permissions": all_permissions(book),
        **{name: book.drive[name] for name in ("description", "properties", "appProperties") if name in book.drive},
    }


def create(call: DriveCall) -> Reply:
    wanted = call.body or {}
    if wanted.get("mimeType", SPREADSHEET) != SPREADSHEET:
        raise DriveError(501, f"sheets-emulator keeps spreadsheets only, not {wanted['mimeType']}.", "notImplemented")
    return _kept(call, _new_file(call, wanted))


def _new_file(call: DriveCall, metadata: Json) -> Workbook:
    book = new_workbook(call.make_id(), call.account, metadata.get("name") or "Untitled", call.now)
    book.drive = {name: metadata[name] for name in _OWN_MEMBERS if name in metadata}
    return book


def _kept(call: DriveCall, book: Workbook) -> Reply:
    call.store.keep([book])
    return projected(call, file_json(book, call.account), _DEFAULT_FIELDS)


_OWN_MEMBERS = ("parents", "description", "properties", "appProperties", "trashed")


def list_files(call: DriveCall) -> Reply:
    query = call.parameters.get("q", "")
    size, start = whole_number(call, "pageSize", 100, 1), whole_number(call, "pageToken", 0, 0)
    try:
        check_query(query)  # what can't be read is refused even where there is no file
    except QueryError as error:
        raise DriveError(400, str(error), "invalid", "q") from error
    known = [file_json(book, call.account) for book in call.store.workbooks.values() if may(book, call.account)]
    found = ordered([file for file in known if matches_query(query, file, call.account)], call)
    body: Json = {"kind": "drive#fileList", "incompleteSearch": False, "files": found[start : start + size]}
    if start + size < len(found):
        body["nextPageToken"] = str(start + size)
    return projected(call, body, f"kind,incompleteSearch,nextPageToken,files({_DEFAULT_FIELDS})")


def get(call: DriveCall) -> Reply:
    if call.parameters.get("alt") == "media":
        call.readable()
        text = "Only files with binary content can be downloaded. Use Export with Docs Editors files."
        raise DriveError(403, text, "fileNotDownloadable", "alt")
    return projected(call, file_json(call.readable(), call.account), _DEFAULT_FIELDS)


def update(call: DriveCall) -> Reply:
    return _kept(call, _changed_file(call, call.body or {}))


def _changed_file(call: DriveCall, metadata: Json) -> Workbook:
    book = call.writable()
    if metadata.get("name"):
        book.properties["title"] = metadata["name"]
    book.drive.update({name: metadata[name] for name in _OWN_MEMBERS if name in metadata})
    book.modified = call.now
    return book


def delete(call: DriveCall) -> Reply:
    if call.readable().owner != call.account:
        raise DriveError(
            403, "The user does not have sufficient permissions for this file.", "insufficientFilePermissions"
        )
    call.store.remove(call.path["fileId"])
    return Reply(status=204)


def copy(call: DriveCall) -> Reply:
    source, wanted = call.readable(), call.body or {}
    book = source.fork()
    book.spreadsheet_id, book.owner, book.version = call.make_id(), call.account, 1
    book.properties["title"] = wanted.get("name") or f"Copy of {source.properties['title']}"
    book.created = book.modified = call.now
    book.permissions = []
    book.drive = {name: wanted[name] for name in _OWN_MEMBERS if name in wanted}
    return _kept(call, book)


def export(call: DriveCall) -> Reply:
    kind = call.parameters.get("mimeType", "")
    writer = _EXPORTS.get(kind)
    if writer is None:
        raise DriveError(400, "The requested conversion is not supported.", "badRequest", "convertTo")
    return Reply(writer(call.readable()), media_type=kind)


_EXPORTS: dict[str, Callable[[Workbook], bytes]] = {
    "text/csv": lambda book: to_csv(book, book.sheets[0]),
    "text/tab-separated-values": lambda book: to_tsv(book, book.sheets[0]),
    XLSX: to_xlsx,
}


def download(call: DriveCall) -> Reply:
    """The download address of the page, no part of the API: google-spreadsheet for Node takes CSV, TSV, XLSX there."""
    book, kind = call.readable(), call.parameters.get("format", "xlsx")
    if kind == "xlsx":
        return Reply(to_xlsx(book), media_type=XLSX)
    gid = call.parameters.get("gid")
    sheet = next((sheet for sheet in book.sheets if gid in {None, str(sheet.sheet_id)}), None)
    if sheet is None or kind not in _DOWNLOADS:
        raise DriveError(400, f"There is no download of sheet {gid} as {kind}.", "badRequest")
    return Reply(_DOWNLOADS[kind](book, sheet), media_type="text/" + {"tsv": "tab-separated-values"}.get(kind, kind))


_DOWNLOADS: dict[str, Callable[[Workbook, Sheet], bytes]] = {"csv": to_csv, "tsv": to_tsv}


def comments(call: DriveCall) -> Reply:
    call.readable()
    return projected(call, {"kind": "drive#commentList", "comments": []}, "*")


def upload_new(call: DriveCall) -> Reply:
    """files.create with content, which the metadata asks to be converted."""
    return receive(call, _create_from)


def _create_from(call: DriveCall, upload: Upload) -> Reply:
    refuse_unconverted(upload)
    book = _new_file(call, upload.metadata)
    fill_from(book, upload)
    return _kept(call, book)


def upload_content(call: DriveCall) -> Reply:
    """files.update with content: it takes the place of all sheets."""
    return receive(call, _update_from)


def _update_from(call: DriveCall, upload: Upload) -> Reply:
    book = _changed_file(call, upload.metadata)
    fill_from(book, upload)
    return _kept(call, book)


def upload_v2(call: DriveCall) -> Reply:
    """Drive v2's simple upload of a CSV, which gspread's import_csv does."""
    book = _changed_file(call, {})
    fill_from(book, Upload({}, call.request.content_type, call.request.body))
    call.store.keep([book])
    return Reply(
        {"kind": "drive#file", "id": book.spreadsheet_id, "title": book.properties["title"], "mimeType": SPREADSHEET}
    )


_FILE = r"/(?P<fileId>[^/]+)"
_PERMISSION = r"/permissions/(?P<permissionId>[^/]+)"
ROUTES: tuple[tuple[str, str, re.Pattern[str], Callable[[DriveCall], Reply]], ...] = tuple(
    (api, verb, re.compile(path + r"\Z"), handler)
    for api, verb, path, handler in (
        ("drive.files.create", "POST", r"/drive/v3/files", create),
        ("drive.files.list", "GET", r"/drive/v3/files", list_files),
        ("drive.files.get", "GET", r"/drive/v3/files" + _FILE, get),
        ("drive.files.update", "PATCH", r"/drive/v3/files" + _FILE, update),
        ("drive.files.delete", "DELETE", r"/drive/v3/files" + _FILE, delete),
        ("drive.files.copy", "POST", r"/drive/v3/files" + _FILE + "/copy", copy),
        ("page.export", "GET", r"/spreadsheets/d" + _FILE + "/export", download),
        ("drive.files.export", "GET", r"/drive/v3/files" + _FILE + "/export", export),
        ("drive.comments.list", "GET", r"/drive/v3/files" + _FILE + "/comments", comments),
        ("drive.permissions.list", "GET", r"/drive/v3/files" + _FILE + "/permissions", list_permissions),
        ("drive.permissions.create", "POST", r"/drive/v3/files" + _FILE + "/permissions", create_permission),
        ("drive.permissions.get", "GET", r"/drive/v3/files" + _FILE + _PERMISSION, get_permission),
        ("drive.permissions.update", "PATCH", r"/drive/v3/files" + _FILE + _PERMISSION, update_permission),
        ("drive.permissions.delete", "DELETE", r"/drive/v3/files" + _FILE + _PERMISSION, delete_permission),
        ("drive.files.create", "POST", r"/upload/drive/v3/files", upload_new),
        ("drive.files.create", "PUT", r"/upload/drive/v3/files", upload_new),
        ("drive.files.update", "PATCH", r"/upload/drive/v3/files" + _FILE, upload_content),
        ("drive.files.update", "PUT", r"/upload/drive/v3/files" + _FILE, upload_content),
        ("drive.files.upload", "PUT", r"/upload/drive/v2/files" + _FILE, upload_v2),
    )
)
