"""The Singer target: messages in, one commit at the end, STATE out.

The SDK drains sinks whenever it likes and emits STATE after that. Here rows wait in buffers until the input has ended,
because only then is it known which streams are whole, and because all sheets change in one commit.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from types import FrameType
from typing import IO, Any, ClassVar

from singer_sdk import Target
from singer_sdk.exceptions import (
    ConfigValidationError,
    InvalidJSONSchema,
    InvalidRecord,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
)
from singer_sdk.plugin_base import PluginBase, _ConfigInput
from singer_sdk.singerlib.exceptions import InvalidInputLine
from singer_sdk.typing import DEFAULT_JSONSCHEMA_VALIDATOR

from target_gsheets.api import SheetsApi
from target_gsheets.buffer import RowBuffer
from target_gsheets.commit import Arrived, Mirror
from target_gsheets.errors import SourceError, TargetGSheetsError
from target_gsheets.proof import Evidence, Verdict, judge
from target_gsheets.reader import MessageReader
from target_gsheets.report import cut_line, is_committable, sheet_line, state_without, warnings_of
from target_gsheets.settings import CONFIG_SCHEMA, normalise_config, parse_settings
from target_gsheets.sink import GSheetsSink

# What a single bad record or a missing SCHEMA raises: that stream fails, the others go on.
STREAM_ERRORS = (InvalidRecord, MissingKeyPropertiesError, RecordsWithoutSchemaException)
INPUT_ERRORS = (SourceError, InvalidInputLine, InvalidJSONSchema)


class TargetGSheets(Target):
    """Keeps one sheet per stream of a Google Sheets workbook equal to what a tap sends."""

    name = "target-gsheets"
    config_jsonschema: ClassVar[dict[str, Any]] = CONFIG_SCHEMA
    default_sink_class = GSheetsSink
    message_reader_class = MessageReader

    def __init__(self, **kwargs: Any) -> None:
        self._buffers: defaultdict[str, RowBuffer] = defaultdict(RowBuffer)
        self._evidence: defaultdict[str, Evidence] = defaultdict(Evidence)
        self._sources: dict[str, str] = {}  # sink's stream -> the tap's, which a stream map may have renamed
        self._failures: dict[str, Exception] = {}
        self.incomplete: list[str] = []  # the tap's streams that were cut short
        self._committing = False
        self._terminated_by = 0
        super().__init__(**kwargs)
        # The SDK's metrics would say in two lines per stream what our own line says.
        self.metrics_logger.setLevel(logging.WARNING)
        self._settings = parse_settings(self.config, os.environ)
        self._api = SheetsApi(self._settings, time.monotonic)

    # Messages

    def take_buffer(self, stream: str) -> RowBuffer:
        """The buffer of a stream, with what an earlier sink of it still held."""
        for sink in self._sinks_to_clear:
            if sink.stream_name == stream:
                self.drain_one(sink)
        return self._buffers[stream]

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        super()._process_schema_message(message_dict)
        stream = message_dict["stream"]
        self._evidence[stream].incremental = bool(message_dict.get("bookmark_properties"))
        for stream_map in self.mapper.stream_maps[stream]:
            self._sources[stream_map.stream_alias] = stream

    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict.get("stream", "")
        if stream in self._failures:
            return
        if self._evidence[stream].see_record(message_dict.get("version")):
            self._forget_rows(stream)
        try:
            super()._process_record_message(message_dict)
        except STREAM_ERRORS as exc:
            self._failures[stream] = exc
            self.logger.error(
                "%s: record %d is not what its SCHEMA says: %s. The sheet of this stream is left as it is.",
                stream,
                self._evidence[stream].records,
                reason_of(exc),
            )

    def _forget_rows(self, stream: str) -> None:
        """Drop what was buffered of an older version."""
        for alias, source in self._sources.items():
            if source == stream:
                self.drain_one(self._sinks_active[alias])
                self._buffers[alias].clear()

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"stream", "version"})
        self._evidence[message_dict["stream"]].see_activation(message_dict["version"])

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        super()._process_state_message(message_dict)
        for evidence in self._evidence.values():
            evidence.see_state()

    def _handle_max_record_age(self) -> None:
        """Nothing: rows wait for the end of the input, however long that takes."""

    # The end of the input

    def process_endofpipe(self) -> None:
        """Commit what arrived whole and pass on the STATE; then raise the first stream's failure, if any."""
        for sink in (*self._sinks_to_clear, *self._sinks_active.values()):
            self.drain_one(sink)
            sink.clean_up()
        verdicts = self._judge_streams()
        self._committing = True
        self._commit([name for name, verdict in verdicts.items() if is_committable(verdict)], verdicts)
        missing = [self._sources[name] for name, verdict in verdicts.items() if verdict is Verdict.CUT]
        state = state_without(self._latest_state, missing) if self._latest_state is not None else None
        if state is not None:
            self._write_state_message(dict(state))
        self._committing = False
        if self._terminated_by:
            sys.exit(128 + self._terminated_by)
        for failure in self._failures.values():
            raise failure

    def _judge_streams(self) -> dict[str, Verdict]:
        """A verdict for each sink's stream."""
        verdicts = {}
        ended_on_state = getattr(self.message_reader, "last_type", "") == "STATE"
        for name, source in self._sources.items():
            seen = self._evidence[source]
            if source in self._failures:
                verdicts[name] = Verdict.CUT
                continue
            verdicts[name] = judge(source, seen, state=self._latest_state, ended_on_state=ended_on_state)
            if verdicts[name] is Verdict.CUT and source not in self.incomplete:
                self.incomplete.append(source)
                self.logger.error(cut_line(source, seen))
        return verdicts

    def _commit(self, names: list[str], verdicts: Mapping[str, Verdict]) -> None:
        """Bring these streams into the workbook and report each."""
        if not names:
            return
        mirror = Mirror(
            api=self._api,
            timezone=self._settings.timezone,
            retry_seconds=self._settings.retry_seconds,
            sleep=time.sleep,
            chance=random.Random(),  # noqa: S311  ids need not be secret
        )
        plan, wanted = mirror.commit([Arrived(name, verdicts[name], self._buffers[name]) for name in names])
        for sheet, sheet_wanted in zip(plan.sheets, wanted, strict=True):
            self.logger.info(sheet_line(sheet))
            for warning in warnings_of(sheet, sheet_wanted):
                self.logger.warning(warning)
        calls = self._api.calls
        self.logger.info("%d reads, %d writes, %d bytes written", calls.reads, calls.writes, calls.written_bytes)

    # The process

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """As the SDK does, but empty means unset, and a value is never repeated: it may be a secret."""
        self._config = normalise_config(self._config)
        self.append_builtin_config(self.config_jsonschema)
        places = [
            error.path[0]
            for error in DEFAULT_JSONSCHEMA_VALIDATOR(self.config_jsonschema).iter_errors(self._config)
            if error.path  # what is missing is said by parse_settings
        ]
        properties = self.config_jsonschema["properties"]
        errors = [f"'{place}' must be of type {properties[place].get('type')}" for place in places]
        if errors and raise_errors:
            raise ConfigValidationError("Config validation failed", errors=errors, schema=self.config_jsonschema)
        return errors

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """The SDK's settings, without the load method: there is only one as yet."""
        super().append_builtin_config(config_jsonschema)
        config_jsonschema["properties"].pop("load_method", None)

    def _handle_termination(self, signum: int, _frame: FrameType | None) -> None:
        """Finish the commit under way, write nothing else, and exit with 128 + the signal's number.

        The SDK's own handler drains again and passes on a STATE for rows that were never written.
        """
        if self._committing:
            self._terminated_by = signum
            self.logger.warning("Received %s: the commit under way is finished first.", signal.Signals(signum).name)
            return
        self.logger.warning("Received %s: nothing was written.", signal.Signals(signum).name)
        sys.exit(128 + signum)

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        file_input: IO[str] | None = None,
    ) -> None:
        """Run as a command: an error is one line on stderr, and it or an incomplete stream is exit status 1."""
        PluginBase.invoke.__func__(cls, about=about, about_format=about_format)  # type: ignore[attr-defined]
        config = config or _ConfigInput()
        try:
            target = cls(config=config.config, parse_env_config=config.parse_env)
            broken = target.read(file_input)
            target.process_endofpipe()
        except STREAM_ERRORS:
            sys.exit(1)  # said when it happened
        except TargetGSheetsError as exc:
            cls.logger.error(str(exc))
            sys.exit(1)
        if broken or target.incomplete:
            sys.exit(1)

    def read(self, file_input: IO[str] | None) -> bool:
        """Process the input to its end; True when it broke off at a line that is no Singer message."""
        try:
            self.process_lines(file_input)
        except INPUT_ERRORS as exc:
            self.logger.error("%s Streams that were whole before it are committed.", exc)
            return True
        return False


def reason_of(exc: Exception) -> str:
    """What the SDK says of a bad record, on one line and without its preamble."""
    reason = getattr(exc, "error_message", None) or (exc.args[0] if exc.args else type(exc).__name__)
    return " ".join(str(reason).split()).rstrip(".")
