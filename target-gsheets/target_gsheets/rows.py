"""Rows of cells, packed: a million rows of twelve cells take about 140 MB so, and five times that as Python objects.

Rows are packed one by one, so that equal bytes are equal rows: most rows of a sheet are compared without unpacking
them. The contrary doesn't hold, since 1 and 1.0 differ in bytes; whoever finds two rows different looks closer.
"""

from __future__ import annotations

import itertools
import operator
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, overload

import msgspec

from target_gsheets.cells import Cell

# So many rows are kept in one piece of bytes, and handled at a time.
ROWS_A_PIECE = 1024
# An integer from here on doesn't fit into a packed row, nor into a cell.
TOO_LARGE = 2**63

AnyRow = TypeVar("AnyRow")

_encode = msgspec.msgpack.Encoder().encode
unpack_row = msgspec.msgpack.Decoder(tuple).decode


class PackedRows(Sequence[Sequence[Cell]]):
    """Rows that are added at the end and read as tuples in any order."""

    __slots__ = ("_ends", "_length", "_pieces", "_tail", "widths")

    def __init__(self, rows: Iterable[Sequence[Cell]] = ()) -> None:
        self.widths: set[int] = set()  # how many cells rows have, as far as they weren't packed already
        self._length = 0
        self._pieces: list[bytes] = []  # of ROWS_A_PIECE rows each
        self._ends: list[array[int]] = []  # where each row begins in its piece, and where the last one ends
        self._tail: list[bytes] = []  # rows that don't fill a piece yet
        self.extend(rows)

    def extend(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Add rows at the end."""
        for some in in_chunks(rows):
            self.widths.update(map(len, some))
            self.extend_packed(pack(some))

    def extend_packed(self, rows: Sequence[bytes]) -> None:
        """Add rows that are packed already."""
        self._length += len(rows)
        self._tail += rows
        while len(self._tail) >= ROWS_A_PIECE:
            full, self._tail = self._tail[:ROWS_A_PIECE], self._tail[ROWS_A_PIECE:]
            self._pieces.append(b"".join(full))
            self._ends.append(array("I", itertools.accumulate(map(len, full), initial=0)))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        return itertools.chain.from_iterable(self.chunks())

    @overload
    def __getitem__(self, at: int) -> Sequence[Cell]: ...
    @overload
    def __getitem__(self, at: slice) -> list[Sequence[Cell]]: ...
    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [unpack_row(self.packed(number)) for number in range(self._length)[at]]
        return unpack_row(self.packed(range(self._length)[at]))

    def chunks(self) -> Iterator[list[Sequence[Cell]]]:
        """The rows, piece by piece."""
        for number in range(len(self._pieces)):
            yield unpack(self._pieces[number], self._ends[number])
        if self._tail:
            yield list(map(unpack_row, self._tail))

    def release(self) -> Iterator[list[Sequence[Cell]]]:
        """The rows, piece by piece; each piece is forgotten as it is given."""
        pieces, ends, tail = self._pieces[::-1], self._ends[::-1], self._tail
        self._pieces, self._ends, self._tail, self._length = [], [], [], 0
        while pieces:
            yield unpack(pieces.pop(), ends.pop())
        if tail:
            yield list(map(unpack_row, tail))

    def packed(self, number: int) -> bytes:
        """The bytes of one row."""
        piece, at = divmod(number, ROWS_A_PIECE)
        if piece == len(self._pieces):
            return self._tail[at]
        ends = self._ends[piece]
        return self._pieces[piece][ends[at] : ends[at + 1]]

    def same_rows(self, other: PackedRows) -> Iterator[range]:
        """The rows that are the same bytes in the same place in both."""
        for number, (ours, theirs) in enumerate(zip(self._pieces, other._pieces, strict=False)):
            if ours == theirs:
                yield range(number * ROWS_A_PIECE, (number + 1) * ROWS_A_PIECE)
        if len(self) == len(other) and self._tail == other._tail:
            yield range(len(self) - len(self._tail), len(self))


def different_rows(now: PackedRows, wanted: PackedRows) -> tuple[list[int], list[int]]:
    """The rows of each that aren't in the other, as far as their bytes tell: most sheets differ in a few, or in none.

    Of equal rows in one, as many are left over as there are fewer in the other. Nothing is unpacked; rows that stand in
    the same place in both cost next to nothing, others two numbers each.
    """
    heres, theres = bytearray(len(now)), bytearray(len(wanted))  # 1: is in both
    for rows in now.same_rows(wanted):
        heres[rows.start : rows.stop] = theres[rows.start : rows.stop] = b"\1" * len(rows)
    first: dict[int, int] = {}  # the hash of a row -> its first place now
    following: dict[int, int] = {}  # that place -> the next one with the same hash
    for here in reversed(unmarked(heres)):
        code = hash(now.packed(here))
        if code in first:
            following[here] = first[code]
        first[code] = here
    for there in unmarked(theres):
        row = wanted.packed(there)
        found = first.get(hash(row))
        # Two rows that share a hash and nothing else are left to a closer look.
        if found is not None and now.packed(found) == row:
            heres[found] = theres[there] = 1
            if found in following:
                first[hash(row)] = following[found]
            else:
                del first[hash(row)]
    return unmarked(heres), unmarked(theres)


def unmarked(marks: bytearray) -> list[int]:
    """The places that aren't marked, in order."""
    return [place for place, mark in enumerate(marks) if not mark] if 0 in marks else []


class Table(Sequence[Sequence[Cell]]):
    """Rows below a header, or some of these, without a copy of any."""

    __slots__ = ("_header", "_numbers", "_rows")

    def __init__(self, header: Sequence[Cell], rows: Sequence[Sequence[Cell]], numbers: range | None = None) -> None:
        """`numbers` are the rows that belong to it, all if it is left out; the header is number 0."""
        self._header = header
        self._rows = rows
        self._numbers = range(len(rows) + 1) if numbers is None else numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> Sequence[Cell]: ...
    @overload
    def __getitem__(self, at: slice) -> Table: ...
    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return Table(self._header, self._rows, self._numbers[at])
        number = self._numbers[at]
        return self._rows[number - 1] if number else self._header

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and len(self) == len(other) and all(map(operator.eq, self, other))

    __hash__ = None  # type: ignore[assignment]


def in_chunks(rows: Iterable[AnyRow]) -> Iterator[list[AnyRow]]:
    """Rows in lists of at most ROWS_A_PIECE."""
    left = iter(rows)
    while some := list(itertools.islice(left, ROWS_A_PIECE)):
        yield some


def pack(rows: Iterable[Sequence[Cell]]) -> list[bytes]:
    """Rows as bytes. An integer that no cell holds comes as a double, as Sheets has it."""
    try:
        return list(map(_encode, rows))
    except OverflowError:
        return [_encode(list(map(within_range, row))) for row in rows]


def unpack(piece: bytes, ends: Sequence[int]) -> list[Sequence[Cell]]:
    """The rows of a piece."""
    return [unpack_row(piece[start:end]) for start, end in itertools.pairwise(ends)]


def within_range(cell: Cell) -> Cell:
    """A cell that can be packed."""
    return float(cell) if isinstance(cell, int) and abs(cell) >= TOO_LARGE else cell


def project(rows: Sequence[Sequence[Cell]], positions: Sequence[int | None]) -> PackedRows:
    """The cells of these columns, empty where a row is short or the column isn't there yet."""
    width = len(positions)
    in_place = list(positions) == list(range(width))
    if in_place and isinstance(rows, PackedRows) and rows.widths <= {width}:
        return rows
    if in_place:
        return PackedRows((*row[:width], *(None,) * (width - len(row))) for row in rows)
    return PackedRows(
        tuple(None if place is None or place >= len(row) else row[place] for place in positions) for row in rows
    )


def reorder(rows: Sequence[Sequence[Cell]], order: Sequence[int]) -> Sequence[Sequence[Cell]]:
    """Rows with their cells in another order."""
    if list(order) == list(range(len(order))):
        return rows
    return PackedRows(map(operator.itemgetter(*order), rows))
