"""(workbook now, sheets wanted) -> one plan: requests, packed into commits. A plan is data; applying it is dumb.

Requests of a sheet come in this order, each in the coordinates that the ones before it leave: sheet and columns,
header, changed cells, removed rows (from the bottom), added rows. The grid keeps one blank row and one blank column
as a margin, so that every insertion has a neighbour to take its format from, and the last row can be removed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.columns import Layout, lay_out
from target_gsheets.diff import RowChanges, diff_rows
from target_gsheets.limits import pack, refuse_too_large
from target_gsheets.proof import Verdict
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Content, Mark, Row, Sheet, Workbook, find_sheet

Request: TypeAlias = "dict[str, Any]"

MARGIN = 1
DEFAULT_GRID = (1000, 26)  # of the one sheet in a new workbook, seen in recordings
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


@dataclass(frozen=True, slots=True)
class Plan:
    """The sheets of a run, and their requests in commits; each commit is applied wholly or not at all."""

    sheets: tuple[SheetPlan, ...]
    commits: tuple[tuple[Request, ...], ...]


def make_plan(
    workbook: Workbook,
    contents: Mapping[int, Content],
    wanted: Sequence[WantedSheet],
    new_sheet_id: Callable[[], int],
) -> Plan:
    """Plan a run. `contents` has the cells of the sheets that `find_sheet` finds, by sheet id.

    Raise LimitError, naming the largest streams, when the workbook would outgrow what Google allows.
    """
    plans = []
    indices = itertools.count() if is_fresh(workbook) else itertools.repeat(None)
    for sheet_wanted in wanted:
        sheet = find_sheet(workbook, sheet_wanted.stream, sheet_wanted.title)
        if sheet is None:
            title = free_title(workbook, sheet_wanted.title)
            plans.append(plan_new_sheet(sheet_wanted, title, new_sheet_id(), next(indices)))
        else:
            plans.append(plan_sheet(sheet, contents[sheet.sheet_id], sheet_wanted))
    others = (sheet for sheet in workbook.sheets if sheet.sheet_id not in contents)
    refuse_too_large(
        {plan.stream: (plan.grid_cells, plan.columns + MARGIN) for plan in plans},
        other_cells=sum(sheet.row_count * sheet.column_count for sheet in others),
    )
    return Plan(tuple(plans), tuple(pack([request for plan in plans for request in plan.requests])))


def is_fresh(workbook: Workbook) -> bool:
    """Whether there is nothing but the sheet that Google gives a new workbook: then ours come before it.

    Whoever opens the workbook sees the first tab, and that should be data.
    """
    if len(workbook.sheets) != 1:
        return False
    only = workbook.sheets[0]
    return only.mark is None and (only.row_count, only.column_count) == DEFAULT_GRID


def free_title(workbook: Workbook, title: str) -> str:
    """The title, or the next free one where a sheet of another stream has it."""
    taken = {sheet.title.casefold() for sheet in workbook.sheets}
    number, free = 1, title
    while free.casefold() in taken:
        number += 1
        free = f"{title[:90]} ({number})"
    return free


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
    resize = batch.resize_sheet(sheet.sheet_id, row_count, column_count)
    return SheetPlan(
        stream=wanted.stream,
        title=sheet.title,
        rows=len(wanted.rows),
        columns=len(wanted.columns),
        added=len(wanted.rows),
        grid_cells=row_count * column_count,
        requests=(resize, *fill_requests(sheet.sheet_id, wanted, sheet.mark)),
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
    for first, rows in batch.chunk_rows(wanted.rows):
        yield batch.write_rows(sheet_id, first + 1, 0, rows)
    yield batch.write_mark(sheet_id, Mark(wanted.stream, wanted.columns, mark.metadata_id if mark else 0))


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
    keys = [order.index(wanted.columns.index(key)) for key in wanted.keys]
    remove = wanted.verdict in {Verdict.WHOLE, Verdict.LIKELY_WHOLE}
    changes = diff_rows(now, rows, keys=keys, remove=remove, row_capacity=sheet.row_count - 1)
    too_many = len(changes.removed) > MAX_UNPROVEN_DELETE_RATIO * len(now)
    if wanted.verdict is Verdict.LIKELY_WHOLE and too_many:
        careful = diff_rows(now, rows, keys=keys, remove=False, row_capacity=sheet.row_count - 1)
        return careful, len(changes.removed)
    return changes, 0


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
    if layout.inserted and max(layout.inserted) >= sheet.column_count:
        yield batch.append_dimension(sheet.sheet_id, "COLUMNS", MARGIN)
    for position in layout.inserted:
        yield batch.insert_dimension(sheet.sheet_id, "COLUMNS", position, 1)
    for position in layout.removed:
        yield batch.delete_dimension(sheet.sheet_id, "COLUMNS", position, position + 1)
    mark = Mark(wanted.stream, wanted.columns, sheet.mark.metadata_id if sheet.mark else 0)
    if sheet.mark is None:
        yield batch.freeze_header(sheet.sheet_id, max(1, sheet.frozen_rows))
    if mark != sheet.mark and (sheet.mark is None or mark.to_value() != sheet.mark.to_value()):
        yield batch.write_mark(sheet.sheet_id, mark)


def header_requests(sheet: Sheet, wanted: WantedSheet, layout: Layout) -> Iterator[Request]:
    """The header and the format of the columns that are new; those of the others are people's to change."""
    for name, number_format, was, position in zip(wanted.columns, wanted.formats, layout.now, layout.then, strict=True):
        if was is None:
            yield batch.write_rows(sheet.sheet_id, 0, position, [(name,)])
            yield batch.bold_header(sheet.sheet_id, position, position + 1)
            yield batch.format_column(sheet.sheet_id, position, number_format)
        elif sheet.mark is None and number_format:
            yield batch.format_column(sheet.sheet_id, position, number_format)


def row_requests(sheet_id: int, changes: RowChanges, places: Sequence[int]) -> Iterator[Request]:
    """Changed cells, removed rows from the bottom up, added rows. Row 0 of the changes is row 1 of the grid."""
    for first, column, block in batch.merge_runs(changes.changed, places):
        yield batch.write_rows(sheet_id, first + 1, column, block)
    for first, end in batch.group_descending(changes.removed):
        yield batch.delete_dimension(sheet_id, "ROWS", first + 1, end + 1)
    if not changes.added:
        return
    at = changes.after + 2 - sum(row <= changes.after for row in changes.removed)
    yield batch.insert_dimension(sheet_id, "ROWS", at, len(changes.added))
    for start, end in batch.segments(places):
        for first, rows in batch.chunk_rows([row[start:end] for row in changes.added]):
            yield batch.write_rows(sheet_id, at + first, places[start], rows)
