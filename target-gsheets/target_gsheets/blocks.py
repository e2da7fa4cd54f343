"""Values for rectangles of a sheet, and the two ways in which they travel. Pure.

Within a batchUpdate they are updateCells with typed userEnteredValue: a text is a stringValue whatever it begins with,
so that nothing is ever parsed as a formula, a date or a number. On their way to a hidden sheet they are RAW values,
which aren't parsed either, in a quarter of the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from target_gsheets import batch
from target_gsheets.cells import Cell
from target_gsheets.diff import CellRun
from target_gsheets.workbook import Row

Request: TypeAlias = "dict[str, Any]"

# The largest updateCells that a plan makes, so that commits can be packed near their limit.
MAX_CHUNK_BYTES = 1_000_000
# What updateCells puts around a cell, {"userEnteredValue":{"stringValue":…}}, and around a block.
CELL_FRAME_BYTES = 40
BLOCK_FRAME_BYTES = 130

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Block:
    """Values for a rectangle: `row` and `column` are its top left cell in the grid; `fresh` says that it is blank."""

    sheet_id: int
    row: int
    column: int
    rows: Sequence[Row]
    fresh: bool = False

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def request_bytes(self) -> int:
        """About how many bytes of updateCells it takes."""
        return BLOCK_FRAME_BYTES + sum(map(request_bytes, self.rows))


def encoded_length(value: Any) -> int:
    """How many bytes of JSON something takes."""
    return len(_encoder.encode(value))


def request_bytes(row: Row) -> int:
    """About how many bytes of updateCells a row takes."""
    return encoded_length(row) + CELL_FRAME_BYTES * len(row)


def raw_bytes(row: Row) -> int:
    """How many bytes of RAW values a row takes."""
    return encoded_length(row) + 1


def cell_data(cell: Cell) -> dict[str, Any]:
    """A cell as CellData; an empty one has no value, which with `fields` clears what is there."""
    if cell is None:
        return {}
    if isinstance(cell, bool):
        return {"userEnteredValue": {"boolValue": cell}}
    if isinstance(cell, str):
        return {"userEnteredValue": {"stringValue": cell}}
    return {"userEnteredValue": {"numberValue": cell}}


def parse_cell_data(answer: dict[str, Any]) -> Cell:
    """A cell as it was read from the CellData of an answer; a formula is its text."""
    value: Cell = next(iter(answer.get("userEnteredValue", {}).values()), None)
    return value


def write_requests(block: Block) -> Iterator[Request]:
    """Set the values of a block, formats untouched."""
    for chunk in split_block(block, MAX_CHUNK_BYTES, request_bytes):
        yield batch.write_cells(
            chunk.sheet_id, chunk.row, chunk.column, [[cell_data(cell) for cell in cells] for cells in chunk.rows]
        )


def split_block(block: Block, max_bytes: int, row_bytes: Any) -> Iterator[Block]:
    """A block in pieces of about `max_bytes`, each of whole rows; `row_bytes` says how much a row takes."""
    first = size = 0
    for number, row in enumerate(block.rows):
        length = row_bytes(row)
        if number > first and size + length > max_bytes:
            yield piece(block, first, number)
            first, size = number, 0
        size += length
    if first < len(block.rows):
        yield piece(block, first, len(block.rows))


def piece(block: Block, first: int, end: int) -> Block:
    """Some rows of a block."""
    rows = block.rows if end - first == len(block.rows) else block.rows[first:end]
    return Block(block.sheet_id, block.row + first, block.column, rows, block.fresh)


def segments(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Split ascending positions where somebody else's column stands between: pairs of indices, end exclusive."""
    start = 0
    for index in range(1, len(places) + 1):
        if index == len(places) or places[index] != places[index - 1] + 1:
            yield start, index
            start = index


def merge_runs(sheet_id: int, row: int, runs: Iterable[CellRun], places: Sequence[int]) -> Iterator[Block]:
    """Changed cells as blocks: runs split at people's columns, equals stacked.

    `row` is the place in the grid of the runs' row 0, `places` has the position of each column in the grid.
    """
    rows: list[Row] = []
    first = column = width = -1
    for run in runs:
        for start, end in segments(places[run.column : run.column + len(run.cells)]):
            place, cells = places[run.column + start], run.cells[start:end]
            if rows and (run.row, place, len(cells)) == (first + len(rows), column, width):
                rows.append(cells)
                continue
            if rows:
                yield Block(sheet_id, row + first, column, rows)
            rows, first, column, width = [cells], run.row, place, len(cells)
    if rows:
        yield Block(sheet_id, row + first, column, rows)
