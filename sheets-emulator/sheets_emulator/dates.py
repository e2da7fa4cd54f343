"""Serial numbers as dates: days since 1899-12-30 without a time zone, and their text under a date pattern."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

from .patterns import Pattern

EPOCH = datetime(1899, 12, 30)
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


_FIRST, _LAST = -693_593, 2_958_465  # 0001-01-01 and 9999-12-31


def to_datetime(serial: float) -> datetime:
    """The moment of a serial number, to the millisecond; numbers outside of datetime's years are cut to them."""
    if not _FIRST <= serial < _LAST + 1:
        return datetime.max if serial > 0 else datetime.min
    try:
        return EPOCH + timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return datetime.max


def format_date(serial: float, section: Pattern) -> str:
    """The text of a serial number; a negative duration is that of its amount with a sign."""
    kinds = {kind for kind, _ in section.tokens}
    negative = serial < 0 and "elapsed" in kinds
    serial = abs(serial) if negative else serial
    inside = _FIRST <= serial <= _LAST
    moment = to_datetime(round(serial * 86400) / 86400 if inside and "fraction" not in kinds else serial)
    parts = (_date_token(kind, text, moment, serial, twelve="half" in kinds) for kind, text in section.tokens)
    return ("-" if negative else "") + "".join(parts)


def _date_token(kind: str, text: str, moment: datetime, serial: float, *, twelve: bool) -> str:
    if kind == "date":
        return _date_part(text.lower(), moment, twelve=twelve)
    if kind == "minute":
        return str(moment.minute).zfill(len(text))
    if kind == "half":
        word = "PM" if moment.hour >= 12 else "AM"
        return word if len(text) > 3 else word[0]
    if kind == "elapsed":
        return _elapsed(serial, text[1:-1].lower())
    if kind == "fraction":
        return "." + f"{moment.microsecond:06d}".ljust(len(text) - 1, "0")[: len(text) - 1]
    return text


_SECONDS = {"h": 3600, "m": 60, "s": 1}


def _elapsed(serial: float, letters: str) -> str:
    """Whole hours, minutes or seconds of a duration, with at least so many digits."""
    seconds = round(Fraction(serial) * 86400)
    return str(seconds // _SECONDS[letters[0]]).zfill(len(letters))


def _date_part(text: str, moment: datetime, *, twelve: bool) -> str:
    size = len(text)
    if text[0] == "y":
        return f"{moment.year:04d}" if size > 2 else f"{moment.year % 100:02d}"
    if text[0] == "m":
        name = MONTHS[moment.month - 1]
        return str(moment.month).zfill(size) if size < 3 else {3: name[:3], 5: name[0]}.get(size, name)
    if text[0] == "d":
        name = DAYS[moment.weekday()]
        return str(moment.day).zfill(size) if size < 3 else name[:3] if size == 3 else name
    if text[0] == "h":
        hour = (moment.hour - 1) % 12 + 1 if twelve else moment.hour
        return str(hour).zfill(size)
    return str(moment.second).zfill(size)
