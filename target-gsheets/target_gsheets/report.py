"""What happened, in sentences. Pure: the caller logs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from target_gsheets.plan import SheetPlan
from target_gsheets.proof import Evidence, Verdict
from target_gsheets.wanted import WantedSheet


def sheet_line(plan: SheetPlan) -> str:
    """One line about one sheet."""
    where = plan.stream if plan.title == plan.stream else f"{plan.stream} (sheet {plan.title!r})"
    return f"{where}: {plan.rows} rows, {plan.added} added, {plan.changed} changed, {plan.removed} removed"


def warnings_of(plan: SheetPlan, wanted: WantedSheet) -> Iterator[str]:
    """What an operator should know about a sheet that was committed."""
    if plan.kept:
        yield (
            f"{plan.stream}: {plan.kept} rows are missing from what the tap sent, more than half of the sheet. They "
            "were kept, since nothing proves that the stream is whole. An ACTIVATE_VERSION after its records would."
        )
    if wanted.losses.cut:
        yield f"{plan.stream}: {wanted.losses.cut} texts are longer than a cell may be (50,000) and were cut."
    if wanted.losses.removed:
        yield f"{plan.stream}: {wanted.losses.removed} control characters were removed: a cell can't hold them."


def cut_line(stream: str, seen: Evidence) -> str:
    """Why a stream's sheet was left as it is."""
    return (
        f"{stream}: the input ended in the middle of this stream, after {seen.records} records; its sheet was left as "
        "it is. Look at the tap's log for the cause."
    )


def state_without(state: Mapping[str, Any], streams: Sequence[str]) -> Mapping[str, Any] | None:
    """The STATE without the bookmarks of streams whose rows aren't in the workbook; None where it can't be told."""
    if not streams:
        return state
    bookmarks = state.get("bookmarks")
    if not isinstance(bookmarks, Mapping):
        return None
    return {**state, "bookmarks": {name: value for name, value in bookmarks.items() if name not in streams}}


def is_committable(verdict: Verdict) -> bool:
    """Whether a stream has anything to say about its sheet."""
    return verdict not in {Verdict.CUT, Verdict.SILENT}
