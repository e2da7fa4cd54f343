"""mergeCells, unmergeCells."""

from __future__ import annotations

from ..a1 import Box
from ..errors import RequestError
from ..model import Json, Sheet, Workbook
from ..ranges import resolve_grid_range
from .context import Context, Reducer


def merge_cells(book: Workbook, body: Json, _: Context) -> None:
    """Merge; all values but the top left one of each merge go. Merges within the range are replaced."""
    sheet, box = resolve_grid_range(book, body.get("range"))
    inside = [old for old in sheet.merges if box.contains(old)]
    crossing = [old for old in sheet.merges if box.overlaps(old) and not box.contains(old)]
    if crossing:
        raise RequestError("You must select all cells in a merged range to merge or unmerge them.")
    new = [part for part in _parts(box, body.get("mergeType", "MERGE_ALL")) if part.rows > 1 or part.columns > 1]
    sheet.merges = [old for old in sheet.merges if old not in inside] + new
    for part in new:
        _keep_first(sheet, part)


def _parts(box: Box, kind: str) -> list[Box]:
    if kind == "MERGE_COLUMNS":
        return [box._replace(c0=column, c1=column + 1) for column in range(box.c0, box.c1)]
    if kind == "MERGE_ROWS":
        return [box._replace(r0=row, r1=row + 1) for row in range(box.r0, box.r1)]
    return [box]


def _keep_first(sheet: Sheet, box: Box) -> None:
    value = sheet.cells.get(box.r0, box.c0)
    sheet.cells.clear(box)
    if value is not None:
        sheet.cells.put(box.r0, box.c0, value)


def unmerge_cells(book: Workbook, body: Json, _: Context) -> None:
    sheet, box = resolve_grid_range(book, body.get("range"))
    if any(box.overlaps(old) and not box.contains(old) for old in sheet.merges):
        raise RequestError("You must select all cells in a merged range to merge or unmerge them.")
    sheet.merges = [old for old in sheet.merges if not box.overlaps(old)]


REDUCERS: dict[str, Reducer] = {"mergeCells": merge_cells, "unmergeCells": unmerge_cells}
