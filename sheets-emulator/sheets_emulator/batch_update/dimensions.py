"""insertDimension, deleteDimension, appendDimension, moveDimension, updateDimensionProperties, autoResizeDimensions,
insertRange, deleteRange.

Design rule: rows and columns are one dimension apart; each reducer says which and the layers do the same to all
three.
"""

from __future__ import annotations

from .. import fields
from ..a1 import Box
from ..errors import RequestError
from ..layer import Layer, moved_items
from ..model import Json, Sheet, Workbook
from ..ranges import resolve_grid_range, sheet_by_id
from ..render import Renderer
from ..text_width import column_width
from . import adjust
from .context import Context, Reducer
from .sheets import resize

_NOUNS = {"ROWS": "row", "COLUMNS": "column"}


def _dimension(body: Json) -> str:
    dimension = body.get("dimension")
    if dimension not in _NOUNS:
        raise RequestError("The dimension must be ROWS or COLUMNS.")
    return str(dimension)


def _size(sheet: Sheet, dimension: str) -> int:
    return sheet.row_count if dimension == "ROWS" else sheet.column_count


def resolve_span(book: Workbook, where: Json) -> tuple[Sheet, str, int, int]:
    """(sheet, dimension, start, end) of a DimensionRange whose open ends are the grid's."""
    sheet = sheet_by_id(book, where.get("sheetId", 0))
    dimension = _dimension(where)
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
    sheet, dimension = sheet_by_id(book, body.get("sheetId", 0)), _dimension(body)
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
        changed = fields.merge(tree, known.get(index, {}), properties)
        if changed:
            known[index] = changed
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
        if rest:
            known[index] = rest
        else:
            known.pop(index, None)


def insert_range(book: Workbook, body: Json, _: Context) -> None:
    """Shift the cells of a range right or down; what leaves the grid makes it grow."""
    sheet, box = resolve_grid_range(book, body.get("range"))
    if _shift_dimension(body) == "ROWS":
        resize(sheet, max(sheet.row_count, _used(sheet, box).r1 + box.rows), sheet.column_count)
        for layer in sheet.layers:
            cut = layer.block(Box(box.r0, layer.height(), box.c0, box.c1))
            _put_block(layer, box.r0 + box.rows, box, cut)
            layer.clear(box)
        return
    resize(sheet, sheet.row_count, max(sheet.column_count, _used(sheet, box).c1 + box.columns))
    for layer in sheet.layers:
        for index in range(box.r0, min(box.r1, layer.height())):
            row = layer.row(index)
            if len(row) > box.c0:
                layer.set_row(index, (*row[: box.c0], *(None,) * box.columns, *row[box.c0 :]))


def _used(sheet: Sheet, box: Box) -> Box:
    """How far anything reaches in the rows and columns of the box."""
    height = max(
        (i + 1 for i, row in enumerate(sheet.cells.rows) if any(c is not None for c in row[box.c0 : box.c1])), default=0
    )
    width = max((len(row) for row in sheet.cells.rows[box.r0 : box.r1]), default=0)
    return Box(0, height, 0, width)


def _put_block(layer: Layer, r0: int, box: Box, rows: list[tuple[object, ...]]) -> None:
    for index, row in enumerate(rows, r0):
        layer.put_span(index, box.c0, row + (None,) * (box.columns - len(row)))


def delete_range(book: Workbook, body: Json, _: Context) -> None:
    """Remove the cells of a range; what lies right of it or below it moves in."""
    sheet, box = resolve_grid_range(book, body.get("range"))
    by_rows = _shift_dimension(body) == "ROWS"
    for layer in sheet.layers:
        if by_rows:
            height = layer.height()
            rest = layer.block(Box(box.r1, height, box.c0, box.c1))
            layer.clear(Box(box.r0, height, box.c0, box.c1))
            _put_block(layer, box.r0, box, rest)
        else:
            for index in range(box.r0, min(box.r1, layer.height())):
                row = layer.row(index)
                layer.set_row(index, (*row[: box.c0], *row[box.c1 :]))


def _shift_dimension(body: Json) -> str:
    return _dimension({"dimension": body.get("shiftDimension")})


REDUCERS: dict[str, Reducer] = {
    "insertDimension": insert_dimension,
    "deleteDimension": delete_dimension,
    "appendDimension": append_dimension,
    "moveDimension": move_dimension,
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize_dimensions,
    "insertRange": insert_range,
    "deleteRange": delete_range,
}
