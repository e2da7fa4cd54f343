"""createDeveloperMetadata, updateDeveloperMetadata, deleteDeveloperMetadata.

Design rule: which metadata a filter means is decided in ..lookup, for these and for the methods that search.
"""

from __future__ import annotations

from .. import fields
from ..errors import RequestError
from ..lookup import matching_metadata
from ..model import Json, Workbook
from ..ranges import sheet_by_id
from .context import Context, Reducer, require
from .dimensions import resolve_span

MAX_CHARACTERS = 30_000


def create_developer_metadata(book: Workbook, body: Json, context: Context) -> Json:
    wanted = require(body, "developerMetadata")
    taken = [item["metadataId"] for item in book.developer_metadata]
    number = wanted.get("metadataId")
    _check_number(number, taken)
    if not wanted.get("metadataKey"):
        raise RequestError("Developer metadata must have a metadataKey.")
    if wanted.get("visibility", _UNSPECIFIED) == _UNSPECIFIED:
        raise RequestError("Developer metadata must have a visibility: DOCUMENT or PROJECT.")
    item = {"metadataId": number or context.new_id(taken), "metadataKey": wanted["metadataKey"]}
    if wanted.get("metadataValue"):
        item["metadataValue"] = wanted["metadataValue"]
    item["location"] = location(book, wanted.get("location") or {})
    item["visibility"] = wanted["visibility"]
    book.developer_metadata.append(item)
    _check_size(book, item)
    return {"developerMetadata": item}


def _check_number(number: int | None, taken: list[int]) -> None:
    if number is not None and number < 1:
        raise RequestError(f"The id of developer metadata must be positive: {number}")
    if number in taken:
        raise RequestError(f"Developer metadata with the id {number} already exists.")


_UNSPECIFIED = "DEVELOPER_METADATA_VISIBILITY_UNSPECIFIED"


def location(book: Workbook, wanted: Json) -> Json:
    """A location as answers write it; refused unless it names the spreadsheet, a sheet, one row or one column."""
    if "dimensionRange" in wanted:
        where = wanted["dimensionRange"]
        sheet, dimension, start, end = resolve_span(book, where)
        size = sheet.row_count if dimension == "ROWS" else sheet.column_count
        if end - start != 1 or end > size:
            raise RequestError(
                f"Developer metadata belongs to a single row or column of the grid, not to {start} to {end}."
            )
        head = {"sheetId": sheet.sheet_id} if sheet.sheet_id else {}
        span = {**head, "dimension": dimension, "startIndex": start, "endIndex": end}
        return {"locationType": "ROW" if dimension == "ROWS" else "COLUMN", "dimensionRange": span}
    if "sheetId" in wanted:
        return {"locationType": "SHEET", "sheetId": sheet_by_id(book, wanted["sheetId"]).sheet_id}
    if wanted.get("spreadsheet"):
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    raise RequestError("Developer metadata needs a location: spreadsheet, sheetId or dimensionRange.")


def _check_size(book: Workbook, item: Json) -> None:
    """At most 30,000 characters for the spreadsheet and for each sheet, and 1,000 for one key [?]."""
    where = _owner(item)
    total = sum(
        len(other["metadataKey"]) + len(other.get("metadataValue", ""))
        for other in book.developer_metadata
        if _owner(other) == where
    )
    if total > MAX_CHARACTERS:
        raise RequestError(f"Developer metadata exceeds the limit of {MAX_CHARACTERS} characters ({total}).")


def _owner(item: Json) -> object:
    where = item["location"]
    if "dimensionRange" in where:
        return where["dimensionRange"].get("sheetId", 0)
    return where.get("sheetId", "spreadsheet")


def update_developer_metadata(book: Workbook, body: Json, _: Context) -> Json:
    tree = fields.required_mask(body)
    wanted = body.get("developerMetadata") or {}
    if "location" in (tree or wanted):
        wanted = {**wanted, "location": location(book, wanted.get("location") or {})}
    changed = []
    for old in matching_metadata(book, body.get("dataFilters", [])):
        new = fields.merge({name: {} for name in tree}, old, wanted) if tree else {**old, **wanted}
        if new.get("metadataId") != old["metadataId"]:
            raise RequestError(f"The id of developer metadata can't be changed: {old['metadataId']}")
        if not new.get("metadataKey") or not new.get("visibility"):
            raise RequestError("Developer metadata must keep a metadataKey and a visibility.")
        new = {name: new[name] for name in (*old, *new) if name in new}
        book.developer_metadata = [new if item is old else item for item in book.developer_metadata]
        _check_size(book, new)
        changed.append(new)
    return {"developerMetadata": changed}


def delete_developer_metadata(book: Workbook, body: Json, _: Context) -> Json:
    gone = matching_metadata(book, [require(body, "dataFilter")])
    book.developer_metadata = [item for item in book.developer_metadata if not any(item is one for one in gone)]
    return {"deletedDeveloperMetadata": gone} if gone else {}


REDUCERS: dict[str, Reducer] = {
    "createDeveloperMetadata": create_developer_metadata,
    "updateDeveloperMetadata": update_developer_metadata,
    "deleteDeveloperMetadata": delete_developer_metadata,
}
