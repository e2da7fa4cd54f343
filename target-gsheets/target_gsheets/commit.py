"""Read, plan, commit; and all three again when the outcome of a call is unknown. A write is never sent blindly twice.

Whatever went wrong before, a pass begins by reading the workbook, so that what did arrive is not written again. Each
commit swaps the token of the workbook's generation, so that of two runs on one generation only one commits.
"""

from __future__ import annotations

import itertools
import logging
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.api import SheetsApi
from target_gsheets.departures import Departures, RollCall, plan_departures
from target_gsheets.errors import RefusedError, RemoteError, TransientError
from target_gsheets.filling import Step
from target_gsheets.generation import MAX_ID, fresh_ids, shows_two_tokens, swap
from target_gsheets.grid import a1_range
from target_gsheets.hidden_sheets import Stager
from target_gsheets.limits import Commit, pack
from target_gsheets.look import Look, Reader
from target_gsheets.outcome import Outcome
from target_gsheets.patience import patiently
from target_gsheets.plan import Plan, make_plan
from target_gsheets.report import InputSummary
from target_gsheets.setbacks import Setbacks
from target_gsheets.settings import Settings
from target_gsheets.status_writer import OWNER, Closing, StatusWriter
from target_gsheets.verification import is_as_expected
from target_gsheets.wanted import Arrived
from target_gsheets.workbook import Content

Request: TypeAlias = "dict[str, Any]"

# People may change rows between our read and our commit; so often we look again at once, then the next run does.
MAX_COMMITS = 5

logger = logging.getLogger("target-gsheets")


@dataclass(slots=True)
class Mirror:
    """How to keep one workbook equal to its streams, once: the API, clocks, patience and chance are arguments.

    `pause` waits, and raises TransientError where no other call shall be made; `now` is the time since 1970.
    """

    api: SheetsApi
    settings: Settings
    pause: Callable[[float], None]
    now: Callable[[], float]
    chance: random.Random
    run: str  # an id of this run
    roll: RollCall = field(default_factory=RollCall)
    outcome: Outcome = field(init=False, default_factory=Outcome)
    _status: StatusWriter = field(init=False)
    _setbacks: Setbacks = field(init=False)
    _stager: Stager = field(init=False)
    _committed: list[Sequence[Step]] = field(init=False, default_factory=list)  # the steps of the commits that landed

    def commit(self, streams: Sequence[Arrived], silent: Mapping[str, str | None], summary: InputSummary) -> Outcome:
        """Make the workbook hold these streams; raise RemoteError when that can't be done in `retry_seconds`.

        `silent` has the streams of which only the SCHEMA came, each with a digest of its bookmark, if it has one;
        `summary` has all that came.
        """
        reader = self.prepare(streams, silent, summary)
        patiently(self.settings.retry_seconds, self.pause, lambda: self._bring_in_line(reader))
        self.outcome.is_done = True
        return self.outcome

    def prepare(self, streams: Sequence[Arrived], silent: Mapping[str, str | None], summary: InputSummary) -> Reader:
        """Begin with these streams, as in `commit`; what is returned looks at the workbook for them."""
        reader = Reader(
            self.api,
            self.settings.timezone,
            streams,
            silent,
            self.run,
            title=self.settings.sheet_title,
            adopts=self.settings.adopt_existing,
        )
        self._status = StatusWriter(self.settings, summary, self.now, reader, self.outcome)
        self._setbacks = Setbacks(self.outcome, self._status, aborts=self.settings.on_error == "abort")
        self._stager = Stager(self.api, self.pause, self.now, self.run)
        return reader

    def _bring_in_line(self, reader: Reader) -> None:
        """Look, plan and commit, until there is nothing to do or a commit's own answer shows what was expected."""
        while True:
            look, plan = self.look_and_plan(reader)
            if self.is_in_line(look, plan):
                self.outcome.cells = look.workbook.cells
                return
            if look.generation.needs_token:
                self.api.batch_update(swap(look.generation, self.run, self.ids(look))[0])
            elif self._is_futile(plan) or self._apply(reader, look, plan):
                return

    # What shall be done, without doing it

    def look_and_plan(self, reader: Reader) -> tuple[Look, Plan]:
        """The workbook as it is, and what is to be done about it; raise what ends a run that can't be planned."""
        look = reader.look(self.outcome.failed)
        self.outcome.behind, self.outcome.silent = look.behind, look.silent
        plan = self._plan(look, look.contents)
        plan = plan.with_departures(self._departures(look, plan))
        self._note(look, plan)
        return look, plan

    def is_in_line(self, look: Look, plan: Plan) -> bool:
        """Whether nothing is to be written, the status included."""
        stale = any(self._stager.is_stale(sheet) for sheet in look.leftovers)
        return plan.is_empty and not stale and not self._status.is_due(look, plan)

    def close(self, look: Look, plan: Plan) -> Closing:
        """How the commit of a plan ends."""
        return self._status.close(look, plan, self.ids(look))

    def ids(self, look: Look) -> Callable[[], int]:
        """A source of ids for sheets, marks and tokens that no sheet has; Google takes those that we choose."""
        return fresh_ids({sheet.sheet_id for sheet in look.workbook.sheets}, lambda: self.chance.randint(1, MAX_ID))

    def _plan(self, look: Look, contents: Mapping[int, Content]) -> Plan:
        """What is to be done about the sheets that were looked at, whose cells are these."""
        sheets = (look.workbook, contents, look.wanted, self.ids(look), self.settings.guards)
        return make_plan(*sheets, status_cells=math.prod(self._status.grid), protect=self.settings.protect)

    def _departures(self, look: Look, plan: Plan) -> Departures:
        """Sheets to hide, to delete or to show, as their stream went or came back; none goes in a run that fails."""
        everyone = None if self.roll.everyone is None else self.roll.everyone | self._setbacks.staying
        roll = replace(self.roll, everyone=None if plan.failed or self.outcome.failed else everyone)
        renewed, has_new = {sheet.sheet_id for sheet in plan.sheets}, any(sheet.new for sheet in plan.sheets)
        return plan_departures(look.workbook, roll, renewed, has_new=has_new)

    def _note(self, look: Look, plan: Plan) -> None:
        """Keep what the first look found as long as the workbook's generation may be our own."""
        if look.generation.run != self.run:
            self.outcome.plans.clear()
            self.outcome.departures = ()
        wanted = {found.stream: found for found, _ in look.wanted}
        for sheet in plan.sheets:
            first, _ = self.outcome.plans.get(sheet.stream, (sheet, None))
            here = replace(first, sheet_id=sheet.sheet_id, title=sheet.title)
            self.outcome.plans[sheet.stream] = (here, wanted[sheet.stream])
        self.outcome.departures = self.outcome.departures or plan.departures
        self.outcome.staying = plan.staying
        self._setbacks.fail(plan.failed)

    # Doing it

    def _is_futile(self, plan: Plan) -> bool:
        """Whether the last commit did just what is planned now, and Google shows it otherwise.

        Raise RemoteError where people have changed the workbook again and again since we looked.
        """
        steps = [step for sheet in plan.sheets for step in sheet.steps]
        if self._committed and steps == self._committed[-1]:
            streams = ", ".join(sheet.stream for sheet in plan.sheets if sheet.steps)
            logger.warning("Google shows some cells of %s otherwise than they were written.", streams)
            return True
        if len(self._committed) == MAX_COMMITS:
            raise RemoteError(
                f"People changed the workbook just before each of {MAX_COMMITS} commits; the next run looks again."
            )
        return False

    def _apply(self, reader: Reader, look: Look, plan: Plan) -> bool:
        """Stage what is big and commit; False where another look is due."""
        try:
            requests, staged = self._stage(reader, look, plan)
        except RefusedError as exc:
            self._setbacks.see_refusal(look, plan, None, exc)
            return False
        moves = ((departure.stream, request) for departure in plan.departures for request in departure.requests)
        closing = self.close(look, plan)
        self.outcome.cells = plan.cells + closing.growth
        generation, new_id = closing.generation, self.ids(look)
        commits = self._pack(look, itertools.chain(requests, moves, ((OWNER, request) for request in closing.requests)))
        if not commits:
            return False
        left = (sheet for sheet in look.leftovers if not (staged and self._stager.is_ours(sheet)))
        removals = [batch.delete_sheet(sheet.sheet_id) for sheet in left]
        expected = [sheet.expected for sheet in plan.sheets if sheet.expected]
        for commit in commits:
            front, generation = swap(generation, self.run, new_id)
            front += removals if commit is commits[0] else []
            ranges = [shown for each in expected for shown in each.ranges()] if commit is commits[-1] else []
            if ranges:  # else all sheets are shown, without cells
                ranges.append(a1_range(closing.sheet.title, 0, 1, 0, 1))
            try:
                shown = self._send([*front, *commit.requests], ranges)
            except RefusedError as exc:
                place = None if exc.request is None else exc.request - len(front)
                self._setbacks.see_refusal(look, plan, commit.maybe_owner(place), exc)
                return False
        self._committed.append([step for sheet in plan.sheets for step in sheet.steps])
        # Should Google let a swap of an old token pass, there are two of them now.
        if shows_two_tokens(generation, shown):
            return False
        if all(is_as_expected(each, shown.get(each.sheet_id, {})) for each in expected):
            return True
        reader.remember({sheet.stream: sheet.standing for sheet in plan.sheets if sheet.standing})
        return False

    def _pack(self, look: Look, requests: Iterable[tuple[str | None, Request]]) -> list[Commit]:
        """Put the requests into as few commits as may be; none where a stream has failed of that."""
        commits = list(pack(requests, self._setbacks.max_requests)) or [Commit((), ())]
        if self._setbacks.fail_torn(look, commits):
            return []
        if len(commits) > 1:
            logger.warning(
                "The changes are too large for one request: they go in %d, and until the last is done readers may "
                "see old and new rows side by side.",
                len(commits),
            )
        return commits

    def _send(self, requests: Sequence[Request], ranges: Sequence[str]) -> Mapping[int, Mapping[str, Any]]:
        """Send one commit; the answer has the sheets of these ranges by id, as they are now."""
        try:
            return self.api.commit(requests, ranges)
        except TransientError:
            self._setbacks.see_failure(requests)
            raise

    def _stage(self, reader: Reader, look: Look, plan: Plan) -> tuple[Iterator[tuple[str | None, Request]], bool]:
        """The requests of the commit, each with its stream; what is too big for it is written to hidden sheets now.

        The second answer is whether there was anything, so that our leftovers of before are gone.
        """
        staging = self._stager.stage(look, plan, self.ids(look))
        requests = self._stager.fill(look, staging)
        if staging.copies and self._is_outdated(reader, look, plan):
            raise TransientError("Somebody changed the workbook while a large change was being prepared.")
        return requests, bool(staging.prepare)

    def _is_outdated(self, reader: Reader, look: Look, plan: Plan) -> bool:
        """Whether the sheets that are there would be changed otherwise by now; what people write beside them may."""
        again = self._plan(look, reader.read_contents(look.sheets))
        before, now = ([sheet.steps for sheet in found.sheets if not sheet.new] for found in (plan, again))
        return before != now
