"""A workbook from a file: .xlsx, or .json with a body of spreadsheets.create.

Design rule: the file becomes requests of the API, so that what it brings is checked as any client's would be.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]
from openpyxl.worksheet.formula import ArrayFormula  # type: ignore[import-untyped]

from .accepting import accept_request
from .accounts import MAIN, email_of
from .batch_update.context import Context
from .dates import EPOCH
from .errors import ApiError, ConfigurationError, RequestError
from .methods import fill_created, new_workbook
from .model import Json
from .server import Server, new_file_id


class SeedError(ConfigurationError):
    """The file can't be read or holds what no workbook can; the message names it."""


def seed_workbook(server: Server, path: Path) -> str:
    """The workbook of the main account that this file made, now or when the state began; answers its id.

    Raises SeedError.
    """
    for known in server.store.workbooks.values():
        if known.drive.get("seed") == path.name:
            return known.spreadsheet_id
    try:
        body = _from_xlsx(path) if path.suffix.lower() == ".xlsx" else msgspec.json.decode(path.read_bytes())
        wanted = accept_request("Spreadsheet", body)
        title = wanted.get("properties", {}).get("title") or path.stem
        book = new_workbook(new_file_id(), email_of(MAIN), title, server.now())
        book.drive["seed"] = path.name
        fill_created(book, wanted, Context(book.owner, server.random))
        server.keep([book])
    except (OSError, ValueError, msgspec.DecodeError, RecursionError, zipfile.BadZipFile) as error:
        raise SeedError(
            f"can't read --seed {path}: {error}. Give an .xlsx, or a .json of spreadsheets.create."
        ) from error
    except (ApiError, RequestError) as error:
        raise SeedError(f"--seed {path} isn't a workbook that Google would take: {error.message}") from error
    return book.spreadsheet_id


def _from_xlsx(path: Path) -> Json:
    """A body of spreadsheets.create with the values, formulas, number formats and frozen panes of an .xlsx."""
    try:
        source = load_workbook(path)
    except (AttributeError, LookupError, TypeError, InvalidFileException) as error:
        # openpyxl falls over what it doesn't expect, such as a chart sheet without a drawing
        raise SeedError(
            f"can't read --seed {path}: openpyxl can't ({error}). Save it anew, or give a .json."
        ) from error
    sheets = []
    for page in source.worksheets:
        corner = page[page.freeze_panes] if page.freeze_panes else None
        frozen = {"frozenRowCount": corner.row - 1, "frozenColumnCount": corner.column - 1} if corner else {}
        grid = {"rowCount": max(page.max_row, 1000), "columnCount": max(page.max_column, 26), **frozen}
        rows = [{"values": [_cell(cell) for cell in row]} for row in page.iter_rows()]
        sheets.append({"properties": {"title": page.title, "gridProperties": grid}, "data": [{"rowData": rows}]})
    return {"properties": {"title": path.stem}, "sheets": sheets}


def _cell(cell: Any) -> Json:
    value = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
    if value is None:
        return {}
    for kinds, member, read in _VALUES:
        if isinstance(value, kinds):
            out: Json = {"userEnteredValue": {member: read(value)}}
            if member == "numberValue" and cell.number_format != "General":
                number_format = {"type": _format_type(value, cell.number_format), "pattern": cell.number_format}
                out["userEnteredFormat"] = {"numberFormat": number_format}
            return out
    return {"userEnteredValue": {"formulaValue" if cell.data_type == "f" else "stringValue": str(value)}}


def _format_type(value: Any, pattern: str) -> str:
    for kind, name in ((datetime, "DATE_TIME"), (date, "DATE"), ((time, timedelta), "TIME")):
        if isinstance(value, kind):
            return name
    return "PERCENT" if "%" in pattern else "NUMBER"


def _serial(value: datetime | date | time | timedelta) -> float:
    if isinstance(value, timedelta):
        return value.total_seconds() / 86400
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86400
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (moment - EPOCH).total_seconds() / 86400


_VALUES: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    (bool, "boolValue", bool),
    ((int, float), "numberValue", float),
    ((datetime, date, time, timedelta), "numberValue", _serial),
)
