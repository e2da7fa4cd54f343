"""Lines of bytes -> Singer messages, as JSON says them: numbers with a point or an exponent stay exact.

Many lines are parsed at a time, and records are handed on by the hundred. Where anything is odd about one of these
lines, all are parsed one by one.
"""

from __future__ import annotations

import codecs
import itertools
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import IO, Any, Literal, TypeAlias, Union, cast

import msgspec
from singer_sdk.singerlib.encoding.base import GenericSingerReader

from target_gsheets.errors import SourceError

# So many bytes are parsed at a time, in whole lines.
BATCH_BYTES = 1 << 18

# What a message of each type must have, and of which kind.
REQUIRED: dict[str, dict[str, type | tuple[type, ...]]] = {
    "SCHEMA": {"stream": str, "schema": dict},
    "RECORD": {"stream": str, "record": dict},
    "STATE": {"value": dict},
    "ACTIVATE_VERSION": {"stream": str, "version": (int, Decimal)},
    "BATCH": {"stream": str},
}
# What Python writes for numbers that JSON doesn't know. They come as texts.
ODD_NUMBERS = ("NaN", "Infinity", "-Infinity")
# How taps begin a RECORD. Of a value that is nested too deeply nothing tells where it ends.
RECORD_START = re.compile(rb'\s*{"type": ?"RECORD", ?"stream": ?("(?:[^"\\]|\\.)+")')


Callbacks: TypeAlias = "dict[str, Callable[[dict[str, Any]], None]]"


class Record(msgspec.Struct, tag_field="type", tag="RECORD", gc=False):
    """A RECORD message."""

    stream: str
    record: dict[str, Any]
    version: Any = None
    time_extracted: Any = None

    def to_message(self) -> dict[str, Any]:
        """The message as the SDK has it."""
        return {"type": "RECORD", **msgspec.structs.asdict(self)}


def other_message(kind: str) -> type[msgspec.Struct]:
    """A type for messages that are looked at one by one."""
    return msgspec.defstruct(f"{kind.title()}Message", [], tag_field="type", tag=kind)


class Envelope(msgspec.Struct):
    """What a message of one stream has in any case; its other members are passed over, whatever they are."""

    type: Literal["SCHEMA", "RECORD", "ACTIVATE_VERSION"]
    stream: str


_decoder = msgspec.json.Decoder(float_hook=Decimal)
_envelope_decoder = msgspec.json.Decoder(Envelope)
_types: Any = (Record, *map(other_message, REQUIRED.keys() - {"RECORD"}))
_batch_decoder = msgspec.json.Decoder(Union[_types], float_hook=Decimal)  # noqa: UP007  of a tuple


class MessageReader(GenericSingerReader[str]):
    """Reads stdin as bytes, so that only a line feed ends a line; `line_number` is that of the last line read."""

    line_number = 0
    take_records: Callable[[str, Sequence[Record]], None] | None = None
    give_up: Callable[[str, Exception], None] | None = None  # is told of a stream, and why it can't be taken

    @property
    def default_input(self) -> IO[str]:
        """The process's standard input, undecoded."""
        return sys.stdin.buffer  # type: ignore[return-value]

    def deserialize_json(self, line: str) -> dict[str, Any]:
        """Parse one line; raise SourceError with its number where it is no Singer message."""
        try:
            message = parse_line(line)
        except (ValueError, ArithmeticError, RecursionError) as exc:
            raise SourceError(f"Line {self.line_number} of the input is not JSON ({exc}): look at the tap.") from None
        kind = message.get("type") if isinstance(message, dict) else None
        if not isinstance(kind, str) or kind not in REQUIRED:
            raise SourceError(f"Line {self.line_number} of the input is no Singer message (its type is {kind!r}).")
        wrong = [name for name, of in REQUIRED[kind].items() if not isinstance(message.get(name), of)]
        if wrong:
            raise SourceError(f"Line {self.line_number} of the input is a {kind} without a proper {wrong[0]!r}.")
        return cast("dict[str, Any]", message)

    def process_lines(self, file_input: IO[str] | None, callbacks: Callbacks) -> Counter[str]:
        """Hand every message to its callback and return how many there were of each type.

        Records go to `take_records` where that is set: as many of one stream as come between two other messages. A bad
        line of which one can tell the stream goes to `give_up` where that is set, and else ends the input.
        """
        counts: Counter[str] = Counter()
        source = file_input or self.default_input
        begins = True
        while lines := source.readlines(BATCH_BYTES):
            if begins:
                lines[0], begins = without_mark(lines[0]), False
            messages = parse_lines(lines) if self.take_records else None
            if messages is None:
                self._process_one_by_one(lines, callbacks, counts)
            else:
                self._process_batch(lines, messages, callbacks, counts)
        return counts

    def _process_one_by_one(self, lines: Sequence[str], callbacks: Callbacks, counts: Counter[str]) -> None:
        """Parse each line and hand its message on."""
        for line in lines:
            self.line_number += 1
            if line.isspace():
                continue
            try:
                message = self.deserialize_json(line)
            except SourceError as exc:
                stream = maybe_stream(line)
                if stream is None or self.give_up is None:
                    raise
                self.give_up(stream, exc)
            else:
                callbacks[message["type"]](message)
                counts[message["type"]] += 1

    def _process_batch(
        self, lines: Sequence[str], messages: Sequence[Any], callbacks: Callbacks, counts: Counter[str]
    ) -> None:
        """Hand on what is parsed already: records by stream, others one by one, each after the records before it."""
        first = end = self.line_number
        for kind, group in itertools.groupby(messages, type):
            some = list(group)
            start, end = end, end + len(some)
            if kind is Record:
                self._hand_on(some)
                counts["RECORD"] += len(some)
                self.line_number = end
            else:
                self._process_one_by_one(lines[start - first : end - first], callbacks, counts)

    def _hand_on(self, records: Iterable[Record]) -> None:
        """Hand on records by stream; those of one stay in their order."""
        stream_of = attrgetter("stream")
        for stream, group in itertools.groupby(sorted(records, key=stream_of), stream_of):
            if self.take_records:
                self.take_records(stream, list(group))


def without_mark(line: Any) -> Any:
    """A first line, of text or bytes, without the byte order mark that some programs on Windows begin with."""
    return line.removeprefix(codecs.BOM_UTF8 if isinstance(line, bytes) else "\ufeff")


def parse_lines(lines: Sequence[str] | Sequence[bytes]) -> list[Any] | None:
    """The messages of these lines, one for each; None where one of them must be looked at by itself."""
    try:
        messages = _batch_decoder.decode_lines(lines[0][:0].join(lines))  # type: ignore[arg-type]
    except (ValueError, ArithmeticError, RecursionError):  # msgspec's errors are ValueErrors
        return None
    return messages if len(messages) == len(lines) else None


def parse_line(line: str | bytes) -> Any:
    """One line of JSON; raises ValueError, ArithmeticError (an exponent of 19 digits) or RecursionError."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeError) as exc:
        message = parse_loosely(line)
        # In a record an odd value is a matter of its cell; in other messages it would be one of ours.
        if not isinstance(message, dict) or message.get("type") != "RECORD":
            raise ValueError(exc) from None
        return message


def parse_loosely(line: str | bytes) -> Any:
    """What Python's own taps write and RFC 8259 doesn't know: NaN and infinities, which become text, and halves of
    surrogate pairs. None for a line that isn't even that.
    """
    try:
        text = line if isinstance(line, str) else str(line, "utf-8")
        return json.loads(text, parse_float=Decimal, parse_constant=str)
    except ValueError:
        return None


def maybe_stream(line: str | bytes) -> str | None:
    """The stream that a bad line speaks of, where the line is whole; None where nobody can tell."""
    try:
        return _envelope_decoder.decode(line).stream
    except RecursionError:
        found = RECORD_START.match(line if isinstance(line, bytes) else line.encode("utf-8", "replace"))
        return str(json.loads(found[1])) if found else None
    except ValueError:
        return None
