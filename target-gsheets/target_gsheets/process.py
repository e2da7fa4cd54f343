"""The target as a process: its command line, its settings, its signals and its exit status."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from types import FrameType
from typing import IO, Any, ClassVar

import click
from singer_sdk import Target
from singer_sdk.exceptions import (
    InvalidJSONSchema,
    InvalidRecord,
    MapExpressionError,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
)
from singer_sdk.plugin_base import PluginBase, _ConfigInput
from singer_sdk.singerlib.exceptions import InvalidInputLine

from target_gsheets.check import Finding, Level, is_sound, report_lines
from target_gsheets.command import TargetCommand, one_line
from target_gsheets.errors import ConfigurationError, SourceError, TransientError
from target_gsheets.given import environment_settings, readable_settings, type_errors, unknown_settings
from target_gsheets.intake import Intake
from target_gsheets.preflight import inspect
from target_gsheets.reporting import reporting_refusal
from target_gsheets.settings import normalise_config
from target_gsheets.settings_table import CONFIG_SCHEMA

# So many objects are made before Python looks for cycles among them; 700 is its own choice.
GARBAGE_THRESHOLD = 100_000

# What a SCHEMA may raise, and a record: one that breaks its SCHEMA or comes before it, or an expression of a stream map
# that fails on it. That stream fails, the others go on.
STREAM_ERRORS = (
    InvalidJSONSchema,
    InvalidRecord,
    MapExpressionError,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
    ArithmeticError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
# What ends the input: a line that is no Singer message.
INPUT_ERRORS = (SourceError, InvalidInputLine)


OPTIONS = [
    click.Option(
        ["--check"],
        is_flag=True,
        help="Look whether settings, credentials and workbook are in order, say what to mend, and change nothing. With "
        "--dry-run go on with that where all is in order.",
    ),
    click.Option(
        ["--dry-run"],
        is_flag=True,
        help="Print what a run would do with these messages, and change nothing. No STATE is passed on.",
    ),
]


class TargetProcess(Target):
    """What doesn't depend on what the target does with its messages."""

    config_jsonschema: ClassVar[dict[str, Any]] = deepcopy(CONFIG_SCHEMA)  # the SDK adds its own settings to it

    def __init__(self, **kwargs: Any) -> None:
        self.intake = Intake()
        self.errors: list[Exception] = []  # of records and SCHEMAs, each said when its stream is given up
        self._committing = False
        self._terminated = threading.Event()
        self._signal = 0
        self.is_dry = False  # nothing may be written, and no STATE passed on
        super().__init__(**kwargs)
        # The SDK's metrics would say in two lines per stream what our own line says.
        self.metrics_logger.setLevel(logging.WARNING)

    def _pause(self, seconds: float) -> None:
        """Wait; raise TransientError where a signal asked us to stop."""
        if self._terminated.wait(seconds):
            raise TransientError("Stopped by a signal.")

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """As the SDK does, but empty means unset, and a value is never repeated: it may be a secret."""
        self._config = normalise_config(self._config)
        self.append_builtin_config(self.config_jsonschema)
        errors = list(type_errors(self._config, self.config_jsonschema).values())
        if errors and raise_errors:
            raise ConfigurationError(f"{'; '.join(errors)}.")
        for sentence in unknown_settings(self._config, self.config_jsonschema):
            self.logger.warning(sentence)
        return errors

    def _handle_termination(self, signum: int, _frame: FrameType | None) -> None:
        """Finish the call under way, begin no other attempt, and exit with 128 + the signal's number.

        The SDK's own handler drains again and passes on a STATE for rows that were never written.
        """
        name = signal.Signals(signum).name
        if not self._committing:
            self._say_of_signal(f"Received {name}: nothing was written.")
            sys.exit(128 + signum)
        self._signal = signum
        self._terminated.set()
        self._say_of_signal(f"Received {name}: the commit under way is finished first.")

    def _say_of_signal(self, sentence: str) -> None:
        """Log from a thread of its own: the signal may have come in the middle of a line, which can't be broken."""
        threading.Thread(target=self.logger.warning, args=(sentence,), name="said of a signal").start()

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """The SDK's command, with our options and our way of ending."""
        command = super().get_singer_command()
        command.params += OPTIONS
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
        given = _ConfigInput()
        for path in value:
            with readable_settings(f"--config {path}"):
                found = super().cb_config(ctx, param, (path,))
            given.config.update(found.config)
            given.parse_env |= found.parse_env
        return given

    @classmethod
    def invoke(  # type: ignore[override]
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: _ConfigInput | None = None,
        file_input: IO[str] | None = None,
        check: bool = False,
        dry_run: bool = False,
    ) -> None:
        """Run as a command; a stream whose sheet was left as it is makes exit status 1."""
        PluginBase.invoke.__func__(cls, about=about, about_format=about_format)  # type: ignore[attr-defined]
        config = config or _ConfigInput()
        settings = dict(config.config)
        if config.parse_env:
            cls.append_builtin_config(cls.config_jsonschema)
            settings.update(environment_settings(cls.config_jsonschema, cls._env_var_prefix))
        if check:
            is_ready = cls.check(settings)
            if not (is_ready and dry_run):
                sys.exit(0 if is_ready else 1)
            click.echo()
        # Records make no cycles: to look for any after every few hundred rows takes an eighth of the time.
        gc.set_threshold(GARBAGE_THRESHOLD)
        with nullcontext() if dry_run else reporting_refusal(settings):
            target = cls(config=settings)
        target.is_dry = dry_run
        with nullcontext() if dry_run else target.reporting():
            target.read(file_input)
            try:
                target.process_endofpipe()
            except STREAM_ERRORS as exc:
                if exc not in target.errors:
                    raise
                sys.exit(1)  # said already
            if target.intake.is_flawed:
                sys.exit(1)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Report on the run when it ends, however it does."""
        yield

    @classmethod
    def check(cls, config: Mapping[str, Any]) -> bool:
        """Say, and return, whether a run would work, and what to mend."""
        cls.append_builtin_config(cls.config_jsonschema)
        readable = normalise_config({name: value for name, value in config.items() if name != "batch_size_rows"})
        wrong = type_errors(readable, cls.config_jsonschema)
        unknown = unknown_settings(config, cls.config_jsonschema)
        findings = [Finding("settings", sentence, Level.WARNING) for sentence in unknown]
        findings += inspect(config, os.environ, {name: f"{found}." for name, found in wrong.items()})
        for line in report_lines(findings):
            click.echo(line)
        return is_sound(findings)

    def read(self, file_input: IO[str] | None) -> None:
        """Process the input to its end, or to a line that is no Singer message."""
        try:
            self.process_lines(file_input)
        except INPUT_ERRORS as exc:
            self.intake.broken = one_line(exc)
            self.logger.error("%s What came whole before it can still be committed.", one_line(exc))
