"""(one sheet now, the sheet wanted) -> the requests that turn the one into the other.

Requests come in this order, each in the coordinates that the ones before it leave: sheet and columns, header, changed
cells, removed rows (from the bottom), added rows. The grid keeps one blank row and one blank column as a margin, so
that every insertion has a neighbour to take its format from, and the last row can be removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.columns import Layout, header_key, lay_out
from target_gsheets.diff import RowChanges, diff_rows
from target_gsheets.errors import SheetError
from target_gsheets.proof import Verdict
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Content, Mark, Row, Sheet

Request: TypeAlias = "dict[str, Any]"

MARGIN = 1
# Without proof that a stream is whole, no more than this share of a sheet's rows is removed.
MAX_UNPROVEN_DELETE_RATIO = 0.5


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What happens to one sheet: counts of rows, and the requests that do it."""

    stream: str
    title: str
    rows: int
    columns: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    kept: int = 0  # rows that would have gone, had the stream been proven whole
    grid_cells: int = 0
    requests: tuple[Request, ...] = ()


def plan_new_sheet(wanted: WantedSheet, title: str, sheet_id: int, index: int | None) -> SheetPlan:
    """A sheet that isn't there yet, at a place among the tabs or behind them all."""
    row_count, column_count = len(wanted.rows) + 1 + MARGIN, len(wanted.columns) + MARGIN
    return SheetPlan(
        stream=wanted.stream,
        title=title,
        rows=len(wanted.rows),
        columns=len(wanted.columns),
        added=len(wanted.rows),
        grid_cells=row_count * column_count,
        requests=(batch.add_sheet(sheet_id, title, row_count, column_count, index), *fill_requests(sheet_id, wanted)),
    )


def plan_blank_sheet(sheet: Sheet, wanted: WantedSheet) -> SheetPlan:
    """A sheet with nothing in it: as a new one, but its grid only grows, since people may have prepared it."""
    row_count = max(sheet.row_count, len(wanted.rows) + 1 + MARGIN)
    column_count = max(sheet.column_count, len(wanted.columns) + MARGIN)
    fits = (sheet.row_count, sheet.column_count, sheet.frozen_rows) == (row_count, column_count, 1)
    resize = () if fits else (batch.resize_sheet(sheet.sheet_id, row_count, column_count),)
    return SheetPlan(
        stream=wanted.stream,
        title=sheet.title,
        rows=len(wanted.rows),
        columns=len(wanted.columns),
        added=len(wanted.rows),
        grid_cells=row_count * column_count,
        requests=(*resize, *fill_requests(sheet.sheet_id, wanted, sheet.mark)),
    )


def fill_requests(sheet_id: int, wanted: WantedSheet, mark: Mark | None = None) -> Iterator[Request]:
    """Fill an empty sheet: header, formats, rows, and our mark on it."""
    columns = len(wanted.columns)
    if columns:
        yield batch.write_rows(sheet_id, 0, 0, [wanted.columns])
        yield batch.bold_header(sheet_id, 0, columns)
    for position, number_format in enumerate(wanted.formats):
        if number_format:
            yield batch.format_column(sheet_id, position, number_format)
        yield batch.widen_column(sheet_id, position, wanted.widths[position])
    for first, rows in batch.chunk_rows(wanted.rows):
        yield batch.write_rows(sheet_id, first + 1, 0, rows)
    yield from mark_requests(sheet_id, wanted, mark)


def mark_requests(sheet_id: int, wanted: WantedSheet, mark: Mark | None) -> Iterator[Request]:
    """Our mark on a sheet, where it isn't there as it should be."""
    renewed = Mark(wanted.stream, wanted.columns, mark.metadata_id if mark else 0)
    if mark is None or renewed.to_value() != mark.to_value():
        yield batch.write_mark(sheet_id, renewed)


def plan_sheet(sheet: Sheet, content: Content, wanted: WantedSheet) -> SheetPlan:
    """A sheet that is there: change what differs and nothing else."""
    if content.is_blank:
        return plan_blank_sheet(sheet, wanted)
    layout = lay_out(content.header, sheet.mark.columns if sheet.mark else (), wanted.columns)
    order = sorted(range(len(wanted.columns)), key=layout.then.__getitem__)
    changes, kept = compare(sheet, content, wanted, layout, order)
    places = tuple(layout.then[column] for column in order)
    requests = (
        *grid_requests(sheet, wanted, layout, changes),
        *header_requests(sheet, wanted, layout),
        *row_requests(sheet.sheet_id, changes, places),
    )
    rows_after = sheet.row_count + len(changes.added) - len(changes.removed)
    columns_after = sheet.column_count + len(layout.inserted) - len(layout.removed)
    return SheetPlan(
        stream=wanted.stream,
        title=sheet.title,
        rows=len(wanted.rows),
        columns=len(wanted.columns),
        added=len(changes.added),
        changed=changes.changed_rows,
        removed=len(changes.removed),
        kept=kept,
        grid_cells=rows_after * columns_after,
        requests=requests,
    )


def compare(
    sheet: Sheet, content: Content, wanted: WantedSheet, layout: Layout, order: Sequence[int]
) -> tuple[RowChanges, int]:
    """The row changes, columns in sheet order, and how many rows stay only for want of proof."""
    now = project(content.rows, [layout.now[column] for column in order])
    rows = reorder(wanted.rows, order)
    keys = [order.index(key) for key in keys_to_match(sheet, wanted, layout)]
    remove = wanted.verdict in {Verdict.WHOLE, Verdict.LIKELY_WHOLE}
    changes = diff_rows(now, rows, keys=keys, remove=remove, row_capacity=sheet.row_count - 1)
    too_many = len(changes.removed) > MAX_UNPROVEN_DELETE_RATIO * len(now)
    if wanted.verdict is Verdict.LIKELY_WHOLE and too_many:
        careful = diff_rows(now, rows, keys=keys, remove=False, row_capacity=sheet.row_count - 1)
        return careful, len(changes.removed)
    return changes, 0


def keys_to_match(sheet: Sheet, wanted: WantedSheet, layout: Layout) -> Sequence[int]:
    """The key columns by which rows are matched; none where the key is new, and rows go by their content once.

    Raise SheetError where a column that we wrote can't be found: all rows would look like people's own, and come twice.
    """
    if sheet.mark is None:
        return wanted.keys
    ours = {header_key(name) for name in sheet.mark.columns}
    lost = [wanted.columns[key] for key in wanted.keys if layout.now[key] is None]
    if any(header_key(name) in ours for name in lost) or (ours and all(place is None for place in layout.now)):
        names = ", ".join(map(repr, lost or wanted.columns[:3]))
        raise SheetError(
            f"the first row of the sheet {sheet.title!r} lacks the header {names}: put it back where it was, or delete "
            "the sheet, and the next run makes it anew"
        )
    return () if lost else wanted.keys


def project(rows: Sequence[Row], positions: Sequence[int | None]) -> list[Row]:
    """The cells of these columns, empty where a row is short or the column isn't there yet."""
    width = len(positions)
    if list(positions) == list(range(width)):
        return [(*row[:width], *(None,) * (width - len(row))) for row in rows]
    return [tuple(None if place is None or place >= len(row) else row[place] for place in positions) for row in rows]


def reorder(rows: Sequence[Row], order: Sequence[int]) -> Sequence[Row]:
    """Rows with their cells in another order."""
    if list(order) == list(range(len(order))):
        return rows
    pick = itemgetter(*order)
    return [pick(row) for row in rows]


def grid_requests(sheet: Sheet, wanted: WantedSheet, layout: Layout, changes: RowChanges) -> Iterator[Request]:
    """Columns that come and go, and the margin that insertions need."""
    lowest_row = max([changes.after + 1, *(row + 1 for row in changes.removed)])
    if (changes.added or changes.removed) and lowest_row >= sheet.row_count - MARGIN:
        yield batch.append_dimension(sheet.sheet_id, "ROWS", MARGIN)
    if max([-1, *layout.inserted, *layout.removed]) >= sheet.column_count - MARGIN:
        yield batch.append_dimension(sheet.sheet_id, "COLUMNS", MARGIN)
    for position in layout.inserted:
        yield batch.insert_dimension(sheet.sheet_id, "COLUMNS", position, 1)
    for position in layout.removed:
        yield batch.delete_dimension(sheet.sheet_id, "COLUMNS", position, position + 1)
    if sheet.mark is None:
        yield batch.freeze_header(sheet.sheet_id, max(1, sheet.frozen_rows))
    yield from mark_requests(sheet.sheet_id, wanted, sheet.mark)


def header_requests(sheet: Sheet, wanted: WantedSheet, layout: Layout) -> Iterator[Request]:
    """The header and the format of the columns that are new; those of the others are people's to change."""
    for column, (was, position) in enumerate(zip(layout.now, layout.then, strict=True)):
        if was is None:
            yield batch.write_rows(sheet.sheet_id, 0, position, [(wanted.columns[column],)])
            yield batch.bold_header(sheet.sheet_id, position, position + 1)
            yield batch.format_column(sheet.sheet_id, position, wanted.formats[column])
            yield batch.widen_column(sheet.sheet_id, position, wanted.widths[column])
        elif sheet.mark is None:
            yield batch.bold_header(sheet.sheet_id, position, position + 1)
            if wanted.formats[column]:
                yield batch.format_column(sheet.sheet_id, position, wanted.formats[column])


def row_requests(sheet_id: int, changes: RowChanges, places: Sequence[int]) -> Iterator[Request]:
    """Changed cells, removed rows from the bottom up, added rows. Row 0 of the changes is row 1 of the grid."""
    for top, column, block in batch.merge_runs(changes.changed, places):
        for first, rows in batch.chunk_rows(block):
            yield batch.write_rows(sheet_id, top + first + 1, column, rows)
    for first, end in batch.group_descending(changes.removed):
        yield batch.delete_dimension(sheet_id, "ROWS", first + 1, end + 1)
    if not changes.added:
        return
    at = changes.after + 2 - sum(row <= changes.after for row in changes.removed)
    yield batch.insert_dimension(sheet_id, "ROWS", at, len(changes.added))
    for start, end in batch.segments(places):
        for first, rows in batch.chunk_rows([row[start:end] for row in changes.added]):
            yield batch.write_rows(sheet_id, at + first, places[start], rows)
