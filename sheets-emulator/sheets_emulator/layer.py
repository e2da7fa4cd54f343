"""Cells and the sparse grids that hold them.

Design rule: rows of a layer are immutable tuples and the list of rows is copied at the first write after a fork, so
that a fork costs nothing and a failed batch is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .a1 import Box


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as written, with its "="; its value is found when it is read."""

    text: str


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """An error in a cell, such as #DIV/0!; `kind` is the ErrorType of the API."""

    kind: str
    message: str = ""


Scalar: TypeAlias = "bool | int | float | str | ErrorValue | None"
Cell: TypeAlias = "Scalar | Formula"
Row = tuple[Any, ...]


def trimmed(row: Sequence[Any]) -> Row:
    """The row without trailing None."""
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return tuple(row[:end])


class Layer:
    """A sparse grid: a list of row tuples, both without trailing emptiness required of the reader."""

    __slots__ = ("_owned", "_rows", "has_formulas", "reshaped", "written")

    def __init__(self, rows: list[Row] | None = None) -> None:
        self._rows: list[Row] = rows if rows is not None else []
        self._owned = True
        self.has_formulas = any(Formula in map(type, row) for row in self._rows)
        """Whether a formula was ever written: without one, moving rows needs no look at the cells."""
        self.reshaped = False
        """Whether cells changed their place since protections looked last."""
        self.written: list[Box] | None = None
        """Where a request wrote, whatever it wrote, once a list is put here: protections ask for it. Not forked."""

    def fork(self) -> Layer:
        """A twin that shares all rows until one of the two is written."""
        twin = Layer()
        twin._rows, twin.has_formulas = self._rows, self.has_formulas
        twin._owned = self._owned = False
        return twin

    @property
    def rows(self) -> list[Row]:
        """The rows, to be read only."""
        return self._rows

    def _writable(self, size: int = 0) -> list[Row]:
        if not self._owned:
            self._rows = self._rows.copy()
            self._owned = True
        if len(self._rows) < size:
            self._rows.extend([()] * (size - len(self._rows)))
        return self._rows

    def row(self, index: int) -> Row:
        return self._rows[index] if index < len(self._rows) else ()

    def get(self, row: int, column: int) -> Any:
        cells = self.row(row)
        return cells[column] if column < len(cells) else None

    def set_row(self, index: int, row: Sequence[Any]) -> None:
        row = trimmed(row)
        if not self.has_formulas and Formula in map(type, row):
            self.has_formulas = True
        if row or index < len(self._rows):
            self._writable(index + 1)[index] = row

    def put(self, row: int, column: int, value: Any) -> None:
        self.put_span(row, column, (value,))

    def put_span(self, row: int, column: int, values: Sequence[Any]) -> None:
        """Replace the cells of one row from `column` on."""
        if self.written is not None:
            self.written.append(Box(row, row + 1, column, column + len(values)))
        old = self.row(row)
        if not column and len(values) >= len(old):
            return self.set_row(row, values)
        gap = (None,) * (column - len(old))
        return self.set_row(row, (*old[:column], *gap, *values, *old[column + len(values) :]))

    def block(self, box: Box) -> list[Row]:
        """The rows of a box, each cut to its columns; short rows and absent rows stay short and absent."""
        rows = self._rows[box.r0 : box.r1]
        if box.c0 == 0 and all(len(row) <= box.c1 for row in rows):
            return rows
        return [row[box.c0 : box.c1] for row in rows]

    def update(self, box: Box, change: Callable[[Any], Any]) -> None:
        """Replace every value of the box by change(value)."""
        for index in range(box.r0, box.r1):
            old = self.row(index)[box.c0 : box.c1]
            padded = old + (None,) * (box.columns - len(old))
            self.put_span(index, box.c0, [change(value) for value in padded])

    def clear(self, box: Box) -> None:
        if self.written is not None:
            self.written.append(box)
        end = min(box.r1, len(self._rows))
        for index in range(box.r0, end):
            if len(self._rows[index]) > box.c0:
                self.put_span(index, box.c0, (None,) * min(box.columns, len(self._rows[index]) - box.c0))

    def fill(self, box: Box, value: Any) -> None:
        if value is None:
            return self.clear(box)
        span = (value,) * box.columns
        for index in range(box.r0, box.r1):
            self.put_span(index, box.c0, span)
        return None

    def insert_rows(self, at: int, count: int) -> None:
        self.reshaped = True
        if at < len(self._rows):
            self._writable()[at:at] = [()] * count

    def delete_rows(self, start: int, end: int) -> None:
        self.reshaped = True
        if start < len(self._rows):
            del self._writable()[start:end]

    def reorder_rows(self, start: int, rows: Iterable[Row]) -> None:
        """Put whole rows in place from `start` on."""
        self.reshaped = True
        for index, row in enumerate(rows, start):
            self.set_row(index, row)

    def insert_columns(self, at: int, count: int) -> None:
        self._each_row(at, lambda row: (*row[:at], *(None,) * count, *row[at:]))

    def delete_columns(self, start: int, end: int) -> None:
        self._each_row(start, lambda row: (*row[:start], *row[end:]))

    def move_columns(self, start: int, end: int, destination: int) -> None:
        def moved(row: Row) -> Row:
            row += (None,) * (max(end, destination) - len(row))
            return tuple(moved_items(list(row), start, end, destination))

        self._each_row(min(start, destination), moved)

    def _each_row(self, beyond: int, change: Callable[[Row], Row]) -> None:
        self.reshaped = True
        rows = self._writable()
        for index, row in enumerate(rows):
            if len(row) > beyond:
                rows[index] = trimmed(change(row))

    def crop(self, row_count: int, column_count: int) -> None:
        """Forget what lies outside of the grid."""
        self.reshaped = True
        if len(self._rows) > row_count:
            del self._writable()[row_count:]
        if any(len(row) > column_count for row in self._rows):
            rows = self._writable()
            rows[:] = [trimmed(row[:column_count]) for row in rows]

    def height(self) -> int:
        """The number of rows up to the last one that holds anything."""
        end = len(self._rows)
        while end and not self._rows[end - 1]:
            end -= 1
        return end

    def width(self) -> int:
        return max(map(len, self._rows), default=0)


def moved_items(items: list[Any], start: int, end: int, destination: int) -> list[Any]:
    """The list with items[start:end] put before what stands at `destination` (an index of the list as it is)."""
    taken = items[start:end]
    if destination <= start:
        return items[:destination] + taken + items[destination:start] + items[end:]
    return items[:start] + items[end:destination] + taken + items[destination:]
