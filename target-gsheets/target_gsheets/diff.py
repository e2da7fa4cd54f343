"""(rows now, rows wanted) -> changes. The heart of the mirror, and pure.

Rows are matched by key, else by content with multiplicity. What is equal stays where people sorted it; a changed cell
changes alone; what is gone is removed; what is new comes after the last mirrored row, in source order. Rows whose key
cells are empty, and rows that are blank in every mirrored column, belong to people and stay.

Law: applying diff(a, b) to a gives b, and diff(b, b) is empty.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from target_gsheets.cells import Cell
from target_gsheets.workbook import Row

RowKey: TypeAlias = "tuple[Any, ...]"


@dataclass(frozen=True, slots=True)
class CellRun:
    """Adjacent cells of one row that change: `row` and `column` count from 0 below the header."""

    row: int
    column: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RowChanges:
    """What turns the rows now into the rows wanted; row numbers are those of now, from 0 below the header.

    Changed cells come first, then rows are removed, then `added` goes below row `after` (-1: below the header).
    """

    changed: tuple[CellRun, ...] = ()
    removed: tuple[int, ...] = ()
    added: tuple[Row, ...] = ()
    after: int = -1
    changed_rows: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.changed or self.removed or self.added)


@dataclass(slots=True)
class Matching:
    """Which row now is which row wanted, the rows wanted that are new, and the rows now that nobody wants."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    unwanted: list[int] = field(default_factory=list)


def diff_rows(
    now: Sequence[Row], wanted: Sequence[Row], *, keys: Sequence[int], remove: bool, row_capacity: int
) -> RowChanges:
    """Compare rows that are already aligned to the stream's columns.

    `keys` are the positions of the key columns, none for a keyless stream; `remove` allows removals; `row_capacity`
    is how many rows the grid has below the header, since blank ones at its end don't show among the values.
    """
    matching = match_by_key(now, wanted, keys) if keys else match_by_content(now, wanted, row_capacity)
    changed: list[CellRun] = []
    changed_rows = 0
    for here, there in matching.pairs:
        runs = diff_row(here, now[here], wanted[there])
        changed += runs
        changed_rows += bool(runs)
    mirrored = [here for here, _ in matching.pairs] + ([] if remove else matching.unwanted)
    return RowChanges(
        changed=tuple(changed),
        removed=tuple(sorted(matching.unwanted)) if remove else (),
        added=tuple(wanted[there] for there in matching.added),
        after=max(mirrored, default=-1),
        changed_rows=changed_rows,
    )


def match_by_key(now: Sequence[Row], wanted: Sequence[Row], keys: Sequence[int]) -> Matching:
    """Pair rows with the same key; a second row with a key now is unwanted, as nobody's copy may stay mirrored."""
    matching = Matching()
    here_by_key: dict[RowKey, int] = {}
    for here, row in enumerate(now):
        key = comparable(row[position] for position in keys)
        if all(cell is None for cell in key) or here_by_key.setdefault(key, here) == here:
            continue
        matching.unwanted.append(here)
    blank = (None,) * len(keys)
    for here, row in enumerate(now):
        if all(row[position] is None for position in keys):
            here_by_key.setdefault(blank, here)
    for there, row in enumerate(wanted):
        maybe_here = here_by_key.pop(comparable(row[position] for position in keys), None)
        if maybe_here is None:
            matching.added.append(there)
        else:
            matching.pairs.append((maybe_here, there))
    here_by_key.pop(blank, None)
    matching.unwanted += here_by_key.values()
    return matching


def match_by_content(now: Sequence[Row], wanted: Sequence[Row], row_capacity: int) -> Matching:
    """Pair rows with the same content, first with first."""
    matching = Matching()
    places: defaultdict[RowKey, deque[int]] = defaultdict(deque)
    for here, row in enumerate(now):
        places[comparable(row)].append(here)
    blank_key = comparable([None] * len(wanted[0])) if wanted else ()
    unseen_blanks = max(0, row_capacity - len(now))
    for there, row in enumerate(wanted):
        key = comparable(row)
        if places[key]:
            matching.pairs.append((places[key].popleft(), there))
        elif key == blank_key and unseen_blanks:
            unseen_blanks -= 1
        else:
            matching.added.append(there)
    left = (here for key, heres in places.items() for here in heres)
    matching.unwanted = [here for here in left if any(cell is not None for cell in now[here])]
    return matching


def diff_row(number: int, now: Row, wanted: Row) -> list[CellRun]:
    """The cells of one row that differ, adjacent ones together."""
    runs: list[CellRun] = []
    start = end = -1
    for position, (here, there) in enumerate(zip(now, wanted, strict=True)):
        if same_cell(here, there):
            continue
        if position != end:
            if start >= 0:
                runs.append(CellRun(number, start, tuple(wanted[start:end])))
            start = position
        end = position + 1
    if start >= 0:
        runs.append(CellRun(number, start, tuple(wanted[start:end])))
    return runs


def same_cell(now: Cell, wanted: Cell) -> bool:
    """Whether a cell already shows a value; TRUE is not 1, and a text is compared as `canonical` has it."""
    if isinstance(now, bool) or isinstance(wanted, bool):
        return now is wanted
    if now == wanted:
        return True
    return isinstance(now, str) and isinstance(wanted, str) and canonical(now) == canonical(wanted)


def comparable(cells: Any) -> RowKey:
    """Cells as a dictionary key in which, as in `same_cell`, TRUE is not 1 and texts are canonical."""
    return tuple(
        (cell,) if isinstance(cell, bool) else canonical(cell) if isinstance(cell, str) else cell for cell in cells
    )


def canonical(text: str) -> str:
    """A text without what Sheets might add on its own: nobody outside Google knows for certain.

    A text that begins with `=`, `+` or `'` may come back with an apostrophe in front, and line breaks may come back
    as line feeds. Taken as different, such a cell would be written again in every run.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text[1:] if text[:2] in {"'=", "'+", "''"} else text
