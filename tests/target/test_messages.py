"""One bad stream doesn't stop the others, whichever of its messages is bad."""

from __future__ import annotations

import io

import pytest
from singer_sdk.exceptions import InvalidJSONSchema

from target_gsheets.target import TargetGSheets
from tests.target.conftest import whole_stream
from tests.target.test_taking import CONFIG, lines_of, schema

POSTS = whole_stream("posts", {"id": "integer"}, [{"id": 7}])


def bad_schema(properties, **more):
    described = {"type": "object", "properties": properties}
    return {"type": "SCHEMA", "stream": "u", "schema": described, "key_properties": ["id"], **more}


def rest_of(stream):
    """What follows the SCHEMA of a stream."""
    return [
        {"type": "RECORD", "stream": stream, "record": {"id": 1}, "version": 1},
        {"type": "ACTIVATE_VERSION", "stream": stream, "version": 1},
        {"type": "STATE", "value": {"bookmarks": {stream: {"at": 1}}}},
    ]


def take(*messages, **config):
    """What is left of an input."""
    target = TargetGSheets(config=CONFIG | config)
    target.read(io.BytesIO(lines_of(messages)))
    return target


ID = {"id": {"type": "integer"}}
BAD_SCHEMAS = {
    "type": (bad_schema({**ID, "a": {"type": "strin"}}), "its SCHEMA is no JSON Schema: properties.a.type"),
    "pattern": (bad_schema({**ID, "a": {"pattern": "("}}), "its SCHEMA is no JSON Schema: properties.a.pattern"),
    "reference": (bad_schema({**ID, "a": {"$ref": "#/definitions/x"}}), "'/definitions/x' does not exist"),
    "elsewhere": (bad_schema({**ID, "a": {"$ref": "http://127.0.0.1:9/x"}}), "isn't fetched, a SCHEMA must be whole"),
    "a-number": (bad_schema({**ID, "a": 5}), "properties.a: its value is not of types"),
    "no-properties": ({**bad_schema({}), "schema": {"type": "object"}}, "its SCHEMA has no 'properties'"),
    "properties": (bad_schema([]), "its SCHEMA has 'properties' that are no object"),
    "no-schema": ({**bad_schema({}), "schema": None}, "a SCHEMA without a proper 'schema'"),
    "key": (bad_schema({"a": {}}), "aren't in its SCHEMA"),
    "keys": (bad_schema(ID, key_properties=5), "its 'key_properties' are no list of names"),
    "a-text-for-keys": (bad_schema(ID, key_properties="id"), "its 'key_properties' are no list of names"),
    "odd-keys": (bad_schema(ID, key_properties=[["id"]]), "its 'key_properties' are no list of names"),
}


@pytest.mark.parametrize(("message", "words"), BAD_SCHEMAS.values(), ids=BAD_SCHEMAS.keys())
def test_a_bad_schema_fails_its_stream_and_the_others_are_taken(message, words):
    target = take(message, *rest_of("u"), *POSTS)
    assert target.intake.broken == ""
    assert words in target.intake.failed["u"]
    assert target.intake.failed.keys() == {"u"}
    assert list(target.intake.buffers["posts"]) == [(7,)]


def test_the_sheet_of_a_bad_schema_stays_and_its_bookmark_is_kept_back(workbook):
    workbook.sync(*whole_stream("u", {"id": "integer", "a": "string"}, [{"id": 5, "a": "x"}]))
    message, _ = BAD_SCHEMAS["type"]
    state = {"type": "STATE", "value": {"bookmarks": {"u": {"at": 1}, "posts": {"at": 2}}}}
    with pytest.raises(InvalidJSONSchema):  # said already, and kept for the exit status
        workbook.sync(message, *rest_of("u"), *POSTS, state)
    assert workbook.values("u") == [[5, "x"]]
    assert workbook.values("posts") == [[7]]
    assert workbook.states == [{"bookmarks": {"posts": {"at": 2}}}]


def test_a_stream_whose_second_schema_is_bad_fails_whole():
    good = bad_schema({**ID, "a": {"type": "string"}})
    target = take(good, *rest_of("u"), BAD_SCHEMAS["type"][0], *rest_of("u"), *POSTS)
    assert target.intake.failed.keys() == {"u"}
    assert "u" not in target.intake.verdicts()


ODD_PROPERTIES = [
    5, None, "string", [], {"type": 5}, {"type": None}, {"type": [["x"]]}, {"type": {"a": 1}}, {"anyOf": 5},
    {"oneOf": None}, {"type": "string", "format": ["x"]}, {"type": "number", "multipleOf": "x"}, {"description": 5},
]  # fmt: skip
MAPPINGS = {
    "plain": {},
    "flattened": {"flattening_enabled": True, "flattening_max_depth": 1},
    "mapped": {"stream_maps": {"u": {"b": "id"}}},
}


@pytest.mark.parametrize("odd", ODD_PROPERTIES, ids=str)
@pytest.mark.parametrize("config", MAPPINGS.values(), ids=MAPPINGS.keys())
def test_without_validation_an_odd_property_stops_no_stream(odd, config):
    target = take(bad_schema({**ID, "a": odd}), *rest_of("u"), *POSTS, validate_records=False, **config)
    assert target.intake.broken == ""
    assert list(target.intake.buffers["posts"]) == [(7,)]
    assert target.intake.failed or [row[:2] for row in target.intake.buffers["u"]] == [(1, None)]


VALUES = {
    "many-digits": "1" * 5_000,
    "exponent": "1e9999999999999999999",
    "deep": "[" * 99_999 + "]" * 99_999,
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_a_value_that_cannot_be_read_fails_its_stream_and_the_others_are_taken(value):
    line = f'{{"type": "RECORD", "stream": "s", "record": {{"id": 1, "n": {value}}}}}'
    target = take(schema(), line, *rest_of("s"), *POSTS)
    assert target.intake.broken == ""
    assert "Line 2 of the input is not JSON" in target.intake.failed["s"]
    assert target.intake.failed.keys() == {"s"}
    assert list(target.intake.buffers["posts"]) == [(7,)]


@pytest.mark.parametrize("end", ['"reco', '"record":{"n":1', '"record":{"n":1}'])
def test_a_line_that_was_cut_still_ends_the_input(end):
    target = take(schema(), f'{{"type":"RECORD","stream":"s",{end}')
    assert "Line 2 of the input is not JSON" in target.intake.broken
    assert target.intake.failed == {}


def test_a_stream_is_known_by_its_name_even_where_that_is_another_one_s_alias():
    maps = {"v": {"__alias__": "u"}, "u": None}
    target = take(schema("v"), *rest_of("v"), BAD_SCHEMAS["keys"][0], stream_maps=maps)
    assert target.intake.failed.keys() == {"u"}
    assert [row[:1] for row in target.intake.buffers["u"]] == [(1,)]


def test_the_sheets_of_odd_properties_are_written(workbook):
    odd = {f"p{number}": found for number, found in enumerate(ODD_PROPERTIES)}
    message = bad_schema({**ID, **odd})
    record = {"type": "RECORD", "stream": "u", "record": {"id": 1, **dict.fromkeys(odd, "x")}}
    workbook.sync(message, record, {"type": "STATE", "value": {}}, validate_records=False)
    assert workbook.values("u") == [[1, *["x"] * len(odd)]]


NUMBERS = {"type": ["number", "null"]}
NESTED = {"type": ["object", "null"], "properties": {"x": {"anyOf": [{"type": "number"}, {"type": "null"}]}}}


def test_what_is_no_number_to_json_is_a_text_in_a_column_of_numbers(workbook):
    properties = {**ID, "v": NUMBERS, "w": {"type": "integer", "minimum": 1}, "o": NESTED}
    lines = [
        '{"id": 1, "v": NaN, "w": Infinity, "o": {"x": -Infinity}}',
        '{"id": 2, "v": 1.5, "w": 2, "o": {"x": 3}}',
        '{"id": 3, "v": "NaN", "w": 3, "o": null}',
    ]
    records = (f'{{"type": "RECORD", "stream": "u", "record": {line}}}' for line in lines)
    target = TargetGSheets(config=workbook.config)
    target.read(io.BytesIO(lines_of([bad_schema(properties), *records, {"type": "STATE", "value": {}}])))
    target.process_endofpipe()
    assert target.intake.failed == {}
    assert workbook.values("u") == [
        [1, "NaN", "Infinity", '{"x":"-Infinity"}'], [2, 1.5, 2, '{"x":3}'], [3, "NaN", 3, ""],
    ]  # fmt: skip


@pytest.mark.parametrize("rest", ['"id": "x"', '"id": 1, "w": "nan"', '"v": 1'], ids=["id", "text", "key"])
def test_beside_what_is_no_number_a_record_keeps_to_its_schema(rest):
    record = f'{{"type": "RECORD", "stream": "u", "record": {{{rest}, "x": NaN}}}}'
    target = take(bad_schema({**ID, "w": NUMBERS, "x": NUMBERS}), record)
    assert "record 1 can't be taken" in target.intake.failed["u"]


def test_half_a_surrogate_pair_in_the_name_of_a_nested_member_is_left_out():
    schema_ = bad_schema({**ID, "o": {"type": "object", "additionalProperties": {"type": "integer"}}})
    record = '{"type": "RECORD", "stream": "u", "record": {"id": 1, "o": {"a\\ud800": 2}}}'
    target = take(schema_, record)
    assert target.intake.failed == {}
    assert list(target.intake.buffers["u"]) == [(1, '{"a":2}')]
    assert target.intake.buffers["u"].losses.removed == 1


def test_a_record_with_half_a_surrogate_pair_in_a_name_still_keeps_to_its_schema():
    schema_ = bad_schema({**ID, "o": {"type": "object", "additionalProperties": {"type": "integer"}}})
    target = take(schema_, '{"type": "RECORD", "stream": "u", "record": {"id": 1, "o": {"a\\ud800": "x"}}}')
    assert "record 1 can't be taken: o.a: its value is not of type" in target.intake.failed["u"]


def test_an_expression_that_names_what_a_record_lacks_fails_its_stream_alone():
    lacking = {"type": "RECORD", "stream": "u", "record": {"id": 1}}
    schema = bad_schema({**ID, "a": {"type": "string"}})
    target = take(schema, lacking, *POSTS, stream_maps={"u": {"b": "a + 'x'"}})
    assert target.intake.failed == {
        "u": "record 1 can't be taken: an expression of 'stream_maps' fails on it (MapExpressionError)"
    }
    assert list(target.intake.buffers["posts"]) == [(7,)]
