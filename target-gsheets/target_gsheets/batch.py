"""What a plan says -> batchUpdate requests, as the discovery document of the Sheets API v4 names them. Pure.

Values are written by updateCells with typed userEnteredValue: a text is a stringValue whatever it begins with, so that
nothing is ever parsed as a formula, a date or a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import msgspec

from target_gsheets.cells import Cell, NumberFormat
from target_gsheets.diff import CellRun
from target_gsheets.grid import dimension_range, grid_range
from target_gsheets.workbook import METADATA_KEY, Mark, Row

Request: TypeAlias = "dict[str, Any]"

# The largest updateCells that a plan makes, so that commits can be packed near their limit.
MAX_CHUNK_BYTES = 1_000_000

_encoder = msgspec.json.Encoder()


def encoded_length(value: Any) -> int:
    """How many bytes of JSON something takes."""
    return len(_encoder.encode(value))


def cell_data(cell: Cell) -> dict[str, Any]:
    """A cell as CellData; an empty one has no value, which with `fields` clears what is there."""
    if cell is None:
        return {}
    if isinstance(cell, bool):
        return {"userEnteredValue": {"boolValue": cell}}
    if isinstance(cell, str):
        return {"userEnteredValue": {"stringValue": cell}}
    return {"userEnteredValue": {"numberValue": cell}}


def write_rows(sheet_id: int, row: int, column: int, rows: Sequence[Row]) -> Request:
    """Set the values of a block, formats untouched; `row` and `column` are its top left cell in the grid."""
    return {
        "updateCells": {
            "start": {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column},
            "rows": [{"values": [cell_data(cell) for cell in cells]} for cells in rows],
            "fields": "userEnteredValue",
        }
    }


def add_sheet(sheet_id: int, title: str, row_count: int, column_count: int, index: int | None) -> Request:
    """A new sheet with a frozen first row, under an id of our own, at a place among the tabs or behind them all."""
    grid = {"rowCount": row_count, "columnCount": column_count, "frozenRowCount": 1}
    place = {} if index is None else {"index": index}
    return {"addSheet": {"properties": {"sheetId": sheet_id, "title": title, **place, "gridProperties": grid}}}


def resize_sheet(sheet_id: int, row_count: int, column_count: int) -> Request:
    """Give a sheet this grid and a frozen first row."""
    grid = {"rowCount": row_count, "columnCount": column_count, "frozenRowCount": 1}
    fields = "gridProperties(rowCount,columnCount,frozenRowCount)"
    return {
        "updateSheetProperties": {
            "properties": {"sheetId": sheet_id, "gridProperties": grid},
            "fields": fields,
        }
    }


def freeze_header(sheet_id: int, rows: int) -> Request:
    """Keep the first rows in sight."""
    properties = {"sheetId": sheet_id, "gridProperties": {"frozenRowCount": rows}}
    return {"updateSheetProperties": {"properties": properties, "fields": "gridProperties.frozenRowCount"}}


def bold_header(sheet_id: int, start: int, end: int) -> Request:
    """Make header cells bold, whatever else their format says."""
    return {
        "repeatCell": {
            "range": grid_range(sheet_id, 0, 1, start, end),
            "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}},
            "fields": "userEnteredFormat.textFormat.bold",
        }
    }


def format_column(sheet_id: int, column: int, number_format: NumberFormat | None) -> Request:
    """Set a column's number format below the header; None takes away one inherited from a neighbour."""
    cell: dict[str, Any] = {}
    if number_format:
        shown = {"type": number_format.type, "pattern": number_format.pattern}
        cell = {"userEnteredFormat": {"numberFormat": shown}}
    return {
        "repeatCell": {
            "range": grid_range(sheet_id, start_row=1, start_column=column, end_column=column + 1),
            "cell": cell,
            "fields": "userEnteredFormat.numberFormat",
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


def write_mark(sheet_id: int, mark: Mark) -> Request:
    """Put our mark on a sheet, or renew the one that is there."""
    if mark.metadata_id:
        return {
            "updateDeveloperMetadata": {
                "dataFilters": [{"developerMetadataLookup": {"metadataId": mark.metadata_id}}],
                "developerMetadata": {"metadataValue": mark.to_value()},
                "fields": "metadataValue",
            }
        }
    entry = {
        "metadataKey": METADATA_KEY,
        "metadataValue": mark.to_value(),
        "location": {"sheetId": sheet_id},
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


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


def chunk_rows(rows: Sequence[Row]) -> Iterator[tuple[int, Sequence[Row]]]:
    """Rows in chunks whose updateCells stays near MAX_CHUNK_BYTES, each with the number of its first row."""
    first = size = 0
    for number, row in enumerate(rows):
        # A cell's frame, {"userEnteredValue":{"stringValue":…}}, takes about 40 bytes.
        length = encoded_length(row) + 40 * len(row)
        if number > first and size + length > MAX_CHUNK_BYTES:
            yield first, rows[first:number]
            first, size = number, 0
        size += length
    if first < len(rows):
        yield first, rows[first:]


def segments(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Split ascending positions where somebody else's column stands between: pairs of indices, end exclusive."""
    start = 0
    for index in range(1, len(places) + 1):
        if index == len(places) or places[index] != places[index - 1] + 1:
            yield start, index
            start = index


def merge_runs(runs: Iterable[CellRun], places: Sequence[int]) -> Iterator[tuple[int, int, list[Row]]]:
    """Changed cells as blocks (row, column in the grid, rows): runs split at people's columns, equals stacked."""
    block: list[Row] = []
    first = column = width = -1
    for run in runs:
        for start, end in segments(places[run.column : run.column + len(run.cells)]):
            place, cells = places[run.column + start], run.cells[start:end]
            if block and (run.row, place, len(cells)) == (first + len(block), column, width):
                block.append(cells)
                continue
            if block:
                yield first, column, block
            block, first, column, width = [cells], run.row, place, len(cells)
    if block:
        yield first, column, block


def group_descending(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending row numbers as ranges, end exclusive, from the last to the first."""
    end = None
    for index in reversed(range(len(rows))):
        end = rows[index] + 1 if end is None else end
        if index == 0 or rows[index - 1] != rows[index] - 1:
            yield rows[index], end
            end = None
