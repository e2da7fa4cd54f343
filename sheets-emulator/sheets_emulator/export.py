"""A workbook as CSV and as XLSX.

Design rule: openpyxl ships no types, so this is the only module that imports it for writing.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from openpyxl import Workbook as XlsxWorkbook  # type: ignore[import-untyped]
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]
from openpyxl.cell.cell import Cell as XlsxCell
from openpyxl.comments import Comment  # type: ignore[import-untyped]
from openpyxl.styles import Font, PatternFill  # type: ignore[import-untyped]

from .a1 import column_name
from .dates import to_datetime
from .formats import is_date_format, number_format, pattern_of
from .layer import ErrorValue, Formula
from .locales import Locale
from .model import Json, Sheet, Workbook
from .render import Renderer


def to_csv(book: Workbook, sheet: Sheet) -> bytes:
    """The formatted values, lines ended by CRLF, none after the last (recorded)."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(_full_rows(book, sheet))
    return out.getvalue().removesuffix("\r\n").encode()


def to_tsv(book: Workbook, sheet: Sheet) -> bytes:
    """As to_csv, but nothing is quoted: a tab or the end of a line within a cell is a space (measured by backlot)."""
    rows = ("\t".join(_BREAK.sub(" ", text) for text in row) for row in _full_rows(book, sheet))
    return "\r\n".join(rows).encode()


_BREAK = re.compile(r"\r\n|[\t\r\n]")


def _full_rows(book: Workbook, sheet: Sheet) -> list[list[str]]:
    rows = Renderer(book).value_rows(sheet, sheet.box)
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


_FORBIDDEN = re.compile(r"[\\/?*\[\]:]")
"""What the title of an Excel sheet can't hold."""


def to_xlsx(book: Workbook) -> bytes:
    """Every sheet with values, formulas, number formats, bold, colours, notes, frozen rows and column widths."""
    target = XlsxWorkbook()
    target.remove(target.active)
    renderer = Renderer(book)
    for sheet, title in zip(book.sheets, _titles(book), strict=True):
        page = target.create_sheet(title)
        page.sheet_state = "hidden" if sheet.hidden else "visible"
        frozen = (sheet.grid.get("frozenRowCount", 0), sheet.grid.get("frozenColumnCount", 0))
        if any(frozen):
            page.freeze_panes = f"{column_name(frozen[1])}{frozen[0] + 1}"
        for index, item in sheet.column_dimensions.items():
            page.column_dimensions[column_name(index)].width = item.get("pixelSize", 100) / 7
        area = sheet.data_box()
        for row in range(area.r1):
            for column in range(area.c1):
                _fill(renderer, sheet, page.cell(row + 1, column + 1), row, column)
        for box in sheet.merges:
            page.merge_cells(start_row=box.r0 + 1, end_row=box.r1, start_column=box.c0 + 1, end_column=box.c1)
    out = io.BytesIO()
    target.save(out)
    return out.getvalue()


def _titles(book: Workbook) -> list[str]:
    """Titles that Excel takes: 31 characters, none of its forbidden ones, each once."""
    found: list[str] = []
    for sheet in book.sheets:
        title = wanted = _FORBIDDEN.sub("_", sheet.title)[:31]
        number = 1
        while title.lower() in map(str.lower, found):
            number += 1
            title = f"{wanted[:26]} {number}"
        found.append(title)
    return found


def _fill(renderer: Renderer, sheet: Sheet, target: Any, row: int, column: int) -> None:
    cell, cell_format = sheet.cells.get(row, column), sheet.formats.get(row, column)
    if not isinstance(target, XlsxCell):
        return
    value = _xlsx_value(renderer, cell, cell_format)
    if value is not None:
        target.value = value
        if isinstance(cell, str):
            target.data_type = "s"
    if cell_format:
        _style(target, cell_format, renderer.locale)
    note = (sheet.extras.get(row, column) or {}).get("note")
    if note:
        target.comment = Comment(note, "")


def _xlsx_value(renderer: Renderer, cell: Any, cell_format: Json | None) -> Any:
    if isinstance(cell, Formula):
        return cell.text
    if isinstance(cell, str):
        return ILLEGAL_CHARACTERS_RE.sub("", cell)
    if isinstance(cell, ErrorValue):
        return renderer.formatted(cell, None)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and is_date_format(number_format(cell_format)):
        return to_datetime(cell) if cell >= 1 else cell
    return cell


def _style(target: XlsxCell, cell_format: Json, locale: Locale) -> None:
    pattern = pattern_of(number_format(cell_format), locale)
    if pattern:
        target.number_format = pattern
    text = cell_format.get("textFormat", {})
    if text.get("bold") or text.get("italic"):
        target.font = Font(bold=text.get("bold"), italic=text.get("italic"))
    color = cell_format.get("backgroundColor")
    if color is not None:
        parts = (round(color.get(name, 0) * 255) for name in ("red", "green", "blue"))
        target.fill = PatternFill("solid", fgColor="".join(f"{part:02X}" for part in parts))
