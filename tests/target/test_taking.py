"""Records that are taken by the hundred end as they would one by one, the SDK's way."""

from __future__ import annotations

import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_gsheets.reader import parse_lines
from target_gsheets.target import TargetGSheets

CONFIG = {"spreadsheet_id": "x" * 44, "api_endpoint": "http://127.0.0.1:1"}
PROPERTIES = {"id": {"type": "integer"}, "n": {"type": ["number", "null"]}, "t": {"type": ["string", "null"]}}


def schema(stream="s", **more):
    described = {"type": "object", "properties": PROPERTIES, **more}
    return {"type": "SCHEMA", "stream": stream, "schema": described, "key_properties": ["id"]}


def record(number, stream="s", version=None, **more):
    message = {"type": "RECORD", "stream": stream, "record": {"id": number, **more}}
    return message if version is None else {**message, "version": version}


ODD = '{"type":"RECORD","stream":"s","record":{"id":7,"n":1.10,"t":"\\ud800x","gone":NaN}}'
INPUTS = {
    "plain": [schema(), record(1, n=1.5), record(2, t="a"), {"type": "STATE", "value": {}}],
    "last-key-wins": [schema(), record(1, t="a"), record(2), record(1, t="b"), record(2, t="c")],
    "bad-record": [schema(), record(1), record(2, n="no number"), record(3)],
    "no-key": [schema(), record(1), {"type": "RECORD", "stream": "s", "record": {"t": "a"}}, record(3)],
    "no-schema": [schema(), record(1), record(2, "other"), record(3)],
    "two-streams": [schema(), schema("r"), record(1), record(1, "r", t="x"), record(2), record(1, "r", t="y")],
    "new-version": [schema(), record(1, version=1), record(2, version=1), record(3, version=2), record(4, version=2)],
    "unknown-fields": [schema(), record(1, x=1), record(2, y=2, x=3), record(3)],
    "metadata": [schema(additionalProperties=False), record(1, _sdc_sequence=5), record(2, _sdc_deleted_at="x")],
    "forbidden-field": [schema(additionalProperties=False), record(1), record(2, x=1)],
    "odd-line": [schema(), record(1, t="a"), ODD, record(7, t="z"), record(8, n=2)],
    "blank-line": [schema(), record(1), "", record(2), "  "],
    "cut-line": [schema(), record(1), '{"type":"RECORD","stream":"s","reco'],
    "two-on-a-line": [schema(), record(1), f"{json.dumps(record(2))} {json.dumps(record(3))}", record(4)],
    "one-on-two-lines": [schema(), record(1), '{"type":"RECORD","stream":"s"', ',"record":{"id":2}}', record(3)],
    "schema-between": [schema(), record(1, t="a"), {**schema(), "key_properties": []}, record(1, t="b")],
}


def lines_of(messages):
    texts = (message if isinstance(message, str) else json.dumps(message) for message in messages)
    return "".join(f"{text}\n" for text in texts).encode()


def take(messages, *, at_once, **config):
    """What is left of an input: rows, failures, evidence, how far it was read, and what was said."""
    said = []
    handler = logging.Handler()
    handler.emit = lambda entry: said.append(entry.getMessage())
    target = TargetGSheets(config=CONFIG | config)
    if not at_once:
        target.message_reader.take_records = None
    target.logger.addHandler(handler)
    try:
        target.read(io.BytesIO(lines_of(messages)))
    finally:
        target.logger.removeHandler(handler)
    intake = target.intake
    rows = {stream: list(buffer) for stream, buffer in intake.buffers.items()}
    return rows, intake.failed, dict(intake.evidence), intake.broken, target.message_reader.line_number, said


@pytest.mark.parametrize("messages", INPUTS.values(), ids=INPUTS.keys())
@pytest.mark.parametrize("config", [{}, {"validate_records": False}], ids=["validated", "unvalidated"])
def test_records_taken_at_once_end_as_those_taken_one_by_one(messages, config):
    *at_once, said = take(messages, at_once=True, **config)
    *one_by_one, said_then = take(messages, at_once=False, **config)
    assert at_once == one_by_one
    assert len(said) <= len(said_then)  # unknown fields of many records are named together
    assert bool(said) == bool(said_then)


@given(st.permutations([message for name in ("plain", "two-streams", "new-version") for message in INPUTS[name]]))
def test_in_any_order_too(messages):
    messages = [schema(), schema("r"), *messages]
    assert take(messages, at_once=True) == take(messages, at_once=False)


@pytest.mark.parametrize(
    "config",
    [
        {"stream_maps": {"s": {"t": "'mapped'"}}},
        {"stream_maps": {"s": {"__filter__": "id > 1"}}},
        {"stream_maps": {"s": {"__alias__": "other"}}},
        {"stream_maps": {"s": None}},
        {"flattening_enabled": True, "flattening_max_depth": 1},
    ],
    ids=["mapped", "filtered", "renamed", "removed", "flattened"],
)
def test_what_is_asked_of_each_record_is_done_to_each(config):
    messages = [schema(), record(1, n=1), record(2, n=2)]
    assert take(messages, at_once=True, **config)[0] == take(messages, at_once=False, **config)[0]


def test_metadata_is_added_to_each_record():
    rows = take([schema(), record(1), record(2)], at_once=True, add_record_metadata=True)[0]["s"]
    assert [len(row) for row in rows] == [10, 10]
    assert all(isinstance(row[4], str) for row in rows)


def test_a_stream_without_anything_odd_is_taken_at_once():
    target = TargetGSheets(config=CONFIG)
    target._process_record_message = None  # would fail
    target.read(io.BytesIO(lines_of([schema(), *(record(number, n=number / 7) for number in range(3000))])))
    assert len(target.intake.buffers["s"]) == 3000


@pytest.mark.parametrize("name", ["odd-line", "blank-line", "cut-line", "two-on-a-line", "one-on-two-lines"])
def test_lines_with_anything_odd_are_left_to_a_closer_look(name):
    assert parse_lines(lines_of(INPUTS[name]).splitlines(keepends=True)) is None
