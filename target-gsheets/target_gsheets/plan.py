"""(workbook now, sheets wanted) -> what happens to each sheet. A plan is data; applying it is dumb."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from target_gsheets.adoption import adopt_sheet, is_ours, with_copy
from target_gsheets.blocks import Block
from target_gsheets.departures import Departure, Departures
from target_gsheets.errors import SheetError
from target_gsheets.filling import DEFAULT_COLUMNS, DEFAULT_ROWS, MARGIN, SheetPlan, plan_new_sheet
from target_gsheets.generation import free_title
from target_gsheets.limits import refuse_too_large, refuse_too_long, refuse_too_wide
from target_gsheets.marks import StagingMark, StatusMark
from target_gsheets.proof import Guards
from target_gsheets.protection import protection_steps
from target_gsheets.settings_table import STATUS_TITLE
from target_gsheets.sheet_plan import plan_sheet
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import MAX_CELLS, Content, Sheet, Workbook


@dataclass(frozen=True, slots=True)
class Plan:
    """The sheets of a run; the cells that the workbook will have, and those left while the sheets are being changed."""

    sheets: tuple[SheetPlan, ...]
    failed: Mapping[str, str]  # stream -> why its sheet can't be touched
    cells: int
    spare_cells: int
    departures: tuple[Departure, ...] = ()
    staying: str = ""  # why sheets stay whose stream went

    @property
    def is_empty(self) -> bool:
        """Whether the workbook is in line."""
        return not self.departures and not any(sheet.steps or sheet.new for sheet in self.sheets)

    @property
    def deleted(self) -> tuple[Sheet, ...]:
        """The sheets that go for good."""
        return tuple(departure.sheet for departure in self.departures if departure.deletes)

    def with_departures(self, found: Departures) -> Plan:
        """The plan, with the sheets that go and come."""
        plan = replace(self, departures=found.moves, staying=found.reason)
        return replace(plan, cells=plan.cells - sum(sheet.cells for sheet in plan.deleted))


def make_plan(
    workbook: Workbook,
    contents: Mapping[int, Content],
    wanted: Sequence[tuple[WantedSheet, Sheet | None]],
    new_id: Callable[[], int],
    guards: Guards,
    *,
    status_cells: int = 1,
    protect: bool = False,
) -> Plan:
    """Plan a run: the sheets wanted, each with the one that is there, whose cells are in `contents` by its id.

    `status_cells` are those of the status sheet where there is none yet; `protect` asks for protections that warn.
    Raise LimitError, naming the largest tabs, when the workbook would outgrow what Google allows.
    """
    sheets = (workbook, contents, wanted, new_id, guards)
    plan = plan_sheets(*sheets, status_cells=status_cells, protect=protect)
    if plan.spare_cells < 0:
        plan = plan_sheets(*sheets, status_cells=status_cells, protect=protect, removals_first=True)
    return plan


def plan_sheets(
    workbook: Workbook,
    contents: Mapping[int, Content],
    wanted: Sequence[tuple[WantedSheet, Sheet | None]],
    new_id: Callable[[], int],
    guards: Guards,
    *,
    status_cells: int,
    protect: bool,
    removals_first: bool = False,
) -> Plan:
    """As make_plan, with added rows before removed ones or after them."""
    plans: list[SheetPlan] = []
    failed: dict[str, str] = {}
    indices = itertools.count() if is_fresh(workbook) else itertools.repeat(None)
    taken = {*workbook.titles, STATUS_TITLE.casefold()}
    for sheet_wanted, sheet in wanted:
        try:
            refuse_too_wide(len(sheet_wanted.columns) + MARGIN)
            if sheet is None:
                title = free_title(sheet_wanted.title, taken)
                taken.add(title.casefold())
                plans.append(plan_new_sheet(sheet_wanted, title, new_id(), next(indices)))
            elif not is_ours(sheet, content := contents[sheet.sheet_id], sheet_wanted):
                plans.append(adopt_sheet(workbook, sheet, sheet_wanted, taken))
            else:
                plans.append(plan_sheet(sheet, content, sheet_wanted, guards, removals_first=removals_first))
                if sheet.mark is None and plans[-1].removed:
                    plans[-1] = with_copy(plans[-1], workbook, sheet, taken)
            plans[-1] = replace(
                plans[-1], steps=(*plans[-1].steps, *protection_steps(plans[-1], sheet, wanted=protect))
            )
            refuse_too_long(step for step in plans[-1].steps if isinstance(step, Block))
        except SheetError as exc:
            failed[sheet_wanted.stream] = str(exc)
    plans = [plan for plan in plans if plan.stream not in failed]
    touched = {sheet.sheet_id for found, sheet in wanted if sheet and found.stream not in failed}
    status = 0 if any(isinstance(sheet.note, StatusMark) for sheet in workbook.sheets) else status_cells
    others = [sheet for sheet in workbook.sheets if sheet.sheet_id not in touched]
    sizes = [(sheet.title, sheet.cells) for sheet in others if not isinstance(sheet.note, StagingMark)]
    sizes += [(STATUS_TITLE, status), *((plan.title, plan.grid_cells) for plan in plans)]
    refuse_too_large(sizes)
    peak = sum(sheet.cells for sheet in others) + sum(plan.peak_cells for plan in plans) + status
    return Plan(tuple(plans), failed, sum(cells for _, cells in sizes), spare_cells=MAX_CELLS - peak)


def is_fresh(workbook: Workbook) -> bool:
    """Whether there is nothing but a sheet like the one that Google gives a new workbook: then ours come before it.

    Whoever opens the workbook sees the first tab, and that should be data. (The sheet may hold something; it stays.)
    """
    sheets = [sheet for sheet in workbook.sheets if not isinstance(sheet.note, StatusMark)]
    grids = [(sheet.row_count, sheet.column_count) for sheet in sheets if sheet.note is None]
    return len(sheets) == 1 and grids == [(DEFAULT_ROWS, DEFAULT_COLUMNS)]
