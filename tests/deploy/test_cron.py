"""When a schedule comes due, and which expressions are refused before supercronic sees them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from db_sync.cron import CronError, next_tick, parse_cron, ticks_before
from hypothesis import given
from hypothesis import strategies as st

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 22, 12, 0)  # a Sunday

NEXT = {
    "every five minutes": ("*/5 * * * *", "2026-11-22 12:05"),
    "from a minute on": ("2/5 * * * *", "2026-11-22 12:02"),
    "a list and a range": ("10,20-22 * * * *", "2026-11-22 12:10"),
    "office hours": ("0 8-18 * * mon-fri", "2026-11-23 08:00"),
    "long names": ("0 8 * january monday", "2027-01-04 08:00"),
    "Sunday as seven": ("0 13 * * 7", "2026-11-22 13:00"),
    "either day": ("0 0 1 * 3", "2026-11-25 00:00"),
    "both days where one is a star": ("0 0 * * 3", "2026-11-25 00:00"),
    "a stepped star restricts": ("0 0 */31 * 3", "2026-11-25 00:00"),
    "hourly": ("@hourly", "2026-11-22 13:00"),
    "a leap day": ("0 0 29 2 *", "2028-02-29 00:00"),
    "seconds": ("*/10 * * * * * *", "2026-11-22 12:00:10"),
    "a question mark": ("0 0 ? * ?", "2026-11-23 00:00"),
}


@pytest.mark.parametrize(("text", "due"), NEXT.values(), ids=NEXT)
def test_the_next_tick_is_the_one_that_the_expression_names(text: str, due: str) -> None:
    assert next_tick(parse_cron(text), NOON, None) == datetime.fromisoformat(due)


REFUSED = {
    "too few fields": ("*/5 * * *", "it has 4 fields"),
    "six fields": ("0 */5 * * * *", "it has 6 fields"),
    "a year": ("0 0 0 1 1 * 2027", "it has 7 fields"),
    "a word": ("often * * * *", "'often' is no minute"),
    "too large": ("60 * * * *", "'60' is no minute from 0 to 59"),
    "a day zero": ("0 0 0 * *", "'0' is no day of the month from 1 to 31"),
    "a step of zero": ("*/0 * * * *", "the step of '*/0'"),
    "a step wider than the field": ("*/90 * * * *", "the step of '*/90' must be from 1 to 59"),
    "a range backwards": ("0 22-2 * * *", "'22-2' ends before it begins"),
    "a sign": ("+5 * * * *", "'+5' can't be read as a minute"),
    "the last day": ("0 0 L * *", "'l' is no day of the month"),
    "an empty entry": ("0,,5 * * * *", "'' can't be read"),
    "a second line": ("* * * * *\n* * * * * evil", "it has 11 fields"),
    "never": ("0 0 31 2 *", "it would never come due"),
    "other digits": ("٥ * * * *", "can't be read"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_a_schedule_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(CronError) as raised:
        parse_cron(text)
    assert reason in str(raised.value)


def test_a_schedule_is_read_in_its_zone() -> None:
    now = datetime(2026, 7, 1, 5, 59, tzinfo=timezone.utc).astimezone(PARIS)
    tick = next_tick(parse_cron("0 8 * * *"), now, PARIS)
    assert tick is not None
    assert tick.astimezone(timezone.utc) == datetime(2026, 7, 1, 6, 0, tzinfo=timezone.utc)


@given(
    step=st.integers(1, 59),
    hours=st.sampled_from(["*", "8-18", "0,23"]),
    now=st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),
)
def test_ticks_backwards_are_those_that_minutes_counted_one_by_one_have(step: int, hours: str, now: datetime) -> None:
    cron = parse_cron(f"*/{step} {hours} * * *")
    minute = now.replace(second=0, microsecond=0)
    fits = {"*": range(24), "8-18": range(8, 19), "0,23": (0, 23)}[hours]
    wanted = (minute - timedelta(minutes=n) for n in range(3 * 24 * 60))
    due = [each for each in wanted if each.minute % step == 0 and each.hour in fits][:3]
    assert list(islice(ticks_before(cron, now, None), 3)) == due


@given(now=st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)))
def test_the_tick_before_the_next_one_is_the_one_before_now(now: datetime) -> None:
    cron = parse_cron("*/20 6-9 * * 1,3")
    after = next_tick(cron, now, None)
    assert after is not None
    ticks = ticks_before(cron, after, None)
    assert next(ticks) == after
    assert next(ticks) == next(ticks_before(cron, now, None))
