"""(rows now, rows wanted) -> changes. The heart of the mirror, and pure.

Rows are matched by key, else by content with multiplicity. (Where people have changed key cells, a row that lost its
key is found by the cells beside it.) What is equal stays where people sorted it; a changed cell
changes alone; what is gone is removed; what is new comes after the last mirrored row, in source order. Rows whose key
cells are empty, and rows that are blank in every mirrored column, belong to people and stay, unless we are known to
have written them.

Law: applying diff(a, b) to a gives b, and diff(b, b) is empty.
"""

from __future__ import annotations

import bisect
import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from target_gsheets.cells import Cell, as_read, canonical
from target_gsheets.rows import PackedRows, different_rows
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

    Changed cells come first; `added` goes below row `after` (-1: below the header).
    """

    changed: tuple[CellRun, ...] = ()
    removed: tuple[int, ...] = ()
    added: tuple[Row, ...] = ()
    after: int = -1
    changed_rows: int = 0
    others: frozenset[int] = frozenset()  # the rows now that are no row wanted

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.changed or self.removed or self.added)


@dataclass(slots=True)
class Matching:
    """Which row now is which row wanted, the rows wanted that are new, and the rows now that nobody wants.

    Rows that are in both as they are belong to neither list.
    """

    pairs: list[tuple[int, int]] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    unwanted: list[int] = field(default_factory=list)
    theirs: list[int] = field(default_factory=list)  # rows now that are people's own


def diff_rows(
    now: Sequence[Row],
    wanted: Sequence[Row],
    *,
    keys: Sequence[int],
    remove: bool,
    row_capacity: int,
    keys_touched: Callable[[], bool] = lambda: False,
    is_written: Callable[[Row], bool] = lambda _row: False,
    gone: Collection[RowKey] = (),
) -> RowChanges:
    """Compare rows that are already aligned to the stream's columns.

    `keys` are the positions of the key columns, none for a keyless stream; `remove` allows removals, else only rows
    with the keys in `gone` go; `row_capacity` is how many rows the grid has below the header, since blank ones at its
    end don't show among the values; `keys_touched` says whether people changed key cells, so that a row may have lost
    its key; `is_written` whether we wrote a row that has no key.
    """
    now, wanted = (rows if isinstance(rows, PackedRows) else PackedRows(rows) for rows in (now, wanted))
    matching = match_rows(now, wanted, keys, row_capacity, keys_touched=keys_touched, is_written=is_written)
    changed: list[CellRun] = []
    changed_rows = 0
    for here, there in sorted(matching.pairs):
        runs = diff_row(here, now[here], wanted[there])
        changed += runs
        changed_rows += bool(runs)
    others = [*matching.unwanted, *matching.theirs]
    unwanted = matching.unwanted if remove else [here for here in matching.unwanted if row_key(now[here], keys) in gone]
    removed = tuple(sorted(unwanted))
    return RowChanges(
        changed=tuple(changed),
        removed=removed,
        added=tuple(wanted[there] for there in matching.added),
        after=last_but(len(now), [*removed, *matching.theirs]),
        changed_rows=changed_rows,
        others=frozenset(others),
    )


def last_but(count: int, left_out: Iterable[int]) -> int:
    """The last of so many rows that isn't among those left out; -1 where there is none."""
    last = count - 1
    for number in sorted(left_out, reverse=True):
        if number < last:
            break
        last = number - 1
    return last


def row_after_removal(changes: RowChanges, row: int) -> int:
    """The number that a row now has once the removed ones are gone."""
    return row - bisect.bisect_left(changes.removed, row)


def match_rows(
    now: PackedRows,
    wanted: PackedRows,
    keys: Sequence[int],
    row_capacity: int,
    *,
    keys_touched: Callable[[], bool],
    is_written: Callable[[Row], bool],
) -> Matching:
    """Leave out the rows that are in both, and pair others by their key: keys may differ in the source and be equal in
    a sheet.

    A surplus copy of a row is unwanted; a row that nothing tells from one of people's own isn't.
    """
    matching = Matching()
    places: defaultdict[RowKey, deque[int]] = defaultdict(deque)
    heres, theres = different_rows(now, wanted)
    for here in heres:
        places[row_key(now[here], keys)].append(here)
    unseen_blanks = max(0, row_capacity - len(now))
    for there in theres:
        row = wanted[there]
        candidates = places.get(row_key(row, keys))
        if candidates:
            matching.pairs.append((take_likest(candidates, now, row), there))
        elif unseen_blanks and all(cell is None for cell in row):
            unseen_blanks -= 1
        else:
            matching.added.append(there)
    left = [here for candidates in places.values() for here in candidates]
    if matching.added and left and keys_touched():
        pair_by_content(matching, now, wanted, keys, left)
    for here in left:
        goes = is_ours(now[here], keys) or is_written(now[here])
        (matching.unwanted if goes else matching.theirs).append(here)
    return matching


def take_likest(heres: deque[int], now: Sequence[Row], row: Row) -> int:
    """Of rows with one key the one whose other cells are right too, else the first: a key may have been typed over."""
    if len(heres) > 1:
        for here in heres:
            if not diff_row(here, now[here], row):
                heres.remove(here)
                return here
    return heres.popleft()


def pair_by_content(
    matching: Matching, now: Sequence[Row], wanted: Sequence[Row], keys: Sequence[int], left: list[int]
) -> None:
    """Pair what is left by the cells beside the key: rows whose key somebody typed over or deleted."""
    beside = [position for position in range(len(wanted[0]) if wanted else 0) if position not in keys]
    places: defaultdict[RowKey, deque[int]] = defaultdict(deque)
    for here in left:
        if beside and is_ours(now[here], beside):
            places[comparable(now[here][position] for position in beside)].append(here)
    found: dict[int, int] = {}
    for there in matching.added:
        heres = places.get(comparable(wanted[there][position] for position in beside))
        if heres:
            found[there] = heres.popleft()
    matching.pairs += ((here, there) for there, here in found.items())
    matching.added = [there for there in matching.added if there not in found]
    paired = set(found.values())
    left[:] = [here for here in left if here not in paired]


def row_key(row: Row, keys: Sequence[int]) -> RowKey:
    """What a row goes by: its key, else, in a keyless stream or where the key is blank, its whole content."""
    if keys and is_ours(row, keys):
        return comparable(row[position] for position in keys)
    return ("content", *comparable(row))  # longer than any key, so never equal to one


def is_ours(row: Row, keys: Sequence[int]) -> bool:
    """Whether a row can be told from people's own: by a key, in a keyless stream by any mirrored cell."""
    return any(row[position] is not None for position in (keys or range(len(row))))


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


def keys_digest(rows: Iterable[Row], keys: Sequence[int]) -> str:
    """A digest of the keys of these rows, whatever their order: equal as long as nobody touches a key cell.

    Empty for a keyless stream. A sum of 64-bit hashes, because people sort rows.
    """
    if not keys:
        return ""
    total = 0
    for row in rows:
        if is_ours(row, keys):
            key = repr(comparable(as_read(row[position]) for position in keys)).encode()
            total += int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big")
    return f"{total % 2**64:016x}"
