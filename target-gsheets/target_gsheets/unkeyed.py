"""Rows whose key is empty -> what the mark remembers of them, so that they can go again. Pure.

Nothing tells such a row from one that people wrote below the data, but that we wrote it: so the mark has a digest of
each. It goes by the cells that aren't empty, with the names of their columns, so that a new column changes none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence

from target_gsheets.cells import as_read
from target_gsheets.diff import comparable, is_ours
from target_gsheets.workbook import Row

# Eight characters each, of the 30,000 that a sheet's metadata may have; of more such rows none is remembered.
MAX_UNKEYED = 1_000


def unkeyed_digest(names: Sequence[str], row: Row) -> str:
    """What a row without a key goes by: eight hexadecimal digits; the names are those of its columns."""
    cells = comparable(map(as_read, row))
    filled = sorted((name, repr(cell)) for name, cell in zip(names, cells, strict=True) if cell is not None)
    return hashlib.blake2b(repr(filled).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def unkeyed_digests(names: Sequence[str], rows: Iterable[Row], keys: Sequence[int]) -> Iterator[str]:
    """The digests of the rows without a key; blank ones have none."""
    return (
        unkeyed_digest(names, row) for row in rows if not is_ours(row, keys) and any(cell is not None for cell in row)
    )


def to_remember(digests: Collection[str]) -> tuple[str, ...]:
    """The digests for the mark, each once; none where they are too many."""
    found = tuple(sorted({*digests}))
    return found if len(found) <= MAX_UNKEYED else ()
