"""Number formats: a value, a pattern and a locale to the text that people see.

Design rule: every number has a text under every pattern; a pattern that means nothing is shown as it stands.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .dates import format_date
from .locales import EN_US, Locale
from .patterns import Pattern, read_pattern
from .placeholders import write_number

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
    section, signed = _section(value, read_pattern(pattern)[:3])
    if section is None:
        return _NO_SECTION
    value = value if signed else abs(value)
    if section.is_date:
        return format_date(value, section)
    if any(kind == "digit" for kind, _ in section.tokens):
        return write_number(value, section.tokens, locale)
    return "".join(format_general(value, locale) if kind in _AUTOMATIC else text for kind, text in section.tokens)


_NO_SECTION = "###"
_AUTOMATIC = frozenset({"text", "general"})
_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
}


def _section(value: float, sections: tuple[Pattern, ...]) -> tuple[Pattern | None, bool]:
    """The section for a number, and whether the number keeps its sign; the first condition that holds decides."""
    if all(section.condition is None for section in sections):
        if value < 0 and len(sections) > 1:
            return sections[1], False
        return sections[2 if value == 0 and len(sections) > 2 else 0], True
    defaults = ((">" if len(sections) > 2 else ">=", 0.0), ("<", 0.0) if len(sections) > 2 else None)
    for section, default in zip(sections[:2], defaults, strict=False):
        condition = section.condition or default
        if condition is None or _HOLDS[condition[0]](value, condition[1]):
            return section, condition is None or not _is_negative(*condition)
    return (sections[2], True) if len(sections) > 2 else (None, True)


def _is_negative(sign: str, limit: float) -> bool:
    """Whether a condition holds for negative numbers only, whose sign the section then writes itself."""
    return (sign == "<" and limit <= 0) or (sign in {"<=", "="} and limit < 0)


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
    text = f"{value:.{max(10 - whole, 2)}f}" if abs(value) >= 1 else f"{Decimal(f'{value:.9e}'):f}"
    return text.rstrip("0").rstrip(".")


def _scientific(value: float, decimals: int) -> str:
    mantissa, exponent = f"{value:.{decimals}E}".split("E")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}E{exponent[0]}{exponent[1:].zfill(2)}"
