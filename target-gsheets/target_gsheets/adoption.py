"""A sheet of somebody's own under a stream's title -> whether the stream may have it, and how it takes it over. Pure.

One that is blank, or has all of the stream's columns, may be had for the asking. Another one is taken over only where
the operator says so: it is emptied and filled in place, so that links and formulas still lead to it. Where rows of
somebody's go by that, what the sheet held is kept, once, as a hidden copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.columns import header_key
from target_gsheets.filling import SheetPlan, plan_blank_sheet
from target_gsheets.generation import MAX_ID, free_title
from target_gsheets.marks import CopyMark
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Content, Sheet, Workbook

Request: TypeAlias = "dict[str, Any]"


def is_ours(sheet: Sheet, content: Content, wanted: WantedSheet) -> bool:
    """Whether a stream may have a sheet: its own, or one under its title that is blank or has all of its columns."""
    header = set(map(header_key, content.header))
    return sheet.mark is not None or content.is_blank or header.issuperset(map(header_key, wanted.columns))


def adopt_sheet(workbook: Workbook, sheet: Sheet, wanted: WantedSheet, taken: set[str]) -> SheetPlan:
    """Keep what a sheet holds, empty it and fill it; `taken` are the titles in use, in lower case, and will be."""
    filled = plan_blank_sheet(sheet, wanted)
    emptied = replace(
        filled,
        adopted=True,
        steps=(*batch.clear_sheet(sheet.sheet_id), *filled.steps),
        peak_cells=max(filled.peak_cells, sheet.cells),
    )
    return with_copy(emptied, workbook, sheet, taken)


def with_copy(plan: SheetPlan, workbook: Workbook, sheet: Sheet, taken: set[str]) -> SheetPlan:
    """The plan, beginning with a hidden copy of what the sheet holds, unless there is one already."""
    mark = CopyMark(plan.stream, sheet.sheet_id)
    copies = (other.note for other in workbook.sheets if isinstance(other.note, CopyMark))
    if any(copy.to_value() == mark.to_value() for copy in copies):
        return replace(plan, copied=True)
    return replace(
        plan,
        copied=True,
        steps=(*keep_copy(workbook, sheet, mark, taken), *plan.steps),
        grid_cells=plan.grid_cells + sheet.cells,
        peak_cells=plan.peak_cells + sheet.cells,
    )


def keep_copy(workbook: Workbook, sheet: Sheet, mark: CopyMark, taken: set[str]) -> Iterator[Request]:
    """Copy a sheet with all that is in it, behind all others, and hide the copy."""
    copy_id = copy_sheet_id(sheet.sheet_id, {other.sheet_id for other in workbook.sheets})
    title = free_title(sheet.title, taken, " (before)")
    taken.add(title.casefold())
    yield batch.duplicate_sheet(sheet.sheet_id, copy_id, title, len(workbook.titles))
    yield batch.hide_sheet(copy_id, hidden=True)
    yield batch.leave_mark(copy_id, mark)


def copy_sheet_id(sheet_id: int, taken: Collection[int]) -> int:
    """An id for the copy, the same at every look, so that two plans of one state are equal."""
    found = int.from_bytes(hashlib.blake2b(b"copy %d" % sheet_id, digest_size=4).digest(), "big") % MAX_ID
    while found in taken or not found:
        found = (found + 1) % MAX_ID
    return found
