"""The page of known gaps is made from the code."""

from __future__ import annotations

from pathlib import Path

from sheets_emulator.gaps import page


def test_the_page_of_gaps_is_up_to_date() -> None:
    written = (Path(__file__).parents[2] / "docs" / "emulator-gaps.md").read_text("utf-8")
    assert written == page(), "run: .venv/bin/python -m sheets_emulator.gaps > docs/emulator-gaps.md"
