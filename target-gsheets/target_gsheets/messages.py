"""The target's way with Singer messages: rows go to the buffers of their streams, evidence to the intake. Glue.

The SDK drains sinks whenever it likes and emits STATE after that. Here rows wait in buffers until the input has ended,
because only then is it known which streams are whole, and because all sheets change in one commit.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from singer_sdk.exceptions import (
    InvalidJSONSchema,
    InvalidRecord,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
)
from singer_sdk.mapper import RemoveRecordTransform, SameRecordTransform

from target_gsheets.buffer import RowBuffer
from target_gsheets.command import one_line
from target_gsheets.errors import SourceError
from target_gsheets.methods import LoadMethods
from target_gsheets.process import STREAM_ERRORS, TargetProcess
from target_gsheets.reader import MessageReader, Record
from target_gsheets.report import Progress, Stopwatch
from target_gsheets.settings import parse_settings
from target_gsheets.sink import GSheetsSink

# Whose words can be repeated. Others tell what an expression of a stream map met: a value, which it may have masked.
TOLD_ERRORS = (InvalidRecord, MissingKeyPropertiesError, RecordsWithoutSchemaException)
# What the SDK raises, where nothing is validated, on a SCHEMA of another shape than it expects.
SHAPE_ERRORS = (AttributeError, RecursionError, TypeError)


class MessageTarget(TargetProcess):
    """A target up to the end of its input."""

    default_sink_class = GSheetsSink
    message_reader_class = MessageReader
    message_reader: MessageReader

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._watch = Stopwatch(time.monotonic())
        self._progress = Progress(time.monotonic())
        self._settings = parse_settings(self.config, os.environ)
        self.message_reader.take_records = self._process_records
        self.message_reader.give_up = self._give_up

    def take_buffer(self, stream: str) -> RowBuffer:
        """The buffer of a stream."""
        return self.intake.buffers[stream]

    @property
    def methods(self) -> LoadMethods:
        """What the records of each stream do to the rows that are there."""
        return self._settings.methods

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict["stream"]
        self._watch.see(time.monotonic(), stream)
        try:
            check_schema(message_dict)
            super()._process_schema_message(message_dict)
        except SourceError as exc:
            self._give_up(stream, exc)
            return
        except InvalidJSONSchema as exc:
            self._give_up(stream, exc)
            self.errors.append(exc)  # as the SDK's own suite has it
            return
        except SHAPE_ERRORS as exc:
            self._give_up(stream, SourceError(f"its SCHEMA can't be read ({type(exc).__name__}: {one_line(exc)})"))
            return
        maps = self.mapper.stream_maps[stream]
        aliases = [found.stream_alias for found in maps if not isinstance(found, RemoveRecordTransform)]
        self.intake.see_schema(stream, aliases, incremental=bool(message_dict.get("bookmark_properties")))

    def _give_up(self, stream: str, exc: Exception) -> None:
        """Leave a stream's sheet as it is, and go on with the others."""
        self.intake.ended_on_state = False
        self.intake.fail(stream, one_line(exc))

    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict["stream"]
        if stream in self.intake.failed:
            return
        if self.intake.see_records(stream, message_dict.get("version")):
            self._forget_rows(stream)
        try:
            super()._process_record_message(message_dict)
        except STREAM_ERRORS as exc:
            number = self.intake.evidence[stream].records
            told = isinstance(exc, TOLD_ERRORS)
            reason = one_line(exc) if told else f"an expression of 'stream_maps' fails on it ({type(exc).__name__})"
            self.intake.fail(stream, f"record {number} can't be taken: {reason}")
            self.errors.append(exc)

    def _process_records(self, stream: str, messages: Sequence[Record]) -> None:
        """Take what came of one stream: at once where nothing asks for each record."""
        if self._progress.is_due(time.monotonic()) and stream in self.intake.evidence:
            self.logger.info("Reading %s: %d records so far.", stream, self.intake.evidence[stream].records)
        for version, group in itertools.groupby(messages, attrgetter("version")):
            some = list(group)
            records = [message.record for message in some]
            sink = self._plain_sink(stream)
            if sink is None or stream in self.intake.failed or not sink.can_take(records):
                for message in some:
                    self._process_record_message(message.to_message())
                continue
            if self.intake.see_records(stream, version, len(records)):
                self._forget_rows(stream)
            try:
                sink.take(records)
            except RecursionError:
                self.intake.fail(stream, "a record can't be taken: a value of it is nested too deeply")

    def _plain_sink(self, stream: str) -> GSheetsSink | None:
        """The sink of a stream that isn't mapped, filtered or flattened."""
        maps = self.mapper.stream_maps.get(stream, [])
        if [type(found) for found in maps] != [SameRecordTransform] or maps[0].flattening_enabled:
            return None
        sink = self._sinks_active.get(maps[0].stream_alias)
        return sink if isinstance(sink, GSheetsSink) else None

    def _forget_rows(self, stream: str) -> None:
        """Drop what was buffered of an older version."""
        for alias in self.intake.aliases_of(stream):
            self.intake.buffers[alias].clear()

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
        self._watch.see(time.monotonic(), message_dict["stream"], ends=True)
        self.intake.see_activation(message_dict["stream"], message_dict["version"])

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        self.intake.see_state(message_dict["value"])

    def _process_batch_message(self, message_dict: dict[str, Any]) -> None:
        raise SourceError(
            f"The tap sends {message_dict['stream']!r} in BATCH files, which this target doesn't read: "
            "take 'batch_config' out of the tap's settings."
        )

    def _handle_max_record_age(self) -> None:
        """Nothing: rows wait for the end of the input, however long that takes."""


def check_schema(message: Mapping[str, Any]) -> None:
    """Raise InvalidJSONSchema or SourceError for a SCHEMA of which one can't even tell the columns and the key."""
    if "properties" not in message["schema"]:
        raise InvalidJSONSchema("its SCHEMA has no 'properties', so that nobody can tell its columns")
    if not isinstance(message["schema"]["properties"], Mapping):
        raise SourceError("its SCHEMA has 'properties' that are no object")
    keys = message.get("key_properties") or []
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise SourceError("its 'key_properties' are no list of names")
