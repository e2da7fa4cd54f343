"""insertDimension, deleteDimension, appendDimension, moveDimension, updateDimensionProperties, autoResizeDimensions.

Design rule: rows and columns are one dimension apart; each reducer says which and the layers do the same to all
three.
"""

from __future__ import annotations

from .. import fields
from ..errors import RequestError
from ..layer import Layer, moved_items
from ..model import Json, Sheet, Workbook
from ..ranges import sheet_by_id
from ..render import Renderer
from ..text_width import column_width
from . import adjust
from .context import Context, Reducer
from .sheets import resize

_NOUNS = {"ROWS": "row", "COLUMNS": "column"}


def dimension_of(body: Json) -> str:
    dimension = body.get("dimension")
    if dimension not in _NOUNS:
        raise RequestError("The dimension must be ROWS or COLUMNS.")
    return str(dimension)


def _size(sheet: Sheet, dimension: str) -> int:
    return sheet.row_count if dimension == "ROWS" else sheet.column_count


def resolve_span(book: Workbook, where: Json) -> tuple[Sheet, str, int, int]:
    """(sheet, dimension, start, end) of a DimensionRange whose open ends are the grid's."""
    sheet = sheet_by_id(book, where.get("sheetId", 0))
    dimension = dimension_of(where)
    start, end = where.get("startIndex", 0), where.get("endIndex", _size(sheet, dimension))
    if start < 0 or end < 0:
        raise RequestError("DimensionRange indexes must be >= 0")
    if end <= start:
        raise RequestError(f"The range of {_NOUNS[dimension]}s from {start} to {end} is empty.")
    return sheet, dimension, start, end


def insert_dimension(book: Workbook, body: Json, _: Context) -> None:
    where = body.get("range") or {}
    if "endIndex" not in where:
        raise RequestError("insertDimension needs a range with startIndex and endIndex.")
    sheet, dimension, start, end = resolve_span(book, where)
    before, size = bool(body.get("inheritFromBefore")), _size(sheet, dimension)
    if before and start == 0:
        raise RequestError("inheritFromBefore cannot be true when inserting before the first index.")
    if start > size or (start == size and not before):
        raise RequestError(
            f"range.startIndex[{start}] must be less than the grid size[{size}] if inheritFromBefore is false."
        )
    insert(book, sheet, dimension, (start, end), inherit=start - 1 if before else start)


def insert(book: Workbook, sheet: Sheet, dimension: str, span: tuple[int, int], inherit: int | None = None) -> None:
    """Insert empty rows or columns at a span, with the formats of the one at `inherit` (an index before the change)."""
    at, count = span[0], span[1] - span[0]
    rows = dimension == "ROWS"
    formats = sheet.formats.row(inherit) if rows and inherit is not None else ()
    widths = sheet.column_dimensions if not rows else {}
    resize(sheet, sheet.row_count + (count if rows else 0), sheet.column_count + (0 if rows else count))
    for layer in sheet.layers:
        layer.insert_rows(at, count) if rows else layer.insert_columns(at, count)
    adjust.shift(book, sheet, dimension, adjust.inserted(at, count))
    if formats:
        sheet.formats.reorder_rows(at, [formats] * count)
    if not rows and inherit is not None:
        _inherit_column(sheet, inherit if inherit < at else inherit + count, at, count)
        if inherit in widths:
            sheet.column_dimensions.update(dict.fromkeys(range(at, at + count), widths[inherit]))


def _inherit_column(sheet: Sheet, source: int, at: int, count: int) -> None:
    for index, row in enumerate(sheet.formats.rows):
        if source < len(row) and row[source] is not None:
            sheet.formats.put_span(index, at, (row[source],) * count)


def delete_dimension(book: Workbook, body: Json, _: Context) -> None:
    sheet, dimension, start, end = resolve_span(book, body.get("range") or {})
    size, noun = _size(sheet, dimension), _NOUNS[dimension]
    if end > size:
        raise RequestError(
            f"Cannot delete a {noun} that doesn't exist. "
            f"Tried to delete {noun} index {end - 1} but there are only {size} {noun}s."
        )
    if end - start == size:
        raise RequestError(f"You can't delete all the {noun}s on the sheet.")
    frozen = sheet.grid.get("frozenRowCount" if dimension == "ROWS" else "frozenColumnCount", 0)
    if frozen and start <= frozen and end == size:
        raise RequestError(f"Sorry, it is not possible to delete all non-frozen {noun}s.")
    delete(book, sheet, dimension, start, end)


def delete(book: Workbook, sheet: Sheet, dimension: str, start: int, end: int) -> None:
    for layer in sheet.layers:
        layer.delete_rows(start, end) if dimension == "ROWS" else layer.delete_columns(start, end)
    frozen_name = "frozenRowCount" if dimension == "ROWS" else "frozenColumnCount"
    frozen = sheet.grid.get(frozen_name, 0)
    if start < frozen:
        sheet.grid[frozen_name] = frozen - (min(end, frozen) - start)
        if not sheet.grid[frozen_name]:
            del sheet.grid[frozen_name]
    if dimension == "ROWS":
        sheet.row_count -= end - start
    else:
        sheet.column_count -= end - start
    adjust.shift(book, sheet, dimension, adjust.deleted(start, end))


def append_dimension(book: Workbook, body: Json, _: Context) -> None:
    sheet, dimension = sheet_by_id(book, body.get("sheetId", 0)), dimension_of(body)
    length = body.get("length", 0)
    if length < 1:
        raise RequestError(f"The length must be at least 1, not {length}.")
    rows = dimension == "ROWS"
    resize(sheet, sheet.row_count + (length if rows else 0), sheet.column_count + (0 if rows else length))


def move_dimension(book: Workbook, body: Json, _: Context) -> None:
    sheet, dimension, start, end = resolve_span(book, body.get("source") or {})
    destination, size = body.get("destinationIndex", 0), _size(sheet, dimension)
    if end > size or not 0 <= destination <= size:
        raise RequestError(
            f"Can't move {start} to {end} before {destination}: the sheet has {size} {_NOUNS[dimension]}s."
        )
    if start <= destination <= end:
        raise RequestError(f"The destination {destination} lies within the range that moves ({start} to {end}).")
    for layer in sheet.layers:
        if dimension == "COLUMNS":
            layer.move_columns(start, end, destination)
        else:
            _move_rows(layer, start, end, destination)
    adjust.shift(book, sheet, dimension, adjust.moved(start, end, destination))


def _move_rows(layer: Layer, start: int, end: int, destination: int) -> None:
    first, last = min(start, destination), max(end, destination)
    if first < layer.height():
        rows = [layer.row(index) for index in range(first, last)]
        layer.reorder_rows(first, moved_items(rows, start - first, end - first, destination - first))


def update_dimension_properties(book: Workbook, body: Json, _: Context) -> None:
    sheet, dimension, start, end = resolve_span(book, body.get("range") or {})
    tree = fields.required_mask(body)
    if end > _size(sheet, dimension):
        raise RequestError(f"The range ends at {end}, the sheet has {_size(sheet, dimension)} {_NOUNS[dimension]}s.")
    properties = {name: value for name, value in (body.get("properties") or {}).items() if value is not False}
    known = sheet.row_dimensions if dimension == "ROWS" else sheet.column_dimensions
    for index in range(start, end):
        set_dimension(known, index, fields.merge(tree, known.get(index, {}), properties))


def set_dimension(known: dict[int, Json], index: int, properties: Json) -> None:
    """Keep the properties of a row or column; one without any isn't kept."""
    if properties:
        known[index] = properties
    else:
        known.pop(index, None)


def auto_resize_dimensions(book: Workbook, body: Json, _: Context) -> None:
    """Columns become as wide as their widest text; rows go back to the default height."""
    sheet, dimension, start, end = resolve_span(book, body.get("dimensions") or {})
    known = sheet.row_dimensions if dimension == "ROWS" else sheet.column_dimensions
    renderer = Renderer(book)
    for index in range(start, min(end, _size(sheet, dimension))):
        rest = {name: value for name, value in known.get(index, {}).items() if name != "pixelSize"}
        width = column_width(renderer, sheet, index) if dimension == "COLUMNS" else None
        if width is not None:
            rest["pixelSize"] = width
        elif dimension == "COLUMNS" and index in known:
            rest = known[index]
        set_dimension(known, index, rest)


REDUCERS: dict[str, Reducer] = {
    "insertDimension": insert_dimension,
    "deleteDimension": delete_dimension,
    "appendDimension": append_dimension,
    "moveDimension": move_dimension,
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize_dimensions,
}
