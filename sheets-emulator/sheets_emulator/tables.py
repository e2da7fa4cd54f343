"""Which table a range touches: what values.append writes after.

Design rule: Google's documentation describes this by examples only; the recordings confirm the cases with one row.
"""

from __future__ import annotations

from .a1 import Box
from .model import Sheet


def maybe_table(sheet: Sheet, box: Box) -> Box | None:
    """The last table that a range touches: from its last filled cell, grown over all neighbours (recorded)."""
    table = _last_filled(sheet, box)
    while table is not None:
        grown = _grown(sheet, table)
        if grown == table:
            break
        table = grown
    return table


def _last_filled(sheet: Sheet, box: Box) -> Box | None:
    for index in range(min(box.r1, sheet.cells.height()) - 1, box.r0 - 1, -1):
        filled = [column for column, cell in enumerate(sheet.cells.row(index)[: box.c1]) if cell is not None]
        if filled and filled[-1] >= box.c0:
            return Box(index, index + 1, filled[-1], filled[-1] + 1)
    return None


def _grown(sheet: Sheet, table: Box) -> Box:
    """The table and a row or column on each side that holds a value next to it."""

    def row_filled(index: int) -> bool:
        first = max(table.c0 - 1, 0)
        return index >= 0 and any(cell is not None for cell in sheet.cells.row(index)[first : table.c1 + 1])

    def column_filled(index: int) -> bool:
        first = max(table.r0 - 1, 0)
        return index >= 0 and any(sheet.cells.get(row, index) is not None for row in range(first, table.r1 + 1))

    r0, r1, c0, c1 = table
    while row_filled(r1):
        r1 += 1
    while row_filled(r0 - 1):
        r0 -= 1
    table = Box(r0, r1, c0, c1)
    while column_filled(c1):
        c1 += 1
    while column_filled(c0 - 1):
        c0 -= 1
    return Box(r0, r1, c0, c1)
