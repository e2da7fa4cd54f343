"""Sheets whose stream went, and sheets whose stream came back -> what happens to them. Pure.

A stream that didn't come is gone only where the operator says that a run covers the workbook's streams, and where the
input came whole. Nothing proves that: a tap that dies between two streams looks like one that has no more of them. So
no more than a share of our sheets goes at once. What isn't ours by its mark stays; so does a sheet whose mark stands on
another one as well, since somebody has copied it and nobody knows which is which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.marks import StatusMark
from target_gsheets.workbook import Sheet, Workbook

Request: TypeAlias = "dict[str, Any]"

DELETED = "deleted"


class OnRemovedStream(Enum):
    """What becomes of a sheet whose stream went."""

    KEEP = "keep"
    HIDE = "hide"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class RollCall:
    """Which streams came, by the names of their sheets, and what becomes of the sheets of the others.

    `everyone` has all streams of an input that came whole; where it didn't, or where that isn't known, it is None.
    """

    present: frozenset[str] = frozenset()
    everyone: frozenset[str] | None = None
    policy: OnRemovedStream = OnRemovedStream.KEEP
    max_ratio: float = 0.5  # the largest share of our sheets that may go at once


@dataclass(frozen=True, slots=True)
class Departure:
    """What happens to one sheet, in a word and in requests."""

    stream: str
    sheet: Sheet
    what: str
    requests: tuple[Request, ...]

    @property
    def deletes(self) -> bool:
        """Whether the sheet goes for good."""
        return self.what == DELETED


@dataclass(frozen=True, slots=True)
class Departures:
    """The sheets that go and come, and why others stay that would have gone."""

    moves: tuple[Departure, ...] = ()
    reason: str = ""


def plan_departures(workbook: Workbook, roll: RollCall, renewed: Collection[int], *, has_new: bool) -> Departures:
    """Compare our sheets with the streams that came.

    `renewed` are streams whose mark is renewed anyway, `has_new` says that the commit adds a sheet that people see.
    """
    returns = plan_returns(workbook, roll.present, renewed)
    departed = find_departed(workbook, roll)
    ours = sum(sheet.mark is not None for sheet in workbook.sheets)
    if len(departed) > roll.max_ratio * ours:
        reason = (
            f"{len(departed)} of the workbook's {ours} streams didn't come, a larger share than may go at once "
            f"('max_unproven_delete_ratio', {roll.max_ratio:g}). Their sheets are left as they are."
        )
        return Departures(returns, reason)
    going = {sheet.sheet_id for sheet in departed}
    shown = (sheet for sheet in workbook.sheets if not sheet.hidden and not isinstance(sheet.note, StatusMark))
    has_others = has_new or returns or any(sheet.sheet_id not in going for sheet in shown)
    if going and not has_others:
        return Departures(returns, "The streams of all tabs that people see didn't come. They are left as they are.")
    return Departures((*returns, *(depart(sheet, roll.policy) for sheet in departed)))


def find_departed(workbook: Workbook, roll: RollCall) -> list[Sheet]:
    """Our sheets whose stream isn't among those that came; what is hidden needn't be hidden."""
    if roll.policy is OnRemovedStream.KEEP or not roll.everyone:
        return []
    marks = Counter(sheet.mark.stream for sheet in workbook.sheets if sheet.mark)
    return [
        sheet
        for sheet in workbook.sheets
        if (mark := sheet.mark) and mark.stream not in roll.everyone and marks[mark.stream] == 1
        if not (sheet.hidden or mark.hidden) or roll.policy is OnRemovedStream.DELETE
    ]


def depart(sheet: Sheet, policy: OnRemovedStream) -> Departure:
    """Hide or delete a sheet of ours."""
    mark = sheet.mark
    if mark is None:
        raise ValueError(f"the sheet {sheet.title!r} isn't ours")
    if policy is OnRemovedStream.DELETE:
        return Departure(mark.stream, sheet, DELETED, (batch.delete_sheet(sheet.sheet_id),))
    hidden = batch.renew_mark(replace(mark, hidden=True))
    return Departure(mark.stream, sheet, "hidden", (batch.hide_sheet(sheet.sheet_id, hidden=True), hidden))


def plan_returns(workbook: Workbook, present: Collection[str], renewed: Collection[int]) -> tuple[Departure, ...]:
    """Show sheets that a run has hidden and whose stream is back."""
    back = [(sheet, sheet.mark) for sheet in workbook.sheets if sheet.mark and sheet.mark.hidden]
    return tuple(
        Departure(
            mark.stream,
            sheet,
            "shown again",
            (
                *([batch.hide_sheet(sheet.sheet_id, hidden=False)] if sheet.hidden else []),
                *([] if sheet.sheet_id in renewed else [batch.renew_mark(replace(mark, hidden=False))]),
            ),
        )
        for sheet, mark in back
        if mark.stream in present
    )
