"""A title per stream, the same in every run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from target_gsheets.grid import quote_title
from target_gsheets.wanted import sheet_titles


def test_a_stream_gives_its_sheet_its_name():
    assert sheet_titles(["users", "billing-invoices"]) == {"users": "users", "billing-invoices": "billing-invoices"}


@given(st.sets(st.text("aAbB", min_size=1, max_size=4), max_size=8) | st.sets(st.text("aB", min_size=99, max_size=120)))
def test_titles_are_unique_without_regard_to_case_short_and_stable(streams):
    titles = sheet_titles(streams)
    assert len({title.casefold() for title in titles.values()}) == len(streams)
    assert all(0 < len(title) <= 100 for title in titles.values())
    assert sheet_titles(sorted(streams, reverse=True)) == titles


def test_titles_are_always_quoted_in_ranges():
    assert quote_title("CO2") == "'CO2'"
    assert quote_title("it's") == "'it''s'"
