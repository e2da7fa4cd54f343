"""A1 notation and grid ranges. Indices count from 0 and ends are exclusive, as in the API's GridRange."""

from __future__ import annotations

from typing import Any


def quote_title(title: str) -> str:
    """A sheet's title as A1 notation wants it; always quoted, since `CO2` or `A:B` would else be read as cells."""
    return "'" + title.replace("'", "''") + "'"


def column_letters(column: int) -> str:
    """A column's name: A for 0, AA for 26."""
    letters = ""
    while column >= 0:
        column, digit = divmod(column, 26)
        letters = chr(ord("A") + digit) + letters
        column -= 1
    return letters


def a1_range(title: str, start_row: int, end_row: int, start_column: int, end_column: int) -> str:
    """A rectangle of a sheet in A1 notation."""
    first = f"{column_letters(start_column)}{start_row + 1}"
    return f"{quote_title(title)}!{first}:{column_letters(end_column - 1)}{end_row}"


def grid_range(
    sheet_id: int,
    start_row: int | None = None,
    end_row: int | None = None,
    start_column: int | None = None,
    end_column: int | None = None,
) -> dict[str, Any]:
    """A GridRange; what is left out is unbounded."""
    bounds = {
        "startRowIndex": start_row,
        "endRowIndex": end_row,
        "startColumnIndex": start_column,
        "endColumnIndex": end_column,
    }
    return {"sheetId": sheet_id, **{name: value for name, value in bounds.items() if value is not None}}


def dimension_range(sheet_id: int, dimension: str, start: int, end: int) -> dict[str, Any]:
    """A DimensionRange over ROWS or COLUMNS."""
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}
