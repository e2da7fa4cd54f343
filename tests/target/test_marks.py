"""What we leave on sheets, and what we make of what we find there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_gsheets.marks import (
    MAX_METADATA_CHARACTERS,
    METADATA_KEY,
    ColumnMark,
    CopyMark,
    StagingMark,
    StatusMark,
    StreamMark,
    maybe_mark,
)

TEXTS = st.text(max_size=20)
RUNS = st.lists(st.text("0123456789abcdef", min_size=1, max_size=12), max_size=8)


def entry(value, key=METADATA_KEY):
    return {"metadataKey": key, "metadataValue": value, "metadataId": 5}


COLUMNS = st.lists(st.builds(ColumnMark, TEXTS, TEXTS, TEXTS, TEXTS), max_size=5).map(tuple)


@given(st.builds(StreamMark, TEXTS, COLUMNS, TEXTS, TEXTS, RUNS.map(tuple), st.booleans(), st.just(5)))
def test_a_stream_s_mark_is_read_as_it_was_left(mark):
    assert maybe_mark([entry("x", key="theirs"), entry(mark.to_value())]) == mark


@pytest.mark.parametrize(
    "mark",
    [
        StatusMark(7, {"users": 3}, 12, "ok", 60, True, 5),
        StatusMark(7, {"users": 3}, 12, "ok", 60, True, 5, {"users": "0123abcd"}),
        StagingMark("run", 12.0, 5),
        CopyMark("users", 7, 5),
    ],
)
def test_the_other_marks_are_read_as_they_were_left(mark):
    assert maybe_mark([entry(mark.to_value())]) == mark


@pytest.mark.parametrize(
    "value",
    [
        "",
        "{",
        "[]",
        '{"stream":"a","columns":"x","keys":""}',
        "5",
        '"x"',
        "{}",
        '{"stream":"a"}',
        '{"stream":"a","columns":5,"keys":"","bookmark":"","run":""}',
        '{"stream":"a","columns":"x","keys":"","bookmark":"","run":""}',
    ],
)
def test_what_somebody_else_wrote_is_no_mark(value):
    assert maybe_mark([entry(value)]) is None


@pytest.mark.parametrize(("count", "kept"), [(2_000, 2_000), (20_000, 0)], ids=["many", "too-many"])
def test_the_streams_of_a_workbook_are_remembered_up_to_a_limit(count, kept):
    mark = StatusMark(7, {f"stream-{number}": number for number in range(count)}, 12, "ok", 60, True, 5)
    assert len(mark.to_value()) <= MAX_METADATA_CHARACTERS
    assert maybe_mark([entry(mark.to_value())]) == StatusMark(
        7, dict(list(mark.streams.items())[:kept]), 12, "ok", 60, True, 5
    )


def test_a_wide_table_keeps_its_columns():
    columns = tuple(ColumnMark(f"a column with number {number}", "NUMBER 0") for number in range(2_000))
    mark = StreamMark("wide", columns, "ff", "b", (), metadata_id=5)
    assert len(mark.to_value()) <= MAX_METADATA_CHARACTERS
    assert maybe_mark([entry(mark.to_value())]) == mark


def test_a_table_too_wide_for_metadata_keeps_its_stream_and_its_keys():
    columns = tuple(ColumnMark(f"{number * 7919 % 99991}" * 5) for number in range(8_000))
    mark = StreamMark("wide", columns, "ff", "b", (), metadata_id=5)
    assert len(mark.to_value()) <= MAX_METADATA_CHARACTERS
    assert maybe_mark([entry(mark.to_value())]) == StreamMark("wide", (), "ff", "b", (), metadata_id=5)
