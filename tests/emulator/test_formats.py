"""Number formats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_emulator.formats import format_number, format_text, pattern_of
from sheets_emulator.locales import LOCALES, locale_of


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (2, "", "2"),
        (1.5, "", "1.5"),
        (0.1 + 0.2, "", "0.3"),
        (1234567.891, "", "1234567.891"),
        (1 / 3, "", "0.3333333333"),
        (1 / 24, "", "0.04166666667"),
        (0.00001, "", "0.00001"),
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
        (1e308, "yyyy-mm-dd", "9999-12-31"),
        (-1e308, "yyyy", "0001"),
        (12200000, "0.0,,", "12.2"),
        (12345, "0,", "12"),
        (5, "[$€-407] 0.00", "€ 5.00"),
        (5, "[$USD] 0", "USD 5"),
        (5, "[$-409]0.0", "5.0"),
        (5, "[Red]0;[Blue]0", "5"),
        (5, "[what]0", "[what]5"),
        (1234567, "000-0000", "123-4567"),
        (12, '0 "x" 0', "1 x 2"),
        (1.5, "0.0_)", "1.5 "),
        (1.5, "?0.??", " 1.5 "),
        (5, "0.##", "5."),
        (5, "0*-", "5"),
        (12, ".00", "12.00"),
        (5, "0,000", "0,005"),
        (5, '[>=10]"big";"small"', "small"),
        (50, '[>=10]"big";"small"', "big"),
        (50, '[<100]"Low";[>500]"High";000', "Low"),
        (501, '[<100]"Low";[>500]"High";000', "High"),
        (300, '[<100]"Low";[>500]"High";000', "300"),
        (-5, "[<0](0);0", "(5)"),
        (5, "[>10]0", "###"),
        (0.5, "# ?/?", "1/2"),
        (5.25, "# ?/?", "5 1/4"),
        (-1.25, "# ?/?", "-1 1/4"),
        (5.125, "# ???/???", "5   1/8  "),
        (0.999, "# ?/?", "1    "),
        (0, "# ?/?", "0    "),
        (0.25, "?/8", "2/8"),
        (1.5, "0/4", "6/4"),
        (12345, "##0.0E+0", "12.3E+3"),
        (999.96, "##0.0E+0", "1.0E+3"),
        (0.00012, "0.0E+0", "1.2E-4"),
        (1234, ".00E+00", ".12E+04"),
        (0, "0.00E+00", "0.00E+00"),
        (5, "E+0", "E+5"),
        (1e30, "0.00", "1" + "0" * 30 + ".00"),
        (1e30, "0%", "1" + "0" * 32 + "%"),
        (43831.5, "HH:mm:ss", "12:00:00"),
        (43831.5, "h-M", "12-1"),
        (1.0625, "[h]:mm:ss", "25:30:00"),
        (-0.5, "[h]:mm", "-12:00"),
        (0.5, "[mm]", "720"),
        (-3, "0;General", "3"),
        (5, '0;-0;"a;b"', "5"),
        (0, '0;-0;"a;b"', "a;b"),
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
        ("de_CH", 1234.5, "#,##0.00", "1’234.50"),
        ("de_DE", 1234567, "000-0000", "123-4567"),
        ("de_DE", 12345.5, "0,0.0#", "12.345,5"),
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
        ("en_GB", "CURRENCY", "£43,861.50"),
        ("ja_JP", "CURRENCY", "¥43,862"),
    ],
)
def test_a_format_without_a_pattern_takes_that_of_the_locale(locale: str, kind: str, text: str) -> None:
    found = locale_of(locale)
    assert format_number(43861.5, pattern_of({"type": kind}, found), found) == text


PATTERNS = st.one_of(
    st.text(max_size=20),
    st.text('0#?.,%@;EeyMmdhs[]<>=/"\\_* $-+1aApP:', max_size=25),
    st.lists(
        st.sampled_from(
            ["0", "#", "?", ".", ",", "%", "E+0", "[h]", "/", "8", ";", "[>5]", "[$€-407]", "@", '"x"', "s"]
        ),
        max_size=12,
    ).map("".join),
)
NUMBERS = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**53), 2**53))


@given(value=NUMBERS, pattern=PATTERNS, locale=st.sampled_from(LOCALES))
def test_every_number_has_a_text_under_every_pattern(value: float, pattern: str, locale: str) -> None:
    assert isinstance(format_number(value, pattern, locale_of(locale)), str)
    assert isinstance(format_text("x", pattern), str)


@pytest.mark.parametrize(
    "pattern", ["0" * 50_000, "%" * 50_000 + "0", "0" + "," * 50_000, "?/" + "9" * 5000, ";" * 50_000]
)
def test_a_pattern_may_be_as_long_as_a_cell(pattern: str) -> None:
    assert isinstance(format_number(1.5e300, pattern), str)
