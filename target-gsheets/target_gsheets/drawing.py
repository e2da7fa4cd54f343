"""(the cells of a sheet now, cells wanted at some places) -> the requests that insert and write what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.blocks import cell_data
from target_gsheets.cells import Cell
from target_gsheets.diff import same_cell
from target_gsheets.verification import stretches

Request: TypeAlias = "dict[str, Any]"

MARGIN = 1  # blank rows and columns behind what is drawn


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, and the text that says that it is there already; without one it is written in any case."""

    text: str
    shown: str | None = None


@dataclass(slots=True)
class Drawing:
    """The cells of a sheet as they will be, and the requests so far that make them so."""

    sheet_id: int
    row_count: int
    column_count: int
    cells: list[list[Cell]]
    requests: list[Request]

    def insert_rows(self, at: int, count: int, *, like_above: bool = False) -> None:
        """Insert blank rows, which look like the row above them or the one below."""
        self.grow("ROWS", at + MARGIN)
        request = batch.insert_dimension(self.sheet_id, "ROWS", at, count)
        request["insertDimension"]["inheritFromBefore"] = like_above
        self.requests.append(request)
        self.row_count += count
        self.cells[at:at] = [[] for _ in range(count)]

    def insert_column(self, at: int) -> None:
        """Insert a blank column."""
        self.grow("COLUMNS", at + MARGIN)
        self.requests.append(batch.insert_dimension(self.sheet_id, "COLUMNS", at, 1))
        self.column_count += 1
        for row in self.cells:
            if len(row) > at:
                row.insert(at, None)

    def grow(self, dimension: str, length: int) -> None:
        """Give the grid at least so many rows or columns."""
        name = {"ROWS": "row_count", "COLUMNS": "column_count"}[dimension]
        missing = length - getattr(self, name)
        if missing > 0:
            self.requests.append(batch.append_dimension(self.sheet_id, dimension, missing))
            setattr(self, name, length)

    def cell(self, row: int, column: int) -> Cell:
        """What stands in a cell."""
        return self.cells[row][column] if row < len(self.cells) and column < len(self.cells[row]) else None

    def forget(self, row: int, column: int) -> None:
        """Have a cell written in any case: what it shows doesn't say what is in it."""
        if column < len(self.cells[row]):
            self.cells[row][column] = None


def write_cells(drawing: Drawing, wanted: Mapping[int, Mapping[int, Cell | Formula]]) -> Iterator[Request]:
    """Write the cells that differ, adjacent ones together; the rows are wanted by number, their cells by column."""
    differing: dict[tuple[int, int], list[int]] = {}  # from column to column -> rows
    for row in sorted(wanted):
        columns = (column for column, cell in wanted[row].items() if not is_there(drawing.cell(row, column), cell))
        for bounds in stretches(sorted(columns)):
            differing.setdefault(bounds, []).append(row)
    for (start, end), rows in sorted(differing.items()):
        for first, last in stretches(rows):
            cells = [[data_of(wanted[row][column]) for column in range(start, end)] for row in range(first, last)]
            yield batch.write_cells(drawing.sheet_id, first, start, cells)


def is_there(now: Cell, wanted: Cell | Formula) -> bool:
    """Whether a cell is as it shall be."""
    if isinstance(wanted, Formula):
        return wanted.shown is not None and same_cell(now, wanted.shown)
    return same_cell(now, wanted)


def data_of(cell: Cell | Formula) -> dict[str, Any]:
    """A cell as CellData."""
    return {"userEnteredValue": {"formulaValue": cell.text}} if isinstance(cell, Formula) else cell_data(cell)
