"""What a workbook must hold for a database: the tests' own reading of both sides, by psycopg and by gspread.

Shares no code with the plugins. A cell is a pair of kind and value, so that TRUE isn't 1 and "1" isn't 1; moments
are whole milliseconds since the spreadsheet's day 0.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import gspread
import psycopg
from psycopg import sql

STATUS = "_sync"  # the sheet that mirrors nothing
DAY_0 = datetime(1899, 12, 30)
MOMENTS = {"date", "time", "timestamp", "timestamptz"}

Cell = tuple[str, Any] | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A header and its rows, in any order."""

    header: tuple[str, ...]
    rows: Counter[Row]


def milliseconds(moment: timedelta) -> tuple[str, int]:
    return "moment", round(moment / timedelta(milliseconds=1))


def from_datetime(value: datetime, zone: ZoneInfo) -> Cell:
    wall = value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value
    return milliseconds(wall - DAY_0)


def from_integer(value: int) -> Cell:
    return ("number", value) if abs(value) < 10**15 else ("text", str(value))


def from_decimal(value: Decimal) -> Cell:
    text = format(value, "f")
    if "." not in text:
        return from_integer(int(text))
    exact = Decimal(repr(float(value))) == value
    return ("number", float(value)) if exact else ("text", text)


def from_json(value: Any) -> Cell:
    return "text", json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# In this order: bool is an int, and datetime a date.
CONVERSIONS: tuple[tuple[type, Callable[[Any, ZoneInfo], Cell]], ...] = (
    (bool, lambda value, _: ("boolean", value)),
    (int, lambda value, _: from_integer(value)),
    (float, lambda value, _: ("number", value)),
    (Decimal, lambda value, _: from_decimal(value)),
    (str, lambda value, _: ("text", value) if value else None),
    (UUID, lambda value, _: ("text", str(value))),
    (bytes, lambda value, _: ("text", base64.b64encode(value).decode())),
    (datetime, from_datetime),
    (date, lambda value, _: milliseconds(datetime.combine(value, time()) - DAY_0)),
    (time, lambda value, _: milliseconds(datetime.combine(DAY_0, value) - DAY_0)),
    (list, lambda value, _: from_json(value)),
    (dict, lambda value, _: from_json(value)),
)


def expected_cell(value: Any, zone: ZoneInfo) -> Cell:
    """The cell for a value as psycopg gives it."""
    if value is None:
        return None
    return next(convert for kind, convert in CONVERSIONS if isinstance(value, kind))(value, zone)


def expected_table(connection: psycopg.Connection[Any], schema: str, table: str, zone: ZoneInfo) -> Table:
    """The sheet that a table must become."""
    query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
    cursor = connection.execute(query)
    header = tuple(column.name for column in cursor.description or ())
    return Table(header, Counter(tuple(expected_cell(value, zone) for value in row) for row in cursor))


def moment_columns(connection: psycopg.Connection[Any], schema: str, table: str) -> list[bool]:
    """Which columns of a table hold dates or times."""
    query = sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(schema, table))
    types = [connection.adapters.types.get(column.type_code) for column in connection.execute(query).description or ()]
    return [kind is not None and kind.name in MOMENTS for kind in types]


def actual_cell(value: Any, *, moment: bool) -> Cell:
    """The cell for a value as the API gives it, unformatted."""
    if value == "":
        return None
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, str):
        return "text", value
    return milliseconds(timedelta(days=value)) if moment else ("number", value)


def actual_table(values: Sequence[Sequence[Any]], moments: Sequence[bool]) -> Table:
    """The sheet as it is: the API leaves out empty cells at the end of a row."""
    header, *rows = values
    padded = [[*row, *[""] * (len(header) - len(row))] for row in rows]
    cells = [
        tuple(actual_cell(value, moment=moment) for value, moment in zip(row, moments, strict=True)) for row in padded
    ]
    return Table(tuple(header), Counter(cells))


def read_sheets(spreadsheet: gspread.Spreadsheet) -> dict[str, list[list[Any]]]:
    """The unformatted values of every visible sheet, by title; dates and times as serial numbers."""
    titles = [sheet.title for sheet in spreadsheet.worksheets() if not sheet.isSheetHidden and sheet.title != STATUS]
    ranges = [gspread.utils.absolute_range_name(title) for title in titles]
    options = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
    blocks = spreadsheet.values_batch_get(ranges, options)["valueRanges"]
    return {title: block.get("values", []) for title, block in zip(titles, blocks, strict=True)}
