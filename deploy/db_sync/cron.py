"""When the schedule comes due: a cron expression -> the moments before and after any other.

Pure. The grammar is the part of supercronic's (its package cronexpr) that a health check can reckon with: five fields,
or seven with seconds before and years, always `*`, behind them; `L`, `W` and `#` are refused. As there, a day that is
restricted in both ways is due when either fits, and a step that is wider than its field is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from itertools import product

# The longest way between two ticks: 29 February, over a year that ends in 00 and isn't a leap year.
LONGEST_DAYS = 366 * 8 + 2
ENTRY = re.compile(r"(?:(?P<all>[*?])|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d{1,4}))?", re.ASCII)
SHORTHANDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november")
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def names(words: tuple[str, ...], first: int) -> dict[str, int]:
    """The words and their first three letters, numbered."""
    return {name: number for number, word in enumerate(words, first) for name in (word, word[:3])}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name for messages, its smallest and largest number, and the words that stand for numbers."""

    name: str
    low: int
    high: int
    words: dict[str, int]


SECOND = Field("second", 0, 59, {})
MINUTE = Field("minute", 0, 59, {})
HOUR = Field("hour", 0, 23, {})
DAY = Field("day of the month", 1, 31, {})
MONTH = Field("month", 1, 12, names((*MONTHS, "december"), 1))
WEEKDAY = Field("day of the week", 0, 6, names(WEEKDAYS, 0) | {"7": 0})
# Whose numbers supercronic takes for 0 where they begin with a zero.
WITHOUT_ZEROS = (MONTH, WEEKDAY)


class CronError(ValueError):
    """The expression can't be used; the message says which part of it and why."""


@dataclass(frozen=True, slots=True)
class Cron:
    """The numbers that fit, field by field; days of the week count from Sunday, 0."""

    times: tuple[time, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    def is_due_on(self, day: date) -> bool:
        """Whether the day has ticks."""
        fits = (day.day in self.days, day.isoweekday() % 7 in self.weekdays)
        return day.month in self.months and (any(fits) if self.either_day else all(fits))


def parse_cron(text: str) -> Cron:
    """Read an expression; raise CronError where it can't be read or never comes due."""
    fields = SHORTHANDS.get(text.strip().lower(), text).split()
    if len(fields) == 7 and fields[6] in "*?":
        second, *fields = fields[:6]
    elif len(fields) == 5:
        second = "0"
    else:
        raise CronError(f"it has {len(fields)} fields, and five are needed: minute, hour, day, month, weekday")
    minutes, hours, days, months, weekdays = (
        parse_field(entry, field) for entry, field in zip(fields, (MINUTE, HOUR, DAY, MONTH, WEEKDAY), strict=True)
    )
    seconds = parse_field(second, SECOND)
    cron = Cron(
        times=tuple(time(*each) for each in product(sorted(hours), sorted(minutes), sorted(seconds))),
        days=days,
        months=months,
        weekdays=weekdays,
        either_day=not any(each in "*?" for field in (fields[2], fields[4]) for each in field.split(",")),
    )
    if next_tick(cron, datetime(2000, 1, 1), None) is None:
        raise CronError("no date fits it: it would never come due")
    return cron


def parse_field(text: str, field: Field) -> frozenset[int]:
    """The numbers of a list like `1,5-10,*/15`."""
    return frozenset(number for entry in text.split(",") for number in parse_entry(entry, field))


def parse_entry(text: str, field: Field) -> range:
    """The numbers of one entry of a list."""
    found = ENTRY.fullmatch(text.lower())
    if not found:
        raise CronError(f"'{text}' can't be read as a {field.name}")
    step = int(found["step"] or 1)
    if not 1 <= step <= max(field.high, 1):
        raise CronError(f"the step of '{text}' must be from 1 to {field.high}")
    if found["all"]:
        return range(field.low, field.high + 1, step)
    first = number_of(found["first"], field)
    last = number_of(found["last"], field) if found["last"] else field.high if found["step"] else first
    is_to_sunday = field is WEEKDAY and found["last"] not in {None, found["first"]} and last == 0
    if last < first or is_to_sunday:
        reason = ", since Sunday is 0" if is_to_sunday else ""
        remedy = span(first, field.high) + (f",{span(field.low, last)}" if first > last else "")
        raise CronError(f"'{text}' ends before it begins{reason}: write {remedy}")
    return range(first, last + 1, step)


def span(first: int, last: int) -> str:
    """A range as an expression has it."""
    return f"{first}" if first == last else f"{first}-{last}"


def number_of(text: str, field: Field) -> int:
    """The number that a word or some digits stand for."""
    if field in WITHOUT_ZEROS and re.fullmatch(r"0\d", text):
        raise CronError(f"'{text}' must be written without its zero, as {text[1]}")
    number = field.words.get(text, int(text) if text.isdecimal() and len(text) <= 2 else -1)
    if not field.low <= number <= field.high:
        raise CronError(f"'{text}' is no {field.name} from {field.low} to {field.high}")
    return number


def ticks_before(cron: Cron, moment: datetime, zone: tzinfo | None) -> Iterator[datetime]:
    """The ticks up to the moment, the latest first."""
    limit = in_utc(moment)
    for day in due_days(cron, moment.date(), -1):
        for tick in reversed(ticks_on(cron, day, zone)):
            if in_utc(tick) <= limit:
                yield tick


def next_tick(cron: Cron, moment: datetime, zone: tzinfo | None) -> datetime | None:
    """The first tick after the moment, or None where there is none."""
    limit = in_utc(moment)
    for day in due_days(cron, moment.date(), 1):
        for tick in ticks_on(cron, day, zone):
            if in_utc(tick) > limit:
                return tick
    return None


def ticks_on(cron: Cron, day: date, zone: tzinfo | None) -> list[datetime]:
    """A day's ticks in their order: none in an hour that the clock leaves out, and twice in one that it repeats."""
    ticks = [datetime.combine(day, each, zone) for each in cron.times]
    begin, end = (datetime.combine(each, time(), zone).utcoffset() for each in (day, day + timedelta(days=1)))
    if begin == end:
        return ticks
    moments = {in_utc(tick.replace(fold=fold)) for tick in ticks for fold in (0, 1)}
    real = (moment.astimezone(zone) for moment in sorted(moments))
    # What the clock leaves out comes back as another time.
    times = set(cron.times)
    return [tick for tick in real if tick.date() == day and tick.time() in times]


def in_utc(moment: datetime) -> datetime:
    """What two moments of one zone are compared by: Python goes by the clock's face otherwise."""
    return moment.astimezone(timezone.utc) if moment.tzinfo else moment


def due_days(cron: Cron, first: date, step: int) -> Iterator[date]:
    """The days that have ticks, from the first one on, in one direction."""
    for distance in range(LONGEST_DAYS):
        day = first + timedelta(days=step * distance)
        if cron.is_due_on(day):
            yield day
