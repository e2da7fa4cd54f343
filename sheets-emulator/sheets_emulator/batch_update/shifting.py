"""insertRange, deleteRange: cells pushed aside, or moved into a gap, within some rows or columns.

Design rule: what lies beside the range and wholly within its rows or columns moves, and what points there moves with
it; a range that reaches out of them stays where it is. A merge is never torn: the request is refused.
"""

from __future__ import annotations

from typing import Any

from .. import a1
from ..a1 import OPEN, Box
from ..errors import RequestError
from ..layer import Layer
from ..model import Json, Sheet, Workbook
from ..ranges import resolve_grid_range
from ..references import BoxChange
from . import adjust
from .context import Context, Reducer
from .dimensions import dimension_of
from .sheets import resize


def insert_range(book: Workbook, body: Json, _: Context) -> None:
    """Shift the cells of a range right or down; values, notes and merges that leave the grid make it grow."""
    sheet, box = resolve_grid_range(book, body.get("range"))
    dimension = dimension_of({"dimension": body.get("shiftDimension")})
    band = _band(box, dimension)
    _refuse_torn_merges(sheet, band, band)
    reach = _reach(sheet, band)
    if dimension == "ROWS":
        resize(sheet, max(sheet.row_count, reach.r1 + box.rows), sheet.column_count)
        change = adjust.inserted(box.r0, box.rows)
    else:
        resize(sheet, sheet.row_count, max(sheet.column_count, reach.c1 + box.columns))
        change = adjust.inserted(box.c0, box.columns)
    for layer in sheet.layers:
        _push(layer, box) if dimension == "ROWS" else _push_right(layer, box)
        layer.crop(sheet.row_count, sheet.column_count)
    adjust.shift_boxes(book, sheet, _within(band, sheet.box, adjust.along(dimension, change)))


def delete_range(book: Workbook, body: Json, _: Context) -> None:
    """Remove the cells of a range; what lies right of it or below it moves in."""
    sheet, box = resolve_grid_range(book, body.get("range"))
    dimension = dimension_of({"dimension": body.get("shiftDimension")})
    band = _band(box, dimension)
    _refuse_torn_merges(sheet, band, box)
    first, last = (box.r0, box.r1) if dimension == "ROWS" else (box.c0, box.c1)
    for layer in sheet.layers:
        _close(layer, box) if dimension == "ROWS" else _close_left(layer, box)
    adjust.shift_boxes(book, sheet, _within(band, sheet.box, adjust.along(dimension, adjust.deleted(first, last))))


def _band(box: Box, dimension: str) -> Box:
    """The cells that move: those of the range and all below it, or right of it."""
    return box._replace(r1=OPEN) if dimension == "ROWS" else box._replace(c1=OPEN)


def _within(band: Box, grid: Box, change: BoxChange) -> BoxChange:
    """The change for what lies within the rows or columns that move; what leaves the grid by it is gone."""
    lane = band._replace(r0=0) if band.r1 == OPEN else band._replace(c0=0)

    def moved(box: Box) -> Box | None:
        new = change(box) if lane.contains(box) else box
        if new is None or new == box:
            return new
        kept = new.intersect(grid)
        return None if kept.empty else kept

    return moved


def _refuse_torn_merges(sheet: Sheet, band: Box, hole: Box) -> None:
    """Each merge that moves must lie wholly in the band, and none may reach into the hole by a part."""
    for merge in sheet.merges:
        if (merge.overlaps(band) and not band.contains(merge)) or (merge.overlaps(hole) and not hole.contains(merge)):
            raise RequestError(f"The merged cells {a1.format_box(sheet.title, merge)} would be torn apart.")


def _reach(sheet: Sheet, band: Box) -> Box:
    """How far values, notes and merges reach in the cells that move."""
    rows = columns = 0
    for layer in (sheet.cells, sheet.extras):
        for index in range(band.r0, min(band.r1, layer.height())):
            held = [c for c, cell in enumerate(layer.row(index)[: band.c1]) if cell is not None and c >= band.c0]
            if held:
                rows, columns = index + 1, max(columns, held[-1] + 1)
    inside = [merge for merge in sheet.merges if band.contains(merge)]
    ends = [Box(0, rows, 0, columns), *inside]
    return Box(0, max(box.r1 for box in ends), 0, max(box.c1 for box in ends))


def _push(layer: Layer, box: Box) -> None:
    """Move the cells from the range's first row on down by its rows."""
    cut = layer.block(Box(box.r0, max(layer.height(), box.r0), box.c0, box.c1))
    _put_block(layer, box.r0 + box.rows, box, cut)
    layer.clear(box)


def _push_right(layer: Layer, box: Box) -> None:
    for index in range(box.r0, min(box.r1, layer.height())):
        row = layer.row(index)
        if len(row) > box.c0:
            layer.put_span(index, box.c0, (*(None,) * box.columns, *row[box.c0 :]))


def _close(layer: Layer, box: Box) -> None:
    """Move the cells below the range up by its rows."""
    height = max(layer.height(), box.r0)
    rest = list(layer.block(Box(box.r1, height, box.c0, box.c1)))
    layer.clear(Box(box.r0, height, box.c0, box.c1))
    _put_block(layer, box.r0, box, rest)


def _close_left(layer: Layer, box: Box) -> None:
    for index in range(box.r0, min(box.r1, layer.height())):
        row = layer.row(index)
        if len(row) > box.c0:
            layer.put_span(index, box.c0, (*row[box.c1 :], *(None,) * (len(row) - box.c0 - len(row[box.c1 :]))))


def _put_block(layer: Layer, r0: int, box: Box, rows: list[tuple[Any, ...]]) -> None:
    for index, row in enumerate(rows, r0):
        layer.put_span(index, box.c0, row + (None,) * (box.columns - len(row)))


REDUCERS: dict[str, Reducer] = {"insertRange": insert_range, "deleteRange": delete_range}
