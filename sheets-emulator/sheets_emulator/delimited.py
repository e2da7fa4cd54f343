"""Text with a delimiter to rows of fields, as CSV has them: quotes around a field, two of them for one inside.

Design rule: every text has rows; a field has no limit but that of a cell, which whoever writes it checks.
"""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=16)
def _expression(delimiter: str) -> re.Pattern[str]:
    """A field and what ends it: the delimiter, the end of the line, or the end of the text."""
    mark = re.escape(delimiter)
    return re.compile(
        rf'(?:"(?P<quoted>[^"]*(?:""[^"]*)*)(?:"|\Z))?(?P<plain>(?:(?!{mark})[^\r\n])*)(?P<end>{mark}|\r\n|\r|\n|\Z)'
    )


def split_rows(text: str, delimiter: str) -> list[list[str]]:
    """The rows of a text. The delimiter may be longer than one character, but not empty."""
    if not text:
        return []
    rows: list[list[str]] = [[]]
    expression, position = _expression(delimiter), 0
    while match := expression.match(text, position):
        position = match.end()
        rows[-1].append((match["quoted"] or "").replace('""', '"') + match["plain"])
        if match["end"] == "" or (match["end"] != delimiter and position == len(text)):
            break
        if match["end"] != delimiter:
            rows.append([])
    return [[] if row == [""] else row for row in rows]
