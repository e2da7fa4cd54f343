"""Number formats: a value and a pattern to the text that people see.

Design rule: a pattern is read once into sections of tokens (cached), formatting walks the tokens. Source of the
tokens: developers.google.com/workspace/sheets/api/guides/formats. Dates are days since 1899-12-30 without a time
zone.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

EPOCH = datetime(1899, 12, 30)
DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})
DEFAULT_PATTERNS = {
    "DATE": "m/d/yyyy",
    "TIME": "h:mm:ss am/pm",
    "DATE_TIME": "m/d/yyyy h:mm:ss",
    "NUMBER": "#,##0.00",
    "PERCENT": "0.00%",
    "CURRENCY": '"$"#,##0.00',
    "SCIENTIFIC": "0.00E+00",
    "TEXT": "@",
}
ISO_LOCALE_PATTERNS = {"DATE": "dd/mm/yyyy", "TIME": "hh:mm:ss", "DATE_TIME": "dd/mm/yyyy hh:mm:ss"}
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


class Pattern(NamedTuple):
    """One section of a pattern: its tokens as (kind, text), and whether it writes a date."""

    tokens: tuple[tuple[str, str], ...]
    is_date: bool


_TOKENS = re.compile(
    r'(?P<literal>"[^"]*"|\\.|_.|\*.)'
    r"|(?P<elapsed>\[(?:h+|m+|s+)\])|(?P<colour>\[[^\]]*\])"
    r"|(?P<half>am/pm|AM/PM|a/p|A/P)"
    r"|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+)"
    r"|(?P<exponent>[eE][+-]0+)"
    r"|(?P<digits>[0#?][0#?,]*(?:\.[0#?]*)?|\.[0#?]+)"
    r"|(?P<percent>%)|(?P<text>@)|(?P<other>.)",
    re.DOTALL,
)


@lru_cache(maxsize=1024)
def read_pattern(pattern: str) -> tuple[Pattern, ...]:
    """The sections of a pattern: positive, negative, zero, text."""
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', pattern)
    return tuple(_read_section(section) for section in sections)


def _read_section(section: str) -> Pattern:
    tokens: list[tuple[str, str]] = []
    for match in _TOKENS.finditer(section):
        kind, text = match.lastgroup or "other", match[0]
        if kind == "literal":
            text = {'"': text[1:-1], "\\": text[1:], "_": " ", "*": ""}[text[0]]
        elif kind == "date" and text[0] in "mM" and _is_minute(tokens, section[match.end() :]):
            kind = "minute"
        tokens.append((kind, text))
    is_date = any(kind in {"date", "minute", "elapsed", "half"} for kind, _ in tokens)
    if is_date:
        tokens = [("fraction", text) if kind == "digits" else (kind, text) for kind, text in tokens]
    return Pattern(tuple(tokens), is_date)


def _is_minute(before: list[tuple[str, str]], after: str) -> bool:
    """An "m" right after hours or right before seconds is a minute."""
    last = next((text for kind, text in reversed(before) if kind in {"date", "minute", "elapsed"}), "")
    following = re.match(r"[^A-Za-z\[]*\[?([A-Za-z])", after)
    return last.strip("[")[:1].lower() == "h" or (following is not None and following[1].lower() == "s")


def number_format(cell_format: dict[str, Any] | None) -> dict[str, Any]:
    return (cell_format or {}).get("numberFormat") or {}


def pattern_of(numbers: dict[str, Any], locale: str = "en_US") -> str:
    """The pattern of a NumberFormat: its own, or that of its type in this locale; "" where neither is set."""
    pattern = numbers.get("pattern")
    if pattern:
        return str(pattern)
    kind = numbers.get("type", "")
    if locale != "en_US" and kind in ISO_LOCALE_PATTERNS:
        return ISO_LOCALE_PATTERNS[kind]
    return DEFAULT_PATTERNS.get(kind, "")


def is_date_format(numbers: dict[str, Any]) -> bool:
    return numbers.get("type") in DATE_TYPES


@lru_cache(maxsize=65536)
def format_number(value: float, pattern: str) -> str:
    """The text of a number under a pattern; "" as a pattern is the automatic format."""
    if not pattern or pattern.lower() == "general":
        return format_general(value)
    sections = read_pattern(pattern)
    negative, zero = value < 0, value == 0
    section = sections[0]
    if negative and len(sections) > 1:
        section, value = sections[1], -value
    elif zero and len(sections) > 2:
        section = sections[2]
    if section.is_date:
        return _format_date(value, section)
    return _format_decimal(value, section)


def format_text(value: str, pattern: str) -> str:
    """Text under a pattern: the fourth section, or a single section that holds "@"."""
    sections = read_pattern(pattern)
    section = sections[3] if len(sections) > 3 else sections[0] if len(sections) == 1 else None
    if section is None or not any(kind == "text" for kind, _ in section.tokens):
        return value
    return "".join(value if kind == "text" else text for kind, text in section.tokens)


def format_general(value: float) -> str:
    """The automatic format: ten significant digits for fractions, integers whole up to 15 digits [?]."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else _scientific(value, 5)
    if not 1e-5 <= abs(value) < 1e15:
        return _scientific(value, 5)
    whole = len(str(int(abs(value))))
    text = f"{value:.{max(10 - whole, 2)}f}" if abs(value) >= 1 else f"{value:.9f}"
    return text.rstrip("0").rstrip(".")


def _scientific(value: float, decimals: int) -> str:
    mantissa, exponent = f"{value:.{decimals}E}".split("E")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}E{exponent[0]}{exponent[1:].zfill(2)}"


def _format_decimal(value: float, section: Pattern) -> str:
    if any(kind == "exponent" for kind, _ in section.tokens):
        return _format_exponent(value, section)
    amount = Decimal(repr(value))
    amount *= 100 ** sum(kind == "percent" for kind, _ in section.tokens)
    placeholders = "".join(text for kind, text in section.tokens if kind == "digits")
    if not placeholders:
        return "".join(format_general(value) if kind == "text" else text for kind, text in section.tokens)
    digits = _digits(amount, placeholders)
    sign = "-" if amount < 0 and any(character in "123456789" for character in digits) else ""
    written, out = False, []
    for kind, text in section.tokens:
        if kind == "digits":
            out.append("" if written else digits)
            written = True
        elif kind != "colour":
            out.append(text)
    return sign + "".join(out)


def _digits(amount: Decimal, placeholders: str) -> str:
    """The absolute amount written into placeholders such as `#,##0.0#`."""
    whole_part, _, fraction_part = placeholders.partition(".")
    trailing = len(whole_part) - len(whole_part.rstrip(","))
    grouped = "," in whole_part.rstrip(",")
    amount = abs(amount) / Decimal(1000) ** trailing
    decimals = sum(character in "0#?" for character in fraction_part)
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{rounded:f}".partition(".")
    whole = whole.lstrip("0").rjust(whole_part.count("0"), "0")
    if grouped:
        whole = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", whole)
    required = fraction_part.count("0")
    while len(fraction) > required and fraction.endswith("0"):
        fraction = fraction[:-1]
    return f"{whole}.{fraction}" if fraction or ("." in placeholders and required) else whole


def _format_exponent(value: float, section: Pattern) -> str:
    out = []
    for kind, text in section.tokens:
        if kind == "digits":
            decimals = len(text.partition(".")[2])
            mantissa, exponent = f"{value:.{decimals}E}".split("E")
            out.append(mantissa)
        elif kind == "exponent":
            sign = exponent[0] if exponent[0] == "-" or text[1] == "+" else ""
            out.append(f"E{sign}{exponent[1:].lstrip('0').rjust(len(text) - 2, '0')}")
        else:
            out.append(text)
    return "".join(out)


def to_datetime(serial: float) -> datetime:
    """The moment of a serial number, to the millisecond; numbers outside of datetime's years are cut to them."""
    milliseconds = round(serial * 86_400_000)
    try:
        return EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime.max if serial > 0 else datetime.min


def _format_date(serial: float, section: Pattern) -> str:
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
