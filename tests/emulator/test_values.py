"""What RAW and USER_ENTERED make of JSON values."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_emulator.errors import InvalidArgumentError
from sheets_emulator.formats import format_general, format_number, pattern_of
from sheets_emulator.layer import Formula
from sheets_emulator.locales import LOCALES, locale_of
from sheets_emulator.typed_numbers import normal_number
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
        ("25:00", 25 / 24, "TIME"),
        ("25:30:00", 1.0625, "TIME"),
        ("24:00", 1, "TIME"),
        ("9:5", (9 * 60 + 5) / 1440, "TIME"),
        ("25:00 PM", "25:00 PM", None),
        ("1/2", 46024, "DATE"),
        ("1-2", 46024, "DATE"),
        ("Jan 5", 46027, "DATE"),
        ("5-Jan", 46027, "DATE"),
        ("Jan 2020", 43831, "DATE"),
        ("Mon, Jan 5, 2020", 43835, "DATE"),
        ("Thursday, January 1, 2026", 46023, "DATE"),
        ("1/2/2020 3:04 PM", 43832 + (15 * 60 + 4) / 1440, "DATE_TIME"),
        ("12.05.2020", "12.05.2020", None),
        ("Marching 5", "Marching 5", None),
        ("1e400", "1e400", None),
        ("9" * 400, "9" * 400, None),
        ("0.57%", 0.0057, "PERCENT"),
        ("\u0663", "\u0663", None),
        ("inf", "inf", None),
        ("1.2.3", "1.2.3", None),
        ("3_1_0", "3_1_0", None),
        ("hello", "hello", None),
        (" x ", " x ", None),
        ("", None, None),
    ],
)
def test_typed_text_is_read_as_a_person_would_mean_it(typed: str, cell: Any, number_type: str | None) -> None:
    found, numbers = entered_cell(typed, year=2026)
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
    for locale in LOCALES:
        cell, _ = entered_cell(text, locale)
        assert cell is None or isinstance(cell, (str, int, float, bool, Formula))


@given(st.from_regex(r"\A[-+(]?[$€]?[0-9.,:/eE% -]{1,30}[)%]?\Z"))
def test_what_looks_like_a_number_is_a_finite_one_or_stays_text(text: str) -> None:
    for locale in LOCALES:
        cell, _ = entered_cell(text, locale)
        assert cell == text or isinstance(cell, str) or math.isfinite(cell)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 10**400])
def test_a_number_that_no_double_holds_is_refused(value: float) -> None:
    with pytest.raises(InvalidArgumentError, match="beyond the range of a double"):
        raw_cell(value)


@pytest.mark.parametrize(
    ("typed", "cell"),
    [("VRAI", True), ("faux", False), ("TRUE", True), ("1 234,5", 1234.5), ("1 200,50 €", 1200.5), ("12,5 %", 0.125)],
)
def test_a_french_workbook_reads_french(typed: str, cell: Any) -> None:
    assert entered_cell(typed, "fr_FR")[0] == cell
    assert type(entered_cell(typed, "fr_FR")[0]) is type(cell)


@pytest.mark.parametrize(
    ("locale", "typed", "cell", "pattern"),
    [
        ("de_DE", "12.05.2020", 43963, "dd.mm.yyyy"),
        ("de_DE", "12.5.20", 43963, "dd.mm.yyyy"),
        ("de_DE", "1.5", 46143, "dd.mm"),
        ("de_DE", "12.05.", 46154, "dd.mm"),
        ("de_DE", "12.05.2020 06:00", 43963.25, "dd.mm.yyyy h:mm:ss"),
        ("pl_PL", "31.12.2020", 44196, "dd.mm.yyyy"),
        ("ru_RU", "2020.12.31", 44196, "yyyy.mm.dd"),
        ("de_DE", "1.234", 1234, "#,##0"),
        ("de_DE", "1.234.567,5", 1234567.5, "#,##0.00"),
        ("de_DE", "1.2345", "1.2345", None),
        ("de_DE", "1.2.345", "1.2.345", None),
        ("de_DE", "1.50", "1.50", None),
        ("fr_FR", "1.5", "1.5", None),
        ("fr_FR", "5 janvier 2020", "5 janvier 2020", None),
        ("pt_BR", "R$ 5,00", 5, '"R$" #,##0.00'),
        ("pt_BR", "-R$ 1.234,50", -1234.5, '"R$" #,##0.00'),
        ("en_IN", "₹5", 5, '"₹"#,##0'),
        ("ja_JP", "¥500", 500, '"¥"#,##0'),
        ("ja_JP", "1/2", 46024, "m/d"),
        ("nl_NL", "€ 5,00", 5, '"€" #,##0.00'),
        ("de_CH", "CHF 1'234.50", 1234.5, '"CHF" #,##0.00'),
        ("en_US", "5 €", "5 €", None),
    ],
)
def test_dates_numbers_and_money_are_read_as_the_locale_writes_them(
    locale: str, typed: str, cell: Any, pattern: str | None
) -> None:
    found, numbers = entered_cell(typed, locale, 2026)
    assert (found, (numbers or {}).get("pattern")) == (cell, pattern)


DAYS = st.integers(-693_593, 2_958_465)
CENTS = st.integers(-(10**14), 10**14)
SHOWN: dict[str, st.SearchStrategy[float]] = {
    "DATE": DAYS,
    "TIME": st.integers(0, 86399).map(lambda second: normal_number(second / 86400)),
    "DATE_TIME": st.tuples(DAYS, st.integers(0, 86399)).map(lambda at: normal_number(at[0] + at[1] / 86400)),
    "NUMBER": CENTS.map(lambda cents: normal_number(cents / 100)),
    "CURRENCY": CENTS.map(lambda cents: normal_number(cents / 100)),
    "PERCENT": st.integers(-(10**9), 10**9).map(lambda basis_points: normal_number(basis_points / 10_000)),
    "SCIENTIFIC": st.integers(100, 999).map(lambda digits: normal_number(digits * 1e5)),
}


@pytest.mark.parametrize("kind", SHOWN)
@given(data=st.data())
def test_what_a_locale_shows_by_its_own_pattern_is_read_back_as_it_was(kind: str, data: st.DataObject) -> None:
    value = data.draw(SHOWN[kind])
    for name in LOCALES:
        locale = locale_of(name)
        whole = kind == "CURRENCY" and ".00" not in locale.currency
        given = normal_number(float(math.floor(value))) if whole else value
        shown = format_number(given, pattern_of({"type": kind}, locale), locale)
        read, numbers = entered_cell(shown, name)
        assert isinstance(read, (int, float)), (name, shown)
        assert read == pytest.approx(given, abs=1e-9, rel=1e-15), (name, shown)
        assert (numbers or {}).get("type") in {kind, *([None] if kind == "NUMBER" else [])}, (name, shown)


@given(value=st.floats(-1e15, 1e15, allow_nan=False).map(normal_number))
def test_what_the_automatic_format_shows_is_read_back_as_a_number(value: float) -> None:
    for name in LOCALES:
        shown = format_general(value, locale_of(name))
        assert entered_cell(shown, name)[0] == pytest.approx(value, rel=1e-4, abs=1e-9), (name, shown)
