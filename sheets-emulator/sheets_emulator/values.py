"""What a client writes becomes a cell: RAW as it is, USER_ENTERED as if a person had typed it.

Design rule: numbers are kept as Google shows them, so 2.0 is stored as 2 and an integer beyond the reach of a double
loses its last digits. Typing also chooses a number format (percent, currency, dates), which the caller stores where
the cell has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .dates import EPOCH
from .errors import InvalidArgumentError
from .layer import Cell, Formula
from .locales import locale_of
from .model import Json

MAX_CHARACTERS = 50_000
TOO_LONG = "Your input contains more than the maximum of 50000 characters in a single cell."
_EXACT = 2**53

Entered = tuple[Cell, "Json | None"]


def normal_number(value: float) -> int | float:
    """A double as Google shows it: 2.0 is 2."""
    if isinstance(value, int):
        if -_EXACT <= value <= _EXACT:
            return value
        value = float(value)
    if value.is_integer() and abs(value) < 1e18:
        return int(value)
    return value


def raw_cell(value: Any) -> Cell:
    """A JSON scalar as RAW stores it; "" empties the cell."""
    if isinstance(value, str):
        if len(value) > MAX_CHARACTERS:
            raise InvalidArgumentError(TOO_LONG)
        return value or None
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return normal_number(value)
    raise InvalidArgumentError(f"Invalid value: {str(value)[:80]}. A cell takes a string, a number, a boolean or null.")


def entered_cell(value: Any, locale: str = "en_US") -> Entered:
    """A JSON scalar as if typed into the cell: (cell, number format or None)."""
    if not isinstance(value, str):
        return raw_cell(value), None
    if len(value) > MAX_CHARACTERS:
        raise InvalidArgumentError(TOO_LONG)
    if value.startswith("'"):
        return value[1:] or None, None
    if value.startswith("=") and len(value) > 1:
        return Formula(value), None
    text = value.strip()
    if not text or (text[0].isalpha() and _read_boolean(text, locale) is None and not _MONTH_FIRST.match(text)):
        return value or None, None
    for reader in _READERS:
        entered = reader(text, locale)
        if entered is not None:
            return entered
    return value, None


def _read_boolean(text: str, locale: str) -> Entered | None:
    """The words of the locale, and the English ones everywhere."""
    word, words = text.upper(), locale_of(locale)
    if word in {"TRUE", words.true}:
        return True, None
    return (False, None) if word in {"FALSE", words.false} else None


_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?(?P<money>[$€£])?(?P<sign2>[+-])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d+)?(?P<fraction>\.\d*)?(?P<exponent>[eE][+-]?\d+)?"
    r"(?:\s?(?P<percent>%)|\s(?P<unit>[€£]))?(?(open)\))\Z"
)


def _read_number(text: str, locale: str) -> Entered | None:
    comma = locale_of(locale).decimal == ","
    if comma:
        text = re.sub(r"[\s\u202f\u00a0.](?=\d{3})", "", text).replace(",", ".")
    match = _NUMBER.match(text)
    if not match or not (match["digits"] or len(match["fraction"] or "") > 1) or (match["unit"] and not comma):
        return None
    value = float((match["digits"] or "0").replace(",", "") + (match["fraction"] or "") + (match["exponent"] or ""))
    if match["open"] or "-" in (match["sign"] or "", match["sign2"] or ""):
        value = -value
    decimals = len(match["fraction"] or ".") > 1
    if match["percent"]:
        pattern = "0.00%" if decimals else "0%"
        return normal_number(float(repr(value)) / 100), {"type": "PERCENT", "pattern": pattern}
    if match["money"] or match["unit"]:
        whole = "#,##0" + (".00" if decimals else "")
        pattern = f'"{match["money"]}"{whole}' if match["money"] else f'{whole} "{match["unit"]}"'
        return normal_number(value), {"type": "CURRENCY", "pattern": pattern}
    if match["exponent"]:
        return normal_number(value), {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    if "," in (match["digits"] or ""):
        return normal_number(value), {"type": "NUMBER", "pattern": "#,##0" + (".00" if decimals else "")}
    return normal_number(value), None


_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?(?:\s*(?P<half>[aApP][mM]))?"
_TIME_ONLY = re.compile(_TIME + r"\Z")
_MONTH_FIRST = re.compile(r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d", re.IGNORECASE)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_DATES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(date + r"(?:[ T]+" + _TIME + r")?Z?\Z"), pattern)
    for date, pattern in (
        (r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", "yyyy-mm-dd"),
        (r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})", "yyyy/mm/dd"),
        (r"(?P<first>\d{1,2})/(?P<second_part>\d{1,2})/(?P<year>\d{4}|\d{2})", "m/d/yyyy"),
        (r"(?P<first>\d{1,2})-(?P<second_part>\d{1,2})-(?P<year>\d{4})", "m-d-yyyy"),
        (r"(?P<name>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})", "mmm d, yyyy"),
        (r"(?P<day>\d{1,2})[ -](?P<name>[A-Za-z]{3,9})[ -](?P<year>\d{4})", "d-mmm-yyyy"),
    )
)


def _read_date(text: str, locale: str) -> Entered | None:
    for expression, pattern in _DATES:
        match = expression.match(text)
        if match:
            return _dated(match.groupdict(), pattern, locale)
    return None


def _dated(parts: dict[str, Any], pattern: str, locale: str) -> Entered | None:
    if parts.get("first"):
        month_first = locale_of(locale).month_first
        order = ("month", "day") if month_first else ("day", "month")
        parts |= dict(zip(order, (parts["first"], parts["second_part"]), strict=True))
        pattern = pattern if month_first else pattern.replace("m", "#").replace("d", "mm").replace("#", "dd")
    month = _MONTHS.get(parts["name"][:3].lower(), 0) if parts.get("name") else int(parts["month"])
    year = int(parts["year"])
    year += (2000 if year < 30 else 1900) if year < 100 else 0
    clock = _clock(parts) if parts.get("hour") else 0.0
    try:
        days = (datetime(year, month, int(parts["day"])) - EPOCH).days
    except ValueError:
        return None
    if clock is None:
        return None
    if not parts.get("hour"):
        return days, {"type": "DATE", "pattern": pattern}
    return normal_number(days + clock), {"type": "DATE_TIME", "pattern": pattern + " h:mm:ss"}


def _clock(parts: dict[str, Any]) -> float | None:
    """The fraction of a day; None where there is no such time."""
    hour, minute, second = int(parts["hour"]), int(parts["minute"]), float(parts.get("second") or 0)
    half = (parts.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59 or second >= 60:
        return None
    return (hour * 3600 + minute * 60 + second) / 86400


def _read_time(text: str, _: str) -> Entered | None:
    match = _TIME_ONLY.match(text)
    clock = _clock(match.groupdict()) if match else None
    if match is None or clock is None:
        return None
    seconds = ":ss" if match["second"] else ""
    half = " am/pm" if match["half"] else ""
    return normal_number(clock), {"type": "TIME", "pattern": f"h:mm{seconds}{half}"}


_READERS: tuple[Callable[[str, str], Entered | None], ...] = (_read_boolean, _read_number, _read_date, _read_time)
