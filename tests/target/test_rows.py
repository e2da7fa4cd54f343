"""Packed rows are the rows that were put in, and equal bytes are equal rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_gsheets.diff import same_cell
from target_gsheets.rows import ROWS_A_PIECE, PackedRows, pack

CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), st.text(max_size=5)
)
COUNTS = pytest.mark.parametrize("count", [0, 1, ROWS_A_PIECE, ROWS_A_PIECE + 1, 3 * ROWS_A_PIECE - 1])


def numbered(count):
    return [(number, f"row {number}") for number in range(count)]


@COUNTS
def test_rows_come_back_in_their_order(count):
    rows = PackedRows(iter(numbered(count)))
    assert list(rows) == [row for chunk in rows.chunks() for row in chunk] == numbered(count)
    assert len(rows) == count


@COUNTS
def test_rows_are_found_by_their_number(count):
    rows = PackedRows(numbered(count))
    assert [rows[number] for number in range(count)] == numbered(count)
    assert rows[-3:] == numbered(count)[-3:]
    with pytest.raises(IndexError):
        rows[count]


@COUNTS
def test_rows_may_be_added_a_few_at_a_time(count):
    rows = PackedRows()
    for start in range(0, count, 700):
        rows.extend(numbered(count)[start : start + 700])
    assert list(rows) == numbered(count)


@COUNTS
def test_released_rows_are_gone(count):
    rows = PackedRows(numbered(count))
    assert [row for chunk in rows.release() for row in chunk] == numbered(count)
    assert (len(rows), list(rows)) == (0, [])


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_cells_keep_their_type(rows):
    for before, after in zip(rows, PackedRows(rows), strict=True):
        for cell, found in zip(before, after, strict=True):
            if isinstance(cell, int) and abs(cell) >= 2**63:  # which only a double can be, in a sheet
                assert (type(found) is not bool, float(found)) == (True, float(cell))
            else:
                assert (type(found), found) == (type(cell), cell)


@given(st.tuples(CELLS, CELLS), st.tuples(CELLS, CELLS))
def test_equal_bytes_are_equal_rows(one, other):
    if pack([one]) == pack([other]):
        assert all(map(same_cell, PackedRows([one])[0], PackedRows([other])[0]))


def test_one_is_not_true_and_text_is_not_a_number():
    assert len(set(pack([(1,), (True,), ("1",), (None,), ("",)]))) == 5


def test_the_same_rows_in_the_same_place_are_found_by_their_pieces():
    rows = numbered(3 * ROWS_A_PIECE + 5)
    changed = [*rows[:ROWS_A_PIECE], ("another", "row"), *rows[ROWS_A_PIECE + 1 :]]
    found = [number for same in PackedRows(rows).same_rows(PackedRows(changed)) for number in same]
    assert found == [*range(ROWS_A_PIECE), *range(2 * ROWS_A_PIECE, len(rows))]


def test_the_last_rows_are_not_the_same_where_they_stand_elsewhere():
    rows = numbered(ROWS_A_PIECE + 5)
    assert list(PackedRows(rows).same_rows(PackedRows(rows[ROWS_A_PIECE:]))) == []
