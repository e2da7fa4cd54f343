"""Do the cells below a header look like those of a wanted column? Pure. Headers may be written over by people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from target_gsheets.cells import Cell
from target_gsheets.columns import header_key
from target_gsheets.diff import comparable, same_cell
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Row


def alike(header: Row, rows: Sequence[Row], wanted: WantedSheet) -> Callable[[int, int], bool]:
    """A judge of whether the cells at a position are those of a wanted column: nine of ten are.

    They are compared row by row, rows by their key, as far as headers tell where that is; else as a whole. People's
    own rows, which have no key, say nothing of a column.
    """

    def is_alike(position: int, column: int) -> bool:
        places = [header_place(header, wanted.columns[key]) for key in wanted.keys]
        if not places or None in places or column in wanted.keys:
            now, then = Counter(column_cells(rows, position)), Counter(column_cells(wanted.rows, column))
            return 2 * (now & then).total() >= max(now.total(), 1) if then else not now
        by_key = {comparable(row[key] for key in wanted.keys): row for row in wanted.rows}
        pairs = [
            (cell_at(row, position), by_key[key][column])
            for row in rows
            if (key := comparable(cell_at(row, place) for place in places)) in by_key
        ]
        return 10 * sum(same_cell(now, then) for now, then in pairs) >= 9 * len(pairs)

    return is_alike


def header_place(header: Row, name: str) -> int | None:
    """Where a header stands first."""
    return next((place for place, cell in enumerate(header) if header_key(cell) == header_key(name)), None)


def cell_at(row: Row, place: int | None) -> Cell:
    """A cell of a row whose empty ones at the end are missing."""
    return row[place] if place is not None and place < len(row) else None


def column_cells(rows: Sequence[Row], place: int) -> Iterator[Cell | tuple[Cell]]:
    """The cells of a column that aren't empty, for counting: TRUE is not 1."""
    return (cell for row in rows for cell in comparable([cell_at(row, place)]) if cell is not None)
