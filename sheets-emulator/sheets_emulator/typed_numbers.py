"""Numbers, percents and amounts of money as a person types them, by the locale.

Design rule: a text is a number as a whole or not at all; separators count where the locale puts them, and a group has
three digits. What the locale shows by its own patterns, it reads.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from math import isinf

from .locales import Locale

Typed = tuple["int | float", "dict[str, str] | None"]
"""The number, and the number format that its spelling implies."""

_EXACT = 2**53
_ANYWHERE = ("$", "€", "£")


def normal_number(value: float) -> int | float:
    """A double as Google shows it: 2.0 is 2. The value is finite."""
    if isinstance(value, int):
        if -_EXACT <= value <= _EXACT:
            return value
        value = float(value)
    if value.is_integer() and abs(value) < 1e18:
        return int(value)
    return value


@lru_cache(maxsize=64)
def _expression(locale: Locale) -> re.Pattern[str]:
    signs = "|".join(map(re.escape, sorted({*_ANYWHERE, locale.symbol}, key=len, reverse=True)))
    after = "|".join(map(re.escape, sorted({locale.symbol, *("€£" if locale.decimal == "," else "")})))
    group = {"’": "[’']", ",": ",", ".": r"\."}.get(locale.group, r"[\s\u202f\u00a0]")
    return re.compile(
        rf"(?P<open>\()?(?P<sign>[+-])?(?:(?P<money>{signs})\s?)?(?P<sign2>[+-])?"
        rf"(?P<digits>[0-9]{{1,3}}(?P<groups>(?:{group}[0-9]{{3}})+)|[0-9]+)?"
        rf"(?P<fraction>{re.escape(locale.decimal)}[0-9]*)?(?P<exponent>[eE][+-]?[0-9]{{1,9}})?"
        rf"(?:\s?(?P<percent>%)|\s?(?P<unit>{after}))?(?(open)\))\Z"
    )


def maybe_number(text: str, locale: Locale) -> Typed | None:
    """The number that a text spells; None where it spells none, or one beyond a double."""
    match = _expression(locale).match(text)
    if not match or not (match["digits"] or len(match["fraction"] or "") > 1):
        return None
    digits, decimals = match["digits"] or "0", (match["fraction"] or "")[1:]
    digits = re.sub("[^0-9]", "", digits) if match["groups"] else digits
    spelled = f"{digits}.{decimals}{match['exponent'] or ''}"
    value = float(Decimal(spelled).scaleb(-2)) if match["percent"] else float(spelled)
    if isinf(value):
        return None
    if match["open"] or match["sign"] == "-" or match["sign2"] == "-":
        value = -value
    return normal_number(value), _implied(match, locale, decimals=bool(decimals))


def _implied(match: re.Match[str], locale: Locale, *, decimals: bool) -> dict[str, str] | None:
    if match["percent"]:
        return {"type": "PERCENT", "pattern": "0.00%" if decimals else "0%"}
    whole = "#,##0.00" if decimals else "#,##0"
    sign = match["money"] or match["unit"]
    if sign == locale.symbol:
        return {"type": "CURRENCY", "pattern": re.sub(r"#,##0(\.00)?", whole, locale.currency)}
    if sign:
        return {"type": "CURRENCY", "pattern": f'"{sign}"{whole}' if match["money"] else f'{whole} "{sign}"'}
    if match["exponent"]:
        return {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    return {"type": "NUMBER", "pattern": whole} if match["groups"] else None
