"""Rows wait in a buffer: last key wins, and a new schema re-aligns them."""

from __future__ import annotations

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


def test_what_the_schema_does_not_name_is_left_out():
    assert list(buffer_with([], {"id": 1, "other": 2})) == [(1, None)]


def test_a_new_schema_keeps_rows_in_their_columns():
    buffer = buffer_with(["id"], {"id": 1, "name": "a"})
    buffer.set_schema(schema("new", "id"), ["id"])
    buffer.add({"id": 2, "new": "x"})
    assert list(buffer) == [(None, 1), ("x", 2)]


def test_a_cleared_buffer_is_empty():
    buffer = buffer_with([], {"id": 1})
    buffer.clear()
    assert (len(buffer), list(buffer)) == (0, [])
