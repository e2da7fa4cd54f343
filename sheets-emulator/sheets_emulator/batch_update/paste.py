"""copyPaste, cutPaste, sortRange, updateBorders, pasteData: what moves or changes many cells at once."""

from __future__ import annotations

import csv
import io
from typing import Any

from ..a1 import Box
from ..errors import RequestError
from ..formulas import Evaluator
from ..layer import Formula
from ..model import Json, Sheet, Workbook
from ..ranges import limits, resolve_grid_range, sheet_by_id
from ..references import shifted
from ..theme import with_color_styles
from ..value_writing import enter_row
from .cells import interned, merged_format
from .context import Context, Reducer, require

_WHAT: dict[str, tuple[bool, bool, bool]] = {
    # paste type: values, formats, notes and validation
    "PASTE_NORMAL": (True, True, True),
    "PASTE_VALUES": (True, False, False),
    "PASTE_FORMAT": (False, True, False),
    "PASTE_NO_BORDERS": (True, True, True),
    "PASTE_FORMULA": (True, False, False),
    "PASTE_DATA_VALIDATION": (False, False, True),
}


def copy_paste(book: Workbook, body: Json, _: Context) -> None:
    """Copy a box; a destination of several times its size is tiled, a smaller one grows to it."""
    source, box = resolve_grid_range(book, require(body, "source"))
    target, to = resolve_grid_range(book, require(body, "destination"))
    kind = body.get("pasteType", "PASTE_NORMAL")
    if kind not in _WHAT:
        raise RequestError(f"sheets-emulator can't paste with {kind}.")
    turned = body.get("pasteOrientation") == "TRANSPOSE"
    layers = _cut(book, source, box, kind)
    if turned:
        layers = [[list(column) for column in zip(*rows, strict=True)] for rows in layers]
    rows, columns = (box.columns, box.rows) if turned else (box.rows, box.columns)
    down = to.rows // rows if to.rows % rows == 0 and to.rows >= rows else 1
    right = to.columns // columns if to.columns % columns == 0 and to.columns >= columns else 1
    area = Box(to.r0, to.r0 + rows * down, to.c0, to.c0 + columns * right)
    if area.r1 > target.row_count or area.c1 > target.column_count:
        raise RequestError(f"The copy of {rows} rows and {columns} columns {limits(target)}")
    offset = (to.r0 - box.r0, to.c0 - box.c0)
    for tile_row in range(down):
        for tile_column in range(right):
            corner = (to.r0 + tile_row * rows, to.c0 + tile_column * columns)
            move = (offset[0] + tile_row * rows, offset[1] + tile_column * columns)
            _paste(target, corner, layers, _WHAT[kind], move)


def _cut(book: Workbook, sheet: Sheet, box: Box, kind: str) -> list[list[list[Any]]]:
    """The box of each layer as full rows; PASTE_VALUES takes results, PASTE_NO_BORDERS leaves borders out."""
    layers = [
        [list(row) + [None] * (box.columns - len(row)) for row in _full(layer.block(box), box.rows)]
        for layer in sheet.layers
    ]
    if kind == "PASTE_VALUES":
        evaluator = Evaluator(book)
        for index, row in enumerate(layers[0], box.r0):
            for place, cell in enumerate(row):
                if isinstance(cell, Formula):
                    row[place] = evaluator.value(sheet, index, box.c0 + place)
    if kind == "PASTE_NO_BORDERS":
        layers[1] = [[_borderless(cell) for cell in row] for row in layers[1]]
    if kind == "PASTE_DATA_VALIDATION":
        layers[2] = [
            [{"dataValidation": cell["dataValidation"]} if cell and "dataValidation" in cell else None for cell in row]
            for row in layers[2]
        ]
    return layers


def _full(rows: list[tuple[Any, ...]], count: int) -> list[tuple[Any, ...]]:
    return [*rows, *[()] * (count - len(rows))]


def _borderless(cell_format: Json | None) -> Json | None:
    return interned({name: value for name, value in (cell_format or {}).items() if name != "borders"})


def _paste(
    target: Sheet,
    corner: tuple[int, int],
    layers: list[list[list[Any]]],
    what: tuple[bool, bool, bool],
    move: tuple[int, int],
) -> None:
    for layer, rows, wanted in zip(target.layers, layers, what, strict=True):
        if not wanted:
            continue
        for index, row in enumerate(rows, corner[0]):
            layer.put_span(index, corner[1], [_moved(cell, move) for cell in row])


def _moved(cell: Any, move: tuple[int, int]) -> Any:
    return Formula(shifted(cell.text, *move)) if isinstance(cell, Formula) else cell


def cut_paste(book: Workbook, body: Json, _: Context) -> None:
    source, box = resolve_grid_range(book, require(body, "source"))
    where = body.get("destination") or {}
    target = sheet_by_id(book, where.get("sheetId", 0))
    corner = (where.get("rowIndex", 0), where.get("columnIndex", 0))
    if corner[0] + box.rows > target.row_count or corner[1] + box.columns > target.column_count:
        raise RequestError(f"The {box.rows} rows and {box.columns} columns {limits(target)}")
    kind = body.get("pasteType", "PASTE_NORMAL")
    if kind not in _WHAT:
        raise RequestError(f"sheets-emulator can't paste with {kind}.")
    what = _WHAT[kind]
    layers = _cut(book, source, box, kind)
    for layer, wanted in zip(source.layers, what, strict=True):
        if wanted:
            layer.clear(box)
    _paste(target, corner, layers, what, (0, 0))


def sort_range(book: Workbook, body: Json, _: Context) -> None:
    """Sort the rows of a box with their formats and notes; empty cells come last in either order."""
    sheet, box = resolve_grid_range(book, require(body, "range"))
    evaluator = Evaluator(book)
    order = list(range(box.r0, box.r1))
    for spec in reversed(body.get("sortSpecs", [])):
        column = spec.get("dimensionIndex", 0)
        if not box.c0 <= column < box.c1:
            raise RequestError(f"The column to sort by ({column}) lies outside of the range.")
        keys = {row: _sort_key(evaluator.value(sheet, row, column)) for row in order}
        order = _ordered(order, keys, descending=spec.get("sortOrder") == "DESCENDING")
    for layer in sheet.layers:
        rows = [list(row) + [None] * (box.columns - len(row)) for row in _full(layer.block(box), box.rows)]
        for index, old in enumerate(order, box.r0):
            layer.put_span(index, box.c0, [_moved(cell, (index - old, 0)) for cell in rows[old - box.r0]])


def _ordered(rows: list[int], keys: dict[int, Any], *, descending: bool) -> list[int]:
    filled = sorted((row for row in rows if keys[row] is not None), key=keys.__getitem__, reverse=descending)
    return filled + [row for row in rows if keys[row] is None]


def _sort_key(value: Any) -> tuple[int, Any] | None:
    """Numbers, then text without regard to case, then booleans, then errors."""
    if value is None:
        return None
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, (int, float)):
        return 0, value
    return (1, value.casefold()) if isinstance(value, str) else (3, value.kind)


def update_borders(book: Workbook, body: Json, _: Context) -> None:
    sheet, box = resolve_grid_range(book, body.get("range"))
    borders = {
        name: with_color_styles(body[name]) for name in (*_EDGES, "innerHorizontal", "innerVertical") if name in body
    }
    for row in range(box.r0, box.r1):
        for column in range(box.c0, box.c1):
            own = {
                side: border
                for side, name in _sides(box, row, column).items()
                if (border := borders.get(name)) is not None
            }
            if own:
                tree: Json = {"borders": {side: {} for side in own}}
                drawn = {side: border for side, border in own.items() if border.get("style") != "NONE"}
                old = sheet.formats.get(row, column)
                sheet.formats.put(row, column, merged_format(tree, {"borders": drawn})(old))


_EDGES = ("top", "bottom", "left", "right")


def _sides(box: Box, row: int, column: int) -> dict[str, str]:
    return {
        "top": "top" if row == box.r0 else "innerHorizontal",
        "bottom": "bottom" if row == box.r1 - 1 else "innerHorizontal",
        "left": "left" if column == box.c0 else "innerVertical",
        "right": "right" if column == box.c1 - 1 else "innerVertical",
    }


def paste_data(book: Workbook, body: Json, _: Context) -> None:
    """Text with a delimiter, typed into the cells from a corner on."""
    if body.get("html"):
        raise RequestError("sheets-emulator can't paste HTML, only text with a delimiter.")
    where = body.get("coordinate") or {}
    sheet = sheet_by_id(book, where.get("sheetId", 0))
    delimiter = body.get("delimiter") or "\t"
    rows = list(csv.reader(io.StringIO(body.get("data", "")), delimiter=delimiter[0]))
    r0, c0 = where.get("rowIndex", 0), where.get("columnIndex", 0)
    if r0 + len(rows) > sheet.row_count or c0 + max(map(len, rows), default=0) > sheet.column_count:
        raise RequestError(f"The data {limits(sheet)}")
    locale = str(book.properties.get("locale", "en_US"))
    for index, row in enumerate(rows, r0):
        enter_row(sheet, index, c0, row, locale)


REDUCERS: dict[str, Reducer] = {
    "copyPaste": copy_paste,
    "cutPaste": cut_paste,
    "sortRange": sort_range,
    "updateBorders": update_borders,
    "pasteData": paste_data,
}
