"""The tap: settings in, discovery, and one session around all streams of a run."""

from __future__ import annotations

import contextlib
import functools
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeVar, cast

from singer_sdk import Stream
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.plugin_base import BaseSingerWriter
from singer_sdk.singerlib import CatalogEntry, StateMessage

from tap_mih_postgres.catalog import Discovery, Table, read_discovery
from tap_mih_postgres.command import CommandLineTap
from tap_mih_postgres.database import open_session
from tap_mih_postgres.errors import DeniedError, SessionError, SettingsError, StreamError, StreamsFailedError
from tap_mih_postgres.freshness import MEMBER, read_kept
from tap_mih_postgres.messages import MessageWriter
from tap_mih_postgres.report import denials, discovery_warnings
from tap_mih_postgres.run import Run
from tap_mih_postgres.sdk_settings import check_batches, unknown_settings
from tap_mih_postgres.settings import Settings
from tap_mih_postgres.settings_table import config_jsonschema
from tap_mih_postgres.stream import PostgresStream

LONGEST_PAUSE_SECONDS = 30
# The SDK's settings that change what is sent of a row.
WHAT_MAPS_RECORDS = (
    *("stream_maps", "stream_map_config", "faker_config"),
    *("flattening_enabled", "flattening_max_depth", "flattening_max_key_length", "flattening_separator"),
)

T = TypeVar("T")


class TapMihPostgres(CommandLineTap):
    """Reads every table of a Postgres database, Prisma's own excepted, in one snapshot."""

    name = "tap-mih-postgres"
    config_jsonschema = config_jsonschema()
    dynamic_catalog = True
    message_writer_class = MessageWriter

    message_writer: MessageWriter
    settings: Settings

    def __init__(self, **options: Any) -> None:
        # Both before the SDK's, which discovers.
        self._left_out: dict[str, Table] = {}
        self._labels: Mapping[int, tuple[str, ...]] = {}
        super().__init__(**options)

    @functools.cached_property
    def _run(self) -> Run:
        return Run(self.settings, self.logger, self.message_writer)

    # Settings

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Check our settings ourselves, before the SDK does: it would quote a password of the wrong type."""
        self.settings = Settings.from_config(self.config, os.environ)
        check_batches(self.config)
        try:
            errors = super()._validate_config(raise_errors=raise_errors)
        except ConfigValidationError as exc:
            raise SettingsError("; ".join(exc.errors)) from exc
        for sentence in unknown_settings(self.config, self.config_jsonschema["properties"]):
            self.logger.warning("%s", sentence)
        return errors

    # Discovery

    def discover_streams(self) -> list[PostgresStream]:
        """One stream per table that the role may read; the others are named once and left out."""
        settings = self.settings
        discovery = self._persistently(self._read_catalog)
        if discovery.missing_schemas:
            missing = ", ".join(map(repr, discovery.missing_schemas))
            raise SettingsError(f"'schemas' names what the database hasn't got: {missing}; correct or remove it")
        for sentence in discovery_warnings(discovery, settings):
            self.logger.warning("%s", sentence)
        for sentence in denials(discovery.tables):
            self._run.log_denied(sentence)
        if discovery.tables and not any(table.readable for table in discovery.tables):
            raise SettingsError(
                f"the role in {settings.setting_of('user')} may read none of the {len(discovery.tables)} tables: "
                "GRANT it SELECT on them and USAGE on their schemas, or leave them out with 'excluded_schemas'"
            )
        self._labels = discovery.labels
        self._left_out = {table.stream: table for table in discovery.tables if not table.readable}
        return [PostgresStream(self, table, self._run) for table in discovery.tables if table.readable]

    def _read_catalog(self) -> Discovery:
        with open_session(self.settings) as session:
            return read_discovery(session.fetch_catalog(), self.settings)

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
        before = deepcopy(self._whole_state)

        def begin_and_sync() -> None:
            # Of a run whose connection was lost nothing counts, and so nothing that it sent is unchanged.
            self._whole_state.clear()
            self._whole_state.update(deepcopy(before))
            self._sync_once()

        self._persistently(begin_and_sync)

    def _sync_once(self) -> None:
        streams = [stream for stream in self._postgres_streams if stream.selected]
        with self._reading(streams, skip_unchanged=self.settings.skip_unchanged):
            super().sync_all()

    def run_sync_dry_run(  # type: ignore[misc]
        self, dry_run_record_limit: int | None = 1, streams: Iterable[Stream] | None = None
    ) -> bool:
        """Send the first rows of every stream; final in the SDK for the same reason."""
        chosen = list(self.streams.values() if streams is None else streams)
        with self._reading(stream for stream in chosen if isinstance(stream, PostgresStream)):
            return super().run_sync_dry_run(dry_run_record_limit, chosen)

    def _persistently(self, work: Callable[[], T]) -> T:
        """Do the work, and do all of it again when the session is lost, as often as the settings say."""
        for attempt in range(self.settings.connect_retries):
            try:
                return work()
            except SessionError as error:
                if not error.transient:
                    raise
                pause = min(2**attempt, LONGEST_PAUSE_SECONDS)
                self.logger.warning("%s; trying again in %d s", error, pause)
                time.sleep(pause)
        return work()

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over the bookmarks, and the fingerprints beside them, which the SDK leaves."""
        super().load_state(state)
        if kept := read_kept(state):
            self._whole_state[MEMBER] = kept

    @property
    def _whole_state(self) -> dict[str, Any]:
        """STATE, beyond what the SDK says of its shape."""
        return cast("dict[str, Any]", self.state)

    def _find_unchanged(self, wanted: Iterable[PostgresStream]) -> None:
        """Take fingerprints, and leave unread what has the one that it had."""
        streams = [stream for stream in wanted if stream.may_be_unchanged]
        changes = self._run.session.fetch_changes([stream.table for stream in streams])
        shared = [self.plugin_version, self._labels, *map(self.config.get, ("mask_salt", *WHAT_MAPS_RECORDS))]
        for stream in streams:
            stream.take_fingerprint(changes, shared)
        skipped = sum(stream.is_unchanged for stream in streams)
        self.logger.info("%d of %d tables are unchanged and aren't read", skipped, len(streams))

    def _failed(self, wanted: Iterable[PostgresStream]) -> list[str]:
        """The streams that were to be sent and weren't, or not with all of their columns."""
        failed = {name for name, error in self._run.unreadable.items() if not isinstance(error, DeniedError)}
        if self._run.fails_on_denied:
            deselected = {name for name, entry in (self.input_catalog or {}).items() if not _is_selected(entry)}
            failed |= self._run.unreadable.keys() | (self._left_out.keys() - deselected)
            failed |= {stream.name for stream in wanted if stream.misses_columns}
        return sorted(failed)

    @contextlib.contextmanager
    def _reading(self, streams: Iterable[PostgresStream], *, skip_unchanged: bool = False) -> Iterator[None]:
        """One session with one snapshot around all streams; raises at the end if one of them failed."""
        wanted = list(streams)
        self._run.begin(int(time.time() * 1000))
        self._check_catalog(wanted)
        with contextlib.ExitStack() as stack:
            if wanted:
                self._run.session = stack.enter_context(open_session(self.settings))
                if skip_unchanged:
                    self._find_unchanged(wanted)
                to_read = [stream.table for stream in wanted if not stream.is_unchanged]
                for error in self._run.session.begin_snapshot(to_read):
                    self._run.report_failure(error)
            yield
            if any(stream.is_unchanged for stream in wanted):
                self.write_message(StateMessage(value=self.state))
        self.message_writer.flush()
        if failed := self._failed(wanted):
            raise StreamsFailedError(failed, len({*failed, *(stream.name for stream in wanted)}))

    def _check_catalog(self, wanted: Iterable[PostgresStream]) -> None:
        """Report streams that the catalog selects and that can't be had."""
        for stream in wanted:
            try:
                stream.check_catalog()
            except StreamError as error:
                self._run.report_failure(error)
        for name, entry in (self.input_catalog or {}).items():
            if _is_selected(entry) and name not in self.streams and name not in self._left_out:
                self._run.report_failure(
                    StreamError(
                        name,
                        "the catalog selects it, but the database has no such table, or the settings leave it out: "
                        "run --discover again, or deselect it",
                    )
                )


def _is_selected(entry: CatalogEntry) -> bool:
    return entry.metadata.resolve_selection().get((), False)
