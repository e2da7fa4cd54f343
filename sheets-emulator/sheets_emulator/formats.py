"""Number formats: a value, a pattern and a locale to the text that people see.

Design rule: formatting walks the tokens of a pattern; separators are put in last, by the locale.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from .dates import format_date
from .locales import EN_US, Locale
from .patterns import Pattern, read_pattern

DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})


def number_format(cell_format: dict[str, Any] | None) -> dict[str, Any]:
    return (cell_format or {}).get("numberFormat") or {}


def pattern_of(numbers: dict[str, Any], locale: Locale = EN_US) -> str:
    """The pattern of a NumberFormat: its own, or that of its type in this locale; "" where neither is set."""
    return str(numbers.get("pattern") or locale.default_patterns.get(numbers.get("type", ""), ""))


def is_date_format(numbers: dict[str, Any]) -> bool:
    return numbers.get("type") in DATE_TYPES


@lru_cache(maxsize=65536)
def format_number(value: float, pattern: str, locale: Locale = EN_US) -> str:
    """The text of a number under a pattern; "" as a pattern is the automatic format."""
    if not pattern or pattern.lower() == "general":
        return format_general(value, locale)
    sections = read_pattern(pattern)
    negative, zero = value < 0, value == 0
    section = sections[0]
    if negative and len(sections) > 1:
        section, value = sections[1], -value
    elif zero and len(sections) > 2:
        section = sections[2]
    if section.is_date:
        return format_date(value, section)
    return _format_decimal(value, section, locale)


def format_text(value: str, pattern: str) -> str:
    """Text under a pattern: the fourth section, or a single section that holds "@"."""
    sections = read_pattern(pattern)
    section = sections[3] if len(sections) > 3 else sections[0] if len(sections) == 1 else None
    if section is None or not any(kind == "text" for kind, _ in section.tokens):
        return value
    return "".join(value if kind == "text" else text for kind, text in section.tokens)


def format_general(value: float, locale: Locale = EN_US) -> str:
    """The automatic format: ten significant digits for fractions, integers whole up to 15 digits [?]."""
    return locale.digits(_general(value))


def _general(value: float) -> str:
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


def _format_decimal(value: float, section: Pattern, locale: Locale) -> str:
    if any(kind == "exponent" for kind, _ in section.tokens):
        return _format_exponent(value, section, locale)
    amount = Decimal(repr(value))
    amount *= 100 ** sum(kind == "percent" for kind, _ in section.tokens)
    placeholders = "".join(text for kind, text in section.tokens if kind == "digits")
    if not placeholders:
        return "".join(format_general(value, locale) if kind == "text" else text for kind, text in section.tokens)
    digits = _digits(amount, placeholders)
    sign = "-" if amount < 0 and any(character in "123456789" for character in digits) else ""
    written, out = False, []
    for kind, text in section.tokens:
        if kind == "digits":
            out.append("" if written else locale.digits(digits))
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


def _format_exponent(value: float, section: Pattern, locale: Locale) -> str:
    out = []
    for kind, text in section.tokens:
        if kind == "digits":
            decimals = len(text.partition(".")[2])
            mantissa, exponent = f"{value:.{decimals}E}".split("E")
            out.append(locale.digits(mantissa))
        elif kind == "exponent":
            sign = exponent[0] if exponent[0] == "-" or text[1] == "+" else ""
            out.append(f"E{sign}{exponent[1:].lstrip('0').rjust(len(text) - 2, '0')}")
        else:
            out.append(text)
    return "".join(out)
