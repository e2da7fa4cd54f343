"""What Google allows, counted before anything is sent: cells of a workbook, size and number of requests of a call."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from target_gsheets.blocks import CELL_FRAME_BYTES, Block, encoded_length, request_bytes
from target_gsheets.cells import Cell
from target_gsheets.errors import LimitError, SheetError
from target_gsheets.workbook import MAX_CELLS

Request: TypeAlias = "dict[str, Any]"

MAX_COLUMNS = 18_278
# Google refuses bodies over 10,485,760 bytes; what is left is for the frame around the requests.
MAX_COMMIT_BYTES = 10_000_000
# ... and over 100,000 requests; the swap of the generation and what dead runs left behind take a few.
MAX_COMMIT_REQUESTS = 99_000


def refuse_too_large(sizes: Sequence[tuple[str, int]]) -> None:
    """Raise LimitError where the workbook to come is too large; `sizes` are its tabs, by title, and their cells."""
    total = sum(cells for _, cells in sizes)
    if total > MAX_CELLS:
        largest = sorted(sizes, key=lambda size: -size[1])[:3]
        named = ", ".join(f"{title!r} ({cells:,} cells)" for title, cells in largest)
        raise LimitError(
            f"The workbook would grow to {total:,} cells, and Google allows {MAX_CELLS:,}. Nothing was written. "
            f"The largest tabs are {named}: delete tabs, or blank rows and columns, or leave streams out in the tap's "
            "selection."
        )


def refuse_too_wide(columns: int) -> None:
    """Raise SheetError where a stream has more columns than a sheet may."""
    if columns > MAX_COLUMNS:
        raise SheetError(
            f"it needs {columns:,} columns, and a sheet holds {MAX_COLUMNS:,}: leave some out in the tap's selection"
        )


def refuse_too_long(blocks: Iterable[Block]) -> None:
    """Raise SheetError where a row alone is more than one call may carry."""
    for block in blocks:
        for number, row in enumerate(block.rows):
            if len(row) * CELL_FRAME_BYTES > MAX_COMMIT_BYTES // 2 or sum(map(length_of, row)) > MAX_COMMIT_BYTES // 2:
                size = request_bytes(row)
                if size > MAX_COMMIT_BYTES:
                    raise SheetError(
                        f"row {block.row + number + 1} of its sheet takes {size:,} bytes, and Google takes "
                        f"{MAX_COMMIT_BYTES:,} in one request: leave out the columns with the longest texts"
                    )


def length_of(cell: Cell) -> int:
    """How many characters a text has; nothing else is long."""
    return len(cell) if isinstance(cell, str) else 0


@dataclass(frozen=True, slots=True)
class Commit:
    """Requests that are applied together or not at all, and the stream that each is for, if it is for one."""

    requests: tuple[Request, ...]
    owners: tuple[str | None, ...]

    def maybe_owner(self, request: int | None) -> str | None:
        """The stream that a request is for, by its place among these; what stands before them is for none."""
        return self.owners[request] if request is not None and 0 <= request < len(self.owners) else None


def torn_streams(commits: Sequence[Commit]) -> set[str]:
    """The streams whose requests don't go in one commit."""
    return {
        owner
        for before, after in itertools.pairwise(commits)
        for owner in {*before.owners} & {*after.owners}
        if owner is not None
    }


def pack(requests: Iterable[tuple[str | None, Request]], max_requests: int = MAX_COMMIT_REQUESTS) -> Iterator[Commit]:
    """Requests (with their streams) in order, in as few commits as Google's limits on one call allow."""
    commit: list[tuple[str | None, Request]] = []
    size = 0
    for owner, request in requests:
        length = encoded_length(request) + 1
        if commit and (size + length > MAX_COMMIT_BYTES or len(commit) >= max_requests):
            yield make_commit(commit)
            commit, size = [], 0
        commit.append((owner, request))
        size += length
    if commit:
        yield make_commit(commit)


def make_commit(requests: Sequence[tuple[str | None, Request]]) -> Commit:
    """One commit of requests with their streams."""
    return Commit(tuple(request for _, request in requests), tuple(owner for owner, _ in requests))
