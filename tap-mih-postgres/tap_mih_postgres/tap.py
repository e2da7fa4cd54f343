"""The tap: settings in, discovery, and one session around all streams of a run."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import IO, Any

import click
from singer_sdk import Stream, Tap
from singer_sdk.cli import plugin_cli
from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers._classproperty import classproperty
from singer_sdk.plugin_base import BaseSingerWriter, _ConfigInput

from tap_mih_postgres.catalog import Table, read_discovery
from tap_mih_postgres.command import TapCommand, check_json_option, check_log_level
from tap_mih_postgres.database import Session, open_session
from tap_mih_postgres.errors import DeniedError, SettingsError, StreamError, StreamsFailedError
from tap_mih_postgres.messages import MessageWriter
from tap_mih_postgres.settings import SETTINGS, Settings, config_jsonschema
from tap_mih_postgres.stream import PostgresStream


class TapMihPostgres(Tap):
    """Reads every table of a Postgres database, Prisma's own excepted, in one snapshot."""

    name = "tap-mih-postgres"
    config_jsonschema = config_jsonschema()
    dynamic_catalog = True
    message_writer_class = MessageWriter

    message_writer: MessageWriter
    settings: Settings
    session: Session

    def __init__(self, **options: Any) -> None:
        # Both before the SDK's, which discovers.
        self.unreadable: dict[str, StreamError] = {}
        self._left_out: dict[str, Table] = {}
        super().__init__(**options)

    # Settings

    @classproperty
    def _env_var_config(cls) -> dict[str, Any]:  # noqa: N805
        """Settings from TAP_MIH_POSTGRES_*. Ours as the text they are; the SDK's, where set, as the SDK reads them."""
        prefix: str = cls._env_var_prefix
        parse_environment_config({}, prefix)  # reads .env into the environment
        given = {name for name in os.environ if os.environ[name]}
        ours = {row.name: prefix + row.name.upper() for row in SETTINGS}
        schema: dict[str, Any] = {"properties": {}}
        cls.append_builtin_config(schema)
        theirs = {name: of for name, of in schema["properties"].items() if prefix + name.upper() in given}
        return {
            **parse_environment_config({"properties": theirs}, prefix),
            **{name: os.environ[variable] for name, variable in ours.items() if variable in given},
        }

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Check our settings ourselves, before the SDK does: it would quote a password of the wrong type."""
        self.settings = Settings.from_config(self.config)
        touches = [name for name in ("stream_maps", "flattening_enabled") if self.config.get(name)]
        if self.config.get("batch_config") and touches:
            raise SettingsError(f"'batch_config' can't be used with {touches[0]!r}, which wouldn't reach the batches")
        try:
            return super()._validate_config(raise_errors=raise_errors)
        except ConfigValidationError as exc:
            raise SettingsError("; ".join(exc.errors)) from exc

    # Discovery

    def discover_streams(self) -> list[PostgresStream]:
        """One stream per table that the role may read; the others are named once and left out."""
        settings = self.settings
        with open_session(settings) as session:
            document = session.fetch_catalog(settings.schemas, settings.excluded_schemas)
        discovery = read_discovery(document, settings.excluded_table_prefixes)
        if discovery.missing_schemas:
            missing = ", ".join(map(repr, discovery.missing_schemas))
            raise SettingsError(f"'schemas' names what the database hasn't got: {missing}; correct or remove it")
        for table in discovery.tables:
            self._report_denied(table)
        if discovery.tables and not any(table.readable for table in discovery.tables):
            raise SettingsError(
                f"the role in {settings.setting_of('user')} may read none of the {len(discovery.tables)} tables: "
                "GRANT it SELECT on them and USAGE on their schemas, or leave them out with 'excluded_schemas'"
            )
        self._left_out = {table.stream: table for table in discovery.tables if not table.readable}
        return [PostgresStream(self, table) for table in discovery.tables if table.readable]

    def _report_denied(self, table: Table) -> None:
        where = f"{table.schema}.{table.name}"
        if not table.readable:
            self.logger.warning("table %s is left out: GRANT the role SELECT on it and USAGE on its schema", where)
        elif table.denied:
            columns = ", ".join(map(repr, table.denied))
            self.logger.warning("of table %s, left out: %s: the role lacks SELECT on them", where, columns)
        if table.row_security:
            self.logger.warning("of table %s the role sees only what row-level security lets through", where)

    def setup_mapper(self) -> None:
        """Prepare stream maps for what the database has now, rather than for what an older catalog says."""
        super(BaseSingerWriter, self).setup_mapper()  # past Tap's own, which registers the catalog's schemas
        for stream in self._postgres_streams:
            self.mapper.register_raw_stream_schema(stream.name, stream.selected_schema, stream.primary_keys)

    @property
    def _postgres_streams(self) -> list[PostgresStream]:
        return [stream for stream in self.streams.values() if isinstance(stream, PostgresStream)]

    # Runs

    def sync_all(self) -> None:  # type: ignore[misc]
        """Send all selected streams. Final in the SDK, which knows of no session that they share."""
        with self._reading(stream for stream in self._postgres_streams if stream.selected):
            super().sync_all()

    def run_sync_dry_run(  # type: ignore[misc]
        self, dry_run_record_limit: int | None = 1, streams: Iterable[Stream] | None = None
    ) -> bool:
        """Send the first rows of every stream; final in the SDK for the same reason."""
        chosen = list(self.streams.values() if streams is None else streams)
        with self._reading(stream for stream in chosen if isinstance(stream, PostgresStream)):
            return super().run_sync_dry_run(dry_run_record_limit, chosen)

    def report_failure(self, error: StreamError) -> None:
        """Name a stream that can't be read; the others go on, and the run fails at its end."""
        self.unreadable[error.stream] = error
        if isinstance(error, DeniedError):
            self.logger.warning("%s; it is left out", error)
        else:
            self.logger.error("%s", error)

    @contextlib.contextmanager
    def _reading(self, streams: Iterable[PostgresStream]) -> Iterator[None]:
        """One session with one snapshot around all streams; raises at the end if one of them failed."""
        wanted = list(streams)
        self._check_catalog(wanted)
        with contextlib.ExitStack() as stack:
            if wanted:
                self.session = stack.enter_context(open_session(self.settings))
                for error in self.session.begin_snapshot([stream.table for stream in wanted]):
                    self.report_failure(error)
            yield
        self.message_writer.flush()
        failed = [name for name, error in self.unreadable.items() if not isinstance(error, DeniedError)]
        if failed:
            raise StreamsFailedError(failed, len({*failed, *(stream.name for stream in wanted)}))

    def _check_catalog(self, wanted: Iterable[PostgresStream]) -> None:
        """Report streams that the catalog selects and that can't be had."""
        for stream in wanted:
            try:
                stream.check_catalog()
            except StreamError as error:
                self.report_failure(error)
        for name, entry in (self.input_catalog or {}).items():
            selected = entry.metadata.resolve_selection().get((), False)
            if selected and name not in self.streams and name not in self._left_out:
                self.report_failure(
                    StreamError(
                        name,
                        "the catalog selects it, but the database has no such table, or the settings leave it out: "
                        "run --discover again, or deselect it",
                    )
                )

    # The command line

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
