"""Number formats."""

from __future__ import annotations

import pytest

from sheets_emulator.formats import format_number, format_text


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
