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
import threading
import time
from types import FrameType
from typing import IO, Any, ClassVar

import click
import msgspec
from singer_sdk import Target
from singer_sdk.exceptions import (
    InvalidJSONSchema,
    InvalidRecord,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
)
from singer_sdk.mapper import RemoveRecordTransform
from singer_sdk.plugin_base import PluginBase, _ConfigInput
from singer_sdk.singerlib.exceptions import InvalidInputLine

from target_gsheets.api import SheetsApi
from target_gsheets.buffer import RowBuffer
from target_gsheets.command import TargetCommand, forget_empty, one_line, readable_settings, type_errors
from target_gsheets.commit import Mirror
from target_gsheets.errors import ConfigurationError, RemoteError, SourceError, TransientError
from target_gsheets.intake import Intake
from target_gsheets.look import Arrived
from target_gsheets.reader import MessageReader
from target_gsheets.report import sheet_line, warnings_of
from target_gsheets.settings import CONFIG_SCHEMA, normalise_config, parse_settings
from target_gsheets.sink import GSheetsSink

# What a record may raise: one that breaks its SCHEMA or comes before it, or an expression of a stream map that fails on
# it. That stream fails, the others go on.
STREAM_ERRORS = (
    InvalidRecord,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
)
# What ends the input: a line that is no Singer message, or a SCHEMA that is none.
INPUT_ERRORS = (SourceError, InvalidInputLine, InvalidJSONSchema)

_encoder = msgspec.json.Encoder(decimal_format="number")


class TargetGSheets(Target):
    """Keeps one sheet per stream of a Google Sheets workbook equal to what a tap sends."""

    name = "target-gsheets"
    config_jsonschema: ClassVar[dict[str, Any]] = CONFIG_SCHEMA
    default_sink_class = GSheetsSink
    message_reader_class = MessageReader

    def __init__(self, **kwargs: Any) -> None:
        self.intake = Intake()
        self._errors: list[Exception] = []
        self._committing = False
        self._terminated = threading.Event()
        self._signal = 0
        super().__init__(**kwargs)
        # The SDK's metrics would say in two lines per stream what our own line says.
        self.metrics_logger.setLevel(logging.WARNING)
        self._settings = parse_settings(self.config, os.environ)
        self._api = SheetsApi(self._settings, time.monotonic, self._pause)

    # Messages

    def take_buffer(self, stream: str) -> RowBuffer:
        """The buffer of a stream, with what an earlier sink of it still held."""
        for sink in self._sinks_to_clear:
            if sink.stream_name == stream:
                self.drain_one(sink)
        return self.intake.buffers[stream]

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        super()._process_schema_message(message_dict)
        stream = message_dict["stream"]
        maps = self.mapper.stream_maps[stream]
        aliases = [found.stream_alias for found in maps if not isinstance(found, RemoveRecordTransform)]
        self.intake.see_schema(stream, aliases, incremental=bool(message_dict.get("bookmark_properties")))

    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        stream = message_dict["stream"]
        if stream in self.intake.failed:
            return
        if self.intake.see_record(stream, message_dict.get("version")):
            self._forget_rows(stream)
        try:
            super()._process_record_message(message_dict)
        except STREAM_ERRORS as exc:
            number = self.intake.evidence[stream].records
            self.intake.fail(stream, f"record {number} can't be taken: {one_line(exc)}")
            self._errors.append(exc)

    def _forget_rows(self, stream: str) -> None:
        """Drop what was buffered of an older version."""
        for alias in self.intake.aliases_of(stream):
            self.drain_one(self._sinks_active[alias])
            self.intake.buffers[alias].clear()

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
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

    # The end of the input

    def process_endofpipe(self) -> None:
        """Commit what arrived whole and pass on the STATE; then raise the first error of a record, if any."""
        for sink in (*self._sinks_to_clear, *self._sinks_active.values()):
            self.drain_one(sink)
            sink.clean_up()
        self._committing = True
        self._commit()
        state = self.intake.state_to_pass_on()
        if state is not None:
            self._write_state_message(state)
        for stream, reason in self.intake.failed.items():
            self.logger.error("%s: %s. The sheet of this stream is left as it is.", stream, reason.rstrip("."))
        if self._signal:
            sys.exit(128 + self._signal)
        if self._errors:
            raise self._errors[0]

    def _commit(self) -> None:
        """Bring the streams that may be committed into the workbook and report each."""
        verdicts = self.intake.verdicts()
        arrived = [
            Arrived(name, verdict, self.intake.buffers[name])
            for name, verdict in verdicts.items()
            if verdict.is_committable
        ]
        if not arrived:
            return
        mirror = Mirror(
            api=self._api,
            settings=self._settings,
            pause=self._pause,
            now=time.time,
            chance=random.Random(),  # noqa: S311  ids need not be secret
        )
        try:
            outcome = mirror.commit(arrived)
        except RemoteError:
            if self._signal:
                sys.exit(128 + self._signal)
            raise
        for sheet, wanted in outcome.sheets:
            self.logger.info(sheet_line(sheet))
            for warning in warnings_of(sheet, wanted):
                self.logger.warning(warning)
        for name, reason in outcome.failed.items():
            self.intake.fail(name, reason)
        calls = self._api.calls
        self.logger.info("%d reads, %d writes, %d bytes written", calls.reads, calls.writes, calls.written_bytes)

    def _pause(self, seconds: float) -> None:
        """Wait; raise TransientError where a signal asked us to stop."""
        if self._terminated.wait(seconds):
            raise TransientError("Stopped by a signal.")

    def _write_state_message(self, state: dict[str, Any]) -> None:
        """Pass a STATE on with its numbers as they came: the SDK's own writer doesn't know decimals."""
        sys.stdout.write(_encoder.encode(state).decode() + "\n")
        sys.stdout.flush()

    # The process

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """As the SDK does, but empty means unset, and a value is never repeated: it may be a secret."""
        self._config = normalise_config(self._config)
        self.append_builtin_config(self.config_jsonschema)
        errors = type_errors(self._config, self.config_jsonschema)
        if errors and raise_errors:
            raise ConfigurationError(f"{'; '.join(errors)}.")
        return errors

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """The SDK's settings, without the load method: there is only one as yet."""
        super().append_builtin_config(config_jsonschema)
        config_jsonschema["properties"].pop("load_method", None)

    def _handle_termination(self, signum: int, _frame: FrameType | None) -> None:
        """Finish the call under way, begin no other attempt, and exit with 128 + the signal's number.

        The SDK's own handler drains again and passes on a STATE for rows that were never written.
        """
        name = signal.Signals(signum).name
        if not self._committing:
            self.logger.warning("Received %s: nothing was written.", name)
            sys.exit(128 + signum)
        self._signal = signum
        self._terminated.set()
        self.logger.warning("Received %s: the commit under way is finished first.", name)

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """The SDK's command, with our way of ending."""
        command = super().get_singer_command()
        return TargetCommand(
            name=command.name,
            callback=command.callback,
            params=command.params,
            help=command.help,
            context_settings=command.context_settings,
            logger=cls.logger,
        )

    @classmethod
    def cb_config(cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]) -> _ConfigInput:
        """Read the files given with --config."""
        with readable_settings(f"--config {' '.join(value)}"):
            return super().cb_config(ctx, param, value)

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        file_input: IO[str] | None = None,
    ) -> None:
        """Run as a command; a stream whose sheet was left as it is makes exit status 1."""
        PluginBase.invoke.__func__(cls, about=about, about_format=about_format)  # type: ignore[attr-defined]
        config = config or _ConfigInput()
        settings = dict(config.config)
        if config.parse_env:
            forget_empty(os.environ, cls._env_var_prefix)
            with readable_settings("the environment (TARGET_GSHEETS_…)"):
                settings.update(cls._env_var_config)
        target = cls(config=settings)
        target.read(file_input)
        try:
            target.process_endofpipe()
        except STREAM_ERRORS:
            sys.exit(1)  # said already
        if target.intake.broken or target.intake.failed:
            sys.exit(1)

    def read(self, file_input: IO[str] | None) -> None:
        """Process the input to its end, or to a line that is no Singer message."""
        try:
            self.process_lines(file_input)
        except INPUT_ERRORS as exc:
            self.intake.broken = True
            self.logger.error("%s Streams that were whole before it are committed.", one_line(exc))
