"""What a client writes becomes a cell: RAW as it is, USER_ENTERED as if a person had typed it.

Design rule: numbers are kept as Google shows them, so 2.0 is stored as 2 and an integer beyond the reach of a double
loses its last digits; a number that isn't finite is never stored. Typing also chooses a number format (percent,
currency, dates), which the caller stores where the cell has none.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from math import isfinite
from typing import Any

from .errors import InvalidArgumentError
from .layer import Cell, Formula
from .locales import EN_US, Locale, locale_of
from .model import Json
from .typed_dates import may_begin_a_date, maybe_date, maybe_time
from .typed_numbers import Typed, maybe_number, normal_number

MAX_CHARACTERS = 50_000
TOO_LONG = "Your input contains more than the maximum of 50000 characters in a single cell."

Entered = tuple[Cell, "Json | None"]
_has_digit = re.compile("[0-9]").search


def number_cell(value: float) -> int | float:
    """A number as a cell holds it; refused where no double can hold it."""
    try:
        if isfinite(value):
            return normal_number(value)
    except OverflowError:
        pass
    raise InvalidArgumentError("A number is beyond the range of a double (about 1.8E+308).")


def raw_cell(value: Any) -> Cell:
    """A JSON scalar as RAW stores it; "" empties the cell."""
    if isinstance(value, str):
        if len(value) > MAX_CHARACTERS:
            raise InvalidArgumentError(TOO_LONG)
        return value or None
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return number_cell(value)
    raise InvalidArgumentError(f"Invalid value: {str(value)[:80]}. A cell takes a string, a number, a boolean or null.")


def entered_cell(value: Any, locale: str = "en_US", year: int | None = None) -> Entered:
    """A JSON scalar as if typed into the cell: (cell, number format or None).

    `year` is that of a date without one; the current year of UTC where it isn't given.
    """
    if not isinstance(value, str):
        return raw_cell(value), None
    if len(value) > MAX_CHARACTERS:
        raise InvalidArgumentError(TOO_LONG)
    if value.startswith("'"):
        return value[1:] or None, None
    if value.startswith("=") and len(value) > 1:
        return Formula(value), None
    text, found = value.strip(), locale_of(locale)
    if not text or not _has_digit(text):
        flag = _maybe_boolean(text, found)
        return (value or None if flag is None else flag), None
    return maybe_typed(text, found, year) or (value, None)


def _maybe_boolean(text: str, locale: Locale) -> bool | None:
    """The words of the locale, and the English ones everywhere."""
    word = text.upper()
    if word in {"TRUE", locale.true}:
        return True
    return False if word in {"FALSE", locale.false} else None


def maybe_typed(text: str, locale: Locale = EN_US, year: int | None = None) -> Typed | None:
    """The number that a text spells, dates and times included, with the format that the spelling implies."""
    if text[:1].isalpha() and not text.startswith(locale.symbol) and not may_begin_a_date(text):
        return None
    number = maybe_number(text, locale)
    if number is not None:
        return number
    return maybe_date(text, locale, datetime.now(timezone.utc).year if year is None else year) or maybe_time(text)
