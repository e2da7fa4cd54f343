"""Lines become messages, exactly, or a sentence with the line's number."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from target_gsheets.errors import SourceError
from target_gsheets.reader import MessageReader


def read(data):
    messages = []
    reader = MessageReader()
    callbacks = dict.fromkeys(["RECORD", "STATE", "ACTIVATE_VERSION"], messages.append)
    reader.process_lines(io.BytesIO(data), callbacks)
    return messages, reader


def test_numbers_keep_their_digits():
    line = b'{"type":"RECORD","stream":"s","record":{"a":1.10,"b":12345678901234567890,"c":1e400,"d":7}}\n'
    assert read(line)[0][0]["record"] == {
        "a": Decimal("1.10"),
        "b": 12345678901234567890,
        "c": Decimal("1E+400"),
        "d": 7,
    }


def test_only_a_line_feed_ends_a_line():
    line = '{"type":"RECORD","stream":"s","record":{"a":"x\u2028y\u0085z"}}\n'.encode()
    assert read(line)[0][0]["record"] == {"a": "x\u2028y\u0085z"}


def test_blank_lines_are_nothing():
    messages, reader = read(b'{"type":"STATE","value":{}}\n\n{"type":"STATE","value":{}}\n   \n')
    assert (len(messages), reader.line_number) == (2, 4)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"\\ud800x"', "\ud800x"),
        ('"\\ud83c\\udf89\\udf89"', "🎉\udf89"),
        ("NaN", "NaN"),
        ("[-Infinity,Infinity]", ["-Infinity", "Infinity"]),
    ],
    ids=["half-a-pair", "a-pair-and-a-half", "nan", "infinities"],
)
def test_a_record_that_only_python_takes_for_json_keeps_its_other_values(text, value):
    line = f'{{"type":"RECORD","stream":"s","record":{{"odd":{text},"n":1.10,"é":12345678901234567890}}}}\n'
    assert read(line.encode())[0][0]["record"] == {"odd": value, "n": Decimal("1.10"), "é": 12345678901234567890}


@pytest.mark.parametrize("batches", [False, True], ids=["one-by-one", "by-the-hundred"])
def test_a_mark_of_the_byte_order_before_the_first_line_is_nothing(batches):
    data = b'\xef\xbb\xbf{"type":"STATE","value":{}}\n'
    reader, messages = MessageReader(), []
    if batches:
        reader.take_records = lambda _stream, _records: None
    reader.process_lines(io.BytesIO(data), {"STATE": messages.append})
    reader.process_lines(io.StringIO(data.decode()), {"STATE": messages.append})
    assert [message["value"] for message in messages] == [{}, {}]


def test_a_mark_of_the_byte_order_elsewhere_is_none():
    with pytest.raises(SourceError, match="Line 2 of the input is not JSON"):
        read(b'{"type":"STATE","value":{}}\n\xef\xbb\xbf{"type":"STATE","value":{}}\n')


def test_a_version_may_be_written_with_a_point():
    (message,), _ = read(b'{"type":"ACTIVATE_VERSION","stream":"s","version":1.0}\n')
    assert message["version"] == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"type":"STATE","value":{}}\n{"type":"REC', "Line 2 of the input is not JSON"),
        (b'{"type":"RECORD","record":"\xff"}\n', "Line 1 of the input is not JSON"),
        (b"[1]\n", "Line 1 of the input is no Singer message"),
        (b'{"record":{}}\n', "Line 1 of the input is no Singer message"),
        (b'{"type":"PUDDING"}\n', r"Line 1 .* \(its type is 'PUDDING'\)"),
        (b'{"type":"RECORD","stream":"s","record":[1]}\n', "a RECORD without a proper 'record'"),
        (b'{"type":"RECORD","record":{}}\n', "a RECORD without a proper 'stream'"),
        (b'{"type":"SCHEMA","stream":"s","schema":null}\n', "a SCHEMA without a proper 'schema'"),
        (b'{"type":"STATE","value":[]}\n', "a STATE without a proper 'value'"),
        (b'{"type":"ACTIVATE_VERSION","stream":"s"}\n', "an? ACTIVATE_VERSION without a proper 'version'"),
        (b'{"type":"STATE","value":{"at":NaN}}\n', "Line 1 of the input is not JSON"),
        (b'{"type":"RECORD","stream":"s","record":{"a":1e99999999999999999999}}\n', "Line 1 of the input is not JSON"),
        (b'{"type":"RECORD","stream":"s","record":{"a":%b}}\n' % (b"[" * 99_999 + b"]" * 99_999), "Line 1 .* not JSON"),
        (b'{"type":"RECORD","stream":"s","record":{"a":NaN,"b":%b}}\n' % (b"[" * 99_999), "Line 1 .* not JSON"),
    ],
    ids=["cut", "not-utf8", "array", "no-type", "unknown", "record", "stream", "schema", "state", "version",
         "odd-state", "exponent", "deep", "deep-and-odd"],
)  # fmt: skip
def test_a_bad_line_is_named_by_its_number(data, words):
    with pytest.raises(SourceError, match=words):
        read(data)
