"""A1 notation, in all its forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_emulator.a1 import Box, Reference, column_index, column_name, format_box, parse, quote_title


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1", Reference(None, False, 0, 1, 0, 1)),
        ("A1:B2", Reference(None, False, 0, 2, 0, 2)),
        ("D4:A1", Reference(None, False, 0, 4, 0, 4)),
        ("$B$2:C$3", Reference(None, False, 1, 3, 1, 3)),
        ("A:B", Reference(None, False, None, None, 0, 2)),
        ("2:3", Reference(None, False, 1, 3, None, None)),
        ("A5:A", Reference(None, False, 4, None, 0, 1)),
        ("A1:1", Reference(None, False, 0, 1, 0, None)),
        ("R2C3", Reference(None, False, 1, 2, 2, 3)),
        ("R1C1:R2C2", Reference(None, False, 0, 2, 0, 2)),
        ("R01c01", Reference(None, False, 0, 1, 0, 1)),
        ("R[1]C[1]", Reference(None, False, 1, 2, 1, 2)),
        ("R[0]C[0]", Reference(None, False, 0, 1, 0, 1)),
        ("Data!R[3]C[1]", Reference("Data", False, 3, 4, 1, 2)),
        ("R1C1:R[2]C[2]", Reference(None, False, 0, 3, 0, 3)),
        ("R3C3:R1C1", Reference(None, False, 0, 3, 0, 3)),
        ("R[1]C[1]:R1C1", Reference(None, False, 0, 2, 0, 2)),
        ("R1", Reference(None, False, 0, 1, 17, 18)),
        ("R1:R2", Reference(None, False, 0, 2, 17, 18)),
        ("RC1", Reference(None, False, 0, 1, 470, 471)),
        ("R1C", Reference(None, False, 0, 1, 0, 1)),
        ("RC", Reference(None, False, 0, 1, 0, 1)),
        ("R", Reference(None, False, 0, 1, 0, 1)),
        ("C", Reference(None, False, 0, 1, 0, 1)),
        ("R[1]", Reference(None, False, 1, 2, None, None)),
        ("C[1]", Reference(None, False, None, None, 1, 2)),
        ("R1C1:R2", Reference(None, False, 0, 2, 0, None)),
        ("R1C1:C2", Reference(None, False, 0, None, 0, 2)),
        ("R:C", Reference(None, False, None, None, 2, 18)),
        ("!A1", Reference(None, False, 0, 1, 0, 1)),
        ("''!R[1]C[1]", Reference(None, True, 1, 2, 1, 2)),
        ("has!bang", Reference("has!bang")),
        ("Sheet1", Reference("Sheet1")),
        ("'D3'", Reference("D3", True)),
        ("'It''s'!A1", Reference("It's", True, 0, 1, 0, 1)),
        ("My Sheet!A1:B", Reference("My Sheet", False, 0, None, 0, 2)),
        ("a!b!C1", Reference("a!b", False, 0, 1, 2, 3)),
    ],
)
def test_each_form_is_read(text: str, expected: Reference) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Sheet1!",
        "Sheet1!A0",
        "!Data",
        "S!A1:B2:C3",
        "'open!A1:",
        "S!1A",
        "S!B",
        "S!2",
        "S!R[-1]C[1]",
        "S!R[+1]C[1]",
        "S!R0C1",
        "S!A1:R2C2",
        "S!R1C1:B2",
        "S!R2C2:R1C1",
        "S!R1C2:R1C1",
        "S!R[1]C[1]:R[0]C[0]",
        "S!R2:R1C1",
        "S!R[ 1]C[1]",
        "S! A1",
        "S!A1: B2",
    ],
)
def test_nonsense_is_no_reference(text: str) -> None:
    reference = parse(text)
    assert reference is None or reference.whole_sheet


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("Sheet1", "Sheet1"),
        ("My Sheet", "'My Sheet'"),
        ("D3", "'D3'"),
        ("R1C1", "'R1C1'"),
        ("RC", "'RC'"),
        ("A", "A"),
        ("It's", "'It''s'"),
        ("audit-log", "'audit-log'"),
        ("_PostToTag", "_PostToTag"),
        ("🌵 x", "'🌵 x'"),
        ("2024", "'2024'"),
    ],
)
def test_titles_are_quoted_where_needed(title: str, quoted: str) -> None:
    assert quote_title(title) == quoted


@given(st.integers(0, 18277))
def test_column_names_and_indexes_are_inverse(index: int) -> None:
    assert column_index(column_name(index)) == index


@given(st.text(min_size=1, max_size=20), st.integers(0, 999), st.integers(1, 9), st.integers(0, 999), st.integers(1, 9))
def test_a_formatted_box_is_read_back(title: str, row: int, rows: int, column: int, columns: int) -> None:
    box = Box(row, row + rows, column, column + columns)
    reference = parse(format_box(title, box))
    assert reference is not None
    assert (reference.title, reference.r0, reference.r1, reference.c0, reference.c1) == (title, *box)
