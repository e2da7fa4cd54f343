"""Serial numbers as dates: days since 1899-12-30 without a time zone, and their text under a date pattern."""

from __future__ import annotations

from datetime import datetime, timedelta

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


def to_datetime(serial: float) -> datetime:
    """The moment of a serial number, to the millisecond; numbers outside of datetime's years are cut to them."""
    milliseconds = round(serial * 86_400_000)
    try:
        return EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime.max if serial > 0 else datetime.min


def format_date(serial: float, section: Pattern) -> str:
    has_fraction = any(kind == "fraction" for kind, _ in section.tokens)
    moment = to_datetime(serial if has_fraction else round(serial * 86400) / 86400)
    twelve = any(kind == "half" for kind, _ in section.tokens)
    return "".join(_date_token(kind, text, moment, serial, twelve=twelve) for kind, text in section.tokens)


def _date_token(kind: str, text: str, moment: datetime, serial: float, *, twelve: bool) -> str:
    if kind == "date":
        return _date_part(text.lower(), moment, twelve=twelve)
    if kind == "minute":
        return str(moment.minute).zfill(len(text))
    if kind == "half":
        word = "PM" if moment.hour >= 12 else "AM"
        word = word if "/" in text and len(text) > 3 else word[0]
        return word if text[0] == "A" else word.upper()
    if kind == "elapsed":
        unit = {"h": 24, "m": 1440, "s": 86400}[text[1]]
        return str(int(round(serial * 86400) / 86400 * unit + 1e-9)).zfill(len(text) - 2)
    if kind == "fraction":
        places = len(text.partition(".")[2])
        return "." + f"{moment.microsecond:06d}"[:places]
    return "" if kind == "colour" else text


def _date_part(text: str, moment: datetime, *, twelve: bool) -> str:
    size = len(text)
    if text[0] == "y":
        return f"{moment.year:04d}" if size > 2 else f"{moment.year % 100:02d}"
    if text[0] == "m":
        name = MONTHS[moment.month - 1]
        return str(moment.month).zfill(size) if size < 3 else {3: name[:3], 4: name}.get(size, name[0])
    if text[0] == "d":
        name = DAYS[moment.weekday()]
        return str(moment.day).zfill(size) if size < 3 else name[:3] if size == 3 else name
    if text[0] == "h":
        hour = (moment.hour - 1) % 12 + 1 if twelve else moment.hour
        return str(hour).zfill(size)
    return str(moment.second).zfill(size)
