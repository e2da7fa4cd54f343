"""Rows wait in a buffer: last key wins, and a new schema re-aligns them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from target_gsheets.buffer import RowBuffer


def schema(*names):
    return {"type": "object", "properties": {name: {"type": ["string", "null"]} for name in names}}


def buffer_with(keys, *records, columns=("id", "name")):
    buffer = RowBuffer()
    buffer.set_schema(schema(*columns), keys)
    for record in records:
        buffer.add(record)
    return buffer


def test_the_last_record_of_a_key_wins_in_the_place_of_the_first():
    rows = buffer_with(["id"], {"id": 1, "name": "a"}, {"id": 2, "name": "b"}, {"id": 1, "name": "c"})
    assert list(rows) == [(1, "c"), (2, "b")]


def test_without_keys_every_record_is_a_row():
    assert list(buffer_with([], {"id": 1}, {"id": 1})) == [(1, None), (1, None)]


def test_a_key_may_be_composite_or_an_object():
    assert len(buffer_with(["id", "name"], {"id": 1, "name": "a"}, {"id": 1, "name": "b"})) == 2
    assert len(buffer_with(["id"], {"id": {"a": [1]}}, {"id": {"a": [1]}})) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), (1, "1"), (True, "true"), ({"a": 1}, {"a": True}), ([1], [True]), ([True], True),
     ([Decimal("1.1")], ["1.1"]), ([], {})],
    ids=["one-and-true", "zero-and-false", "number-and-text", "true-and-text", "objects", "arrays",
         "array-and-its-part", "decimal-and-text", "blank-ones"],
)  # fmt: skip
def test_keys_that_only_look_alike_are_two(one, other):
    assert len(buffer_with(["id"], {"id": one}, {"id": other}, {"id": one})) == 2


def test_numbers_that_are_equal_are_one_key():
    assert list(buffer_with(["id"], {"id": 1, "name": "a"}, {"id": Decimal("1.0"), "name": "b"})) == [(1, "b")]


def test_records_whose_key_is_all_null_are_kept_apart():
    records = [{"id": None, "name": "a"}, {"id": None, "name": "a"}, {"name": "b"}]
    assert list(buffer_with(["id"], *records)) == [(None, "a"), (None, "a"), (None, "b")]
    assert len(buffer_with(["id", "name"], {"id": None, "name": "a"}, {"id": None, "name": "a"})) == 1


def test_what_the_schema_does_not_name_is_left_out():
    assert list(buffer_with([], {"id": 1, "other": 2})) == [(1, None)]


def test_a_new_schema_keeps_rows_in_their_columns():
    buffer = buffer_with(["id"], {"id": 1, "name": "a"})
    buffer.set_schema(schema("new", "id"), ["id"])
    buffer.add({"id": 2, "new": "x"})
    assert list(buffer) == [(None, 1), ("x", 2)]


def test_a_schema_that_comes_back_finds_the_values_of_its_columns_again():
    buffer = buffer_with(["id"], {"id": 1, "name": "a"})
    buffer.set_schema(schema("id"), ["id"])
    buffer.add({"id": 2, "name": "left out"})
    assert list(buffer) == [(1,), (2,)]
    buffer.set_schema(schema("id", "name"), ["id"])
    buffer.add({"id": 3, "name": "c"})
    assert list(buffer) == [(1, "a"), (2, None), (3, "c")]


def test_rows_go_by_the_keys_of_the_last_schema():
    buffer = buffer_with([], {"id": 1, "name": "a"}, {"id": 1, "name": "b"})
    buffer.set_schema(schema("new", "id", "name"), ["id"])
    assert list(buffer) == [(None, 1, "b")]
    buffer.add({"id": 1, "name": "c"})
    buffer.set_schema(schema("id", "name"), [])
    buffer.add({"id": 1, "name": "c"})
    assert list(buffer) == [(1, "c"), (1, "c")]


def test_rows_without_a_value_for_a_key_that_comes_in_mid_stream_are_kept_apart():
    buffer = buffer_with([], {"name": "a"}, {"name": "b"}, columns=("name",))
    buffer.set_schema(schema("id", "name"), ["id"])
    assert list(buffer) == [(None, "a"), (None, "b")]


def test_a_cleared_buffer_is_empty():
    buffer = buffer_with([], {"id": 1})
    buffer.clear()
    assert (len(buffer), list(buffer)) == (0, [])
