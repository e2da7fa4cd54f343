"""Where columns go when the source changes and people have columns of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_gsheets.columns import lay_out


def apply(layout, header):
    """Insert and remove columns as a sheet would, then write the new headers."""
    row = list(header)
    for position in layout.inserted:
        row.insert(position, None)
    for position in layout.removed:
        del row[position]
    for number, (text, was, position) in enumerate(zip(layout.headers, layout.now, layout.then, strict=True)):
        if was is None:
            assert row[position] is None
        if was is None or number in layout.healed:
            row[position] = text
    return row


def ours_of(names):
    return {name: name for name in names}


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
    assert apply(lay_out(header, ours_of(ours), wanted), header) == expected


NAMES = st.sampled_from("abcdefgh")


@given(st.lists(NAMES, unique=True), st.lists(NAMES, unique=True, min_size=1), st.lists(NAMES, unique=True))
def test_no_column_goes_where_they_shall_stay(header, ours, wanted):
    layout = lay_out(header, ours_of(ours), wanted, keep=True)
    after = apply(layout, header)
    assert layout.removed == ()
    assert sorted(text for text in after if text) == sorted([*header, *set(layout.headers) - set(header)])
    assert {name for name, _ in layout.kept} == ({*ours} & {*header}) - {*wanted}
    assert all(after[place] == name for name, place in layout.kept)


@given(st.lists(NAMES, unique=True), st.lists(NAMES, unique=True, min_size=1), st.lists(NAMES, unique=True))
def test_wanted_columns_are_there_once_and_peoples_columns_stay_in_order(header, ours, wanted):
    layout = lay_out(header, ours_of(ours), wanted)
    after = apply(layout, header)
    assert [after[position] for position in layout.then] == list(layout.headers)
    assert len(set(layout.headers)) == len(layout.headers)
    for name, text in zip(wanted, layout.headers, strict=True):
        assert text == name or (name not in ours and name in header)
    theirs = [name for name in header if name not in ours]
    assert [name for name in after if name in theirs] == theirs
    settled = lay_out(after, dict(zip(wanted, layout.headers, strict=True)), wanted)
    assert (settled.now, settled.inserted, settled.removed) == (layout.then, (), ())


@pytest.mark.parametrize(
    ("header", "resembling", "expected"),
    [
        (["ID", "name", "zip"], {(0, 0)}, ["id", "name", "zip"]),
        (["id", None, "zip"], {(1, 1)}, ["id", "name", "zip"]),
        (["id", "name", "note"], set(), ["id", "name", "zip", "note"]),
        (["note", "name", "zip"], set(), ["note", "id", "name", "zip"]),
        (["id", "zip", "zip"], {(1, 1)}, ["id", "name", "zip", "zip"]),
        (["ID", "Name", "zip"], {(0, 0), (1, 1)}, ["ID", "id", "name", "zip"]),
    ],
    ids=["first", "middle", "last-deleted", "first-deleted", "named-as-another", "two-side-by-side"],
)
def test_a_header_written_over_is_put_back_only_without_doubt(header, resembling, expected):
    layout = lay_out(header, ours_of(["id", "name", "zip"]), ["id", "name", "zip"], lambda *place: place in resembling)
    assert apply(layout, header) == expected


def test_a_column_whose_header_had_to_differ_is_found_again():
    layout = lay_out(["id", "note", "note (2)"], {"id": "id", "note": "note (2)"}, ["id", "note"])
    assert (layout.now, layout.headers) == ((0, 2), ("id", "note (2)"))
