"""R1C1 notation: one half of a range, `R2C3` or `R[1]C`, to a row and a column.

Design rule: what is accepted here was measured on Google's server by others (217 ranges, brekkylab/backlot #174). An
offset in brackets counts from A1, since a range of the API has no cell of its own; it has no sign. A letter without a
number is the first row or column; a letter that is absent leaves its dimension open beside a number.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_HALF = re.compile(r"(?=[RC])(R(?:([0-9]+)|\[([0-9]+)\])?)?(C(?:([0-9]+)|\[([0-9]+)\])?)?\Z", re.IGNORECASE)


class Half(NamedTuple):
    """Row and column, zero-based, None where open; and the numbers as written, with whether they stood in brackets."""

    row: int | None
    column: int | None
    written_row: tuple[int, bool] | None
    written_column: tuple[int, bool] | None


def parse_half(text: str) -> Half | None:
    """`R2C3` -> row 1, column 2; `R[1]` -> row 1 of all columns; `RC` and `R` -> A1. None for anything else."""
    match = _HALF.match(text)
    if not match:
        return None
    row_letter, row_number, row_offset, column_letter, column_number, column_offset = match.groups()
    row, column = _written(row_number, row_offset), _written(column_number, column_offset)
    if (0, False) in (row, column):
        return None
    return Half(_index(row, row_letter, column), _index(column, column_letter, row), row, column)


def _written(number: str | None, offset: str | None) -> tuple[int, bool] | None:
    if number is not None:
        return int(number), False
    return None if offset is None else (int(offset), True)


def _index(own: tuple[int, bool] | None, letter: str | None, other: tuple[int, bool] | None) -> int | None:
    if own is not None:
        number, offset = own
        return number if offset else number - 1
    return 0 if letter or other is None else None


def refused(first: Half, second: Half) -> bool:
    """Whether Google refuses the two as a range: ends written one before the start, both in the same manner."""
    return _one_less(first.written_row, second.written_row) or _one_less(first.written_column, second.written_column)


def _one_less(first: tuple[int, bool] | None, second: tuple[int, bool] | None) -> bool:
    return first is not None and second is not None and first[1] == second[1] and first[0] == second[0] + 1
