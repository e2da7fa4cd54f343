"""References in the text of a formula: what changes when it is pasted, when rows and columns move, when a sheet is
renamed.

Design rule: a formula is cut into the same tokens as for its evaluation; what can't be cut stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import a1

TOKENS = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<string>\"(?:[^\"]|\"\")*\")"
    r"|(?P<range>(?:'(?:[^']|'')*'!|[A-Za-z_][\w.]*!)?(?:\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}(?:\$?\d+)?)?"
    r"|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d+:\$?\d+))(?![\w(])"
    r"|(?P<error>#[A-Z/0]+[!?]?)|(?P<name>[A-Za-z_][\w.]*)|(?P<operator><=|>=|<>|[-+*/^&=<>%(),;]))"
)
_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)")


def shifted(text: str, rows: int, columns: int) -> str:
    """A formula pasted `rows` down and `columns` right: relative references move, those with a "$" stay."""
    if not rows and not columns:
        return text
    return _rewrite(text, lambda _, cells: _CELL.sub(lambda match: _moved(match, rows, columns), cells))


def adjusted(text: str, home: str, moved_sheet: str, dimension: str, change: Callable[[int, int], Any]) -> str:
    """A formula on sheet `home` after rows or columns of `moved_sheet` changed; what is gone is #REF!."""

    def move(head: str, cells: str) -> str:
        title = head.strip("'").replace("''", "'") if head else home
        if title.casefold() != moved_sheet.casefold():
            return cells
        ends = [match for part in cells.split(":") if (match := _ENDPOINT.match(part))]
        numbers = [number for match in ends if (number := _number(match, dimension)) is not None]
        if len(numbers) != cells.count(":") + 1:
            return cells
        span = change(min(numbers), max(numbers) + 1)
        if span is None:
            return "#REF!"
        first, last = (span[0], span[1] - 1) if numbers[0] <= numbers[-1] else (span[1] - 1, span[0])
        return ":".join(_at(match, dimension, index) for match, index in zip(ends, (first, last), strict=False))

    return _rewrite(text, move)


_ENDPOINT = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)(\d*)\Z")


def _number(match: re.Match[str], dimension: str) -> int | None:
    text = match[4] if dimension == "ROWS" else match[2]
    if not text:
        return None
    return int(text) - 1 if dimension == "ROWS" else a1.column_index(text)


def _at(match: re.Match[str], dimension: str, index: int) -> str:
    if dimension == "ROWS":
        return f"{match[1]}{match[2]}{match[3]}{index + 1}"
    return f"{match[1]}{a1.column_name(index)}{match[3]}{match[4]}"


def renamed(text: str, old: str, new: str) -> str:
    """A formula after the sheet `old` was renamed to `new`."""

    def change_head(head: str) -> str:
        return a1.quote_title(new) if head.strip("'").replace("''", "'").casefold() == old.casefold() else head

    return _rewrite(text, lambda _, cells: cells, change_head)


def _rewrite(text: str, change: Callable[[str, str], str], change_head: Callable[[str], str] = str) -> str:
    """The formula with each reference's cells changed by change(sheet part, cells); text that can't be read stays."""
    out, position = ["="], 1
    while position < len(text):
        match = TOKENS.match(text, position)
        if not match:
            return text
        out.append(match[0])
        if match.lastgroup == "range":
            head, mark, cells = match[0].strip().rpartition("!")
            out[-1] = change_head(head) + mark + change(head, cells)
        position = match.end()
    return "".join(out)


def _moved(match: re.Match[str], rows: int, columns: int) -> str:
    column = a1.column_index(match[2]) + (0 if match[1] else columns)
    row = int(match[4]) - 1 + (0 if match[3] else rows)
    if row < 0 or column < 0:
        return "#REF!"
    return f"{match[1]}{a1.column_name(column)}{match[3]}{row + 1}"
