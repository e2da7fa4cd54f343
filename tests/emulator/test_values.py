"""What RAW and USER_ENTERED make of JSON values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_emulator.errors import InvalidArgumentError
from sheets_emulator.layer import Formula
from sheets_emulator.values import entered_cell, raw_cell


@pytest.mark.parametrize(
    ("typed", "cell", "number_type"),
    [
        ("0042", 42, None),
        ("1,234.5", 1234.5, "NUMBER"),
        ("12%", 0.12, "PERCENT"),
        ("$1,000.50", 1000.5, "CURRENCY"),
        ("(5)", -5, None),
        ("1e3", 1000, "SCIENTIFIC"),
        ("2020-01-01", 43831, "DATE"),
        ("1/2/2020", 43832, "DATE"),
        ("Jan 5, 2020", 43835, "DATE"),
        ("2020-01-01 12:00:00", 43831.5, "DATE_TIME"),
        ("2020-01-01T06:00", 43831.25, "DATE_TIME"),
        ("6:00 PM", 0.75, "TIME"),
        ("true", True, None),
        ("'0042", "0042", None),
        ("=1+1", Formula("=1+1"), None),
        ("=", "=", None),
        ("2020-13-01", "2020-13-01", None),
        ("25:00", "25:00", None),
        ("1.2.3", "1.2.3", None),
        ("3_1_0", "3_1_0", None),
        ("hello", "hello", None),
        (" x ", " x ", None),
        ("", None, None),
    ],
)
def test_typed_text_is_read_as_a_person_would_mean_it(typed: str, cell: Any, number_type: str | None) -> None:
    found, numbers = entered_cell(typed)
    assert (found, type(found)) == (cell, type(cell))
    assert (numbers or {}).get("type") == number_type


def test_the_order_of_day_and_month_and_the_comma_follow_the_locale() -> None:
    assert entered_cell("2/1/2020", "fr_FR")[0] == 43832
    assert entered_cell("1,5", "fr_FR")[0] == 1.5


@pytest.mark.parametrize(
    ("value", "cell"), [("=1+1", "=1+1"), ("007", "007"), ("", None), (2.0, 2), (True, True), (0.1, 0.1), (None, None)]
)
def test_raw_keeps_what_it_is_given(value: Any, cell: Any) -> None:
    assert (raw_cell(value), type(raw_cell(value))) == (cell, type(cell))


def test_integers_beyond_a_double_lose_their_last_digits() -> None:
    assert raw_cell(9007199254740993) == 9007199254740992


@pytest.mark.parametrize("reader", [raw_cell, lambda value: entered_cell(value)[0]])
def test_more_than_fifty_thousand_characters_are_refused(reader: Any) -> None:
    assert reader("x" * 50_000) == "x" * 50_000
    with pytest.raises(InvalidArgumentError, match="more than the maximum of 50000 characters in a single cell"):
        reader("x" * 50_001)


@given(st.text(max_size=30))
def test_anything_typed_gives_a_cell(text: str) -> None:
    cell, _ = entered_cell(text)
    assert cell is None or isinstance(cell, (str, int, float, bool, Formula))


@pytest.mark.parametrize(
    ("typed", "cell"),
    [("VRAI", True), ("faux", False), ("TRUE", True), ("1 234,5", 1234.5), ("1 200,50 €", 1200.5), ("12,5 %", 0.125)],
)
def test_a_french_workbook_reads_french(typed: str, cell: Any) -> None:
    assert entered_cell(typed, "fr_FR")[0] == cell
    assert type(entered_cell(typed, "fr_FR")[0]) is type(cell)
