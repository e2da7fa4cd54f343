"""Whether the workbook is fresh: the last success must be younger than three ticks of the schedule.

Pure. Ticks rather than minutes: a schedule for office hours isn't ill at night. A container that has just started has
the same time where there was a success before, and else until its first run must have ended.
"""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo
from itertools import islice

from db_sync.cron import Cron, ticks_before

MISSED_TICKS = 3
# The first run has until the tick after its own. What fails in the image's start period Docker forgives by itself.
FIRST_TICKS = 2


def complaint(cron: Cron, zone: tzinfo, now: float, started: float, success: float | None) -> str | None:
    """Why the workbook is out of date, or None where it isn't; all times are Unix times."""
    missed = FIRST_TICKS if success is None else MISSED_TICKS
    ticks = list(islice(ticks_before(cron, datetime.fromtimestamp(now, zone), zone), missed))
    since = max(started, success or 0)
    if len(ticks) < missed or ticks[-1].timestamp() <= since:
        return None
    last = "there has been none yet" if success is None else f"the last was at {to_text(success)}"
    return f"No run has succeeded for {missed} ticks of the schedule: {last}. The log of the last run says why."


def to_text(moment: float) -> str:
    """A Unix time as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(moment, timezone.utc).isoformat(timespec="seconds")
