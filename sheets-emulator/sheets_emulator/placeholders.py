"""Numbers written into the placeholders of a pattern: `#,##0.0#`, `000-0000`, `0.0,,`, `##0.0E+0`, `# ?/?`.

Design rule: digits are put into placeholders one by one, so that whatever stands between them stays in its place; the
amount is a Decimal whose precision follows from the amount, so that nothing is too large. ECMA-376 part 1, 18.8.31.
"""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from .locales import Locale
from .patterns import Token

_FILLING = {"0": "0", "?": " ", "#": ""}
_MOST_SCALING = 100
"""Signs of percent and of thousands that count: far more than a double has powers of ten for."""
_MOST_PLACES = 15
"""Digits of a denominator that are looked at."""


class _Layout(NamedTuple):
    """Where the placeholders of the whole and of the fractional part stand, and what the commas between them mean."""

    whole: list[int]
    places: str
    fraction: list[int]
    point: int | None
    commas: frozenset[int]
    grouped: bool
    thousands: int


def write_number(value: float, tokens: tuple[Token, ...], locale: Locale) -> str:
    """The text of a number under a section that holds placeholders, its sign in front."""
    percents, slash, scientific = _kind(tokens)
    amount = Decimal(repr(value)).scaleb(2 * percents)
    if slash is not None:
        written = _fraction(abs(amount), tokens, slash)
    elif scientific:
        written = _scientific(abs(amount), tokens, locale)
    else:
        layout = _layout(tokens)
        digits = _rounded(abs(amount).scaleb(-3 * layout.thousands), len(layout.fraction))
        written = _filled(tokens, layout, digits, locale), digits.strip("0.") != ""
    return ("-" if value < 0 and written[1] else "") + written[0]


@lru_cache(maxsize=1024)
def _kind(tokens: tuple[Token, ...]) -> tuple[int, int | None, bool]:
    """(signs of percent, the place of a fraction's slash, has it an exponent)."""
    kinds = [kind for kind, _ in tokens]
    return min(kinds.count("percent"), _MOST_SCALING), _slash(tokens), "exponent" in kinds


@lru_cache(maxsize=1024)
def _layout(tokens: tuple[Token, ...]) -> _Layout:
    digits = [index for index, (kind, _) in enumerate(tokens) if kind == "digit"]
    point = next((index for index, (kind, _) in enumerate(tokens) if kind == "point"), None)
    whole = [index for index in digits if point is None or index < point]
    fraction = [index for index in digits if point is not None and index > point]
    between = {i for i, (kind, _) in enumerate(tokens) if kind == "comma" and whole and whole[0] < i < whole[-1]}
    ends = {part[-1] for part in (whole, fraction) if part}
    trailing = set()
    for index, (kind, _) in enumerate(tokens):
        if kind == "comma" and (index - 1 in ends or index - 1 in trailing):
            trailing.add(index)
    thousands = min(len(trailing), _MOST_SCALING)
    places = "".join(tokens[index][1] for index in whole)
    return _Layout(whole, places, fraction, point, frozenset(between | trailing), bool(between), thousands)


def _rounded(amount: Decimal, places: int) -> str:
    """A non-negative amount with so many decimals, half of the last one upwards."""
    unit, context = _rounding(places, max(amount.adjusted(), 0) + places + 3)
    return f"{amount.quantize(unit, decimal.ROUND_HALF_UP, context):f}"


@lru_cache(maxsize=1024)
def _rounding(places: int, precision: int) -> tuple[Decimal, decimal.Context]:
    return Decimal(1).scaleb(-places), decimal.Context(prec=precision)


def _filled(tokens: Sequence[Token], layout: _Layout, digits: str, locale: Locale) -> str:
    """The tokens with the digits in their placeholders."""
    whole, _, fraction = digits.partition(".")
    out = [text for _, text in tokens]
    for index in layout.commas:
        out[index] = ""
    for index, text in zip(layout.whole, _whole(whole.lstrip("0"), layout.places, grouped=layout.grouped), strict=True):
        out[index] = locale.digits(text)
    blank = True
    for index, digit in zip(reversed(layout.fraction), reversed(fraction), strict=True):
        blank = blank and digit == "0"
        out[index] = _FILLING[tokens[index][1]] if blank else digit
    if layout.point is not None:
        out[layout.point] = locale.digits("." if layout.whole or layout.fraction else "")
        if not layout.whole:
            out[layout.point] = locale.digits(whole.lstrip("0") + ".")
    return "".join(out)


def _whole(digits: str, places: str, *, grouped: bool) -> list[str]:
    """What stands at each placeholder; the first takes all digits that are left."""
    if not places:
        return []
    if not grouped and len(digits) >= len(places):
        first = len(digits) - len(places) + 1
        return [digits[:first], *digits[first:]]
    spare = max(len(digits) - len(places), 0)
    padded = " " * (len(places) - len(digits)) + digits
    chunks = [padded[: spare + 1], *padded[spare + 1 :]]
    out, position = [], len(padded)
    for place, chunk in zip(places, chunks, strict=True):
        text = ""
        for digit in chunk:
            position -= 1
            shown = _FILLING[place] if digit == " " else digit
            text += shown + ("," if grouped and position and position % 3 == 0 and shown.strip() else "")
        out.append(text)
    return out


def _scientific(amount: Decimal, tokens: tuple[Token, ...], locale: Locale) -> tuple[str, bool]:
    """A mantissa of at most as many whole digits as it has placeholders, and an exponent of a multiple of that."""
    place = next(index for index, (kind, _) in enumerate(tokens) if kind == "exponent")
    layout = _layout(tokens[:place])
    step, decimals = max(len(layout.whole), 1), len(layout.fraction)
    below_one = 0 if layout.whole else 1
    exponent = (amount.adjusted() + below_one) // step * step if amount else 0
    mantissa = _rounded(amount.scaleb(-exponent), decimals)
    if Decimal(mantissa) >= 10 ** (step - below_one):
        exponent += step
        mantissa = _rounded(amount.scaleb(-exponent), decimals)
    text = tokens[place][1]
    sign = "-" if exponent < 0 else text[1].replace("-", "")
    power = "".join(_whole(str(abs(exponent)).lstrip("0"), text[2:], grouped=False))
    rest = "".join(text for _, text in tokens[place + 1 :])
    return f"{_filled(tokens[:place], layout, mantissa, locale)}E{sign}{power}{rest}", bool(amount)


def _slash(tokens: Sequence[Token]) -> int | None:
    """The place of a fraction's slash: between placeholders, or before a denominator that is written out."""
    for index, token in enumerate(tokens[1:-1], 1):
        if token == ("other", "/") and tokens[index - 1][0] == "digit" and _is_denominator(tokens[index + 1]):
            return index
    return None


def _is_denominator(token: Token) -> bool:
    return token[0] == "digit" or (token[0] == "other" and token[1] in "123456789")


def _fraction(amount: Decimal, tokens: tuple[Token, ...], slash: int) -> tuple[str, bool]:
    """A whole part, where it has placeholders, and a fraction, which is blank where nothing is left for it."""
    start, end = slash, slash + 1
    while start and tokens[start - 1][0] == "digit":
        start -= 1
    while end < len(tokens) and _is_denominator(tokens[end]):
        end += 1
    above = "".join(text for _, text in tokens[start:slash])
    below = "".join(text for _, text in tokens[slash + 1 : end])
    mixed = any(kind == "digit" for kind, _ in tokens[:start])
    whole, rest = divmod(Fraction(amount), 1) if mixed else (0, Fraction(amount))
    over, under = _nearest(rest, below[:_MOST_PLACES])
    if mixed and over == under:
        whole, over = whole + 1, 0
    ratio = "".join(_whole(str(over), above, grouped=False)) + f"/{str(under).ljust(below.count('?'))}"
    if mixed and not over:
        ratio = " " * len(ratio) if "?" in above else ""
    tail = "".join(text for _, text in tokens[end:])
    return _head(tokens[:start], whole, shown=whole > 0 or not over) + ratio + tail, bool(whole or over)


def _nearest(amount: Fraction, below: str) -> tuple[int, int]:
    """The nearest fraction under a written denominator, or under one of as many digits as there are placeholders."""
    if any(place in "123456789" for place in below):
        under = int(below.replace("#", "0").replace("?", "0"))
        return round(amount * under), under
    nearest = amount.limit_denominator(10 ** len(below) - 1)
    return nearest.numerator, nearest.denominator


def _head(tokens: Sequence[Token], whole: int, *, shown: bool) -> str:
    """What stands before the numerator: a whole part of 0 goes, and the room after it, unless a "0" asks for it."""
    places = [index for index, (kind, _) in enumerate(tokens) if kind == "digit"]
    if not shown and places and "0" not in (tokens[index][1] for index in places):
        return "".join(text for _, text in tokens[: places[0]])
    filled = list(tokens)
    if places:
        filled[places[-1]] = ("digit", "0")
    return _filled(filled, _layout(tuple(filled)), str(whole), Locale())
