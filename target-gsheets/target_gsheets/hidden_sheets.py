"""What is too big for a commit is written to hidden sheets before it. The edge of staging.py, which plans that."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.api import SheetsApi
from target_gsheets.look import Look
from target_gsheets.marks import StagingMark
from target_gsheets.patience import patiently
from target_gsheets.plan import Plan
from target_gsheets.staging import Room, StagedBlock, Staging, commit_requests, stage, unstaged
from target_gsheets.workbook import Row, Sheet

Request: TypeAlias = "dict[str, Any]"

# Hidden sheets this old belong to a dead run, even where there is nothing else to commit.
STALE_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Stager:
    """Writes hidden sheets for one run; `pause` waits, `now` is the time since 1970."""

    api: SheetsApi
    pause: Callable[[float], None]
    now: Callable[[], float]
    run: str

    def is_stale(self, sheet: Sheet) -> bool:
        """Whether a hidden sheet was left behind by a run that must be dead."""
        return isinstance(sheet.note, StagingMark) and self.now() - sheet.note.at > STALE_SECONDS

    def is_ours(self, sheet: Sheet) -> bool:
        """Whether this run made a hidden sheet, in an attempt that came to nothing."""
        return isinstance(sheet.note, StagingMark) and sheet.note.run == self.run

    def stage(self, look: Look, plan: Plan, new_id: Callable[[], int]) -> Staging:
        """Choose what is written to hidden sheets: nothing, where all of it fits into one request."""
        limit = self.api.settings.max_request_bytes
        staging = unstaged(plan.sheets)
        if staging.request_bytes <= limit:
            return staging
        room = Room(look.workbook.spare_cells, plan.spare_cells)
        return stage(plan.sheets, StagingMark(self.run, self.now()), limit, new_id, room)

    def fill(self, look: Look, staging: Staging) -> Iterator[tuple[str | None, Request]]:
        """Add the hidden sheets and write their values; the requests of the commit, each with its stream."""
        answered = self._write(look, staging)
        return ((owner, request) for owner, step in staging.steps for request in commit_requests(step, answered))

    def _write(self, look: Look, staging: Staging) -> Mapping[StagedBlock, Sequence[Row]]:
        """Add the hidden sheets and write their values; the answer is what Google says they hold."""
        if staging.prepare:
            ours = (sheet.sheet_id for sheet in look.leftovers if self.is_ours(sheet))
            self.api.batch_update([*map(batch.delete_sheet, ours), *staging.prepare])
        answered: dict[StagedBlock, Sequence[Row]] = {}
        for call in staging.calls:
            write = functools.partial(self.api.write_values, [(staged.range, staged.block.rows) for staged in call])
            # The same values at the same place: this may be sent twice.
            rows = patiently(self.api.settings.retry_seconds, self.pause, write)
            answered.update(zip(call, rows, strict=True))
        return answered
