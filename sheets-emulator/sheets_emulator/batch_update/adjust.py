"""What else moves when rows and columns move: merges, filters, protections, names, groups, metadata.

Design rule: a change of a dimension is a function from a span to a span (None: it is gone). Everything that carries a
range is taken through that one function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..a1 import Box
from ..layer import Formula
from ..model import Json, Sheet, Workbook
from ..references import adjusted, renamed

Span = tuple[int, int]
Change = Callable[[int, int], "Span | None"]

_MEMBERS = {"ROWS": ("startRowIndex", "endRowIndex"), "COLUMNS": ("startColumnIndex", "endColumnIndex")}
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


def shift(book: Workbook, sheet: Sheet, dimension: str, change: Change) -> None:
    """Take everything that lies on `sheet` through a change of its rows or columns."""
    sheet.merges = [box for old in sheet.merges if (box := _shift_box(old, dimension, change)) and _worth_merging(box)]
    if sheet.basic_filter is not None:
        found = _shift_item(sheet.basic_filter, dimension, change)
        sheet.basic_filter = found
    for name in ("filterViews", "bandedRanges", "protectedRanges"):
        _replace(sheet, name, (_shift_item(item, dimension, change) for item in sheet.items(name)))
    _replace(
        sheet,
        "conditionalFormats",
        (_shift_rule(rule, dimension, change) for rule in sheet.items("conditionalFormats")),
    )
    groups = _GROUPS[dimension]
    _replace(sheet, groups, (_shift_group(group, change) for group in sheet.items(groups)))
    _shift_dimensions(sheet, dimension, change)
    _rewrite_formulas(book, lambda home, text: adjusted(text, home, sheet.title, dimension, change))
    book.named_ranges = [_shift_named(item, sheet.sheet_id, dimension, change) for item in book.named_ranges]
    book.developer_metadata = [
        item
        for old in book.developer_metadata
        if (item := _shift_metadata(old, sheet.sheet_id, dimension, change)) is not None
    ]


def _rewrite_formulas(book: Workbook, change: Callable[[str, str], str]) -> None:
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
    _rewrite_formulas(book, lambda _, text: renamed(text, old, new))


def _replace(sheet: Sheet, name: str, items: Iterable[Json | None]) -> None:
    kept = [item for item in items if item is not None]
    if kept or name in sheet.lists:
        sheet.lists[name] = kept


def _shift_box(box: Box, dimension: str, change: Change) -> Box | None:
    span = change(box.r0, box.r1) if dimension == "ROWS" else change(box.c0, box.c1)
    if span is None:
        return None
    return box._replace(r0=span[0], r1=span[1]) if dimension == "ROWS" else box._replace(c0=span[0], c1=span[1])


def _worth_merging(box: Box) -> bool:
    return box.rows > 1 or box.columns > 1


def shift_range(grid_range: Json, dimension: str, change: Change) -> Json | None:
    """A GridRange taken through the change; open ends stay open."""
    first, last = _MEMBERS[dimension]
    if first not in grid_range and last not in grid_range:
        return grid_range
    open_end = last not in grid_range
    span = change(grid_range.get(first, 0), 2**31 if open_end else grid_range[last])
    if span is None:
        return None
    out = {**grid_range, first: span[0]}
    if not open_end:
        out[last] = span[1]
    return out


def _shift_item(item: Json, dimension: str, change: Change) -> Json | None:
    if "range" not in item:
        return item
    grid_range = shift_range(item["range"], dimension, change)
    if grid_range is None:
        return None
    out = {**item, "range": grid_range}
    if "unprotectedRanges" in item:
        out["unprotectedRanges"] = [
            found for one in item["unprotectedRanges"] if (found := shift_range(one, dimension, change)) is not None
        ]
    return out


def _shift_rule(rule: Json, dimension: str, change: Change) -> Json | None:
    ranges = [found for one in rule["ranges"] if (found := shift_range(one, dimension, change)) is not None]
    return {**rule, "ranges": ranges} if ranges else None


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


def _shift_named(item: Json, sheet_id: int, dimension: str, change: Change) -> Json:
    """A named range whose cells are gone stays without its range: it isn't listed, its name stays taken (issue)."""
    grid_range = item.get("range")
    if grid_range is None or grid_range.get("sheetId", 0) != sheet_id:
        return item
    found = shift_range(grid_range, dimension, change)
    if found is None:
        return {name: value for name, value in item.items() if name != "range"}
    return {**item, "range": found}


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


def forget_sheet(book: Workbook, sheet_id: int) -> None:
    """After a sheet was deleted: its metadata goes, its named ranges lose their range."""

    def metadata_sheet(item: Json) -> Any:
        location = item["location"]
        if location["locationType"] == "SHEET":
            return location.get("sheetId", 0)
        return location["dimensionRange"].get("sheetId", 0) if "dimensionRange" in location else None

    book.developer_metadata = [item for item in book.developer_metadata if metadata_sheet(item) != sheet_id]
    book.named_ranges = [
        {name: value for name, value in item.items() if name != "range"}
        if "range" in item and item["range"].get("sheetId", 0) == sheet_id
        else item
        for item in book.named_ranges
    ]
