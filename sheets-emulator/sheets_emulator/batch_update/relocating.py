"""What follows cells that are cut and put elsewhere: formulas, named and protected ranges, rules.

Design rule: what lies wholly within the box follows; what reaches out of it stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..a1 import Box
from ..layer import Formula
from ..model import Json, Sheet, Workbook
from ..references import BoxChange, qualified, relocated
from . import adjust
from .ranged import on_sheet, open_box, ranges_of, shifted_item, shifted_rule

_LISTS: dict[str, Callable[[Json, str, BoxChange], Json | None]] = {
    "protectedRanges": lambda item, _, change: shifted_item(item, change),
    "bandedRanges": lambda item, _, change: shifted_item(item, change),
    "conditionalFormats": shifted_rule,
}


def relocate(book: Workbook, source: Sheet, box: Box, target: Sheet, corner: tuple[int, int]) -> None:
    """Before the cells of `box` go to `corner` of the target: take along what points to them or lies on them."""
    down, right = corner[0] - box.r0, corner[1] - box.c0

    def change(old: Box) -> Box:
        if not box.contains(old):
            return old
        return Box(old.r0 + down, old.r1 + down, old.c0 + right, old.c1 + right)

    adjust.rewrite_formulas(book, lambda home, text: relocated(text, home, source.title, change, target.title))
    if target is not source:
        _qualify(source, box)
    for name, shifted in _LISTS.items():
        items = [_followed(item, shifted(item, source.title, change) or item, box) for item in source.items(name)]
        gone = [] if target is source else [item for item, follows in items if follows]
        if name in source.lists:
            source.lists[name] = [item for item, follows in items if target is source or not follows]
        if gone:
            target.lists.setdefault(name, []).extend(on_sheet(item, target.sheet_id) for item in gone)
    book.named_ranges = [
        on_sheet(new, target.sheet_id) if follows else new
        for new, follows in (_named(item, source.sheet_id, box, change) for item in book.named_ranges)
    ]


def _followed(old: Json, new: Json, box: Box) -> tuple[Json, bool]:
    """The object after the cut, and whether it goes along: all that it lies on does."""
    ranges = ranges_of(old)
    return new, bool(ranges) and all(box.contains(open_box(one)) for one in ranges)


def _named(item: Json, sheet_id: int, box: Box, change: BoxChange) -> tuple[Json, bool]:
    if "range" not in item or item["range"].get("sheetId", 0) != sheet_id:
        return item, False
    return _followed(item, shifted_item(item, change) or item, box)


def _qualify(sheet: Sheet, box: Box) -> None:
    """Formulas that go to another sheet keep meaning the cells that they meant."""

    def change(cell: Any) -> Any:
        return Formula(qualified(cell.text, sheet.title)) if isinstance(cell, Formula) else cell

    if sheet.cells.has_formulas:
        sheet.cells.update(box.intersect(Box(0, sheet.cells.height(), 0, sheet.cells.width())), change)
