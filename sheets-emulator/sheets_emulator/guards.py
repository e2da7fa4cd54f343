"""Protected ranges: who may edit one, and whether a change touched one that the caller may not.

Design rule: no request kind is known here. What a protection holds is compared before and after a change, wherever
rows and columns moved it: cells, formats and notes of its range, for a whole sheet its title, grid and sizes too. To
write a protected cell is refused even where it keeps its value, as Google's help for AppSheet (answer 11494252) tells
of rows that are written whole.
"""

from __future__ import annotations

from collections.abc import Callable

from .a1 import Box
from .errors import RequestError
from .model import Json, Sheet, Workbook
from .ranges import grid_box

LIST = "protectedRanges"
PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if "
    "you need to edit."
)


def may_edit(book: Workbook, item: Json, account: str) -> bool:
    """A warning holds nobody, and nothing holds the owner of the workbook."""
    users = item.get("editors", {}).get("users", [])
    return bool(item.get("warningOnly")) or account == book.owner or account.lower() in map(str.lower, users)


def seen_by(book: Workbook, item: Json, account: str) -> Json:
    """A protected range as this caller sees it: the editors are shown to editors only (discovery document)."""
    if may_edit(book, item, account):
        return item
    return {name: value for name, value in item.items() if name not in {"editors", "requestingUserCanEdit"}}


def range_of(book: Workbook, item: Json) -> Json | None:
    """The GridRange of a protected range, its own or that of its named range; None where that is gone."""
    if "range" in item:
        return dict(item["range"])
    named = (one for one in book.named_ranges if one["namedRangeId"] == item["namedRangeId"])
    return next((dict(one["range"]) for one in named if "range" in one), None)


def guard(book: Workbook, account: str) -> Callable[[Workbook], None]:
    """A check of later states of `book`: it raises RequestError where they touch what the account may not edit."""
    held = [item for sheet in book.sheets for item in sheet.items(LIST) if not may_edit(book, item, account)]
    if not held:
        return lambda _: None
    before = book.fork()
    _watch(book)

    def check(after: Workbook) -> None:
        for item in held:
            if _touched(before, after, item):
                raise RequestError(PROTECTED)
        _watch(after)

    return check


def _watch(book: Workbook) -> None:
    for sheet in book.sheets:
        for layer in sheet.layers:
            layer.written, layer.reshaped = [], False


def _touched(before: Workbook, after: Workbook, item: Json) -> bool:
    number = item["protectedRangeId"]
    now = [one for sheet in after.sheets for one in sheet.items(LIST) if one["protectedRangeId"] == number]
    old_range, new_range = range_of(before, item), range_of(after, now[0]) if now else None
    if old_range is None or new_range is None:
        return old_range is not None
    old, new = (book.maybe_sheet(old_range.get("sheetId", 0)) for book in (before, after))
    if old is None or new is None:
        return old is not None
    if not old_range.keys() - {"sheetId"} and _shape(old) != _shape(new):
        return True
    boxes = grid_box(old, old_range), grid_box(new, new_range)
    free = [grid_box(new, one) for one in now[0].get("unprotectedRanges", [])]
    if _written(new, boxes[1], free) or (boxes[0].rows, boxes[0].columns) != (boxes[1].rows, boxes[1].columns):
        return True
    # what wasn't written where it stands can differ only where cells changed their place
    return any(layer.reshaped for layer in new.layers) and _cells_differ((old, new), boxes, free)


def _written(sheet: Sheet, held: Box, free: list[Box]) -> bool:
    """Whether the latest request wrote a cell of the box that isn't free."""
    parts = [box for layer in sheet.layers for one in layer.written or () if not (box := one.intersect(held)).empty]
    for hole in free:
        parts = [rest for part in parts for rest in part.without(hole)]
    return bool(parts)


def _shape(sheet: Sheet) -> tuple[object, ...]:
    sizes = (sheet.row_count, sheet.column_count, sheet.row_dimensions, sheet.column_dimensions)
    return (sheet.title, sheet.properties, sheet.grid, sheet.merges, *sizes)


def _cells_differ(sheets: tuple[Sheet, Sheet], boxes: tuple[Box, Box], free: list[Box]) -> bool:
    old, new = boxes
    for left, right in zip(sheets[0].layers, sheets[1].layers, strict=True):
        if left.rows is right.rows and old == new:
            continue
        for offset in range(min(old.rows, max(left.height() - old.r0, right.height() - new.r0, 0))):
            ours, theirs = left.row(old.r0 + offset), right.row(new.r0 + offset)
            if ours is theirs and old.c0 == new.c0:
                continue
            for column in range(min(old.columns, max(len(ours) - old.c0, len(theirs) - new.c0, 0))):
                one, two = left.get(old.r0 + offset, old.c0 + column), right.get(new.r0 + offset, new.c0 + column)
                changed = type(one) is not type(two) or one != two
                if changed and not _inside(free, new.r0 + offset, new.c0 + column):
                    return True
    return False


def _inside(boxes: list[Box], row: int, column: int) -> bool:
    return any(box.r0 <= row < box.r1 and box.c0 <= column < box.c1 for box in boxes)
