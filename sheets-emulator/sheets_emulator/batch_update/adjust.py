"""What else moves when rows and columns move: merges, filters, protections, names, groups, metadata.

Design rule: a change of a dimension is a function from a span to a span (None: it is gone), and so one from a box to a
box. Everything that carries a range is taken through that one function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..a1 import Box
from ..layer import Formula
from ..model import Json, Sheet, Workbook
from ..references import BoxChange, relocated, renamed
from .ranged import shifted_filter, shifted_item, shifted_range, shifted_rule

Span = tuple[int, int]
Change = Callable[[int, int], "Span | None"]

_GROUPS = {"ROWS": "rowGroups", "COLUMNS": "columnGroups"}
_LOCATIONS = {"ROWS": "ROW", "COLUMNS": "COLUMN"}


def inserted(at: int, count: int) -> Change:
    def change(start: int, end: int) -> Span:
        return (start + count if start >= at else start), (end + count if end > at else end)

    return change


def deleted(first: int, last: int) -> Change:
    def place(index: int) -> int:
        return index if index <= first else max(first, index - (last - first))

    def change(start: int, end: int) -> Span | None:
        start, end = place(start), place(end)
        return (start, end) if start < end else None

    return change


def moved(first: int, last: int, destination: int) -> Change:
    """Spans inside of what moved go with it; the others close up and open as if it were cut and inserted."""
    offset = destination - last if destination > first else destination - first
    cut = deleted(first, last)
    back = inserted(destination if destination <= first else destination - (last - first), last - first)

    def change(start: int, end: int) -> Span | None:
        if first <= start and end <= last:
            return start + offset, end + offset
        rest = cut(start, end)
        return back(*rest) if rest else None

    return change


def along(dimension: str, change: Change) -> BoxChange:
    """The change of boxes that a change of rows or columns is."""

    def change_box(box: Box) -> Box | None:
        span = change(box.r0, box.r1) if dimension == "ROWS" else change(box.c0, box.c1)
        if span is None:
            return None
        return box._replace(r0=span[0], r1=span[1]) if dimension == "ROWS" else box._replace(c0=span[0], c1=span[1])

    return change_box


def shift(book: Workbook, sheet: Sheet, dimension: str, change: Change) -> None:
    """Take everything that lies on `sheet` through a change of its rows or columns."""
    shift_boxes(book, sheet, along(dimension, change))
    groups = _GROUPS[dimension]
    _replace(sheet, groups, (_shift_group(group, change) for group in sheet.items(groups)))
    _shift_dimensions(sheet, dimension, change)
    book.developer_metadata = [
        item
        for old in book.developer_metadata
        if (item := _shift_metadata(old, sheet.sheet_id, dimension, change)) is not None
    ]


def shift_boxes(book: Workbook, sheet: Sheet, change: BoxChange) -> None:
    """Take what has a box on `sheet` through a change of boxes: merges, filters, rules, names, formulas."""
    sheet.merges = [box for old in sheet.merges if (box := change(old)) and _worth_merging(box)]
    if sheet.basic_filter is not None:
        sheet.basic_filter = shifted_filter(sheet.basic_filter, change)
    _replace(sheet, "filterViews", (shifted_filter(item, change) for item in sheet.items("filterViews")))
    for name in ("bandedRanges", "protectedRanges"):
        _replace(sheet, name, (shifted_item(item, change) for item in sheet.items(name)))
    rules = (shifted_rule(rule, sheet.title, change) for rule in sheet.items("conditionalFormats"))
    _replace(sheet, "conditionalFormats", rules)
    rewrite_formulas(book, lambda home, text: relocated(text, home, sheet.title, change))
    book.named_ranges = [_shift_named(item, sheet.sheet_id, change) for item in book.named_ranges]


def rewrite_formulas(book: Workbook, change: Callable[[str, str], str]) -> None:
    """Replace every formula by change(title of its sheet, text)."""
    for sheet in book.sheets:
        if not sheet.cells.has_formulas:
            continue
        for index, row in enumerate(sheet.cells.rows):
            if Formula in map(type, row):
                new = [Formula(change(sheet.title, cell.text)) if isinstance(cell, Formula) else cell for cell in row]
                if tuple(new) != row:
                    sheet.cells.set_row(index, new)


def rename_in_formulas(book: Workbook, old: str, new: str) -> None:
    rewrite_formulas(book, lambda _, text: renamed(text, old, new))


def _replace(sheet: Sheet, name: str, items: Iterable[Json | None]) -> None:
    kept = [item for item in items if item is not None]
    if kept or name in sheet.lists:
        sheet.lists[name] = kept


def _worth_merging(box: Box) -> bool:
    return box.rows > 1 or box.columns > 1


def _shift_named(item: Json, sheet_id: int, change: BoxChange) -> Json:
    """A named range whose cells are gone stays without its range: it isn't listed, its name stays taken (issue)."""
    grid_range = item.get("range")
    if grid_range is None or grid_range.get("sheetId", 0) != sheet_id:
        return item
    found = shifted_range(grid_range, change)
    if found is None:
        return {name: value for name, value in item.items() if name != "range"}
    return {**item, "range": found}


def _shift_group(group: Json, change: Change) -> Json | None:
    span = change(group["range"]["startIndex"], group["range"]["endIndex"])
    if span is None:
        return None
    return {**group, "range": {**group["range"], "startIndex": span[0], "endIndex": span[1]}}


def _shift_dimensions(sheet: Sheet, dimension: str, change: Change) -> None:
    known = sheet.row_dimensions if dimension == "ROWS" else sheet.column_dimensions
    changed = {span[0]: item for index, item in known.items() if (span := change(index, index + 1)) is not None}
    if dimension == "ROWS":
        sheet.row_dimensions = changed
    else:
        sheet.column_dimensions = changed


def _shift_metadata(item: Json, sheet_id: int, dimension: str, change: Change) -> Json | None:
    location = item["location"]
    where = location.get("dimensionRange")
    if location["locationType"] != _LOCATIONS[dimension] or where is None or where.get("sheetId", 0) != sheet_id:
        return item
    span = change(where.get("startIndex", 0), where["endIndex"])
    if span is None:
        return None
    return {**item, "location": {**location, "dimensionRange": {**where, "startIndex": span[0], "endIndex": span[1]}}}


def crop(sheet: Sheet) -> None:
    """After the grid became smaller: forget what lies outside of it."""
    for layer in sheet.layers:
        layer.crop(sheet.row_count, sheet.column_count)
    merges = [box.intersect(sheet.box) for box in sheet.merges]
    sheet.merges = [box for box in merges if not box.empty and _worth_merging(box)]
    sheet.row_dimensions = {i: item for i, item in sheet.row_dimensions.items() if i < sheet.row_count}
    sheet.column_dimensions = {i: item for i, item in sheet.column_dimensions.items() if i < sheet.column_count}


def crop_ranges(book: Workbook, sheet: Sheet, rows: int, columns: int) -> None:
    """After the grid shrank from rows x columns: cut the ranges on it, as if the rest had been deleted."""
    if sheet.row_count < rows:
        shift(book, sheet, "ROWS", deleted(sheet.row_count, rows))
    if sheet.column_count < columns:
        shift(book, sheet, "COLUMNS", deleted(sheet.column_count, columns))


def forget_sheet(book: Workbook, sheet: Sheet) -> None:
    """After a sheet was deleted: what pointed to it is #REF!, its metadata goes, its named ranges lose their range."""
    rewrite_formulas(book, lambda home, text: relocated(text, home, sheet.title, lambda _: None))
    book.developer_metadata = [item for item in book.developer_metadata if _sheet_of(item) != sheet.sheet_id]
    book.named_ranges = [_shift_named(item, sheet.sheet_id, lambda _: None) for item in book.named_ranges]


def _sheet_of(metadata: Json) -> Any:
    location = metadata["location"]
    if location["locationType"] == "SHEET":
        return location.get("sheetId", 0)
    return location["dimensionRange"].get("sheetId", 0) if "dimensionRange" in location else None
