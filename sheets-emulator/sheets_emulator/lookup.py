"""Data filters: which developer metadata, sheets and ranges a DataFilter means."""

from __future__ import annotations

from collections.abc import Callable

from .a1 import Box
from .errors import InvalidArgumentError
from .model import Json, Sheet, Workbook
from .ranges import resolve_a1, resolve_grid_range

_PLAIN = ("metadataId", "metadataKey", "metadataValue", "visibility")


def matching_metadata(book: Workbook, filters: list[Json]) -> list[Json]:
    """The developer metadata that any of the filters means, in the order of the workbook."""
    found = [_matcher(book, one) for one in filters]
    return [item for item in book.developer_metadata if any(matches(item) for matches in found)]


def _matcher(book: Workbook, data_filter: Json) -> Callable[[Json], bool]:
    if "developerMetadataLookup" in data_filter:
        lookup = data_filter["developerMetadataLookup"]
        return lambda item: _matches(item, lookup)
    sheet, box = filter_area(book, data_filter)
    return lambda item: _lies_in(item, sheet, box)


def filter_area(book: Workbook, data_filter: Json) -> tuple[Sheet, Box]:
    """The sheet and box of a filter by A1 range or GridRange."""
    if "a1Range" in data_filter:
        return resolve_a1(book, data_filter["a1Range"])
    if "gridRange" in data_filter:
        return resolve_grid_range(book, data_filter["gridRange"])
    raise InvalidArgumentError("A data filter needs one of developerMetadataLookup, a1Range, gridRange.")


def _matches(item: Json, lookup: Json) -> bool:
    if any(name in lookup and item.get(name) != lookup[name] for name in _PLAIN):
        return False
    location = item["location"]
    kind = lookup.get("locationType", "DEVELOPER_METADATA_LOCATION_TYPE_UNSPECIFIED")
    if not kind.endswith("UNSPECIFIED") and location["locationType"] != kind:
        return False
    return "metadataLocation" not in lookup or _at(location, lookup)


def _at(location: Json, lookup: Json) -> bool:
    wanted = lookup["metadataLocation"]
    exact = lookup.get("locationMatchingStrategy") == "EXACT_LOCATION"
    if wanted.get("spreadsheet"):
        return not exact or location["locationType"] == "SPREADSHEET"
    if "sheetId" in wanted:
        same = location.get("sheetId", location.get("dimensionRange", {}).get("sheetId", 0)) == wanted["sheetId"]
        kinds = {"SHEET"} if exact else {"SHEET", "ROW", "COLUMN"}
        return bool(same and location["locationType"] in kinds)
    where, own = wanted.get("dimensionRange", {}), location.get("dimensionRange")
    if own is None or own["dimension"] != where.get("dimension") or own.get("sheetId", 0) != where.get("sheetId", 0):
        return False
    if exact:
        return bool(own["startIndex"] == where.get("startIndex", 0) and own["endIndex"] == where.get("endIndex"))
    return bool(own["startIndex"] < where.get("endIndex", 2**31) and where.get("startIndex", 0) < own["endIndex"])


def _lies_in(item: Json, sheet: Sheet, box: Box) -> bool:
    """Metadata of rows and columns that the box crosses [?]."""
    where = item["location"].get("dimensionRange")
    if where is None or where.get("sheetId", 0) != sheet.sheet_id:
        return False
    first, last = (box.r0, box.r1) if where["dimension"] == "ROWS" else (box.c0, box.c1)
    return bool(first <= where["startIndex"] < last)


def metadata_areas(book: Workbook, item: Json) -> list[tuple[Sheet, Box]]:
    """The cells that developer metadata stands for: its row, its column, its sheet, or all sheets."""
    location = item["location"]
    if location["locationType"] == "SPREADSHEET":
        return [(sheet, sheet.box) for sheet in book.sheets]
    if location["locationType"] == "SHEET":
        return [(sheet, sheet.box) for sheet in book.sheets if sheet.sheet_id == location.get("sheetId", 0)]
    where = location["dimensionRange"]
    sheet, _ = resolve_grid_range(book, {"sheetId": where.get("sheetId", 0)})
    span = (where["startIndex"], where["endIndex"])
    if where["dimension"] == "ROWS":
        return [(sheet, sheet.box._replace(r0=span[0], r1=span[1]))]
    return [(sheet, sheet.box._replace(c0=span[0], c1=span[1]))]


def filter_areas(book: Workbook, data_filter: Json) -> list[tuple[Sheet, Box]]:
    """Every area that one DataFilter means."""
    if "developerMetadataLookup" not in data_filter:
        return [filter_area(book, data_filter)]
    return [area for item in matching_metadata(book, [data_filter]) for area in metadata_areas(book, item)]
