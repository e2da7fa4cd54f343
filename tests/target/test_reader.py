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
    callbacks = dict.fromkeys(["RECORD", "STATE"], messages.append)
    reader.process_lines(io.BytesIO(data), callbacks)
    return messages, reader


def test_numbers_keep_their_digits():
    line = b'{"type":"RECORD","record":{"a":1.10,"b":12345678901234567890,"c":1e400,"d":7}}\n'
    assert read(line)[0][0]["record"] == {
        "a": Decimal("1.10"),
        "b": 12345678901234567890,
        "c": Decimal("1E+400"),
        "d": 7,
    }


def test_only_a_line_feed_ends_a_line():
    line = '{"type":"RECORD","record":{"a":"x\u2028y\u0085z"}}\n'.encode()
    assert read(line)[0][0]["record"] == {"a": "x\u2028y\u0085z"}


def test_blank_lines_are_nothing_and_the_last_type_is_remembered():
    messages, reader = read(b'{"type":"RECORD"}\n\n{"type":"STATE"}\n   \n')
    assert (len(messages), reader.last_type) == (2, "STATE")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"type":"STATE"}\n{"type":"REC', "Line 2 of the input is not JSON"),
        (b'{"type":"RECORD","record":"\xff"}\n', "Line 1 of the input is not JSON"),
        (b"[1]\n", "Line 1 of the input is no Singer message"),
        (b'{"record":{}}\n', "Line 1 of the input is no Singer message"),
        (b'{"type":"PUDDING"}\n', "Line 1 is a message of the unknown type 'PUDDING'"),
    ],
    ids=["cut", "not-utf8", "array", "no-type", "unknown"],
)
def test_a_bad_line_is_named_by_its_number(data, words):
    with pytest.raises(SourceError, match=words):
        read(data)
