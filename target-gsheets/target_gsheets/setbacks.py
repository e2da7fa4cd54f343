"""What a commit that failed means for the rest of a run: look again, leave a stream or a sheet out, or give in.

What was refused has changed nothing, and what came to nothing is looked for: here nothing is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from target_gsheets.errors import RefusedError, RemoteError, TransientError
from target_gsheets.generation import Generation
from target_gsheets.limits import MAX_COMMIT_REQUESTS, Commit, torn_streams
from target_gsheets.look import Look
from target_gsheets.outcome import Outcome
from target_gsheets.plan import Plan
from target_gsheets.status_writer import OWNER, StatusWriter

Request: TypeAlias = "dict[str, Any]"

# A commit of fewer requests isn't made smaller when it fails again.
FEW_REQUESTS = 1_000
TORN = (
    "its new rows don't fit into one request, and there is no room in the workbook to prepare them in a hidden sheet: "
    "delete what isn't needed, or send fewer rows at a time"
)

logger = logging.getLogger("target-gsheets")


@dataclass(slots=True)
class Setbacks:
    """What has gone wrong in a run so far; `aborts` says that one stream's failure is that of all."""

    outcome: Outcome
    status: StatusWriter
    aborts: bool
    staying: set[str] = field(init=False, default_factory=set)  # streams whose sheet can't be hidden or deleted
    max_requests: int = field(init=False, default=MAX_COMMIT_REQUESTS)  # of one commit
    _refused: dict[str | None, Generation] = field(init=False, default_factory=dict)
    _failed_commits: int = field(init=False, default=0)

    def fail(self, failed: Mapping[str, str]) -> None:
        """Leave out streams, each with its reason; raise RemoteError where that stops all others."""
        self.outcome.failed.update(failed)
        if failed and self.aborts:
            stream, reason = next(iter(failed.items()))
            raise RemoteError(f"Nothing was written ('on_error' is 'abort'): {stream}: {reason}.")

    def fail_torn(self, look: Look, commits: Sequence[Commit]) -> bool:
        """Append nothing that takes several commits: should one of them fail, nobody could tell what is there.

        Returns whether there is such a stream.
        """
        torn = torn_streams(commits) & {wanted.stream for wanted, _ in look.wanted if wanted.is_appended}
        self.fail(dict.fromkeys(sorted(torn), TORN))
        return bool(torn)

    def see_failure(self, requests: Sequence[Request]) -> None:
        """Note a commit whose outcome is unknown: one that fails again and again may take Google too long."""
        self._failed_commits += 1
        if self._failed_commits > 1 and len(requests) > FEW_REQUESTS:
            self.max_requests = len(requests) // 2

    def see_refusal(self, look: Look, plan: Plan, owner: str | None, exc: RefusedError) -> None:
        """Note what Google refused of a commit, by its stream, so that another look is of use; else raise.

        At first it may be another run that was faster, or somebody who renamed or deleted a tab since we looked; where
        the same happens on the same generation, the stream or the sheet is left out.
        """
        leaving = {departure.stream for departure in plan.departures} - {sheet.stream for sheet in plan.sheets}
        if owner in leaving:
            logger.warning("%s: its stream didn't come, but its sheet has to stay as it is (%s)", owner, exc)
            self.staying.add(owner)
        elif self._refused.get(owner) != look.generation:
            self._refused[owner] = look.generation
            if owner is None:
                raise TransientError(f"The workbook was changed by another run meanwhile ({exc})") from exc
        elif owner == OWNER and not self.status.is_forbidden:
            logger.warning("The status sheet can't be written, and isn't in this run: %s", exc)
            self.status.is_forbidden = True
        elif owner in {None, OWNER} or self.aborts:
            raise exc
        else:
            self.outcome.failed[owner] = str(exc)
