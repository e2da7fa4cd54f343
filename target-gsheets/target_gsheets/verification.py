"""What a commit's own answer should show: a few of the rows it touched, where they were expected. Pure.

People may insert, delete or sort rows between our read and our commit; then what we wrote stands on other rows than it
should, and the next look at the workbook heals it. This tells whether that look is due at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from target_gsheets.blocks import parse_cell_data
from target_gsheets.cells import Cell
from target_gsheets.comparison import Comparison
from target_gsheets.diff import RowChanges, row_after_removal, same_cell
from target_gsheets.grid import a1_range
from target_gsheets.workbook import Row, Sheet

# A row out of place moves all those below it, and a sort nearly all: a sample shows either.
MAX_ROWS = 40


@dataclass(frozen=True, slots=True)
class Expected:
    """Some rows of a sheet by their place in the grid; their cells stand at `places`, from left to right."""

    sheet_id: int
    title: str
    places: tuple[int, ...]
    rows: Mapping[int, Row]

    def ranges(self) -> Iterator[str]:
        """The A1 ranges that show these rows."""
        left, right = self.places[0], self.places[-1] + 1
        for first, end in stretches(sorted(self.rows)):
            yield a1_range(self.title, first, end, left, right)


def expect(sheet: Sheet, found: Comparison) -> Expected | None:
    """The rows to look at after a commit: those it touches and their neighbours, or some of them. None for no rows."""
    changes, places = found.changes, found.places
    if changes.is_empty or not places:
        return None
    after = found.rows_after
    near = {row for touched in touched_rows(changes) for row in (touched - 1, touched, touched + 1)}
    touched = sorted(row for row in near if 0 <= row < len(after))
    rows = {row + 1: after[row] for row in sample(touched)}
    return Expected(sheet.sheet_id, sheet.title, places, rows) if rows else None


def touched_rows(changes: RowChanges) -> Iterator[int]:
    """Rows that change, come, or lie where one went, in the numbers that they will have."""
    at = row_after_removal(changes, changes.after + 1)
    added = len(changes.added)

    def then(row: int) -> int:
        return row_after_removal(changes, row) + (added if row > changes.after else 0)

    yield from (then(run.row) for run in changes.changed)
    yield from (then(row) for row in changes.removed)
    if added:
        yield from (at, at + added - 1)


def sample(rows: Sequence[int]) -> Sequence[int]:
    """At most MAX_ROWS of them, the first and the last included."""
    if len(rows) <= MAX_ROWS:
        return rows
    return [rows[number * (len(rows) - 1) // (MAX_ROWS - 1)] for number in range(MAX_ROWS)]


def stretches(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers as ranges, end exclusive."""
    start = end = -1
    for row in rows:
        if row != end:
            if start >= 0:
                yield start, end
            start = row
        end = row + 1
    if start >= 0:
        yield start, end


def is_as_expected(expected: Expected, answer: Mapping[str, Any]) -> bool:
    """Whether one sheet of a batchUpdate's answer shows the rows that were expected."""
    shown: dict[tuple[int, int], Cell] = {}
    for data in answer.get("data", ()):
        top, left = data.get("startRow", 0), data.get("startColumn", 0)
        for row, found in enumerate(data.get("rowData", ())):
            for column, cell in enumerate(found.get("values", ())):
                shown[top + row, left + column] = parse_cell_data(cell)
    return all(
        same_cell(shown.get((row, place)), cell)
        for row, cells in expected.rows.items()
        for place, cell in zip(expected.places, cells, strict=True)
    )
