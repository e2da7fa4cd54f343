"""Which rows of a sheet came, went or changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.workbook import Changes, Row, compare_contents, compare_rows

CASES: dict[str, tuple[list[Row], list[Row], Changes]] = {
    "nothing": ([], [], Changes()),
    "the same in another order": ([(1, "a"), (2, "b")], [(2, "b"), (1, "a")], Changes()),
    "one more": ([(1, "a")], [(1, "a"), (2, "b")], Changes(added=1)),
    "one less": ([(1, "a"), (2, "b")], [(2, "b")], Changes(removed=1)),
    "one changed": ([(1, "a")], [(1, "b")], Changes(changed=1)),
    "one of two equal rows less": ([(1, "a"), (1, "a")], [(1, "a")], Changes(removed=1)),
    "another key": ([(1, "a")], [(2, "a")], Changes(added=1, removed=1)),
    "a row without cells": ([()], [], Changes(removed=1)),
}


@pytest.mark.parametrize(("before", "after", "changes"), CASES.values(), ids=CASES)
def test_rows_are_compared_by_their_first_cell(before: list[Row], after: list[Row], changes: Changes) -> None:
    assert compare_rows(before, after) == changes


rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12)


@given(before=rows, after=rows)
def test_the_counts_add_up(before: list[Row], after: list[Row]) -> None:
    changes = compare_rows(before, after)
    assert len(before) + changes.added - changes.removed == len(after)
    assert bool(changes) == (sorted(before) != sorted(after))


def test_a_header_is_no_row_and_a_new_sheet_is_all_new() -> None:
    after: dict[str, list[Row]] = {"old": [("id",), (1,)], "new": [("id",), (1,), (2,)]}
    assert compare_contents({"old": [("key",), (1,)]}, after) == {"old": Changes(), "new": Changes(added=2)}
