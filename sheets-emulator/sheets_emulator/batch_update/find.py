"""findReplace."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..a1 import Box
from ..errors import RequestError
from ..layer import Cell, Formula
from ..model import Json, Sheet, Workbook
from ..ranges import resolve_grid_range, sheet_by_id
from ..render import Renderer
from ..values import entered_cell
from .context import Context, Reducer


def find_replace(book: Workbook, body: Json, _: Context) -> Json:
    areas = _search_areas(book, body)
    replace = _replacer(body)
    renderer = Renderer(book)
    locale = str(book.properties.get("locale", "en_US"))
    counts = {"valuesChanged": 0, "formulasChanged": 0, "rowsChanged": 0, "sheetsChanged": 0, "occurrencesChanged": 0}
    for sheet, box in areas:
        changed: dict[tuple[int, int], Cell] = {}
        for row in range(box.r0, min(box.r1, sheet.cells.height())):
            for column, cell in enumerate(sheet.cells.row(row)[box.c0 : box.c1], box.c0):
                formula = isinstance(cell, Formula)
                if cell is None or (formula and not body.get("includeFormulas")):
                    continue
                text = (
                    cell.text if isinstance(cell, Formula) else renderer.formatted(cell, sheet.formats.get(row, column))
                )
                new, times = replace(text)
                if times:
                    counts["occurrencesChanged"] += times
                    counts["formulasChanged" if formula else "valuesChanged"] += 1
                    changed[row, column] = entered_cell(new, locale)[0]
        for (row, column), value in changed.items():
            sheet.cells.put(row, column, value)
        counts["rowsChanged"] += len({row for row, _ in changed})
        counts["sheetsChanged"] += bool(changed)
    return {name: count for name, count in counts.items() if count}


def _search_areas(book: Workbook, body: Json) -> list[tuple[Sheet, Box]]:
    if body.get("allSheets"):
        return [(sheet, sheet.box) for sheet in book.sheets]
    if "range" in body:
        return [resolve_grid_range(book, body["range"])]
    if "sheetId" in body:
        sheet = sheet_by_id(book, body["sheetId"])
        return [(sheet, sheet.box)]
    raise RequestError("findReplace needs one of range, sheetId, allSheets.")


def _replacer(body: Json) -> Callable[[str], tuple[str, int]]:
    find, replacement = body.get("find", ""), body.get("replacement", "")
    if not find:
        raise RequestError("findReplace needs a text to find.")
    by_regex = body.get("searchByRegex")
    try:
        pattern = re.compile(find if by_regex else re.escape(find), 0 if body.get("matchCase") else re.IGNORECASE)
    except re.error as error:
        raise RequestError(f"Invalid regular expression: {find}") from error
    template = re.sub(r"\$(\d)", r"\\\1", replacement) if by_regex else replacement.replace("\\", r"\\")
    if body.get("matchEntireCell"):
        return lambda text: (pattern.sub(template, text, count=1), 1) if pattern.fullmatch(text) else (text, 0)
    return lambda text: pattern.subn(template, text)


REDUCERS: dict[str, Reducer] = {"findReplace": find_replace}
