"""Meltano's own log of one run -> whether its lock refused the run, and what the tap complained of.

Pure. Meltano keeps that log beside the lines on stderr, and as text whatever their format: `TIME [level    ] source
message`. A run that it can't begin at all, because its database is out of reach, has none.
"""

from __future__ import annotations

import re

REFUSED = re.compile(
    r"\[error +\] meltano +Another '.+' pipeline is already running which started at (?P<started>.+?)\. "
    r"Wait until (?P<until>.+?) when "
)


def refusal(log: str) -> str | None:
    """Why Meltano's lock, which others may share, refused the run; None where it didn't."""
    if not (found := REFUSED.search(log)):
        return None
    return (
        f"Another run on Meltano's database is going on since {found['started']}: this one did nothing. If that one "
        f"was killed, its lock ends at {found['until']}."
    )


def last_error(log: str, plugin: str) -> str | None:
    """The last sentence that a plugin logged as an error; None where there is none."""
    found = re.findall(rf"^\S+ \[(?:error|critical) *\] {re.escape(plugin)} +(.+)$", log, re.MULTILINE)
    return found[-1].rstrip() if found else None
