"""A workbook from a file: .xlsx, or .json with a body of spreadsheets.create.

Design rule: the file becomes requests of the API, so that what it brings is checked as any client's would be.
"""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import msgspec
from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from .batch_update.context import Context
from .contract import accept_request
from .dates import EPOCH
from .errors import ApiError, ConfigurationError
from .methods import fill_created
from .model import Json
from .server import Server


class SeedError(ConfigurationError):
    """The file can't be read or holds what no workbook can; the message names it."""


def seed_workbook(server: Server, path: Path) -> str:
    """Make a workbook of the main account from a file; answers its id. Raises SeedError."""
    try:
        body = _from_xlsx(path) if path.suffix.lower() == ".xlsx" else msgspec.json.decode(path.read_bytes())
        wanted = accept_request("Spreadsheet", body)
        spreadsheet_id = server.create_spreadsheet(wanted.get("properties", {}).get("title") or path.stem)
        book = server.store.workbooks[spreadsheet_id].fork()
        fill_created(book, wanted, Context(book.owner, server.random))
        server.store.keep([book])
    except (OSError, ValueError, msgspec.DecodeError, InvalidFileException, zipfile.BadZipFile, KeyError) as error:
        raise SeedError(
            f"can't read --seed {path}: {error}. Give an .xlsx, or a .json of spreadsheets.create."
        ) from error
    except ApiError as error:
        raise SeedError(f"--seed {path} isn't a workbook that Google would take: {error.message}") from error
    return spreadsheet_id


def _from_xlsx(path: Path) -> Json:
    """A body of spreadsheets.create with the values, formulas, number formats and frozen rows of an .xlsx."""
    source = load_workbook(path)
    sheets = []
    for page in source.worksheets:
        frozen = page.freeze_panes and page[page.freeze_panes].row - 1
        grid = {"rowCount": max(page.max_row, 1000), "columnCount": max(page.max_column, 26)}
        properties = {"title": page.title, "gridProperties": grid | ({"frozenRowCount": frozen} if frozen else {})}
        rows = [{"values": [_cell(cell) for cell in row]} for row in page.iter_rows()]
        sheets.append({"properties": properties, "data": [{"rowData": rows}]})
    return {"properties": {"title": path.stem}, "sheets": sheets}


def _cell(cell: Any) -> Json:
    value, out = cell.value, {}
    if value is None:
        return {}
    if isinstance(value, (datetime, date, time)):
        kind = "DATE_TIME" if isinstance(value, datetime) else "TIME" if isinstance(value, time) else "DATE"
        out["userEnteredFormat"] = {"numberFormat": {"type": kind, "pattern": str(cell.number_format)}}
        return {**out, "userEnteredValue": {"numberValue": _serial(value)}}
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, (int, float)):
        return {"userEnteredValue": {"numberValue": value}}
    kind = "formulaValue" if cell.data_type == "f" else "stringValue"
    return {"userEnteredValue": {kind: str(value)}}


def _serial(value: datetime | date | time) -> float:
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86400
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (moment - EPOCH).total_seconds() / 86400
