"""Cells as answers show them: the three render options, both date options, and CellData.

Design rule: reading a large range is the common case, so a row without formats is rendered by one list comprehension
and a format's pattern is looked up once per renderer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from .a1 import Box
from .formats import format_general, format_number, format_text, is_date_format, number_format, pattern_of
from .formulas import Evaluator
from .layer import Cell, ErrorValue, Formula, Row, Scalar
from .locales import EN_US, Locale, locale_of
from .model import Json, Sheet, Workbook
from .theme import DEFAULT_FORMAT, effective_format

ERROR_TEXTS = {
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
    "LOADING": "Loading...",
}

Show: TypeAlias = "Callable[[Scalar, Json | None, str], Any]"


class Renderer:
    """Shows cells of one workbook as it is now."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.locale = locale_of(str(book.properties.get("locale", "en_US")))
        self.evaluator = Evaluator(book)
        self._patterns: dict[int, tuple[str, bool]] = {}

    def pattern(self, cell_format: Json | None) -> tuple[str, bool]:
        """(pattern, is it a date) of a cell's format."""
        if cell_format is None:
            return "", False
        found = self._patterns.get(id(cell_format))
        if found is None:
            numbers = number_format(cell_format)
            found = self._patterns[id(cell_format)] = pattern_of(numbers, self.locale), is_date_format(numbers)
        return found

    def effective(self, sheet: Sheet, row: int, column: int) -> Scalar:
        return self.evaluator.value(sheet, row, column)

    def formatted(self, value: Scalar, cell_format: Json | None, formula: str = "") -> str:
        """The text in the cell; a formula that isn't evaluated shows itself."""
        if value is None:
            return ""
        pattern, _ = self.pattern(cell_format)
        if isinstance(value, str):
            return format_text(value, pattern) if pattern else value
        if isinstance(value, bool):
            return self.locale.true if value else self.locale.false
        if isinstance(value, ErrorValue):
            return ERROR_TEXTS.get(value.kind, formula or "#ERROR!")
        return format_number(value, pattern, self.locale)

    def unformatted(self, value: Scalar, _: Json | None, formula: str = "") -> Any:
        if isinstance(value, ErrorValue):
            return self.formatted(value, None, formula)
        return "" if value is None else value

    def as_written(self, value: Scalar, cell_format: Json | None, formula: str = "") -> Any:
        """Unformatted, but formulas as their text."""
        return formula or self.unformatted(value, cell_format)

    def dated(self, value: Scalar, cell_format: Json | None, formula: str = "") -> Any:
        """Unformatted, but dates as text."""
        if isinstance(value, (int, float)) and not isinstance(value, bool) and self.pattern(cell_format)[1]:
            return self.formatted(value, cell_format)
        return self.unformatted(value, cell_format, formula)

    def as_written_dated(self, value: Scalar, cell_format: Json | None, formula: str = "") -> Any:
        """Formulas as their text, and dates as text (the option is ignored for formatted values only)."""
        return formula or self.dated(value, cell_format)

    def value_rows(self, sheet: Sheet, box: Box, option: str = "", dates: str = "") -> list[list[Any]]:
        """The values of a box, rows and trailing emptiness trimmed; a blank row inside is []."""
        box = Box(box.r0, min(box.r1, sheet.cells.height()), box.c0, box.c1)
        show = self._shower(option, dates)
        plain = _PLAIN if show != self.formatted else _PLAIN_TEXT
        needs_formats = show not in (self.unformatted, self.as_written)
        out: list[list[Any]] = []
        for index, row in enumerate(sheet.cells.block(box), box.r0):
            formats = sheet.formats.row(index)[box.c0 : box.c1] if needs_formats else ()
            if not formats and all(map(plain.__contains__, map(type, row))):
                rendered = ["" if cell is None else cell for cell in row]
            elif not formats and plain is _PLAIN_TEXT and _PLAIN.issuperset(map(type, row)):
                rendered = [cell if type(cell) is str else _automatic(cell, self.locale) for cell in row]
            else:
                rendered = self._row(sheet, (index, box.c0), row, formats, show)
            while rendered and rendered[-1] == "" and row[len(rendered) - 1] is None:
                rendered.pop()
            out.append(rendered)
        while out and not out[-1]:
            out.pop()
        return out

    def _shower(self, option: str, dates: str) -> Show:
        if option == "UNFORMATTED_VALUE":
            return self.dated if dates == "FORMATTED_STRING" else self.unformatted
        if option == "FORMULA":
            return self.as_written_dated if dates == "FORMATTED_STRING" else self.as_written
        return self.formatted

    def _row(self, sheet: Sheet, at: tuple[int, int], row: Row, formats: Row, show: Show) -> list[Any]:
        """The cells of a row from `at` (row, column) on, one by one."""
        index, c0 = at
        out = []
        for place, cell in enumerate(row):
            cell_format = formats[place] if place < len(formats) else None
            if cell is None:
                out.append("")
            elif isinstance(cell, Formula):
                out.append(show(self.evaluator.value(sheet, index, c0 + place), cell_format, cell.text))
            else:
                out.append(show(cell, cell_format, ""))
        return out

    def cell_data(self, sheet: Sheet, row: int, column: int, wanted: Callable[[str], bool]) -> Json:
        """CellData, only with the members that `wanted` asks for."""
        out: Json = {}
        cell, cell_format = sheet.cells.get(row, column), sheet.formats.get(row, column)
        if cell is not None:
            self._add_values(out, sheet, (row, column), wanted)
        if cell_format and wanted("userEnteredFormat"):
            out["userEnteredFormat"] = cell_format
        if (cell is not None or cell_format) and wanted("effectiveFormat"):
            value = out.get("effectiveValue") or extended_value(self.effective(sheet, row, column)) or {}
            out["effectiveFormat"] = effective_format(
                self.book.properties.get("defaultFormat", DEFAULT_FORMAT), cell_format or {}, value
            )
        link = maybe_link(cell, cell_format) if wanted("hyperlink") else None
        if link:
            out["hyperlink"] = link
        for name, value in (sheet.extras.get(row, column) or {}).items():
            if wanted(name):
                out[name] = value
        return out

    def _add_values(self, out: Json, sheet: Sheet, place: tuple[int, int], wanted: Callable[[str], bool]) -> None:
        cell, cell_format = sheet.cells.get(*place), sheet.formats.get(*place)
        if wanted("userEnteredValue"):
            out["userEnteredValue"] = extended_value(cell)
        if not wanted("effectiveValue") and not wanted("formattedValue"):
            return
        value = self.evaluator.value(sheet, *place)
        if value is None:
            return
        if wanted("effectiveValue"):
            out["effectiveValue"] = extended_value(value)
        if wanted("formattedValue"):
            formula = cell.text if isinstance(cell, Formula) else ""
            out["formattedValue"] = self.formatted(value, cell_format, formula)


_HYPERLINK = re.compile(r'=\s*HYPERLINK\(\s*"([^"]*)"', re.IGNORECASE)


def maybe_link(cell: Cell, cell_format: Json | None) -> str | None:
    """The address that a cell points to: that of its text format, or the literal one of a HYPERLINK formula."""
    match = _HYPERLINK.match(cell.text) if isinstance(cell, Formula) else None
    uri = ((cell_format or {}).get("textFormat", {}).get("link") or {}).get("uri")
    return match[1] if match else uri


_PLAIN = frozenset({str, int, float, bool, type(None)})
_PLAIN_TEXT = frozenset({str, type(None)})


def _automatic(value: Any, locale: Locale = EN_US) -> str:
    """formatted() of a cell without a format, on the short way for numbers of few digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return locale.true if value else locale.false
    text = repr(value)
    short = len(text) <= 11 and "e" not in text and (locale.decimal == "." or type(value) is int)
    return text if short else format_general(value, locale)


def extended_value(value: Any) -> Json | None:
    """ExtendedValue of a cell or of a result; None for an empty one."""
    if value is None:
        return None
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, Formula):
        return {"formulaValue": value.text}
    if isinstance(value, ErrorValue):
        return {"errorValue": {"type": value.kind, "message": value.message}}
    return {"numberValue": value}


def transposed(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows as columns, each trimmed of trailing emptiness."""
    width = max(map(len, rows), default=0)
    columns = [[row[index] if index < len(row) else "" for row in rows] for index in range(width)]
    for column in columns:
        while column and column[-1] == "":
            column.pop()
    return columns
