"""(workbook now, sheets wanted) -> one plan: requests, packed into commits. A plan is data; applying it is dumb."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from target_gsheets.errors import SheetError
from target_gsheets.limits import Commit, pack, refuse_too_large
from target_gsheets.sheet_plan import MARGIN, SheetPlan, plan_new_sheet, plan_sheet
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Content, Sheet, Workbook

DEFAULT_GRID = (1000, 26)  # of the one sheet in a new workbook, seen in recordings


@dataclass(frozen=True, slots=True)
class Plan:
    """The sheets of a run, and their requests in commits."""

    sheets: tuple[SheetPlan, ...]
    commits: tuple[Commit, ...]
    failed: Mapping[str, str]  # stream -> why its sheet can't be touched


def make_plan(
    workbook: Workbook,
    contents: Mapping[int, Content],
    wanted: Sequence[tuple[WantedSheet, Sheet | None]],
    new_sheet_id: Callable[[], int],
) -> Plan:
    """Plan a run: the sheets wanted, each with the one that is there, whose cells are in `contents` by its id.

    Raise LimitError, naming the largest streams, when the workbook would outgrow what Google allows.
    """
    plans: list[SheetPlan] = []
    failed: dict[str, str] = {}
    indices = itertools.count() if is_fresh(workbook) else itertools.repeat(None)
    taken = {sheet.title.casefold() for sheet in workbook.sheets}
    for sheet_wanted, sheet in wanted:
        try:
            if sheet is None:
                title = free_title(sheet_wanted.title, taken)
                plans.append(plan_new_sheet(sheet_wanted, title, new_sheet_id(), next(indices)))
            else:
                plans.append(plan_sheet(sheet, contents[sheet.sheet_id], sheet_wanted))
        except SheetError as exc:
            failed[sheet_wanted.stream] = str(exc)
    others = (sheet for sheet in workbook.sheets if sheet.sheet_id not in contents)
    refuse_too_large(
        {plan.stream: (plan.grid_cells, plan.columns + MARGIN) for plan in plans},
        other_cells=sum(sheet.row_count * sheet.column_count for sheet in others),
    )
    requests = ((plan.stream, request) for plan in plans for request in plan.requests)
    return Plan(tuple(plans), tuple(pack(requests)), failed)


def is_fresh(workbook: Workbook) -> bool:
    """Whether there is nothing but a sheet like the one that Google gives a new workbook: then ours come before it.

    Whoever opens the workbook sees the first tab, and that should be data. (The sheet may hold something; it stays.)
    """
    if len(workbook.sheets) != 1:
        return False
    only = workbook.sheets[0]
    return only.mark is None and (only.row_count, only.column_count) == DEFAULT_GRID


def free_title(title: str, taken: set[str]) -> str:
    """The title, or the next free one where a sheet of another stream has it; it is taken from then on."""
    number, free = 1, title
    while free.casefold() in taken:
        number += 1
        free = f"{title[:90]} ({number})"
    taken.add(free.casefold())
    return free
