"""Where columns go when the source changes and people have columns of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_gsheets.columns import lay_out


def apply(layout, header, wanted):
    """Insert and remove columns as a sheet would, then write the new headers."""
    row = list(header)
    for position in layout.inserted:
        row.insert(position, None)
    for position in layout.removed:
        del row[position]
    for name, was, position in zip(wanted, layout.now, layout.then, strict=True):
        if was is None:
            assert row[position] is None
            row[position] = name
    return row


@pytest.mark.parametrize(
    ("header", "ours", "wanted", "expected"),
    [
        (["id", "name"], ["id", "name"], ["id", "name"], ["id", "name"]),
        (["id", "name"], ["id", "name"], ["id", "mail", "name"], ["id", "mail", "name"]),
        (["id", "name", "note"], ["id", "name"], ["id", "name", "mail"], ["id", "name", "mail", "note"]),
        (["note", "id"], ["id"], ["new", "id"], ["note", "new", "id"]),
        (["id", "gone", "note"], ["id", "gone"], ["id"], ["id", "note"]),
        (["name", "note", "id"], ["id", "name"], ["id", "name"], ["name", "note", "id"]),
        (["theirs"], [], ["id", "name"], ["id", "name", "theirs"]),
        (["id", "a"], ["id", "a"], ["id", "b", "c"], ["id", "b", "c"]),
        (["id", "id"], ["id"], ["id"], ["id", "id"]),
    ],
    ids=["same", "between", "before-notes", "first", "gone", "reordered", "foreign", "replaced", "doubled"],
)
def test_columns_come_go_and_stay(header, ours, wanted, expected):
    assert apply(lay_out(header, ours, wanted), header, wanted) == expected


NAMES = st.sampled_from("abcdefgh")


@given(st.lists(NAMES, unique=True), st.lists(NAMES, unique=True), st.lists(NAMES, unique=True))
def test_wanted_columns_are_there_once_and_peoples_columns_stay_in_order(header, ours, wanted):
    after = apply(lay_out(header, ours, wanted), header, wanted)
    layout = lay_out(header, ours, wanted)
    assert [after[position] for position in layout.then] == wanted
    theirs = [name for name in header if name not in ours or name in wanted]
    assert [name for name in after if name in theirs and name in header] == theirs
