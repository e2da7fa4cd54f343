"""The page of what differs from Google, docs/emulator-gaps.md.

Design rule: it is made of the table of request kinds and of known_gaps.py; a test fails when the page is out of date.
"""

from __future__ import annotations

from .batch_update import REDUCERS, gaps
from .known_gaps import DIFFERENT, UNCHECKED


def page() -> str:
    """docs/emulator-gaps.md."""
    return "\n".join(
        [
            "# Where the emulator differs from Google",
            "",
            "Made from `sheets_emulator/known_gaps.py`; a test fails when this page is out of date. To renew it:",
            "`.venv/bin/python -m sheets_emulator.gaps > docs/emulator-gaps.md`",
            "",
            "## Request kinds of batchUpdate",
            "",
            f"{len(REDUCERS)} are emulated. These are refused with status 501 and change nothing:",
            "",
            *(f"- `{kind}`" for kind in gaps()),
            "",
            "## Known differences",
            "",
            *_table(DIFFERENT),
            "",
            "## What nobody could check",
            "",
            "Neither the documentation nor a recording of the real API says. The emulator does what is likelier,",
            "or what is stricter.",
            "",
            *_table(UNCHECKED),
            "",
        ]
    )


def _table(rows: tuple[tuple[str, str], ...]) -> list[str]:
    return ["| what | in the emulator |", "|---|---|", *(f"| {what} | {how} |" for what, how in rows)]


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
