"""The rows of one stream, until the run's end: last key wins, in the order of first appearance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec


class RowBuffer:
    """Rows as tuples of JSON values in the order of `columns`; a new schema re-aligns what is there."""

    def __init__(self) -> None:
        self.columns: tuple[str, ...] = ()
        self.schema: dict[str, Any] = {}
        self.keys: tuple[str, ...] = ()
        self._rows: dict[Any, tuple[Any, ...]] = {}
        self._unkeyed = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows.values())

    def set_schema(self, schema: Mapping[str, Any], keys: Sequence[str]) -> None:
        """Take a SCHEMA; rows that came before it keep what the two have in common."""
        before, rows = self.columns, list(self)
        self.schema = dict(schema["properties"])
        self.columns = tuple(self.schema)
        self.keys = tuple(keys)
        self._rows.clear()
        for row in rows:
            self.add(dict(zip(before, row, strict=True)))

    def add(self, record: Mapping[str, Any]) -> None:
        """Add a record, or put it in the place of the one with the same key."""
        key: Any
        if self.keys:
            key = hashable(tuple(map(record.get, self.keys)))
        else:
            key = self._unkeyed
            self._unkeyed += 1
        self._rows[key] = tuple(map(record.get, self.columns))

    def clear(self) -> None:
        """Forget all rows: a newer version of the stream begins."""
        self._rows.clear()


def hashable(key: tuple[Any, ...]) -> Any:
    """The key itself, or its JSON where a part of it is an object or an array."""
    try:
        hash(key)
    except TypeError:
        return msgspec.json.encode(key)
    return key
