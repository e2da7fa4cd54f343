"""References in the text of a formula: what changes when it is pasted, when rows and columns move, when a sheet is
renamed.

Design rule: a formula is cut into the same tokens as for its evaluation; what can't be cut stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from . import a1
from .a1 import OPEN, Box
from .limits import MAX_COLUMNS

BoxChange: TypeAlias = "Callable[[Box], Box | None]"
"""What becomes of a box of cells when others move: another box, the same, or None where it is gone."""

TOKENS = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<string>\"(?:[^\"]|\"\")*\")"
    r"|(?P<range>(?:'(?:[^']|'')*'!|[A-Za-z_][\w.]*!)?(?:\$?[A-Za-z]{1,3}\$?\d{1,8}(?::\$?[A-Za-z]{1,3}(?:\$?\d{1,8})?)?"
    r"|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d{1,8}:\$?\d{1,8}))(?![\w(])"
    r"|(?P<error>#[A-Z/0]+[!?]?)|(?P<name>[A-Za-z_][\w.]*)|(?P<operator><=|>=|<>|[-+*/^&=<>%(),;]))"
)
MAX_ROW = 99_999_999
"""A number of more digits is no row."""
_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d{1,8})")


def shifted(text: str, rows: int, columns: int) -> str:
    """A formula pasted `rows` down and `columns` right: relative references move, those with a "$" stay."""
    if not rows and not columns:
        return text
    return _rewrite(
        text, lambda head, cells: _joined(head, _CELL.sub(lambda match: _moved(match, rows, columns), cells))
    )


def relocated(text: str, home: str, title: str, change: BoxChange, new_title: str | None = None) -> str:
    """A formula on sheet `home` after what lies on the sheet `title` was taken through `change`; what is gone is #REF!.

    With `new_title`, each box that `change` doesn't answer itself stands on the sheet of that title from then on.
    """

    def move(head: str, cells: str) -> str:
        if _title_of(head, home).casefold() != title.casefold():
            return _joined(head, cells)
        ends = [match for part in cells.split(":") if (match := _ENDPOINT.match(part))]
        box = _box_of(ends)
        new = change(box)
        if new is None:
            return "#REF!"
        if new is box or (new == box and new_title is None):
            return _joined(head, cells)
        new_head = a1.quote_title(new_title) if new_title is not None and new_title != home else head
        return _joined(new_head, _written(ends, box, new))

    return _rewrite(text, move)


def qualified(text: str, title: str) -> str:
    """A formula with the sheet's title before each reference that has none."""
    return _rewrite(text, lambda head, cells: _joined(head or a1.quote_title(title), cells))


def renamed(text: str, old: str, new: str) -> str:
    """A formula after the sheet `old` was renamed to `new`."""

    def rename(head: str, cells: str) -> str:
        same = head and _title_of(head, "").casefold() == old.casefold()
        return _joined(a1.quote_title(new) if same else head, cells)

    return _rewrite(text, rename)


def _title_of(head: str, home: str) -> str:
    return head.strip("'").replace("''", "'") if head else home


def _joined(head: str, cells: str) -> str:
    return f"{head}!{cells}" if head else cells


_ENDPOINT = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)(\d*)\Z")


def _rows_and_columns(ends: list[re.Match[str]]) -> tuple[list[int], list[int]]:
    """The zero-based rows and columns that the ends of a reference write."""
    return (
        [int(match[4]) - 1 for match in ends if match[4]],
        [a1.column_index(match[2]) for match in ends if match[2]],
    )


def _box_of(ends: list[re.Match[str]]) -> Box:
    """The cells of a reference; an end that isn't written is OPEN."""
    spans = []
    for numbers in _rows_and_columns(ends):
        closed = len(numbers) == len(ends)
        spans += [min(numbers) if numbers else 0, max(numbers) + 1 if closed else OPEN]
    return Box(*spans)


def _written(ends: list[re.Match[str]], old: Box, new: Box) -> str:
    """The reference's cells after its box became another: each end keeps its "$" and its side."""

    def at(match: re.Match[str]) -> str:
        row, column = "", ""
        if match[4]:
            first = int(match[4]) - 1 == old.r0
            row = str((new.r0 if first else new.r1 - 1) + 1)
        if match[2]:
            first = a1.column_index(match[2]) == old.c0
            column = a1.column_name(new.c0 if first else new.c1 - 1)
        return f"{match[1]}{column}{match[3]}{row}"

    return ":".join(map(at, ends))


def _rewrite(text: str, change: Callable[[str, str], str]) -> str:
    """The formula with each reference replaced by change(sheet part, cells); text that can't be read stays."""
    out, position = ["="], 1
    while position < len(text):
        match = TOKENS.match(text, position)
        if not match:
            return text
        out.append(match[0])
        if match.lastgroup == "range":
            plain = match[0].lstrip()
            head, _, cells = plain.rpartition("!")
            out[-1] = match[0][: len(match[0]) - len(plain)] + change(head, cells)
        position = match.end()
    return "".join(out)


def _moved(match: re.Match[str], rows: int, columns: int) -> str:
    column = a1.column_index(match[2]) + (0 if match[1] else columns)
    row = int(match[4]) - 1 + (0 if match[3] else rows)
    if not 0 <= row < MAX_ROW or not 0 <= column < MAX_COLUMNS:
        return "#REF!"
    return f"{match[1]}{a1.column_name(column)}{match[3]}{row + 1}"
