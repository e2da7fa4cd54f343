"""(one sheet now, the sheet wanted) -> the steps that turn the one into the other. Pure.

Steps come in this order, each in the coordinates that the ones before it leave: columns, header, changed cells, added
rows, removed rows (from the bottom), mark. Rows come before others go, so that a change in several commits never
empties a sheet; only where the workbook has no room for both they go first.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from target_gsheets import batch
from target_gsheets.applied import AppliedRows
from target_gsheets.blocks import Block, merge_runs, segments
from target_gsheets.comparison import Comparison, compare
from target_gsheets.diff import is_ours, row_after_removal
from target_gsheets.filling import (
    DEFAULT_COLUMNS,
    DEFAULT_ROWS,
    MARGIN,
    SheetPlan,
    Step,
    mark_steps,
    plan_blank_sheet,
)
from target_gsheets.marks import KEPT
from target_gsheets.proof import Guards, Verdict
from target_gsheets.rows import reorder
from target_gsheets.verification import expect
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Content, Row, Sheet

# The header of a column that left the source and stays, in shares of red, green and blue.
GREY = 0.6, 0.6, 0.6
# More blocks of changed cells than this in a sheet don't fit into one request of the usual size.
MAX_PICKED_BLOCKS = 10_000


def plan_sheet(
    sheet: Sheet, content: Content, wanted: WantedSheet, guards: Guards, *, removals_first: bool = False
) -> SheetPlan:
    """A sheet that is there: change what differs and nothing else.

    Raise SheetError where that would do harm.
    """
    if content.is_blank:
        return plan_blank_sheet(sheet, wanted)
    found = compare(sheet, content, wanted, guards)
    changes, layout = found.changes, found.layout
    rows = [addition_steps(sheet, found, removals_first), removal_steps(sheet, found, removals_first)]
    steps = [
        *column_steps(sheet, wanted, found),
        *(batch.colour_header(sheet.sheet_id, *place) for place in coloured_headers(sheet, found)),
        *(Block(sheet.sheet_id, 0, layout.then[column], [(layout.headers[column],)]) for column in layout.healed),
        *change_steps(sheet, content, found),
        *itertools.chain.from_iterable(reversed(rows) if removals_first else rows),
        *mark_steps(sheet.sheet_id, sheet.mark, found.mark),
    ]
    trimmed = trim_grid(sheet, content) if steps else {}
    trims = (batch.delete_dimension(sheet.sheet_id, name, *bounds) for name, bounds in trimmed.items())
    columns = sheet.column_count + len(layout.inserted) - len(layout.removed) - cut_length(trimmed, "COLUMNS")
    rows_before = sheet.row_count - cut_length(trimmed, "ROWS")
    return SheetPlan(
        stream=wanted.stream,
        sheet_id=sheet.sheet_id,
        title=sheet.title,
        rows=rows_after(found, wanted),
        columns=len(wanted.columns),
        places=found.places,
        added=len(changes.added),
        changed=changes.changed_rows,
        removed=len(changes.removed),
        changed_cells=sum(len(run.cells) for run in changes.changed),
        kept=found.kept,
        grid_cells=(rows_before + len(changes.added) - len(changes.removed)) * columns,
        peak_cells=(rows_before + (0 if removals_first else len(changes.added))) * columns,
        steps=(*trims, *steps),
        expected=expect(sheet, found),
        standing=standing_rows(found, wanted),
    )


def rows_after(found: Comparison, wanted: WantedSheet) -> int:
    """How many rows the sheet will have, people's own not counted."""
    if wanted.verdict not in {Verdict.INCREMENTAL, Verdict.APPENDED}:
        return len(wanted.rows) + found.kept
    keys = [found.layout.order.index(key) for key in wanted.keys]
    return sum(is_ours(row, keys) for row in found.now) + len(found.changes.added)


def standing_rows(found: Comparison, wanted: WantedSheet) -> tuple[Row, ...]:
    """The rows of ours as they will be, where cells or rows go and not every row comes again.

    People who sort rows just before the commit make it hit rows that the stream doesn't bring: these have to be known.
    """
    changes, order = found.changes, found.layout.order
    if wanted.verdict is not Verdict.INCREMENTAL or not (changes.changed or changes.removed):
        return ()
    keys = [order.index(key) for key in wanted.keys]
    ours = [row for row in found.rows_after if is_ours(row, keys)]
    return tuple(reorder(ours, [order.index(column) for column in range(len(order))]))


def trim_grid(sheet: Sheet, content: Content) -> dict[str, tuple[int, int]]:
    """What to cut off the end of the grid, columns before rows: what is blank beyond the margin and the usual size."""
    bounds = {
        "COLUMNS": (max(content.width + MARGIN, DEFAULT_COLUMNS, sheet.frozen_columns + 1), sheet.column_count),
        "ROWS": (max(len(content.rows) + 1 + MARGIN, DEFAULT_ROWS, sheet.frozen_rows + 1), sheet.row_count),
    }
    return {name: (keep, count) for name, (keep, count) in bounds.items() if keep < count}


def cut_length(trimmed: Mapping[str, tuple[int, int]], dimension: str) -> int:
    """How much is cut off one dimension."""
    keep, count = trimmed.get(dimension, (0, 0))
    return count - keep


def column_steps(sheet: Sheet, wanted: WantedSheet, found: Comparison) -> Iterator[Step]:
    """The margin that insertions need, columns that come and go, and the header and format of new ones."""
    layout, sheet_id = found.layout, sheet.sheet_id
    lowest_row = max([found.changes.after + 1, *(row + 1 for row in found.changes.removed)])
    if (found.changes.added or found.changes.removed) and lowest_row >= sheet.row_count - MARGIN:
        yield batch.append_dimension(sheet_id, "ROWS", MARGIN)
    if max([-1, *layout.inserted, *layout.removed]) >= sheet.column_count - MARGIN:
        yield batch.append_dimension(sheet_id, "COLUMNS", MARGIN)
    for position in layout.inserted:
        yield batch.insert_dimension(sheet_id, "COLUMNS", position, 1)
    for position in layout.removed:
        yield batch.delete_dimension(sheet_id, "COLUMNS", position, position + 1)
    if sheet.mark is None:
        yield batch.freeze_header(sheet_id, max(1, sheet.frozen_rows))
    for column, (was, position) in enumerate(zip(layout.now, layout.then, strict=True)):
        if was is None:
            yield Block(sheet_id, 0, position, [(layout.headers[column],)], fresh=True)
            yield batch.widen_column(sheet_id, position, wanted.widths[column])
            yield batch.note_headers(sheet_id, position, [wanted.notes[column]])
        if was is None or sheet.mark is None:
            yield batch.bold_header(sheet_id, position, position + 1)
        if column in found.formats:
            yield batch.format_column(sheet_id, position, wanted.formats[column])


def coloured_headers(sheet: Sheet, found: Comparison) -> Iterator[tuple[int, tuple[float, float, float] | None]]:
    """The headers that turn grey, as their column left the source and stays, and those whose column came back."""
    states = {column.name: column.state for column in (sheet.mark.columns if sheet.mark else ())}
    for position, column in found.marks.items():
        if column.state != states.get(column.name, ""):
            yield position, GREY if column.state == KEPT else None


def change_steps(sheet: Sheet, content: Content, found: Comparison) -> Sequence[Step]:
    """Just the cells that change; where they are very many, and nothing of people's stands beside them, all between.

    A request for one cell takes 190 bytes, a cell in between about 20 on its way to a hidden sheet.
    """
    changes, sheet_id = found.changes, sheet.sheet_id
    blocks = list(merge_runs(sheet_id, 1, changes.changed, found.places))
    if len(blocks) <= MAX_PICKED_BLOCKS:
        return blocks
    top, end = changes.changed[0].row, changes.changed[-1].row + 1
    ours = {place for place in found.layout.now if place is not None}
    beside = (cell for row in content.rows[top:end] for place, cell in enumerate(row) if place not in ours)
    if any(cell is not None for cell in beside) or not changes.others.isdisjoint(range(top, end)):
        return blocks
    rows = AppliedRows(replace(changes, added=(), removed=()), found.now)[top:end]
    left = min(run.column for run in changes.changed)
    right = max(run.column + len(run.cells) for run in changes.changed)
    return [
        Block(sheet_id, top + 1, found.places[left + start], [row[left + start : left + stop] for row in rows])
        for start, stop in segments(found.places[left:right])
    ]


def addition_steps(sheet: Sheet, found: Comparison, removals_first: bool) -> Iterator[Step]:
    """New rows after the last mirrored one. Row 0 of the changes is row 1 of the grid."""
    changes, places = found.changes, found.places
    if not changes.added:
        return
    at = changes.after + 1
    at = 1 + (row_after_removal(changes, at) if removals_first else at)
    yield batch.insert_dimension(sheet.sheet_id, "ROWS", at, len(changes.added))
    for start, end in segments(places):
        rows = changes.added if end - start == len(places) else [row[start:end] for row in changes.added]
        yield Block(sheet.sheet_id, at, places[start], rows, fresh=True)


def removal_steps(sheet: Sheet, found: Comparison, removals_first: bool) -> Iterator[Step]:
    """Removed rows, from the bottom up, wherever the added ones have moved them."""
    changes = found.changes
    moved = 0 if removals_first else len(changes.added)
    rows = [row + 1 + (moved if row > changes.after else 0) for row in changes.removed]
    for first, end in batch.group_descending(rows):
        yield batch.delete_dimension(sheet.sheet_id, "ROWS", first, end)
