"""The law of the mirror: applying diff(a, b) to a gives b, and diff(b, b) is empty."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_gsheets.applied import AppliedRows
from target_gsheets.diff import RowChanges, comparable, diff_rows, keys_digest, same_cell
from target_gsheets.unkeyed import unkeyed_digest, unkeyed_digests

CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["a", "b", "=1", "'=1", "x\r\ny"]), st.just(0.5)
)
# Some keys differ in the source and look alike in a sheet, one is blank there.
KEYS = st.one_of(st.integers(1, 8), st.sampled_from(["k", "l", "=k", "'=k", None]))


def rows_of(width):
    return st.lists(st.tuples(*[CELLS] * width), max_size=8)


def keyed_rows(width):
    rows = st.lists(st.tuples(KEYS, *[CELLS] * (width - 1)), max_size=8)
    return rows.map(lambda found: list({row[:1]: row for row in found}.values()))


def apply(changes, now):
    """Apply changes as a sheet would: cells, then removals, then one insertion."""
    rows = [list(row) for row in now]
    for run in changes.changed:
        rows[run.row][run.column : run.column + len(run.cells)] = run.cells
    at = changes.after + 1 - sum(row <= changes.after for row in changes.removed)
    rows = [row for number, row in enumerate(rows) if number not in changes.removed]
    rows[at:at] = [list(row) for row in changes.added]
    return [tuple(row) for row in rows]


def blank_keyed(now, wanted):
    """Rows without a key that nobody wants: people's own."""
    wanted = {comparable(row) for row in wanted}
    return [row for row in now if row[0] is None and comparable(row) not in wanted]


def content(rows):
    return Counter(comparable(row) for row in rows if any(cell is not None for cell in row))


@given(rows_of(3), rows_of(3))
def test_applying_the_difference_of_keyless_rows_gives_the_wanted_rows(now, wanted):
    changes = diff_rows(now, wanted, keys=(), remove=True, row_capacity=len(now))
    assert content(apply(changes, now)) == content(wanted)
    assert not changes.changed


@given(keyed_rows(3), keyed_rows(3))
def test_applying_the_difference_of_keyed_rows_gives_the_wanted_rows(now, wanted):
    changes = diff_rows(now, wanted, keys=(0,), remove=True, row_capacity=len(now))
    theirs = blank_keyed(now, wanted)
    assert content(apply(changes, now)) == content([*wanted, *theirs])


NAMES = ("id", "one", "two")


@given(rows_of(3), keyed_rows(3), rows_of(2), keyed_rows(3))
def test_rows_without_a_key_go_where_we_wrote_them(unkeyed, keyed, theirs, wanted):
    written = [(None, *row[1:]) for row in unkeyed]
    theirs = [(None, *row) for row in theirs]
    remembered = set(unkeyed_digests(NAMES, written, (0,)))
    changes = diff_rows(
        [*keyed, *written, *theirs], wanted, keys=(0,), remove=True, row_capacity=99,
        is_written=lambda row: unkeyed_digest(NAMES, row) in remembered,
    )  # fmt: skip
    after = content(apply(changes, [*keyed, *written, *theirs]))
    strange = [row for row in [*keyed, *theirs] if row[0] is None and unkeyed_digest(NAMES, row) not in remembered]
    assert after == content(wanted) | content(strange)


@given(st.tuples(CELLS, CELLS), st.tuples(CELLS, CELLS))
def test_rows_without_a_key_go_by_what_a_sheet_shows_of_them(one, other):
    same = unkeyed_digest("ab", one) == unkeyed_digest("ab", other)
    assert same == (comparable(one) == comparable(other))
    assert unkeyed_digest("abc", (*one, None)) == unkeyed_digest("ab", one), "a new column is empty"


@given(keyed_rows(2), keyed_rows(2), st.data())
def test_sorted_copied_and_emptied_rows_heal(now, wanted, data):
    theirs = [(None, "a note of somebody"), *blank_keyed(now, wanted)]
    now = [row for row in now if row[0] is not None]
    messy = data.draw(st.permutations(now + now[:2] + theirs))
    changes = diff_rows(messy, wanted, keys=(0,), remove=True, row_capacity=len(messy))
    assert content(apply(changes, messy)) == content([*wanted, *theirs])


@given(keyed_rows(3))
def test_equal_keyed_rows_need_nothing(rows):
    assert diff_rows(rows, rows, keys=(0,), remove=True, row_capacity=len(rows)).is_empty


@given(rows_of(2))
def test_equal_keyless_rows_need_nothing(rows):
    assert diff_rows(rows, rows, keys=(), remove=True, row_capacity=len(rows)).is_empty


@given(keyed_rows(3), keyed_rows(3))
def test_without_leave_to_remove_every_row_stays(now, wanted):
    changes = diff_rows(now, wanted, keys=(0,), remove=False, row_capacity=len(now))
    after = Counter(comparable(row[:1]) for row in apply(changes, now))
    assert not changes.removed
    assert not Counter(comparable(row[:1]) for row in now) - after


def test_what_is_equal_stays_where_people_sorted_it():
    now = [(3, "c"), (1, "a"), (2, "b")]
    wanted = [(1, "a"), (2, "B"), (3, "c"), (4, "d")]
    changes = diff_rows(now, wanted, keys=(0,), remove=True, row_capacity=3)
    assert apply(changes, now) == [(3, "c"), (1, "a"), (2, "B"), (4, "d")]
    assert changes.changed_rows == 1
    assert sum(len(run.cells) for run in changes.changed) == 1


def test_new_rows_come_after_the_last_mirrored_row_and_before_peoples_own():
    now = [(1, "a"), (None, "total"), (None, None)]
    changes = diff_rows(now, [(1, "a"), (2, "b")], keys=(0,), remove=True, row_capacity=3)
    assert apply(changes, now) == [(1, "a"), (2, "b"), (None, "total"), (None, None)]


def test_blank_rows_of_a_keyless_stream_are_not_added_again_and_again():
    rows = [("a", 1), (None, None), (None, None)]
    seen = rows[:1]  # the API doesn't show blank rows at the end of a sheet
    assert diff_rows(seen, rows, keys=(), remove=True, row_capacity=4).is_empty


@pytest.mark.parametrize(
    ("now", "wanted", "same"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (1, True, False),
        (False, None, False),
        ("1", 1, False),
        ("'=1", "=1", True),
        ("=1", "=1", True),
        ("''a", "'a", True),
        ("a", "'a", False),
        ("a\nb", "a\r\nb", True),
        (None, "a", False),
    ],
)
def test_cells_are_compared_by_type_and_value(now, wanted, same):
    assert same_cell(now, wanted) is same


@given(keyed_rows(3), keyed_rows(3), st.booleans())
def test_the_planned_rows_are_those_that_the_changes_make(now, wanted, remove):
    changes = diff_rows(now, wanted, keys=(0,), remove=remove, row_capacity=len(now))
    after = AppliedRows(changes, now)
    assert [tuple(row) for row in after] == [tuple(row) for row in after[:]] == apply(changes, now)
    assert len(after) == len(apply(changes, now))


ROWS = [(1, "a", "x"), (2, "b", "y"), (3, "c", "z")]


@pytest.mark.parametrize(
    "typed",
    [
        [(1, "a", "x"), ("oops", "b", "y"), (3, "c", "z")],
        [(1, "a", "x"), (None, "b", "y"), (3, "c", "z")],
        [(1, "a", "x"), (3, "b", "y"), (3, "c", "z")],
        [(3, "a", "x"), (1, "b", "y"), (2, "c", "z")],
    ],
    ids=["unknown", "emptied", "another-rows", "all-shuffled"],
)
def test_a_key_that_somebody_wrote_over_is_put_back_on_its_row(typed):
    changes = diff_rows(typed, ROWS, keys=(0,), remove=True, row_capacity=3, keys_touched=lambda: True)
    assert not changes.removed
    assert not changes.added
    assert content(apply(changes, typed)) == content(ROWS)
    if typed[0][0] == 1:
        assert apply(changes, typed) == ROWS


def test_a_row_that_came_again_under_another_key_is_another_row():
    wanted = [*ROWS[:2], (9, "c", "z")]
    changes = diff_rows(ROWS, wanted, keys=(0,), remove=True, row_capacity=3)
    assert (changes.removed, changes.added) == ((2,), ((9, "c", "z"),))


@given(keyed_rows(2), st.randoms())
def test_the_digest_of_keys_knows_no_order_and_sees_every_change(rows, chance):
    shuffled = chance.sample(rows, len(rows))
    assert keys_digest(shuffled, (0,)) == keys_digest(rows, (0,))
    if any(row[0] is not None for row in rows):
        assert keys_digest([(None, *row[1:]) for row in rows], (0,)) != keys_digest(rows, (0,))


def test_the_digest_takes_numbers_as_google_answers_them():
    assert keys_digest([(1.0, "a")], (0,)) == keys_digest([(1, "b")], (0,)) != keys_digest([(True, "a")], (0,))


def test_no_change_is_nothing():
    assert RowChanges().is_empty
