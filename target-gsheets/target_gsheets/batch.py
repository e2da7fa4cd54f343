"""What a plan says -> batchUpdate requests, as the discovery document of the Sheets API v4 names them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from target_gsheets.cells import NumberFormat
from target_gsheets.grid import dimension_range, grid_range
from target_gsheets.marks import METADATA_KEY, AnyMark

Request: TypeAlias = "dict[str, Any]"


def add_sheet(sheet_id: int, title: str, row_count: int, column_count: int, index: int | None = None) -> Request:
    """A new sheet with a frozen first row, under an id of our own, at a place among the tabs or behind them all."""
    grid = {"rowCount": row_count, "columnCount": column_count, "frozenRowCount": 1}
    place = {} if index is None else {"index": index}
    return {"addSheet": {"properties": {"sheetId": sheet_id, "title": title, **place, "gridProperties": grid}}}


def add_hidden_sheet(sheet_id: int, title: str, row_count: int, column_count: int) -> Request:
    """A new sheet that nobody sees, under an id of our own."""
    grid = {"rowCount": row_count, "columnCount": column_count}
    return {"addSheet": {"properties": {"sheetId": sheet_id, "title": title, "hidden": True, "gridProperties": grid}}}


def show_sheet(sheet_id: int, title: str, index: int | None) -> Request:
    """Show a hidden sheet under its title, with a frozen first row, at a place among the tabs or where it is."""
    properties: dict[str, Any] = {"sheetId": sheet_id, "title": title, "gridProperties": {"frozenRowCount": 1}}
    place = {} if index is None else {"index": index}
    fields = ["title", "hidden", "gridProperties.frozenRowCount", *place]
    return {"updateSheetProperties": {"properties": {**properties, **place}, "fields": ",".join(fields)}}


def delete_sheet(sheet_id: int) -> Request:
    """Remove a sheet."""
    return {"deleteSheet": {"sheetId": sheet_id}}


def duplicate_sheet(sheet_id: int, copy_id: int, title: str, index: int) -> Request:
    """Copy a sheet with all that is in it, under an id and a title, to a place among the tabs."""
    properties = {"sourceSheetId": sheet_id, "newSheetId": copy_id, "newSheetName": title, "insertSheetIndex": index}
    return {"duplicateSheet": properties}


def clear_sheet(sheet_id: int) -> tuple[Request, ...]:
    """Take all values, formats, notes, validations and merges out of a sheet, and show all its rows and columns."""
    shown = ({"sheetId": sheet_id, "dimension": dimension} for dimension in ("ROWS", "COLUMNS"))
    return (
        {"unmergeCells": {"range": {"sheetId": sheet_id}}},
        {"updateCells": {"range": {"sheetId": sheet_id}, "fields": "*"}},
        *({"updateDimensionProperties": {"range": span, "properties": {}, "fields": "hiddenByUser"}} for span in shown),
    )


def hide_sheet(sheet_id: int, *, hidden: bool) -> Request:
    """Hide a sheet or show it."""
    return {"updateSheetProperties": {"properties": {"sheetId": sheet_id, "hidden": hidden}, "fields": "hidden"}}


def resize_sheet(sheet_id: int, dimension: str, length: int) -> Request:
    """Give a sheet so many ROWS or COLUMNS; one of the two at a time, since Google checks rows x columns in between."""
    name = {"ROWS": "rowCount", "COLUMNS": "columnCount"}[dimension]
    properties = {"sheetId": sheet_id, "gridProperties": {name: length}}
    return {"updateSheetProperties": {"properties": properties, "fields": f"gridProperties.{name}"}}


def add_protection(protection_id: int, sheet_id: int, description: str) -> Request:
    """A protection of a whole sheet that only warns, under an id of our own: Google refuses an id that exists."""
    protection = {
        "protectedRangeId": protection_id,
        "range": {"sheetId": sheet_id},
        "description": description,
        "warningOnly": True,
    }
    return {"addProtectedRange": {"protectedRange": protection}}


def delete_protection(protection_id: int) -> Request:
    """Remove a protection: Google refuses an id that doesn't exist."""
    return {"deleteProtectedRange": {"protectedRangeId": protection_id}}


def clear_values(sheet_id: int, row: int, column: int, height: int, width: int) -> Request:
    """Empty a rectangle, formats untouched."""
    cells = grid_range(sheet_id, row, row + height, column, column + width)
    return {"repeatCell": {"range": cells, "cell": {}, "fields": "userEnteredValue"}}


def copy_values(source: tuple[int, int, int], destination: tuple[int, int, int], height: int, width: int) -> Request:
    """Copy values, without their formats, between rectangles given by sheet, row and column of their top left cell."""

    def rectangle(sheet_id: int, row: int, column: int) -> dict[str, Any]:
        return grid_range(sheet_id, row, row + height, column, column + width)

    return {
        "copyPaste": {
            "source": rectangle(*source),
            "destination": rectangle(*destination),
            "pasteType": "PASTE_VALUES",
            "pasteOrientation": "NORMAL",
        }
    }


def freeze_header(sheet_id: int, rows: int) -> Request:
    """Keep the first rows in sight."""
    properties = {"sheetId": sheet_id, "gridProperties": {"frozenRowCount": rows}}
    return {"updateSheetProperties": {"properties": properties, "fields": "gridProperties.frozenRowCount"}}


def bold_header(sheet_id: int, start: int, end: int, row: int = 0) -> Request:
    """Make header cells bold, whatever else their format says."""
    return {
        "repeatCell": {
            "range": grid_range(sheet_id, row, row + 1, start, end),
            "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}},
            "fields": "userEnteredFormat.textFormat.bold",
        }
    }


def colour_header(sheet_id: int, column: int, colour: tuple[float, float, float] | None) -> Request:
    """Give the text of a header cell a colour, in shares of red, green and blue; None takes it away."""
    style = (
        {"foregroundColorStyle": {"rgbColor": dict(zip(("red", "green", "blue"), colour, strict=True))}}
        if colour
        else {}
    )
    return {
        "repeatCell": {
            "range": grid_range(sheet_id, 0, 1, column, column + 1),
            "cell": {"userEnteredFormat": {"textFormat": style}},
            "fields": "userEnteredFormat.textFormat.foregroundColorStyle",
        }
    }


def format_column(sheet_id: int, column: int, number_format: NumberFormat | None) -> Request:
    """Set a column's number format below the header; None takes away one inherited from a neighbour.

    Numbers stand at the right; so shall the digits that had to stay text because no double holds them.
    """
    cell: dict[str, Any] = {}
    if number_format:
        shown = {"type": number_format.type, "pattern": number_format.pattern}
        pattern = {"numberFormat": shown} if number_format.pattern else {}
        side = {"horizontalAlignment": "RIGHT"} if number_format.type == "NUMBER" else {}
        cell = {"userEnteredFormat": {**pattern, **side}}
    return {
        "repeatCell": {
            "range": grid_range(sheet_id, start_row=1, start_column=column, end_column=column + 1),
            "cell": cell,
            "fields": "userEnteredFormat(numberFormat,horizontalAlignment)",
        }
    }


def note_headers(sheet_id: int, column: int, notes: Sequence[str]) -> Request:
    """Put notes on adjacent header cells."""
    return {
        "updateCells": {
            "start": {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": column},
            "rows": [{"values": [{"note": note} for note in notes]}],
            "fields": "note",
        }
    }


def protect_columns(sheet_id: int, columns: tuple[int, int], description: str) -> Request:
    """A protection of columns, the second of them exclusive, that only warns."""
    grid = grid_range(sheet_id, start_column=columns[0], end_column=columns[1])
    return {"addProtectedRange": {"protectedRange": {"range": grid, "description": description, "warningOnly": True}}}


def move_protection(protection_id: int, sheet_id: int, columns: tuple[int, int]) -> Request:
    """Give a protection other columns."""
    grid = grid_range(sheet_id, start_column=columns[0], end_column=columns[1])
    protection = {"protectedRangeId": protection_id, "range": grid}
    return {"updateProtectedRange": {"protectedRange": protection, "fields": "range"}}


def alarm(sheet_id: int, row: int, column: int, text: str) -> Request:
    """Show a cell in red as long as it holds this text."""
    red = {"backgroundColor": {"red": 0.96, "green": 0.8, "blue": 0.8}, "textFormat": {"bold": True}}
    condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": text}]}
    rule = {
        "ranges": [grid_range(sheet_id, row, row + 1, column, column + 1)],
        "booleanRule": {"condition": condition, "format": red},
    }
    return {"addConditionalFormatRule": {"rule": rule, "index": 0}}


def write_cells(sheet_id: int, row: int, column: int, rows: Sequence[Sequence[dict[str, Any]]]) -> Request:
    """Set the values of a rectangle, given as CellData, formats untouched."""
    return {
        "updateCells": {
            "start": {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column},
            "rows": [{"values": list(cells)} for cells in rows],
            "fields": "userEnteredValue",
        }
    }


def wrap_column(sheet_id: int, column: int, row: int) -> Request:
    """Let the texts of a column, from a row on, go on in further lines of their cells."""
    return {
        "repeatCell": {
            "range": grid_range(sheet_id, row, None, column, column + 1),
            "cell": {"userEnteredFormat": {"wrapStrategy": "WRAP"}},
            "fields": "userEnteredFormat.wrapStrategy",
        }
    }


def widen_column(sheet_id: int, column: int, pixels: int) -> Request:
    """Set a column's width."""
    return {
        "updateDimensionProperties": {
            "range": dimension_range(sheet_id, "COLUMNS", column, column + 1),
            "properties": {"pixelSize": pixels},
            "fields": "pixelSize",
        }
    }


def leave_mark(sheet_id: int | None, mark: AnyMark) -> Request:
    """Put our mark on a sheet, or on the workbook, that has none, under the mark's own id where it has one."""
    entry = {
        "metadataKey": METADATA_KEY,
        "metadataValue": mark.to_value(),
        "location": {"spreadsheet": True} if sheet_id is None else {"sheetId": sheet_id},
        "visibility": "DOCUMENT",
    }
    chosen = {"metadataId": mark.metadata_id} if mark.metadata_id else {}
    return {"createDeveloperMetadata": {"developerMetadata": {**chosen, **entry}}}


def renew_mark(mark: AnyMark) -> Request:
    """Give the mark with this id another value."""
    return {
        "updateDeveloperMetadata": {
            "dataFilters": [{"developerMetadataLookup": {"metadataId": mark.metadata_id}}],
            "developerMetadata": {"metadataValue": mark.to_value()},
            "fields": "metadataValue",
        }
    }


def append_dimension(sheet_id: int, dimension: str, length: int) -> Request:
    """Add blank ROWS or COLUMNS at the end of the grid."""
    return {"appendDimension": {"sheetId": sheet_id, "dimension": dimension, "length": length}}


def insert_dimension(sheet_id: int, dimension: str, start: int, length: int) -> Request:
    """Insert ROWS or COLUMNS with the formats of the one before, where there is one."""
    return {
        "insertDimension": {
            "range": dimension_range(sheet_id, dimension, start, start + length),
            "inheritFromBefore": start > (1 if dimension == "ROWS" else 0),
        }
    }


def delete_dimension(sheet_id: int, dimension: str, start: int, end: int) -> Request:
    """Delete ROWS or COLUMNS with all that stands in them."""
    return {"deleteDimension": {"range": dimension_range(sheet_id, dimension, start, end)}}


def group_descending(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending row numbers as ranges, end exclusive, from the last to the first."""
    end = None
    for index in reversed(range(len(rows))):
        end = rows[index] + 1 if end is None else end
        if index == 0 or rows[index - 1] != rows[index] - 1:
            yield rows[index], end
            end = None
