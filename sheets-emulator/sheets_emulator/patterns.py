"""Number patterns: text such as `#,##0.00;(0)` to sections of tokens.

Design rule: a pattern is read once (cached). Source of the tokens:
developers.google.com/workspace/sheets/api/guides/formats.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


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
