"""findReplace: the text of each cell as it is shown, replaced, and typed in again.

Design rule: what is typed in goes the way of all typing, so a replaced percentage stays one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..a1 import Box
from ..errors import RequestError
from ..layer import Formula
from ..model import Json, Sheet, Workbook
from ..ranges import resolve_grid_range, sheet_by_id
from ..render import Renderer
from ..value_writing import enter_row
from ..values import MAX_CHARACTERS, TOO_LONG
from .context import Context, Reducer


def find_replace(book: Workbook, body: Json, _: Context) -> Json:
    areas = _search_areas(book, body)
    replace = _replacer(body)
    renderer = Renderer(book)
    locale = str(book.properties.get("locale", "en_US"))
    counts = {"valuesChanged": 0, "formulasChanged": 0, "rowsChanged": 0, "sheetsChanged": 0, "occurrencesChanged": 0}
    for sheet, box in areas:
        changed: dict[tuple[int, int], str] = {}
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
                    changed[row, column] = new
        for (row, column), new in changed.items():
            enter_row(sheet, row, column, [new], locale)
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
    by_regex = bool(body.get("searchByRegex"))
    try:
        pattern = re.compile(find if by_regex else re.escape(find), 0 if body.get("matchCase") else re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise RequestError(f"Invalid regular expression: {find[:200]}") from error
    fill = _template(replacement, pattern) if by_regex else lambda _: replacement
    if body.get("matchEntireCell"):
        return lambda text: (fill(match), 1) if (match := pattern.fullmatch(text)) else (text, 0)
    return lambda text: _replaced(pattern, fill, text)


def _replaced(pattern: re.Pattern[str], fill: Callable[[re.Match[str]], str], text: str) -> tuple[str, int]:
    """The text with every match replaced, and their number; it ends as soon as no cell could hold it."""
    parts, end, size, times = [], 0, 0, 0
    for match in pattern.finditer(text):
        parts += [text[end : match.start()], fill(match)]
        size += len(parts[-2]) + len(parts[-1])
        end, times = match.end(), times + 1
        if size > MAX_CHARACTERS:
            raise RequestError(TOO_LONG)
    return "".join(parts) + text[end:], times


_GROUP = re.compile(r"\$([0-9])")


def _template(replacement: str, pattern: re.Pattern[str]) -> Callable[[re.Match[str]], str]:
    """What a match is replaced by: `$1` is its first group, a backslash is a backslash."""
    for name in _GROUP.findall(replacement):
        if int(name) > pattern.groups:
            raise RequestError(f"The replacement names group ${name}, the expression has {pattern.groups}.")
    return lambda match: _GROUP.sub(lambda name: match[int(name[1])] or "", replacement)


REDUCERS: dict[str, Reducer] = {"findReplace": find_replace}
