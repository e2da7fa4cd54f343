"""A sheet that isn't there yet, or is blank -> the steps that fill it. Pure; also what a plan of one sheet is.

The grid keeps one blank row and one blank column as a margin, so that every insertion has a neighbour to take its
format from, and the last row can be removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.blocks import Block
from target_gsheets.diff import keys_digest
from target_gsheets.marks import ColumnMark, StreamMark
from target_gsheets.rows import Table
from target_gsheets.unkeyed import to_remember, unkeyed_digests
from target_gsheets.verification import Expected
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Row, Sheet

Request: TypeAlias = "dict[str, Any]"
Step: TypeAlias = "Request | Block"

MARGIN = 1
# Of the one sheet in a new workbook, seen in recordings: a grid of this size is nobody's waste.
DEFAULT_ROWS, DEFAULT_COLUMNS = 1000, 26


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A sheet to be made: its id, title, grid, its place among the tabs (None: behind them all), and our mark on it."""

    sheet_id: int
    title: str
    row_count: int
    column_count: int
    index: int | None
    mark: StreamMark


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What happens to one sheet: counts of rows, the size of its grid, and the steps that do it."""

    stream: str
    sheet_id: int
    title: str
    rows: int  # of the sheet as it will be, people's own not counted
    columns: int
    places: Sequence[int] = ()  # where our columns will stand, from left to right
    added: int = 0
    changed: int = 0
    removed: int = 0
    changed_cells: int = 0  # of the changed rows
    kept: int = 0  # rows that would have gone, had the stream been proven whole
    grid_cells: int = 0
    peak_cells: int = 0  # while it is being changed
    new: NewSheet | None = None
    adopted: bool = False  # it was somebody's, with other columns, and is emptied first
    copied: bool = False  # it was somebody's, and what it held is kept in a hidden copy
    steps: tuple[Step, ...] = ()
    expected: Expected | None = None
    standing: tuple[Row, ...] = ()  # the rows that the next look must find, where the stream doesn't bring them all

    @property
    def span(self) -> tuple[int, int]:
        """The columns from the first of ours to the last, end exclusive."""
        return (self.places[0], self.places[-1] + 1) if self.places else (0, 0)


def plan_new_sheet(wanted: WantedSheet, title: str, sheet_id: int, index: int | None) -> SheetPlan:
    """A sheet that isn't there yet, at a place among the tabs or behind them all."""
    row_count, column_count = len(wanted.rows) + 1 + MARGIN, len(wanted.columns) + MARGIN
    return SheetPlan(
        stream=wanted.stream,
        sheet_id=sheet_id,
        title=title,
        rows=len(wanted.rows),
        columns=len(wanted.columns),
        places=range(len(wanted.columns)),
        added=len(wanted.rows),
        grid_cells=row_count * column_count,
        peak_cells=row_count * column_count,
        new=NewSheet(sheet_id, title, row_count, column_count, index, fresh_mark(wanted)),
        steps=tuple(fill_steps(sheet_id, wanted)),
    )


def plan_blank_sheet(sheet: Sheet, wanted: WantedSheet) -> SheetPlan:
    """A sheet with nothing in it: as a new one, but what people may have prepared in a grid of usual size stays."""
    row_count = max(min(sheet.row_count, DEFAULT_ROWS), len(wanted.rows) + 1 + MARGIN)
    column_count = max(min(sheet.column_count, DEFAULT_COLUMNS), len(wanted.columns) + MARGIN, sheet.frozen_columns + 1)
    resize = [
        batch.resize_sheet(sheet.sheet_id, dimension, length)
        for dimension, was, length in (
            ("COLUMNS", sheet.column_count, column_count),
            ("ROWS", sheet.row_count, row_count),
        )
        if was != length
    ]
    if column_count > sheet.column_count:
        resize.reverse()  # what shrinks goes first, so that rows x columns never passes the limit in between
    freeze = [] if sheet.frozen_rows == 1 else [batch.freeze_header(sheet.sheet_id, 1)]
    return SheetPlan(
        stream=wanted.stream,
        sheet_id=sheet.sheet_id,
        title=sheet.title,
        rows=len(wanted.rows),
        columns=len(wanted.columns),
        places=range(len(wanted.columns)),
        added=len(wanted.rows),
        grid_cells=row_count * column_count,
        peak_cells=row_count * column_count,
        steps=(
            *resize,
            *freeze,
            *fill_steps(sheet.sheet_id, wanted, noted=sheet.mark is None),
            *mark_steps(sheet.sheet_id, sheet.mark, fresh_mark(wanted)),
        ),
    )


def fill_steps(sheet_id: int, wanted: WantedSheet, *, noted: bool = True) -> Iterator[Step]:
    """Fill an empty sheet: header, formats, rows; and notes, where nobody can have changed any."""
    if wanted.columns:
        yield Block(sheet_id, 0, 0, Table(wanted.columns, wanted.rows), fresh=True)
        yield batch.bold_header(sheet_id, 0, len(wanted.columns))
        if noted:
            yield batch.note_headers(sheet_id, 0, wanted.notes)
    for position, number_format in enumerate(wanted.formats):
        if number_format:
            yield batch.format_column(sheet_id, position, number_format)
        yield batch.widen_column(sheet_id, position, wanted.widths[position])


def fresh_mark(wanted: WantedSheet) -> StreamMark:
    """Our mark on a sheet that we fill."""
    columns = (ColumnMark(name, str(shown or "")) for name, shown in zip(wanted.columns, wanted.formats, strict=True))
    return StreamMark(
        stream=wanted.stream,
        columns=tuple(columns),
        keys=keys_digest(wanted.rows, wanted.keys),
        bookmark=wanted.bookmark,
        runs=wanted.runs_after(()),
        is_partial=wanted.is_partial,
        unkeyed=to_remember([*unkeyed_digests(wanted.columns, wanted.rows, wanted.keys)] if wanted.unkeyed else []),
    )


def mark_steps(sheet_id: int, mark: StreamMark | None, wanted: StreamMark) -> Iterator[Step]:
    """Our mark on a sheet, where it isn't there as it should be."""
    if mark is None:
        yield batch.leave_mark(sheet_id, wanted)
    elif wanted.to_value() != mark.to_value():
        yield batch.renew_mark(replace(wanted, metadata_id=mark.metadata_id))
