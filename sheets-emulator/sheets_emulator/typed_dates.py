"""Dates, times and durations as a person types them, by the locale.

Design rule: the forms are a table, tried in turn; a form whose parts make no date is no date, and the text stays text.
A date without a year is one of the year that is given.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from .dates import EPOCH, MONTHS
from .locales import Locale
from .typed_numbers import Typed, normal_number

_TIME = (
    r"(?P<hour>[0-9]{1,9}):(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2}(?:\.[0-9]{1,9})?))?"
    r"(?:\s*(?P<half>[aApP][mM]))?"
)
_TIME_ONLY = re.compile(_TIME + r"\Z")
_NAME = r"(?P<name>(?i:" + "|".join(f"{name}|{name[:3]}" for name in MONTHS) + r"|sept))\.?"
_WEEKDAY = r"(?:(?i:(?:mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday|s|rs|r)?)\.?,?\s+)?"
_DAY, _YEAR = r"(?P<day>[0-9]{1,2})", r"(?P<year>[0-9]{4})"
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"{form}(?:[ T]+{_TIME})?Z?\Z"), pattern)
    for form, pattern in (
        (rf"{_YEAR}(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark){_DAY}", "yyyy-mm-dd"),
        (r"(?P<first>[0-9]{1,2})(?P<mark>[-/.])(?P<last>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})", "m-d-yyyy"),
        (r"(?P<first>[0-9]{1,2})(?P<mark>[-/.])(?P<last>[0-9]{1,2})\.?", "m-d"),
        (rf"{_WEEKDAY}{_NAME}\s+{_DAY},?\s+{_YEAR}", "mmm d, yyyy"),
        (rf"{_WEEKDAY}{_NAME}\s+{_DAY}", "mmm d"),
        (rf"{_NAME}\s+{_YEAR}", "mmm yyyy"),
        (rf"{_WEEKDAY}{_DAY}[ -]{_NAME}[ -]{_YEAR}", "d-mmm-yyyy"),
        (rf"{_DAY}[ -]{_NAME}", "d-mmm"),
    )
)
may_begin_a_date = re.compile(_WEEKDAY + _NAME + r"\s|" + _WEEKDAY[:-1] + r"[0-9]").match
"""Whether a text that begins with a letter can be a date; only used to be quick with the others."""


def maybe_date(text: str, locale: Locale, year: int) -> Typed | None:
    """The serial number of a date, with or without a time."""
    for form, pattern in _FORMS:
        match = form.match(text)
        if match and _mark_fits(match, text, locale):
            return _dated({"year": year, "day": 1, **_given(match)}, pattern, locale)
    return None


def _given(match: re.Match[str]) -> dict[str, Any]:
    return {name: part for name, part in match.groupdict().items() if part is not None}


def _mark_fits(match: re.Match[str], text: str, locale: Locale) -> bool:
    """Dots make dates in the languages that write them so; elsewhere 1.2.3 is a version."""
    mark = match.groupdict().get("mark")
    return locale.dotted if mark == "." else mark is None or not text.endswith(".")


def _dated(parts: dict[str, Any], pattern: str, locale: Locale) -> Typed | None:
    if "first" in parts:
        order = ("month", "day") if locale.month_first else ("day", "month")
        parts |= dict(zip(order, (parts["first"], parts["last"]), strict=True))
        pattern = pattern if locale.month_first else pattern.replace("m-d", "dd-mm")
    month = [name[:3] for name in MONTHS].index(parts["name"][:3].title()) + 1 if "name" in parts else parts["month"]
    year = int(parts["year"])
    year += (2000 if year < 30 else 1900) if len(str(parts["year"])) == 2 else 0
    try:
        days = (datetime(year, int(month), int(parts["day"])) - EPOCH).days
    except ValueError:
        return None
    pattern = pattern.replace("-", parts.get("mark", "-"))
    if "hour" not in parts:
        return days, {"type": "DATE", "pattern": pattern}
    clock = _clock(parts)
    if clock is None or clock >= 1:
        return None
    return normal_number(days + clock), {"type": "DATE_TIME", "pattern": pattern + " h:mm:ss"}


def _clock(parts: dict[str, Any]) -> float | None:
    """Hours, minutes and seconds as a part of a day, or as days; None where there is no such time."""
    hour, minute, second = int(parts["hour"]), int(parts["minute"]), float(parts.get("second", 0))
    half = parts.get("half", "").lower()
    if minute > 59 or second >= 60 or (half and not 1 <= hour <= 12):
        return None
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    return (hour * 3600 + minute * 60 + second) / 86400


def maybe_time(text: str) -> Typed | None:
    """The serial number of a time of day, or of a duration of a day and more."""
    match = _TIME_ONLY.match(text)
    clock = _clock(_given(match)) if match else None
    if match is None or clock is None:
        return None
    seconds = ":ss" if match["second"] else ""
    half = " am/pm" if match["half"] else ""
    hours = "[h]" if clock >= 1 else "h"
    return normal_number(clock), {"type": "TIME", "pattern": f"{hours}:mm{seconds}{half}"}
