"""(workbook now, sheets wanted) -> what happens to each sheet. A plan is data; applying it is dumb."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    planner = Planner(workbook, contents, new_id, guards, protect)
    plan = planner.plan(wanted, status_cells)
    if plan.spare_cells < 0:
        plan = replace(planner, removals_first=True).plan(wanted, status_cells)
    return plan


@dataclass(frozen=True, slots=True)
class Planner:
    """What all sheets of a plan have in common; added rows come before removed ones or after them."""

    workbook: Workbook
    contents: Mapping[int, Content]
    new_id: Callable[[], int]
    guards: Guards
    protect: bool
    removals_first: bool = False

    def plan(self, wanted: Sequence[tuple[WantedSheet, Sheet | None]], status_cells: int) -> Plan:
        """Plan these sheets; what fails of one is its stream's alone."""
        plans: list[SheetPlan] = []
        failed: dict[str, str] = {}
        indices = itertools.count() if is_fresh(self.workbook) else itertools.repeat(None)
        taken = {*self.workbook.titles, STATUS_TITLE.casefold()}
        for sheet_wanted, sheet in wanted:
            try:
                plans.append(self._plan_one(sheet_wanted, sheet, indices, taken))
            except SheetError as exc:
                failed[sheet_wanted.stream] = str(exc)
        touched = {sheet.sheet_id for found, sheet in wanted if sheet and found.stream not in failed}
        others = [sheet for sheet in self.workbook.sheets if sheet.sheet_id not in touched]
        status = 0 if any(isinstance(sheet.note, StatusMark) for sheet in others) else status_cells
        sizes = [(sheet.title, sheet.cells) for sheet in others if not isinstance(sheet.note, StagingMark)]
        sizes += [(STATUS_TITLE, status), *((plan.title, plan.grid_cells) for plan in plans)]
        refuse_too_large(sizes)
        peak = sum(sheet.cells for sheet in others) + sum(plan.peak_cells for plan in plans) + status
        return Plan(tuple(plans), failed, sum(cells for _, cells in sizes), spare_cells=MAX_CELLS - peak)

    def _plan_one(
        self, wanted: WantedSheet, sheet: Sheet | None, indices: Iterator[int | None], taken: set[str]
    ) -> SheetPlan:
        """Plan one sheet: a new one, under a title that isn't taken, or one that is there."""
        refuse_too_wide(len(wanted.columns) + MARGIN)
        if sheet is None:
            title = free_title(wanted.title, taken)
            taken.add(title.casefold())
            plan = plan_new_sheet(wanted, title, self.new_id(), next(indices))
        else:
            plan = self._plan_existing(wanted, sheet, taken)
        plan = replace(plan, steps=(*plan.steps, *protection_steps(plan, sheet, wanted=self.protect)))
        refuse_too_long(step for step in plan.steps if isinstance(step, Block))
        return plan

    def _plan_existing(self, wanted: WantedSheet, sheet: Sheet, taken: set[str]) -> SheetPlan:
        """Plan a sheet that is there; one of somebody's is taken over."""
        content = self.contents[sheet.sheet_id]
        if not is_ours(sheet, content, wanted):
            return adopt_sheet(self.workbook, sheet, wanted, taken)
        plan = plan_sheet(sheet, content, wanted, self.guards, removals_first=self.removals_first)
        is_theirs = sheet.mark is None and plan.removed
        return with_copy(plan, self.workbook, sheet, taken) if is_theirs else plan


def is_fresh(workbook: Workbook) -> bool:
    """Whether there is nothing but a sheet like the one that Google gives a new workbook: then ours come before it.

    Whoever opens the workbook sees the first tab, and that should be data. (The sheet may hold something; it stays.)
    """
    sheets = [sheet for sheet in workbook.sheets if not isinstance(sheet.note, StatusMark)]
    grids = [(sheet.row_count, sheet.column_count) for sheet in sheets if sheet.note is None]
    return len(sheets) == 1 and grids == [(DEFAULT_ROWS, DEFAULT_COLUMNS)]
