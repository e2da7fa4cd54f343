"""Lines of bytes -> Singer messages, as JSON says them: numbers with a point or an exponent stay exact."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import IO, Any, cast

import msgspec
from singer_sdk.singerlib.encoding.base import GenericSingerReader

from target_gsheets.errors import SourceError

_decoder = msgspec.json.Decoder(float_hook=Decimal)


# What a message of each type must have, and of which kind.
REQUIRED: dict[str, dict[str, type | tuple[type, ...]]] = {
    "SCHEMA": {"stream": str, "schema": dict},
    "RECORD": {"stream": str, "record": dict},
    "STATE": {"value": dict},
    "ACTIVATE_VERSION": {"stream": str, "version": (int, Decimal)},
    "BATCH": {"stream": str},
}


class MessageReader(GenericSingerReader[str]):
    """Reads stdin as bytes, so that only a line feed ends a line; `line_number` is that of the last line read."""

    line_number = 0

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

    def process_lines(
        self, file_input: IO[str] | None, callbacks: dict[str, Callable[[dict[str, Any]], None]]
    ) -> Counter[str]:
        """Hand every message to its callback and return how many there were of each type."""
        counts: Counter[str] = Counter()
        for line in file_input or self.default_input:
            self.line_number += 1
            if line.isspace():
                continue
            message = self.deserialize_json(line)
            callbacks[message["type"]](message)
            counts[message["type"]] += 1
        return counts


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
