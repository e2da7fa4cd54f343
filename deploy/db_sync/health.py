"""Whether the workbook is fresh: the last success must be younger than three ticks of the schedule.

Pure. Ticks rather than minutes: a schedule for office hours isn't ill at night. A container that has just started has
the same time. While a run goes on that may still take its time, what counts is how things stood when it began: a long
first run is well, and one that follows a failure in vain isn't.
"""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo
from itertools import islice

from db_sync.cron import Cron, ticks_before

MISSED_TICKS = 3


def complaint(
    cron: Cron,
    zone: tzinfo,
    now: float,
    started: float,
    success: float | None,
    *,
    running: float | None = None,
    timeout: float = 0,
) -> str | None:
    """Why the workbook is out of date, or None where it isn't.

    All times are Unix times: of the schedule's start, of the last success, and of the begin of the run that goes on,
    which may last for the timeout's seconds. What is later than now was written while the clock was wrong, and doesn't
    count.
    """
    since = max((each for each in (started, success) if each is not None and each <= now), default=0)
    moment = running if running is not None and 0 <= now - running < timeout else now
    ticks = list(islice(ticks_before(cron, datetime.fromtimestamp(moment, zone), zone), MISSED_TICKS))
    if len(ticks) < MISSED_TICKS or ticks[-1].timestamp() <= since:
        return None
    last = "there has been none yet" if success is None else f"the last was at {to_text(success)}"
    wrong = ", which is to come: the clock was wrong" if success is not None and success > now else ""
    reason = f"No run has succeeded for {MISSED_TICKS} ticks of the schedule: {last}{wrong}."
    return f"{reason} The log of the last run says why."


def to_text(moment: float) -> str:
    """A Unix time as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(moment, timezone.utc).isoformat(timespec="seconds")
