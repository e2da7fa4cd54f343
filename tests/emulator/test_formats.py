"""Number formats."""

from __future__ import annotations

import pytest

from sheets_emulator.formats import format_number, format_text, pattern_of
from sheets_emulator.locales import locale_of


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (2, "", "2"),
        (1.5, "", "1.5"),
        (0.1 + 0.2, "", "0.3"),
        (1234567.891, "", "1234567.891"),
        (1 / 3, "", "0.333333333"),
        (123456789012345, "", "123456789012345"),
        (1e21, "", "1E+21"),
        (-0.5, "", "-0.5"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234.5, '"$"#,##0.00', "-$1,234.50"),
        (0.125, "0%", "13%"),
        (0.125, "0.0%", "12.5%"),
        (1234567, "0.00E+00", "1.23E+06"),
        (5, "00000", "00005"),
        (0.5, "#.##", ".5"),
        (1234567, "#,##0,", "1,235"),
        (-3, "0;(0)", "(3)"),
        (0, '0;-0;"zero"', "zero"),
        (3, '0 "items"', "3 items"),
        (43831, "yyyy-mm-dd", "2020-01-01"),
        (43831.75, "yyyy-mm-dd hh:mm:ss", "2020-01-01 18:00:00"),
        (43831.75, "m/d/yyyy h:mm am/pm", "1/1/2020 6:00 PM"),
        (43831.000011574, "hh:mm:ss", "00:00:01"),
        (43831 + 0.123456 / 86.4, "mm:ss.000", "02:03.456"),
        (43831, "dddd, mmmm d, yyyy", "Wednesday, January 1, 2020"),
        (43831, "ddd d-mmm-yy", "Wed 1-Jan-20"),
        (1.5, "[h]:mm", "36:00"),
        (45000.999999999, "yyyy-mm-dd hh:mm:ss", "2023-03-16 00:00:00"),
        (1e300, "yyyy", "9999"),
    ],
)
def test_numbers_are_written_by_their_pattern(value: float, pattern: str, text: str) -> None:
    assert format_number(value, pattern) == text


@pytest.mark.parametrize(("pattern", "text"), [("@", "x"), ('0;0;0;"<"@">"', "<x>"), ("0.00", "x"), ('"n: "@', "n: x")])
def test_text_is_written_by_the_text_section(pattern: str, text: str) -> None:
    assert format_text("x", pattern) == text


@pytest.mark.parametrize(
    ("locale", "value", "pattern", "text"),
    [
        ("fr_FR", 231.77, "", "231,77"),
        ("fr_FR", 1234567.5, "#,##0.00", "1\u202f234\u202f567,50"),
        ("fr_FR", 0.125, "0.0%", "12,5%"),
        ("fr_FR", 43831.5, "dd/mm/yyyy hh:mm", "01/01/2020 12:00"),
        ("de_DE", 1234.5, "#,##0.00", "1.234,50"),
        ("de_DE", 1e21, "", "1E+21"),
        ("de_DE", 1234567, "0.00E+00", "1,23E+06"),
        ("en_GB", 1234.5, "#,##0.00", "1,234.50"),
        ("xx", 1.5, "", "1.5"),
    ],
)
def test_numbers_have_the_separators_of_the_locale(locale: str, value: float, pattern: str, text: str) -> None:
    assert format_number(value, pattern, locale_of(locale)) == text


@pytest.mark.parametrize(
    ("locale", "kind", "text"),
    [
        ("en_US", "DATE", "1/31/2020"),
        ("en_GB", "DATE", "31/01/2020"),
        ("de_DE", "DATE_TIME", "31.01.2020 12:00:00"),
        ("sv_SE", "DATE", "2020-01-31"),
        ("fr_FR", "CURRENCY", "43\u202f861,50 €"),
    ],
)
def test_a_format_without_a_pattern_takes_that_of_the_locale(locale: str, kind: str, text: str) -> None:
    found = locale_of(locale)
    assert format_number(43861.5, pattern_of({"type": kind}, found), found) == text
