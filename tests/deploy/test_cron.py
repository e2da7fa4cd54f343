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
    "zeros that supercronic knows": ("05 01 01 * *", "2026-12-01 01:05"),
    "from Sunday on": ("0 0 * * 7-1", "2026-11-23 00:00"),
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
    "a range over midnight": ("0 22-2 * * *", "write 22-23,0-2"),
    # supercronic takes 7 for 0, and in a range too.
    "Sunday to Sunday": ("0 0 * * 0-7", "'0-7' ends before it begins, since Sunday is 0: write 0-6"),
    "Monday to Sunday": ("0 0 * * 1-7", "'1-7' ends before it begins, since Sunday is 0: write 1-6,0"),
    "a long weekend": ("0 0 * * fri-sun", "'fri-sun' ends before it begins, since Sunday is 0: write 5-6,0"),
    "a weekend": ("0 0 * * 6-7", "write 6,0"),
    # supercronic takes both for 0: a Sunday, and a month that there isn't.
    "a weekday with a zero": ("0 0 * * 01", "'01' must be written without its zero, as 1"),
    "a month with a zero": ("0 0 1 01-06 *", "'01' must be written without its zero, as 1"),
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


UTC = timezone.utc
# 29 March 2026 has no 02:00 to 02:59 in Paris, 25 October has them twice.
CHANGES = {
    "an hour that isn't there": ("30 2 * * *", "2026-03-28T01:31", ["2026-03-30T00:30"]),
    "past an hour that isn't there": ("*/30 * * * *", "2026-03-29T00:45", ["2026-03-29T01:00", "2026-03-29T01:30"]),
    "an hour that comes twice": (
        "*/30 2-3 * * *",
        "2026-10-25T00:00",
        ["2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30", "2026-10-25T02:00"],
    ),
}


@pytest.mark.parametrize(("text", "now", "due"), CHANGES.values(), ids=CHANGES)
def test_ticks_around_a_change_of_the_clock_are_moments_that_exist(text: str, now: str, due: list[str]) -> None:
    cron = parse_cron(text)
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    for each in due:
        tick = next_tick(cron, moment.astimezone(PARIS), PARIS)
        assert tick is not None
        moment = tick.astimezone(UTC)
        assert moment == datetime.fromisoformat(each).replace(tzinfo=UTC)
    before = [tick.astimezone(UTC) for tick in islice(ticks_before(cron, moment.astimezone(PARIS), PARIS), len(due))]
    assert before == [datetime.fromisoformat(each).replace(tzinfo=UTC) for each in reversed(due)]


@given(
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "UTC"]).map(ZoneInfo),
    minutes=st.sampled_from(["*/7", "0", "15,45"]),
    hours=st.sampled_from(["*", "1-3", "2"]),
    # Around the changes of the clock in spring and in autumn.
    day=st.sampled_from([datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 10, 11)]),
    seconds=st.integers(0, 31 * 24 * 3600),
)
def test_ticks_are_the_minutes_of_real_time_whose_clock_fits(
    zone: ZoneInfo, minutes: str, hours: str, day: datetime, seconds: int
) -> None:
    cron = parse_cron(f"{minutes} {hours} * * *")
    now = day + timedelta(seconds=seconds)
    fits = {(each.hour, each.minute) for each in cron.times}

    def is_due(moment: datetime) -> bool:
        local = moment.astimezone(zone)
        return (local.hour, local.minute) in fits

    minute = now.replace(second=0)
    before = (each for n in range(4 * 24 * 60) if is_due(each := minute - timedelta(minutes=n)))
    after = (each for n in range(1, 4 * 24 * 60) if is_due(each := minute + timedelta(minutes=n)))
    local = now.astimezone(zone)
    ticks = islice(ticks_before(cron, local, zone), 3)
    assert [tick.astimezone(UTC) for tick in ticks] == list(islice(before, 3))
    tick = next_tick(cron, local, zone)
    assert tick is not None
    assert tick.astimezone(UTC) == next(after)


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
