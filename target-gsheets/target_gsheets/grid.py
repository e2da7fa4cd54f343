"""A1 notation and grid ranges. Indices count from 0 and ends are exclusive, as in the API's GridRange."""

from __future__ import annotations

from typing import Any


def quote_title(title: str) -> str:
    """A sheet's title as A1 notation wants it; always quoted, since `CO2` or `A:B` would else be read as cells."""
    return "'" + title.replace("'", "''") + "'"


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
