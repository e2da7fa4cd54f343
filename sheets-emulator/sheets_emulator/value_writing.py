"""Writing a ValueRange into a sheet.

Design rule: every write of plain values goes through write_values, which refuses what leaves the range before a cell
changes.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from .a1 import Box, column_name, format_box
from .errors import InvalidArgumentError
from .formats import number_format
from .model import Json, Sheet, Workbook
from .values import Entered, entered_cell, number_cell, raw_cell


class Written:
    """What a write changed: the box of the data, and how many rows, columns and cells of it (null counts for none)."""

    def __init__(self, box: Box | None, rows: set[int], columns: set[int], cells: int) -> None:
        self.box = box
        self.rows = rows
        self.columns = columns
        self.cells = cells

    def json(self, sheet: Sheet) -> Json:
        out: Json = {"updatedRange": format_box(sheet.title, self.box)} if self.box else {}
        counts = {"updatedRows": len(self.rows), "updatedColumns": len(self.columns), "updatedCells": self.cells}
        return {**out, **{name: count for name, count in counts.items() if count}}


def write_values(book: Workbook, sheet: Sheet, box: Box, body: Json, option: str) -> Written:
    """Write a ValueRange into a box, which it may not exceed; null leaves a cell, "" empties it."""
    rows: list[list[Any]] = body.get("values", [])
    if body.get("majorDimension") == "COLUMNS":
        height = max(map(len, rows), default=0)
        rows = [[column[index] if index < len(column) else None for column in rows] for index in range(height)]
    width = max(map(len, rows), default=0)
    _check_fits(sheet, box, len(rows), width)
    if not rows or not width:
        return Written(Box(box.r0, box.r0 + 1, box.c0, box.c0 + 1), set(), set(), 0)
    cells = 0
    touched_rows: set[int] = set()
    touched_columns: set[int] = set()
    locale = str(book.properties.get("locale", "en_US"))
    for index, row in enumerate(rows, box.r0):
        present = len(row) - row.count(None)
        if not present:
            continue
        _refuse_nested(row, index - box.r0)
        cells += present
        touched_rows.add(index)
        if len(touched_columns) < width:
            touched_columns.update(place for place, value in enumerate(row) if value is not None)
        if option == "RAW":
            _write_row(sheet, index, box.c0, row)
        else:
            enter_row(sheet, index, box.c0, row, locale)
    data = Box(box.r0, box.r0 + len(rows), box.c0, box.c0 + width)
    return Written(data, touched_rows, touched_columns, cells)


def _check_fits(sheet: Sheet, box: Box, height: int, width: int) -> None:
    """The data may not leave the range that was asked for, nor the grid (issue: pygsheets #132, gsheet.action #611)."""
    open_end = box.r1 == sheet.row_count and box.c1 == sheet.column_count
    asked = format_box(sheet.title, Box(box.r0, box.r0 + 1, box.c0, box.c0 + 1) if open_end else box)
    if height > box.rows:
        raise InvalidArgumentError(f"Requested writing within range [{asked}], but tried writing to row [{box.r1 + 1}]")
    if width > box.columns:
        raise InvalidArgumentError(
            f"Requested writing within range [{asked}], but tried writing to column [{column_name(box.c1)}]"
        )


_SCALARS = frozenset({str, int, float, bool, type(None)})


def _refuse_nested(row: list[Any], index: int) -> None:
    """A list or an object in a cell is refused with its place (issue)."""
    if _SCALARS.issuperset(map(type, row)):
        return
    place, value = next((place, value) for place, value in enumerate(row) if type(value) not in _SCALARS)
    kind = "list_value" if isinstance(value, list) else "struct_value"
    raise InvalidArgumentError(f"Invalid values[{index}][{place}]: {kind} {{\n{str(value)[:100]}\n}}\n")


def _write_row(sheet: Sheet, index: int, c0: int, row: list[Any]) -> None:
    _put_present(sheet, (index, c0), row, [raw_cell(value) for value in row])


def _put_present(sheet: Sheet, corner: tuple[int, int], row: list[Any], cells: list[Any]) -> None:
    """Put the cells in place but those whose value is null: they aren't even touched."""
    index, c0 = corner
    if None not in row:
        return sheet.cells.put_span(index, c0, cells)
    for absent, run in groupby(range(len(row)), lambda place: row[place] is None):
        if not absent:
            places = list(run)
            sheet.cells.put_span(index, c0 + places[0], cells[places[0] : places[-1] + 1])
    return None


def enter_row(sheet: Sheet, index: int, c0: int, row: list[Any], locale: str) -> None:
    """Write a row as if typed; a cell without a number format takes the one that the typing implies."""
    cells: list[Any] = []
    for column, value in enumerate(row, c0):
        cell, numbers = _typed(sheet, index, column, value, locale) if value is not None else (None, None)
        cells.append(cell)
        if numbers is not None:
            cell_format = sheet.formats.get(index, column) or {}
            if not number_format(cell_format):
                sheet.formats.put(index, column, {**cell_format, "numberFormat": numbers})
    _put_present(sheet, (index, c0), row, cells)


def _typed(sheet: Sheet, row: int, column: int, value: Any, locale: str) -> Entered:
    """A cell formatted as plain text takes what is typed as text, one of percents takes 7 for 7 %."""
    kind = number_format(sheet.formats.get(row, column)).get("type") if isinstance(value, str) else None
    if kind == "TEXT":
        return raw_cell(value), None
    cell, numbers = entered_cell(value, locale)
    if kind == "PERCENT" and numbers is None and isinstance(cell, (int, float)) and not isinstance(cell, bool):
        cell = number_cell(float(Decimal(repr(cell)).scaleb(-2)))
    return cell, numbers
