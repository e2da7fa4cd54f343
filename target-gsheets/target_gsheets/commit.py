"""Read, plan, commit; and all three again when the outcome of a call is unknown. A write is never sent blindly twice.

Whatever went wrong before, a pass begins by reading the workbook, so that what did arrive is not written again.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tenacity

from target_gsheets.api import SheetsApi
from target_gsheets.buffer import RowBuffer
from target_gsheets.errors import RefusedError, RemoteError, TransientError
from target_gsheets.grid import quote_title
from target_gsheets.plan import Plan, make_plan
from target_gsheets.proof import Verdict
from target_gsheets.sheet_plan import SheetPlan
from target_gsheets.wanted import WantedSheet, sheet_titles, wanted_sheet
from target_gsheets.workbook import Content, Sheet, Workbook, find_sheet

# One values.batchGet asks for about this many cells, and for ranges that fit into an address.
MAX_CELLS_A_READ = 1_000_000
MAX_ADDRESS_CHARACTERS_A_READ = 6_000
MAX_SHEET_ID = 2**31 - 1
LONGEST_WAIT_SECONDS = 32

logger = logging.getLogger("target-gsheets")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A stream as it arrived: its rows, and what may be done with them."""

    stream: str
    verdict: Verdict
    buffer: RowBuffer


@dataclass(slots=True)
class Outcome:
    """What was done: the sheets with the changes that the first look found, and the streams that failed alone."""

    plans: dict[str, tuple[SheetPlan, WantedSheet]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def sheets(self) -> list[tuple[SheetPlan, WantedSheet]]:
        """The sheets that are in line now."""
        return [found for stream, found in self.plans.items() if stream not in self.failed]


@dataclass(frozen=True, slots=True)
class Mirror:
    """How to keep one workbook equal to its streams: the API, patience and chance are arguments.

    `sleep` may return early; `is_stopped` says that no other attempt shall begin.
    """

    api: SheetsApi
    timezone: tzinfo | None
    retry_seconds: float
    sleep: Callable[[float], object]
    is_stopped: Callable[[], bool]
    chance: random.Random

    def commit(self, streams: Sequence[Arrived]) -> Outcome:
        """Make the workbook hold these streams; raise RemoteError when that can't be done in `retry_seconds`."""
        outcome = Outcome()
        try:
            for attempt in self._attempts():
                with attempt:
                    self._attempt(streams, outcome)
        except TransientError as exc:
            raise RemoteError(
                f"Gave up after {self.retry_seconds:g} seconds of retrying ('retry_seconds'): {exc} "
                "The next run will take up where this one left off."
            ) from exc
        return outcome

    def _attempt(self, streams: Sequence[Arrived], outcome: Outcome) -> None:
        """Look, plan and commit; again without a stream whose request Google refuses."""
        while True:
            left = [arrived for arrived in streams if arrived.stream not in outcome.failed]
            plan, wanted = self._plan(left)
            for found in zip(plan.sheets, (sheet for sheet in wanted if sheet.stream not in plan.failed), strict=True):
                outcome.plans.setdefault(found[0].stream, found)
            outcome.failed.update(plan.failed)
            refused = apply_plan(self.api, plan)
            if refused is None:
                return
            outcome.failed.update([refused])

    def _plan(self, streams: Sequence[Arrived]) -> tuple[Plan, list[WantedSheet]]:
        """Look at the workbook and plan."""
        workbook = self.api.read_workbook()
        zone = self.timezone or zone_of(workbook)
        titles = sheet_titles(arrived.stream for arrived in streams)
        wanted = [
            wanted_sheet(arrived.stream, titles[arrived.stream], arrived.verdict, arrived.buffer, zone)
            for arrived in streams
        ]
        found = [find_sheet(workbook, sheet.stream, sheet.title) for sheet in wanted]
        contents = read_contents(self.api, [sheet for sheet in found if sheet])
        ids = {sheet.sheet_id for sheet in workbook.sheets}
        pairs = list(zip(wanted, found, strict=True))
        return make_plan(workbook, contents, pairs, lambda: new_sheet_id(self.chance, ids)), wanted

    def _attempts(self) -> tenacity.Retrying:
        """Jittered exponential waits between attempts, within the time that is left."""
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            wait=tenacity.wait_random_exponential(multiplier=1, max=LONGEST_WAIT_SECONDS),
            stop=tenacity.stop_before_delay(self.retry_seconds),
            sleep=self._sleep,
            before_sleep=log_wait,
            reraise=True,
        )

    def _sleep(self, seconds: float) -> None:
        """Wait; raise TransientError where the wait was ended by a request to stop."""
        self.sleep(seconds)
        if self.is_stopped():
            raise TransientError("Stopped while waiting for another attempt.")


def apply_plan(api: SheetsApi, plan: Plan) -> tuple[str, str] | None:
    """Send the commits of a plan in order; where Google refuses a stream's request, answer that stream and why."""
    if len(plan.commits) > 1:
        logger.warning(
            "The changes are too large for one request: they go in %d, and until the last is done readers may see "
            "old and new rows side by side.",
            len(plan.commits),
        )
    for commit in plan.commits:
        try:
            api.batch_update(commit.requests)
        except RefusedError as exc:
            owner = commit.maybe_owner(exc.request)
            if owner is None:
                raise
            return owner, str(exc)
    return None


def log_wait(state: tenacity.RetryCallState) -> None:
    """Say why and how long we wait."""
    error = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0.0
    logger.warning("%s Looking again in %.1f seconds.", error, wait)


def zone_of(workbook: Workbook) -> tzinfo:
    """The workbook's own time zone; UTC, with a warning, where this machine doesn't know it."""
    try:
        return ZoneInfo(workbook.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        logger.warning(
            "The workbook's time zone %r is unknown here: instants are shown in UTC. Set 'timezone'.",
            workbook.timezone,
        )
        return ZoneInfo("UTC")


def read_contents(api: SheetsApi, sheets: Sequence[Sheet]) -> Mapping[int, Content]:
    """The cells of these sheets by id, in as few calls as their size allows."""
    contents: dict[int, Content] = {}
    for group in group_sheets(sheets):
        answers = api.read_contents([quote_title(sheet.title) for sheet in group])
        contents.update((sheet.sheet_id, content) for sheet, content in zip(group, answers, strict=True))
    return contents


def group_sheets(sheets: Sequence[Sheet]) -> Iterator[list[Sheet]]:
    """Sheets that are read together."""
    group: list[Sheet] = []
    cells = characters = 0
    for sheet in sheets:
        size, length = sheet.row_count * sheet.column_count, len(quote(quote_title(sheet.title))) + len("&ranges=")
        if group and (cells + size > MAX_CELLS_A_READ or characters + length > MAX_ADDRESS_CHARACTERS_A_READ):
            yield group
            group, cells, characters = [], 0, 0
        group.append(sheet)
        cells += size
        characters += length
    if group:
        yield group


def new_sheet_id(chance: random.Random, taken: set[int]) -> int:
    """An id for a new sheet that no other has; Google takes the one we choose."""
    while True:
        sheet_id = chance.randint(1, MAX_SHEET_ID)
        if sheet_id not in taken:
            taken.add(sheet_id)
            return sheet_id
