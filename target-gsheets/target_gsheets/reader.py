"""Lines of bytes -> Singer messages, as JSON says them: numbers with a point or an exponent stay exact."""

from __future__ import annotations

import decimal
import sys
from collections import Counter
from collections.abc import Callable
from typing import IO, Any

import msgspec
from singer_sdk.singerlib.encoding.base import GenericSingerReader

from target_gsheets.errors import SourceError

_decoder = msgspec.json.Decoder(float_hook=decimal.Decimal)


class MessageReader(GenericSingerReader[str]):
    """Reads stdin as bytes, so that only a line feed ends a line, and remembers where it is.

    `line_number` is that of the last line read, `last_type` the type of the last whole message.
    """

    line_number = 0
    last_type = ""

    @property
    def default_input(self) -> IO[str]:
        """The process's standard input, undecoded."""
        return sys.stdin.buffer  # type: ignore[return-value]

    def deserialize_json(self, line: str) -> dict[str, Any]:
        """Parse one line; raise SourceError with its number where it is no JSON object with a type."""
        try:
            message = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            raise SourceError(f"Line {self.line_number} of the input is not JSON ({exc}): look at the tap.") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise SourceError(f"Line {self.line_number} of the input is no Singer message: look at the tap.")
        return message

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
            kind = message["type"]
            callback = callbacks.get(kind)
            if callback is None:
                raise SourceError(f"Line {self.line_number} is a message of the unknown type {kind!r}.")
            callback(message)
            counts[kind] += 1
            self.last_type = kind
        return counts
