"""The rows of one stream, until the run's end: last key wins, in the order of first appearance.

A value stays until then even where a newer SCHEMA doesn't name its column, since a later one may name it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


class RowBuffer:
    """Rows as tuples of JSON values in the order of `columns`, those of the last SCHEMA."""

    def __init__(self) -> None:
        self.columns: tuple[str, ...] = ()
        self.schema: dict[str, Any] = {}
        self.keys: tuple[str, ...] = ()
        self._rows: dict[Any, tuple[Any, ...]] = {}  # in the order of `_kept`
        self._kept: tuple[str, ...] = ()  # the columns of all SCHEMAs
        self._taken: tuple[str | None, ...] = ()  # the same with None, which no record has, for those of older ones
        self._unkeyed = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        if self._kept == self.columns:
            return iter(self._rows.values())
        places = [self._kept.index(name) for name in self.columns]
        return (tuple(row[place] for place in places) for row in self._rows.values())

    def set_schema(self, schema: Mapping[str, Any], keys: Sequence[str]) -> None:
        """Take a SCHEMA; rows that came before it keep what they have of its columns, and go by its keys."""
        self.schema = dict(schema["properties"])
        self.columns = tuple(self.schema)
        new = tuple(name for name in self.columns if name not in self._kept)
        self._kept += new
        self._taken = tuple(name if name in self.schema else None for name in self._kept)
        if new:
            self._rows = {key: row + (None,) * len(new) for key, row in self._rows.items()}
        if self.keys != tuple(keys):
            self.keys = tuple(keys)
            rows = list(self._rows.values())
            self._rows.clear()
            for row in rows:
                self._rows[self._key_of(dict(zip(self._kept, row, strict=True)))] = row

    def add(self, record: Mapping[Any, Any]) -> None:
        """Add a record, or put it in the place of the one with the same key."""
        self._rows[self._key_of(record)] = tuple(map(record.get, self._taken))

    def clear(self) -> None:
        """Forget all rows: a newer version of the stream begins."""
        self._rows.clear()

    def _key_of(self, record: Mapping[Any, Any]) -> Any:
        """What a row goes by: its key; where it has none, or one of nulls alone, by itself."""
        key = tuple(map(hashable, map(record.get, self.keys)))
        if key.count(None) < len(key):
            return key
        self._unkeyed += 1
        return self._unkeyed


def hashable(part: Any) -> Any:
    """A part of a key as a dictionary can hold it: in a sheet, and so here, TRUE isn't 1."""
    if isinstance(part, (dict, list, bool)):
        if isinstance(part, dict):
            return ("object", *((name, hashable(value)) for name, value in part.items()))
        return ("array", *map(hashable, part)) if isinstance(part, list) else (part,)
    return part
