"""When a run writes the status, and with which requests: the last step of its last commit, or all of it.

Somebody may forbid the status sheet to our account; then a run goes on without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.generation import Generation, free_title, settle
from target_gsheets.look import Look, Reader, clock_of
from target_gsheets.marks import NO_SHEET, StatusMark
from target_gsheets.outcome import Outcome
from target_gsheets.plan import Plan
from target_gsheets.report import InputSummary, stream_reports
from target_gsheets.settings import Settings
from target_gsheets.settings_table import STATUS_TITLE
from target_gsheets.status import Status, describe, is_due, remember, state_of
from target_gsheets.status_sheet import draw_status, grid_of
from target_gsheets.workbook import Content, Sheet, mirrored_sheets

Request: TypeAlias = "dict[str, Any]"

OWNER = "\0"  # of the requests that write the status; a stream may have any name that can be written


@dataclass(frozen=True, slots=True)
class Closing:
    """How a commit ends: on which generation and status sheet, what it writes there, and how many cells that adds."""

    generation: Generation
    sheet: Sheet
    requests: tuple[Request, ...] = ()
    growth: int = 0


@dataclass(slots=True)
class StatusWriter:
    """Writes the status of one run; `now` is the time since 1970."""

    settings: Settings
    summary: InputSummary
    now: Callable[[], float]
    reader: Reader
    outcome: Outcome
    is_forbidden: bool = field(init=False, default=False)

    @property
    def grid(self) -> tuple[int, int]:
        """How many rows and columns the sheet has where it is made."""
        return (1, 1) if self.settings.status_sheet is None else grid_of(len(self.summary.seconds))

    def is_due(self, look: Look, plan: Plan) -> bool:
        """Whether this run writes the status: with every change, else when it is news or its time has come.

        A workbook that no run has ever changed has no status sheet, whatever went wrong.
        """
        mark = look.generation.mark
        if not plan.is_empty or mark is None:
            return not plan.is_empty
        if self.settings.status_sheet is None:
            return mark.is_shown
        status = self._describe(look, mark)
        return look.generation.sheet is None or is_due(mark, status, self.settings.status_every)

    def close(self, look: Look, plan: Plan, new_id: Callable[[], int]) -> Closing:
        """How the commit of this plan ends: with the status, where it is due; its sheet is made where there is none."""
        taken = {*look.workbook.titles, *(sheet.title.casefold() for sheet in plan.sheets)}
        blank = Sheet(new_id(), free_title(self.settings.status_sheet or STATUS_TITLE, taken), *self.grid)
        generation, sheet, mark = settle(look.generation, blank, new_id)
        if not self.is_due(look, plan):
            return Closing(generation, sheet)
        requests: list[Request] = []
        growth = 0
        new = replace(mark, streams=self._links(look, plan, mark))
        if self.settings.status_sheet is None:
            new = replace(new, is_shown=False)
            if (
                mark.is_shown
                and not self.is_forbidden
                and any(not other.hidden and other != sheet for other in look.workbook.sheets)
            ):
                requests.append(batch.hide_sheet(sheet.sheet_id, hidden=True))
        else:
            status = self._describe(look, mark)
            new = remember(new, status)
            if not self.is_forbidden:
                if not mark.is_shown:
                    requests.append(batch.hide_sheet(sheet.sheet_id, hidden=False))
                grid = (sheet.sheet_id, sheet.row_count, sheet.column_count)
                gone = {stream for stream, sheet_id in new.streams.items() if sheet_id == NO_SHEET}
                unlinked = {stream for stream in gone if mark.streams.get(stream) != NO_SHEET}
                drawing = draw_status(grid, self._content(look, sheet), status, mark.streams, unlinked)
                requests += drawing.requests
                growth = drawing.row_count * drawing.column_count - sheet.cells
        if new.to_value() != mark.to_value():
            requests.append(batch.renew_mark(new))
        return Closing(generation, sheet, tuple(requests), growth)

    def _links(self, look: Look, plan: Plan, mark: StatusMark) -> dict[str, int]:
        """The streams that have had a sheet, each with that which its row shall link to."""
        streams = {stream: found.sheet_id for stream, found in mirrored_sheets(look.workbook).items()}
        made = {stream: sheet.sheet_id for stream, (sheet, _) in self.outcome.plans.items()}
        links = {**mark.streams, **streams, **made}
        if self.settings.status_sheet is None or self.is_forbidden:
            return links  # what the rows link to stays
        staying = {sheet.sheet_id for sheet in look.workbook.sheets} - {sheet.sheet_id for sheet in plan.deleted}
        return {
            stream: sheet_id if sheet_id in {*staying, *made.values()} else NO_SHEET
            for stream, sheet_id in links.items()
        }

    def _describe(self, look: Look, mark: StatusMark) -> Status:
        """What there is to say now, by the workbook's clocks."""
        state, reports = state_of(self.summary, self.outcome.failed), stream_reports(self.summary, self.outcome)
        return describe(state, reports, mark, (self.now(), clock_of(look.workbook)), self.settings.status_every)

    def _content(self, look: Look, sheet: Sheet) -> Content:
        """What stands in the sheet, which a run that read no cells hasn't seen yet."""
        if look.generation.sheet is None:
            return Content()
        if sheet.sheet_id not in look.contents:
            return self.reader.read_contents([sheet])[sheet.sheet_id]
        return look.contents[sheet.sheet_id]
