"""The command line: settings from the environment, files, signals, and how the process ends.

A TapError is one line on stderr and status 1, never a traceback for a user's mistake.
`--discover` and `--test` do their work while click still reads the options, so `main` is the only place that sees
every error. What isn't a TapError or the SDK's complaint about stream maps is our bug, and keeps its traceback.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from types import FrameType
from typing import IO, Any

import click
from singer_sdk import Tap
from singer_sdk.cli import plugin_cli
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.exceptions import ConfigurationError, MappingError
from singer_sdk.helpers._classproperty import classproperty
from singer_sdk.plugin_base import SingerCommand, _ConfigInput
from singer_sdk.singerlib import Catalog

from tap_mih_postgres.errors import CatalogError, SettingsError, TapError
from tap_mih_postgres.incremental import Bookmark
from tap_mih_postgres.settings_table import SETTINGS


class TapCommand(SingerCommand):
    """The tap's command line."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command, and say in one line why it failed."""
        # Meltano shows all warnings, and a file that click still holds open when we leave isn't worth one.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            return super().main(*args, **kwargs)
        except (TapError, ConfigurationError, MappingError) as error:
            self.logger.error("%s", error)
            sys.exit(1)


def check_log_level(environment: MutableMapping[str, str], names: Iterable[str]) -> None:
    """Forget a level that is empty; end the process, which has no log yet, for one that doesn't exist."""
    for name in names:
        level = environment.get(name, "INFO").strip().upper()
        if not level:
            del environment[name]
        elif not isinstance(logging.getLevelName(level), int):
            sys.exit(f"{name} is {level!r}, which is no log level: use DEBUG, INFO, WARNING or ERROR")


def check_json_option(option: str, text: str, key: str) -> None:
    """Raise CatalogError, with the option's name, unless the text is an object; if it has `key`, of the right kind."""
    try:
        content = json.loads(text)
    except ValueError as exc:
        raise CatalogError(f"the file given with {option} isn't JSON ({exc})") from exc
    try:
        if key == "streams" and not isinstance(content[key], list):
            raise TypeError("no list")
        READERS[key](content)
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise CatalogError(
            f"the file given with {option} isn't a Singer {option.strip('-')}: see its member {key!r} ({exc!r})"
        ) from exc


def read_bookmarks(state: Any) -> None:
    """Raise an error of the kinds that a wrong type leads to, unless the state's bookmarks can be read."""
    for bookmark in state.get("bookmarks", {}).values():
        Bookmark.from_state(bookmark, bookmark.get("replication_key"))


# What is the main thing in a file -> what reads it.
READERS: Mapping[str, Callable[[Any], object]] = {"streams": Catalog.from_dict, "bookmarks": read_bookmarks}


class CommandLineTap(Tap):
    """A tap with our settings, files and ends on the command line."""

    @classproperty
    def _env_var_config(cls) -> dict[str, Any]:  # noqa: N805
        """Settings from TAP_MIH_POSTGRES_*. Ours as the text they are; the SDK's, where set, as the SDK reads them."""
        prefix: str = cls._env_var_prefix
        parse_environment_config({}, prefix)  # reads .env into the environment
        given = {name for name in os.environ if os.environ[name]}
        ours = {row.name: prefix + row.name.upper() for row in SETTINGS}
        schema: dict[str, Any] = {"properties": {}}
        cls.append_builtin_config(schema)
        values: dict[str, Any] = {}
        for name, of in schema["properties"].items():
            if (variable := prefix + name.upper()) in given:
                try:
                    values |= parse_environment_config({"properties": {name: of}}, prefix)
                except ValueError as exc:
                    raise SettingsError(f"{variable} can't be read as {name!r}: {exc}") from exc
        return values | {name: os.environ[variable] for name, variable in ours.items() if variable in given}

    @plugin_cli
    def cli(cls) -> click.Command:  # noqa: N805
        """The command, after a look at the log level, which the SDK takes as it comes."""
        check_log_level(os.environ, (f"{cls._env_var_prefix}LOGLEVEL", "LOGLEVEL"))
        command: click.Command = super().cli
        return command

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """The SDK's command, with our way of ending."""
        command = super().get_singer_command()
        return TapCommand(
            name=command.name,
            callback=command.callback,
            params=command.params,
            help=command.help,
            context_settings=command.context_settings,
            logger=cls.logger,
        )

    @classmethod
    def cb_config(cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]) -> _ConfigInput:
        """Read the files given with --config; raises SettingsError."""
        try:
            return super().cb_config(ctx, param, value)
        except (OSError, ValueError, TypeError) as exc:
            raise SettingsError(f"--config {' '.join(value)} can't be read as a JSON object: {exc}") from exc

    @classmethod
    def invoke(cls, *, state: IO[str] | None = None, catalog: IO[str] | None = None, **options: Any) -> None:
        """Run the tap, after a look at the files that the SDK reads unchecked."""
        super().invoke(
            state=state and _checked("--state", state, "bookmarks"),
            catalog=catalog and _checked("--catalog", catalog, "streams"),
            **options,
        )

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End at once with the usual status; the SDK would end with 0, and write a STATE into the middle of a line."""
        self.logger.info("ended by signal %d", signum)
        sys.exit(128 + signum)


def _checked(option: str, file: IO[str], key: str) -> IO[str]:
    text = file.read()
    check_json_option(option, text, key)
    return io.StringIO(text)
