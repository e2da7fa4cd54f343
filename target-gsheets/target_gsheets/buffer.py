"""The rows of one stream, until the run's end: last key wins, in the order of first appearance.

A value stays until then even where a newer SCHEMA doesn't name its column, since a later one may name it again. What a
value's own JSON type says of its cell is settled when it comes; texts wait for the last SCHEMA and the time zone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from target_gsheets.cells import Cell, Losses, plain_cells, without_surrogates
from target_gsheets.rows import ROWS_A_PIECE, PackedRows, pack, unpack_row

# What a dictionary doesn't hold as a key, or takes for something else: in a sheet, and so here, TRUE isn't 1.
ODD_KEYS = {bool, dict, list}


class RowBuffer:
    """Rows of plain cells in the order of `columns`, those of the last SCHEMA."""

    def __init__(self) -> None:
        self.columns: tuple[str, ...] = ()
        self.schema: dict[str, Any] = {}
        self.keys: tuple[str, ...] = ()
        self.losses = Losses()
        self._rows = PackedRows()  # in the order of `_kept`; those of before a SCHEMA may lack its new columns
        self._newer: dict[int, bytes] = {}  # rows that came again, packed, by their place among the others
        self._places: dict[Any, int] = {}  # by key
        self._loose: list[Mapping[Any, Any]] = []  # records that aren't rows yet
        self._kept: tuple[str, ...] = ()  # the columns of all SCHEMAs
        self._taken: tuple[str | None, ...] = ()  # the same with None, which no record has, for those of older ones

    def __len__(self) -> int:
        self._settle()
        return len(self._rows)

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        self._settle()
        return itertools.chain.from_iterable(self._in_line(self._rows.chunks()))

    def release(self) -> Iterator[list[Sequence[Cell]]]:
        """The rows, piece by piece; each is forgotten as it is given, and so is what they went by."""
        self._settle()
        self._places.clear()
        return self._in_line(self._rows.release())

    def set_schema(self, schema: Mapping[str, Any], keys: Sequence[str]) -> None:
        """Take a SCHEMA; rows that came before it keep what they have of its columns, and go by its keys."""
        self._settle()
        self.schema = dict(schema["properties"])
        self.columns = tuple(self.schema)
        self._kept += tuple(name for name in self.columns if name not in self._kept)
        self._taken = tuple(name if name in self.schema else None for name in self._kept)
        if self.keys != tuple(keys):
            self.keys = tuple(keys)
            before = [row for rows in self._whole(self._rows.chunks()) for row in rows]
            self.clear()
            self._place(before, before)

    def add(self, record: Mapping[Any, Any]) -> None:
        """Add a record, or put it in the place of the one with the same key."""
        self._loose.append(record)
        if len(self._loose) == ROWS_A_PIECE:
            self._settle()

    def add_many(self, records: Sequence[Mapping[Any, Any]]) -> None:
        """Add records, one after the other."""
        self._settle()
        rows = self._rows_of(records)
        if self._taken:
            columns = (plain_cells(values, self.losses) for values in zip(*rows, strict=True))
            self._place(rows, list(zip(*columns, strict=True)))
        else:
            self._place(rows, rows)

    def clear(self) -> None:
        """Forget all rows: a newer version of the stream begins."""
        self._rows = PackedRows()
        for found in (self._newer, self._places, self._loose):
            found.clear()

    def _rows_of(self, records: Sequence[Mapping[Any, Any]]) -> list[tuple[Any, ...]]:
        """The values of records in the order of `_kept`; where a record has none, None."""
        if len(self._taken) > 1:
            try:
                return list(map(itemgetter(*self._taken), records))
            except KeyError:
                pass
        return [tuple(map(record.get, self._taken)) for record in records]

    def _settle(self) -> None:
        """Make rows of the loose records."""
        if self._loose:
            records, self._loose = self._loose, []
            self.add_many(records)

    def _place(self, values: Sequence[Sequence[Any]], rows: Sequence[Sequence[Cell]]) -> None:
        """Put rows in their places; `values` are theirs as JSON had them, which is what keys are compared by."""
        try:
            packed = pack(rows)
        except UnicodeEncodeError:
            packed = pack(without_surrogates([list(row) for row in rows], self.losses))
        if not self.keys:
            self._rows.extend_packed(packed)
            return
        new: list[bytes] = []
        number = len(self._rows)
        for key, row in zip(self._keys_of(values), packed, strict=True):
            place = number if key is None else self._places.setdefault(key, number)
            if place == number:
                new.append(row)
                number += 1
            else:
                self._newer[place] = row
        self._rows.extend_packed(new)

    def _keys_of(self, values: Sequence[Sequence[Any]]) -> Iterable[Any]:
        """What rows go by: their keys; None for one whose key is of nulls alone, which goes by itself."""
        places = [self._kept.index(name) for name in self.keys]
        parts = [hashable_parts([row[place] for row in values]) for place in places]
        if len(parts) == 1:
            return parts[0]
        return (None if key.count(None) == len(key) else key for key in zip(*parts, strict=True))

    def _in_line(self, chunks: Iterable[list[Sequence[Cell]]]) -> Iterator[list[Sequence[Cell]]]:
        """Rows in the order of `columns`."""
        if self._kept == self.columns:
            return self._whole(chunks)
        places = [self._kept.index(name) for name in self.columns]
        return ([tuple(row[place] for place in places) for row in rows] for rows in self._whole(chunks))

    def _whole(self, chunks: Iterable[list[Sequence[Cell]]]) -> Iterator[list[Sequence[Cell]]]:
        """Rows as they came last, with a cell for each column of `_kept`."""
        width, first = len(self._kept), 0
        for rows in chunks:
            whole = rows
            if self._newer:
                packed = map(self._newer.get, range(first, first + len(rows)))
                whole = [row if new is None else unpack_row(new) for row, new in zip(rows, packed, strict=True)]
            if min(map(len, whole)) < width:
                whole = [(*row, *(None,) * (width - len(row))) for row in whole]
            first += len(rows)
            yield whole


def hashable_parts(values: Sequence[Any]) -> Sequence[Any]:
    """Values of one key column as a dictionary can hold them."""
    return values if ODD_KEYS.isdisjoint(map(type, values)) else list(map(hashable, values))


def hashable(part: Any) -> Any:
    """A part of a key as a dictionary can hold it."""
    if isinstance(part, (dict, list, bool)):
        if isinstance(part, dict):
            return ("object", *((name, hashable(value)) for name, value in part.items()))
        return ("array", *map(hashable, part)) if isinstance(part, list) else (part,)
    return part
