"""Number patterns: text such as `#,##0.00;(0)` to sections of tokens.

Design rule: a pattern is cut into tokens once (cached), and nothing in it can fail: what isn't known is shown as it
stands. Source of the tokens: developers.google.com/workspace/sheets/api/guides/formats.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

Token = tuple[str, str]
Condition = tuple[str, float]


class Pattern(NamedTuple):
    """One section of a pattern: its tokens as (kind, text), whether it writes a date, and when it is used."""

    tokens: tuple[Token, ...]
    is_date: bool
    condition: Condition | None = None


_TOKENS = re.compile(
    r'(?P<literal>"[^"]*"|\\.|_.|\*.)'
    r"|(?P<elapsed>\[(?:[hH]+|[mM]+|[sS]+)\])"
    r"|(?P<currency>\[\$[^\]]*\])"
    r"|\[(?P<condition>(?:<=|>=|<>|=|<|>)\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))\]"
    r"|(?P<colour>\[(?i:black|blue|cyan|green|magenta|red|white|yellow|colou?r\s*[0-9]+)\])"
    r"|(?P<half>am/pm|AM/PM|a/p|A/P)|(?P<general>(?i:general))"
    r"|(?P<date>[yY]+|m+|M+|[dD]+|[hH]+|[sS]+)"
    r"|(?P<exponent>[eE][+-][0#?]+)"
    r"|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<text>@)|(?P<end>;)|(?P<other>\[[^\]]*\]|.)",
    re.DOTALL,
)
_DATE_KINDS = frozenset({"date", "elapsed", "half"})


@lru_cache(maxsize=1024)
def read_pattern(pattern: str) -> tuple[Pattern, ...]:
    """The sections of a pattern: positive, negative, zero, text."""
    sections: list[list[Token]] = [[]]
    for match in _TOKENS.finditer(pattern):
        kind = match.lastgroup or "other"
        if kind == "end":
            sections.append([])
        else:
            sections[-1].append((kind, match[kind]))
    return tuple(_section(tokens) for tokens in sections[:4])


def _section(found: list[Token]) -> Pattern:
    conditions = [_condition(text) for kind, text in found if kind == "condition"]
    tokens = [_plain(kind, text) for kind, text in found if kind not in {"condition", "colour"}]
    is_date = any(kind in _DATE_KINDS for kind, _ in tokens)
    tokens = _date_tokens(tokens) if is_date else _number_tokens(tokens)
    return Pattern(tuple(tokens), is_date, conditions[0] if conditions else None)


def _condition(text: str) -> Condition:
    operator = text[: 2 if text[1] in "=>" else 1]
    return operator, float(text[len(operator) :])


_LITERALS = {'"': slice(1, -1), "\\": slice(1, None)}


def _plain(kind: str, text: str) -> Token:
    """A literal without its marks: `_x` leaves the room of an x, `*x` fills the cell, which no text shows."""
    if kind == "literal":
        return kind, text[_LITERALS[text[0]]] if text[0] in _LITERALS else {"_": " ", "*": ""}[text[0]]
    if kind == "currency":
        return "literal", text[2:-1].partition("-")[0]
    return kind, text


def _date_tokens(tokens: list[Token]) -> list[Token]:
    """Minutes are told from months, and a point with zeros after it is a fraction of a second."""
    places = [index for index, (kind, _) in enumerate(tokens) if kind in {"date", "elapsed"}]
    letters = [tokens[index][1].strip("[")[0].lower() for index in places]
    out = list(tokens)
    for order, index in enumerate(places):
        after_hours = order > 0 and letters[order - 1] == "h"
        before_seconds = order + 1 < len(places) and letters[order + 1] == "s"
        if tokens[index][0] == "date" and tokens[index][1][0] == "m" and (after_hours or before_seconds):
            out[index] = ("minute", tokens[index][1])
    return _with_fractions(out)


def _with_fractions(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    for kind, text in tokens:
        if kind == "digit" and text == "0" and out and out[-1][0] in {"point", "fraction"}:
            out[-1] = ("fraction", out[-1][1] + text)
        else:
            out.append((kind, text))
    return out


def _number_tokens(tokens: list[Token]) -> list[Token]:
    """Only the first exponent after a digit is one."""
    out: list[Token] = []
    digits = exponents = 0
    for kind, text in tokens:
        digits += kind == "digit"
        if kind != "exponent":
            out.append((kind, text))
        elif digits and not exponents:
            exponents = 1
            out.append((kind, text))
        else:
            out += [("other", text[:2]), *(("digit", place) for place in text[2:])]
    return out
