"""sortRange, updateBorders, pasteData: what changes many cells at once."""

from __future__ import annotations

from typing import Any

from ..a1 import Box
from ..delimited import split_rows
from ..errors import RequestError
from ..formulas import Evaluator
from ..model import Json, Workbook
from ..ranges import resolve_corner, resolve_grid_range
from ..theme import with_color_styles
from ..value_writing import enter_row
from .cells import merged_format
from .context import Context, Reducer, require
from .copying import full_rows, moved_cell


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
        rows = full_rows(layer, box)
        for index, old in enumerate(order, box.r0):
            layer.put_span(index, box.c0, [moved_cell(cell, index - old, 0) for cell in rows[old - box.r0]])


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


_TYPED = frozenset({"PASTE_NORMAL", "PASTE_VALUES", "PASTE_NO_BORDERS", "PASTE_FORMULA"})


def paste_data(book: Workbook, body: Json, _: Context) -> None:
    """Text with a delimiter, typed into the cells from a corner on."""
    if body.get("html"):
        raise RequestError("sheets-emulator can't paste HTML, only text with a delimiter.")
    kind = body.get("type", "PASTE_NORMAL")
    if kind not in _TYPED:
        raise RequestError(f"Text has nothing to paste with {kind}. Use one of {', '.join(sorted(_TYPED))}.")
    rows = split_rows(body.get("data", ""), body.get("delimiter") or "\t")
    sheet, r0, c0 = resolve_corner(book, body.get("coordinate"), len(rows), max(map(len, rows), default=0))
    locale = str(book.properties.get("locale", "en_US"))
    for index, row in enumerate(rows, r0):
        enter_row(sheet, index, c0, row, locale)


REDUCERS: dict[str, Reducer] = {
    "sortRange": sort_range,
    "updateBorders": update_borders,
    "pasteData": paste_data,
}
