"""Singer messages on standard output: in whole lines, in big pieces, and flushed when a stream ends.

A RECORD is framed without being understood. `record` comes last in it, so that a piece of many rows is one join with
what comes before each row; the brace after it is put there by the server, which costs less than anything done here.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timezone

from singer_sdk.singerlib.encoding import SimpleSingerWriter
from singer_sdk.singerlib.encoding.simple import Message

from tap_mih_postgres.errors import OutputClosedError


def record_prefix(stream: str, version: int | None, extracted: datetime) -> bytes:
    """What is before the JSON of a row; `version` in milliseconds since the epoch, None for a stream without one."""
    moment = extracted.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    numbered = {} if version is None else {"version": version}
    head = json.dumps({"type": "RECORD", "stream": stream, **numbered, "time_extracted": moment}, separators=(",", ":"))
    return head[:-1].encode() + b',"record":'


def frame_rows(prefix: bytes, rows: Sequence[bytes | memoryview]) -> bytes:
    """RECORD lines of rows that end in `}` for the message and a line feed; at least one row."""
    return prefix + prefix.join(rows)


class MessageWriter(SimpleSingerWriter):
    """The SDK's writer, less its flush at every message; raises OutputClosedError when nobody reads any more."""

    def write_message(self, message: Message) -> None:
        """Write one message as a line."""
        self.write(self.format_message(message).encode() + b"\n")

    def write(self, lines: bytes) -> None:
        """Write whole lines as they are."""
        try:
            sys.stdout.buffer.write(lines)
        except BrokenPipeError as exc:
            _give_up_output()
            raise OutputClosedError from exc

    def flush(self) -> None:
        """Send what is still in the buffer."""
        try:
            sys.stdout.buffer.flush()
        except BrokenPipeError as exc:
            _give_up_output()
            raise OutputClosedError from exc


def _give_up_output() -> None:
    """Let the interpreter's own flush at the end go nowhere, instead of failing once more with a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
