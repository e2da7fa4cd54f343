"""Patterns on names: `*` is any text, `?` any character, case doesn't count. No I/O.

A pattern has parts, one per name, with dots between them, and is read from the right: `public.users` is that table,
`users` the table of any schema, `*.email` the column of any table. Case doesn't count, since a pattern that leaves
data out had better be too broad than leak it. A name that holds a dot, a comma or a quote is met by `?`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tap_mih_postgres.errors import SettingsError

SIGNS = {"*": ".*", "?": "."}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as it was written, and as it is compared."""

    text: str
    parts: tuple[re.Pattern[str], ...]

    @classmethod
    def parse(cls, setting: str, text: str, most_parts: int) -> Pattern:
        """The pattern of a text; raises SettingsError, with the setting's name, for too many or empty parts."""
        parts = text.strip().split(".")
        if len(parts) > most_parts or not all(parts):
            form = ("schema.table", "schema.table.column")[most_parts - 2]
            raise SettingsError(f"{setting!r} has {text!r}, which isn't a pattern of the form {form}")
        return cls(text.strip(), tuple(map(_compile, parts)))

    def fits(self, *names: str) -> bool:
        """Whether it fits the names, of which there are at least as many as parts."""
        last = names[len(names) - len(self.parts) :]
        return all(part.fullmatch(name) for part, name in zip(self.parts, last, strict=True))


def exact_pattern(*names: str) -> str:
    """A pattern for these names that can be written into a list of them."""
    return ".".join("".join(sign if sign.isalnum() or sign in "_-$" else "?" for sign in name) for name in names)


def _compile(part: str) -> re.Pattern[str]:
    return re.compile("".join(SIGNS.get(sign) or re.escape(sign) for sign in part), re.IGNORECASE | re.DOTALL)
