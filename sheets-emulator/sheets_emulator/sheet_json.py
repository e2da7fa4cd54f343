"""Spreadsheet, Sheet and GridData as spreadsheets.get answers them.

Design rule: the mask is looked at before the work, so that a call for titles never touches a cell.
"""

from __future__ import annotations

from typing import Any

from .a1 import Box
from .fields import Tree, project, wants
from .guards import LIST, seen_by
from .layer import Layer
from .model import Json, Sheet, Workbook
from .ranges import to_grid_range
from .render import Renderer

ROW_HEIGHT, COLUMN_WIDTH = 21, 100
_LISTS = ("conditionalFormats", "filterViews", "protectedRanges", "bandedRanges", "rowGroups", "columnGroups")


def sheet_properties(book: Workbook, sheet: Sheet) -> Json:
    """SheetProperties; sheetId 0 and index 0 stay (recorded)."""
    own = sheet.properties
    return {
        "sheetId": sheet.sheet_id,
        "title": sheet.title,
        "index": next(index for index, other in enumerate(book.sheets) if other is sheet),
        "sheetType": "GRID",
        "gridProperties": {"rowCount": sheet.row_count, "columnCount": sheet.column_count, **sheet.grid},
        **own,
    }


def spreadsheet_json(
    book: Workbook,
    account: str,
    tree: Tree | None = None,
    areas: list[tuple[Sheet, Box]] | None = None,
    *,
    data: bool = False,
) -> Json:
    """A Spreadsheet as `account` sees it, under a mask, with the sheets of `areas`, with grid data if asked for."""
    tree = tree or {}
    out: Json = {"spreadsheetId": book.spreadsheet_id}
    if wants(tree, "properties"):
        out["properties"] = book.properties
    if wants(tree, "sheets"):
        renderer = Renderer(book)
        below = tree.get("sheets", {}) if tree and "*" not in tree else {}
        chosen = book.sheets if areas is None else [s for s in book.sheets if any(s is sheet for sheet, _ in areas)]
        out["sheets"] = [
            _seen(book, account, sheet_json(renderer, sheet, below, areas or [], data=data)) for sheet in chosen
        ]
    if book.named_ranges and wants(tree, "namedRanges"):
        out["namedRanges"] = book.named_ranges
    out["spreadsheetUrl"] = f"https://docs.google.com/spreadsheets/d/{book.spreadsheet_id}/edit"
    own = [item for item in book.developer_metadata if item["location"]["locationType"] == "SPREADSHEET"]
    if own:
        out["developerMetadata"] = own
    result: Json = project(tree, out)
    return result


def _seen(book: Workbook, account: str, sheet: Json) -> Json:
    if LIST in sheet:
        sheet[LIST] = [seen_by(book, item, account) for item in sheet[LIST]]
    return sheet


def sheet_json(renderer: Renderer, sheet: Sheet, tree: Tree, areas: list[tuple[Sheet, Box]], *, data: bool) -> Json:
    out: Json = {"properties": sheet_properties(renderer.book, sheet)}
    if data:
        boxes = [box for area_sheet, box in areas if area_sheet is sheet] or [sheet.box]
        below = tree.get("data", {}) if tree and "*" not in tree else {}
        out["data"] = [grid_data(renderer, sheet, box, below) for box in boxes]
    if sheet.merges:
        out["merges"] = [to_grid_range(sheet.sheet_id, box) for box in sheet.merges]
    for name in _LISTS:
        if sheet.items(name):
            out[name] = sheet.items(name)
    if sheet.basic_filter is not None:
        out["basicFilter"] = sheet.basic_filter
    own = [
        item
        for item in renderer.book.developer_metadata
        if item["location"]["locationType"] == "SHEET" and item["location"].get("sheetId", 0) == sheet.sheet_id
    ]
    if own:
        out["developerMetadata"] = own
    return out


def grid_data(renderer: Renderer, sheet: Sheet, box: Box, tree: Tree) -> Json:
    out: Json = {}
    if box.r0:
        out["startRow"] = box.r0
    if box.c0:
        out["startColumn"] = box.c0
    if wants(tree, "rowData"):
        rows = row_data(renderer, sheet, box, tree)
        if rows:
            out["rowData"] = rows
    for name, first, last in (("rowMetadata", box.r0, box.r1), ("columnMetadata", box.c0, box.c1)):
        if wants(tree, name):
            out[name] = dimension_metadata(renderer.book, sheet, name, range(first, last))
    return out


def row_data(renderer: Renderer, sheet: Sheet, box: Box, tree: Tree) -> list[Json]:
    """RowData up to the last row and column that hold something which the mask asks for."""
    below = tree.get("rowData", {}).get("values", {}) if tree and "*" not in tree else {}

    def wanted(name: str) -> bool:
        return not below or "*" in below or name in below

    layers = [layer for layer, names in _layers(sheet) if any(map(wanted, names))]
    area = box.intersect(Box(0, max((layer.height() for layer in layers), default=0), 0, sheet.column_count))
    rows: list[Json] = []
    for index in range(area.r0, area.r1):
        end = min(box.c1, max(len(layer.row(index)) for layer in layers))
        cells = [renderer.cell_data(sheet, index, column, wanted) for column in range(box.c0, end)]
        while cells and not cells[-1]:
            cells.pop()
        rows.append({"values": cells} if cells else {})
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _layers(sheet: Sheet) -> tuple[tuple[Layer, tuple[str, ...]], ...]:
    values = ("userEnteredValue", "effectiveValue", "formattedValue", "effectiveFormat", "hyperlink")
    extras = ("note", "dataValidation", "textFormatRuns", "pivotTable", "chipRuns")
    return (
        (sheet.cells, values),
        (sheet.formats, ("userEnteredFormat", "effectiveFormat", "hyperlink")),
        (sheet.extras, extras),
    )


def dimension_metadata(book: Workbook, sheet: Sheet, name: str, indexes: range) -> list[Json]:
    """DimensionProperties of rows or columns: the size, whether a person hid it, and its developer metadata."""
    rows = name == "rowMetadata"
    known = sheet.row_dimensions if rows else sheet.column_dimensions
    size = ROW_HEIGHT if rows else COLUMN_WIDTH
    metadata = _dimension_developer_metadata(book, sheet, "ROW" if rows else "COLUMN")
    out = []
    for index in indexes:
        item: Json = {"pixelSize": size, **known.get(index, {})}
        if index in metadata:
            item["developerMetadata"] = metadata[index]
        out.append(item)
    return out


def _dimension_developer_metadata(book: Workbook, sheet: Sheet, kind: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for item in book.developer_metadata:
        location = item["location"]
        where = location.get("dimensionRange", {})
        if location["locationType"] == kind and where.get("sheetId", 0) == sheet.sheet_id:
            found.setdefault(where.get("startIndex", 0), []).append(item)
    return found
