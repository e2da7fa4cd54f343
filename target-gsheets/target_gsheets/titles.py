"""Streams -> the titles of their sheets, the same in every run whatever the order in which they arrive. Pure.

A title matters when its sheet is made; from then on the sheet is found by its mark, and people may rename it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from target_gsheets.cells import Losses, clean_text
from target_gsheets.errors import ConfigurationError, shown

# Second-hand; whether Google counts an emoji as one or, as UTF-16 does, as two, nobody says: so as two.
MAX_TITLE_CHARACTERS = 100
DEFAULT_TEMPLATE = "{stream}"


def parse_template(name: str, text: str) -> str:
    """A template of titles; raise ConfigurationError where it would give all sheets one title."""
    unknown = [field for field in re.findall(r"{\w*}", text) if field != DEFAULT_TEMPLATE]
    if DEFAULT_TEMPLATE not in text or unknown:
        raise ConfigurationError(
            f"'{name}' is {shown(text)}: it needs {DEFAULT_TEMPLATE} where the name of the stream shall be, and knows "
            "nothing else in braces."
        )
    return text.strip()


def sheet_titles(streams: Iterable[str], template: str = DEFAULT_TEMPLATE) -> dict[str, str]:
    """A title per stream: the template with its name, cut at 100 characters.

    Google takes `User` and `user` for the same title; of such streams all but the first in alphabetical order get a
    few digits of a hash, the same in every run.
    """
    titles: dict[str, str] = {}
    taken: set[str] = set()
    for stream in sorted(streams):
        full = clean_title(template.replace(DEFAULT_TEMPLATE, stream))
        title = cut_title(full)
        digits = hashlib.sha256(stream.encode()).hexdigest()
        length = 6
        while title.casefold() in taken:
            title = cut_title(full, f"~{digits[:length]}")
            length += 1
        taken.add(title.casefold())
        titles[stream] = title
    return titles


def clean_title(text: str) -> str:
    """A title on one line, without characters that a cell can't hold either, and never empty."""
    return " ".join((clean_text(text, Losses()) or "").split()) or "(no name)"


def title_length(text: str) -> int:
    """How many characters a title has, as MAX_TITLE_CHARACTERS counts them."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def cut_title(text: str, end: str = "") -> str:
    """As much of a title as there is room for before its end."""
    room = 2 * (MAX_TITLE_CHARACTERS - len(end))
    return text.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + end
