"""A1 and R1C1 notation: text to a reference, and a box back to text.

Design rule: this module knows nothing of workbooks. A reference keeps what was written; who resolves it against a
sheet fills the open ends. All indexes are zero-based and half-open, as in GridRange. A text is read as A1 first, then
as R1C1, then as a title; both halves of a range are of one notation (measured, see r1c1.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from . import r1c1

OPEN = 2**31
"""The end of a box that has none: beyond every grid."""


class Box(NamedTuple):
    """A rectangle of cells: rows r0 to r1 and columns c0 to c1, half-open."""

    r0: int
    r1: int
    c0: int
    c1: int

    @property
    def rows(self) -> int:
        return self.r1 - self.r0

    @property
    def columns(self) -> int:
        return self.c1 - self.c0

    @property
    def empty(self) -> bool:
        return self.r1 <= self.r0 or self.c1 <= self.c0

    def intersect(self, other: Box) -> Box:
        return Box(max(self.r0, other.r0), min(self.r1, other.r1), max(self.c0, other.c0), min(self.c1, other.c1))

    def overlaps(self, other: Box) -> bool:
        return not self.intersect(other).empty

    def contains(self, other: Box) -> bool:
        return self.intersect(other) == other

    def without(self, other: Box) -> list[Box]:
        """What of this box lies outside of the other, in at most four boxes."""
        cut = self.intersect(other)
        if cut.empty:
            return [self]
        parts = (
            self._replace(r1=cut.r0),
            self._replace(r0=cut.r1),
            Box(cut.r0, cut.r1, self.c0, cut.c0),
            Box(cut.r0, cut.r1, cut.c1, self.c1),
        )
        return [part for part in parts if not part.empty]


@dataclass(frozen=True, slots=True)
class Reference:
    """What an A1 text names: a title (None: the first visible sheet), a quoted title or not, and bounds where given."""

    title: str | None = None
    quoted: bool = False
    r0: int | None = None
    r1: int | None = None
    c0: int | None = None
    c1: int | None = None

    @property
    def whole_sheet(self) -> bool:
        return self.r0 is self.r1 is self.c0 is self.c1 is None


Corner = tuple[int | None, int | None]
"""Row and column, None where open."""
_CORNER = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,7})?\Z")
_PLAIN_TITLE = re.compile(r"[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*\Z")


def column_index(letters: str) -> int:
    """ "A" -> 0, "AA" -> 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_name(index: int) -> str:
    """0 -> "A", 26 -> "AA"."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def parse(text: str) -> Reference | None:
    """The reference that `text` writes; None if it is none. A bare word that is no cell becomes a title."""
    title, quoted, cells = _split_title(text)
    if cells is None:
        if quoted:
            return Reference(title, quoted) if title else None
        return _parse_cells(text, None, quoted=False) or (Reference(text) if text else None)
    found = _parse_cells(cells, title or None, quoted=quoted)
    return found if found or quoted else Reference(text)


def _split_title(text: str) -> tuple[str | None, bool, str | None]:
    """(title, was it quoted, the cells after the "!" or None)."""
    if text.startswith("'"):
        match = re.match(r"'((?:[^']|'')*)'(?:!(.*))?\Z", text, re.DOTALL)
        if match:
            return match[1].replace("''", "'"), True, match[2]
    title, mark, cells = text.rpartition("!")
    return (title, False, cells) if mark else (text, False, None)


def _parse_cells(cells: str, title: str | None, *, quoted: bool) -> Reference | None:
    first, colon, second = cells.partition(":")
    corners = _corners(first, second, colon) or _r1c1_corners(first, second, colon)
    return _ordered(title, quoted, *corners) if corners else None


def _corners(first: str, second: str, colon: str) -> tuple[Corner, Corner] | None:
    """The corners of an A1 text; a lone one names both its row and its column."""
    start = _parse_corner(first)
    end = _parse_corner(second) if colon else start
    if start is None or end is None or (not colon and None in start):
        return None
    return start, end


def _r1c1_corners(first: str, second: str, colon: str) -> tuple[Corner, Corner] | None:
    start = r1c1.parse_half(first)
    end = r1c1.parse_half(second) if colon else start
    if start is None or end is None or (colon and r1c1.refused(start, end)):
        return None
    return start[:2], end[:2]


def _parse_corner(text: str) -> Corner | None:
    match = _CORNER.match(text)
    if not match or not (match[1] or match[2]):
        return None
    return (int(match[2]) - 1 if match[2] else None, column_index(match[1]) if match[1] else None)


def _ordered(title: str | None, quoted: bool, start: Corner, end: Corner) -> Reference:
    r0, r1 = _span(start[0], end[0])
    c0, c1 = _span(start[1], end[1])
    return Reference(title, quoted, r0, r1, c0, c1)


def _span(first: int | None, second: int | None) -> tuple[int | None, int | None]:
    """Two corners of one dimension as a half-open span; an absent corner leaves that end open (`A5:A`, `A1:1`)."""
    if first is None and second is None:
        return None, None
    if first is None or second is None:
        return (first if second is None else second), None
    return min(first, second), max(first, second) + 1


def quote_title(title: str) -> str:
    """The title as answers write it: quoted where it isn't a plain word or could be read as a cell (recorded: 'D3')."""
    plain = title.isascii() and _PLAIN_TITLE.match(title) is not None
    if plain and _parse_cells(title, None, quoted=False) is None:
        return title
    return "'" + title.replace("'", "''") + "'"


def format_box(title: str, box: Box) -> str:
    """`Sheet1!A1:C3`, or `Sheet1!A1` for a single cell."""
    start = f"{column_name(box.c0)}{box.r0 + 1}"
    end = f"{column_name(box.c1 - 1)}{box.r1}"
    return f"{quote_title(title)}!{start}" if start == end else f"{quote_title(title)}!{start}:{end}"
