"""What happened, in sentences. Pure: the caller logs them."""

from __future__ import annotations

from collections.abc import Iterator

from target_gsheets.filling import SheetPlan
from target_gsheets.proof import Verdict
from target_gsheets.wanted import WantedSheet

REASONS = {
    Verdict.UNPROVEN: "the tap may have died: no new STATE of it came after the records, or their number is round",
    Verdict.LIKELY_WHOLE: "so many would go, and nothing proves that the stream is whole ('max_unproven_delete_ratio')",
}


def sheet_line(plan: SheetPlan) -> str:
    """One line about one sheet."""
    where = plan.stream if plan.title == plan.stream else f"{plan.stream} (sheet {plan.title!r})"
    return f"{where}: {plan.rows} rows, {plan.added} added, {plan.changed} changed, {plan.removed} removed"


def warnings_of(plan: SheetPlan, wanted: WantedSheet) -> Iterator[str]:
    """What an operator should know about a sheet that was committed."""
    if plan.kept:
        yield (
            f"{plan.stream}: {plan.kept} rows of the sheet are missing from what the tap sent. They were kept, because "
            f"{REASONS[wanted.verdict]}. An ACTIVATE_VERSION after the stream's records would prove that it is whole."
        )
    if wanted.losses.cut:
        yield f"{plan.stream}: {wanted.losses.cut} texts are longer than a cell may be (50,000) and were cut."
    if wanted.losses.removed:
        yield f"{plan.stream}: {wanted.losses.removed} control characters were removed: a cell can't hold them."
