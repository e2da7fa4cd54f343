"""(rows now, changes) -> the rows as they will be, without a copy of those that stay. Pure."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, overload

from target_gsheets.diff import CellRun, RowChanges, row_after_removal
from target_gsheets.workbook import Row


class AppliedRows(Sequence[Row]):
    """Changed cells first, then removals, then one insertion; rows are made when they are asked for."""

    def __init__(self, changes: RowChanges, now: Sequence[Row]) -> None:
        self._now = now
        self._added = changes.added
        self._start = row_after_removal(changes, changes.after + 1)
        self._length = len(now) - len(changes.removed) + len(changes.added)
        # How many rows stay above each removed one.
        self._above = [row - number for number, row in enumerate(changes.removed)]
        self._runs: defaultdict[int, list[CellRun]] = defaultdict(list)
        for run in changes.changed:
            self._runs[run.row].append(run)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[number] for number in range(self._length)[at]]
        number = range(self._length)[at]
        if self._start <= number < self._start + len(self._added):
            return self._added[number - self._start]
        staying = number if number < self._start else number - len(self._added)
        return self._changed(staying + bisect.bisect_right(self._above, staying))

    def _changed(self, number: int) -> Row:
        """A row now with the cells that it will have."""
        if number not in self._runs:
            return self._now[number]
        row = list(self._now[number])
        for run in self._runs[number]:
            row[run.column : run.column + len(run.cells)] = run.cells
        return row
