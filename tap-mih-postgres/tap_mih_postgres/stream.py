"""One table as a Singer stream: SCHEMA, its rows, the proof that these were all, STATE.

Rows go from COPY to standard output without becoming Python objects. Only where the configuration wants to touch them
(stream maps, flattening, batches, a deselected field of a composite) does each become a record in the SDK's own way.

ACTIVATE_VERSION comes after the rows, and only when all of them were sent: a target that has it may remove what it
didn't see. Batches carry no version, and so none is activated after them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from singer_sdk import Stream
from singer_sdk.helpers._catalog import get_selected_schema
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import RemoveRecordTransform, SameRecordTransform
from singer_sdk.singerlib import Metadata, MetadataMapping, StateMessage
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE
from singer_sdk.singerlib.json import deserialize_json

from tap_mih_postgres.catalog import Column, Table, stream_schema
from tap_mih_postgres.errors import StreamError
from tap_mih_postgres.messages import frame_rows, record_prefix
from tap_mih_postgres.projection import copy_rows

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.singerlib import Catalog, CatalogEntry

    from tap_mih_postgres.copying import Rows
    from tap_mih_postgres.tap import TapMihPostgres


@dataclass(slots=True)
class Sent:
    """What a stream has sent so far."""

    rows: int = 0
    bytes: int = 0


class PostgresStream(Stream):
    """A table of the database."""

    # The server's JSON fits the schema already.
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    _tap: TapMihPostgres

    def __init__(self, tap: TapMihPostgres, table: Table) -> None:
        self.table = table
        self._unknown_columns: frozenset[str] = frozenset()
        super().__init__(tap, schema=stream_schema(table.columns, table.key), name=table.stream)
        self.primary_keys = list(table.key)
        self.forced_replication_method = REPLICATION_FULL_TABLE

    # What is selected

    @property
    def metadata(self) -> MetadataMapping:
        """The catalog's metadata, with the name of the schema that the SDK's SQL taps give."""
        metadata = super().metadata
        metadata.root.schema_name = metadata.root.schema_name or self.table.schema
        return metadata

    @property
    def _singer_catalog_entry(self) -> CatalogEntry:
        entry = super()._singer_catalog_entry
        entry.table = self.table.name
        entry.is_view = self.table.is_view
        entry.row_count = self.table.rows
        return entry

    def apply_catalog(self, catalog: Catalog) -> None:
        """Take selection and key from a catalog; types and columns stay those that the database has now."""
        super().apply_catalog(catalog)
        self._input_schema = None
        self._metadata = self._mask = None
        names = {column.name for column in self.table.columns}
        if not self.primary_keys or not names >= set(self.primary_keys):
            self.primary_keys = list(self.table.key)
        if entry := catalog.get_stream(self.name):
            known = {*(entry.schema.properties or ()), *(crumb[1] for crumb in entry.metadata if len(crumb) == 2)}
            # A catalog that knows no column at all, written by hand, means all of them.
            self._unknown_columns = frozenset(names - known - set(self.primary_keys) if known else ())
        for name in self.primary_keys:
            self.metadata["properties", name].inclusion = Metadata.InclusionType.AUTOMATIC

    def check_catalog(self) -> None:
        """Warn of columns that a catalog misses or can't have any more; raise StreamError for what we can't do."""
        if self.replication_method != REPLICATION_FULL_TABLE:
            raise StreamError(
                self.name,
                f"the catalog asks for {self.replication_method} replication, which this version can't do: "
                "set its replication-method to FULL_TABLE",
            )
        there = {column.name for column in self.table.columns}
        selected = {crumb[1] for crumb, chosen in self.mask.items() if chosen and len(crumb) == 2}
        for fault, names in (
            ("new since the catalog was made", self._unknown_columns),
            ("selected by the catalog but not in the table", selected - there - set(self.table.denied)),
        ):
            if names:
                listed = ", ".join(map(repr, sorted(names)))
                self.logger.warning(
                    "stream %r: left out, because %s: %s; run --discover again", self.name, fault, listed
                )

    @property
    def selected_columns(self) -> Sequence[Column]:
        """What the catalog selects; a column that it doesn't know was chosen by nobody."""
        return [
            column
            for column in self.table.columns
            if self.mask["properties", column.name] and column.name not in self._unknown_columns
        ]

    @property
    def misses_columns(self) -> bool:
        """Whether it lacks a column that the role may not read and that nobody deselected."""
        return any(self.mask["properties", name] for name in self.table.denied)

    @property
    def selected_schema(self) -> dict[str, Any]:
        """The schema without what isn't selected."""
        pruned: dict[str, Any] = get_selected_schema(self.name, self.schema, self.mask)
        names = {column.name for column in self.selected_columns}
        return {**pruned, "properties": {name: of for name, of in pruned["properties"].items() if name in names}}

    # How it is sent

    def sync(self, context: Context | None = None) -> None:  # type: ignore[misc]  # noqa: ARG002
        """Send the whole stream, or report why it isn't whole.

        Final in the SDK, whose own order is the version before the rows, and which reports a failure twice.
        """
        if self.name in self._tap.unreadable:
            return
        self._stream_version = self._tap.version
        started = time.monotonic()
        sent = Sent()
        try:
            self._send(sent)
        except StreamError as error:
            self._tap.report_failure(error)
            return
        finally:
            self._tap.message_writer.flush()
        self.logger.info(
            "stream %r: %d rows, %d bytes in %.2f s", self.name, sent.rows, sent.bytes, time.monotonic() - started
        )

    def _send(self, sent: Sent) -> None:
        if all(isinstance(stream_map, RemoveRecordTransform) for stream_map in self.stream_maps):
            return
        self._tap.session.check_size(self.table)
        self._write_schema_message()
        if batch_config := self.get_batch_config(self.config):
            self._sync_batches(batch_config)
        else:
            send = self._send_rows if self._goes_untouched else self._send_records
            send(sent)
            self._check_max_record_limit(sent.rows)
            self._write_activate_version_message(self._tap.version)
        self._write_final_state()

    @property
    def _goes_untouched(self) -> bool:
        """Whether what the server sends is what the target is to get."""
        only = self.stream_maps[0] if len(self.stream_maps) == 1 else None
        if not isinstance(only, SameRecordTransform) or only.flattening_enabled:
            return False
        return not any(len(crumb) > 2 and not chosen and self.mask[crumb[:2]] for crumb, chosen in self.mask.items())

    def _send_rows(self, sent: Sent) -> None:
        prefix = record_prefix(self.name, self._tap.version, self._tap.session.taken_at)
        for rows in self._read_rows():
            lines = frame_rows(prefix, rows)
            self._tap.message_writer.write(lines)
            sent.rows += len(rows)
            sent.bytes += len(lines)

    def _send_records(self, sent: Sent) -> None:
        for rows in self._read_rows():
            for row in rows:
                self._write_record_message(to_record(row))
            sent.rows += len(rows)
            sent.bytes += sum(map(len, rows))

    def get_records(self, context: Context | None) -> Iterator[Record]:  # noqa: ARG002
        """The rows as Python objects, with decimals; for the SDK's batches."""
        for rows in self._read_rows():
            yield from map(to_record, rows)

    def _read_rows(self) -> Iterator[Rows]:
        statement = copy_rows(self.table, self.selected_columns, self.ABORT_AT_RECORD_COUNT)
        return self._tap.session.copy_rows(self.name, statement)

    def finalize_state_progress_markers(self, state: dict[str, Any] | None = None) -> None:
        """Nothing: a stream that was read has sent its STATE, and one that wasn't must not."""

    def _write_final_state(self) -> None:
        """A STATE that is written even if it's the same as the one before, as after a full pass it may well be."""
        _ = self.stream_state  # which makes its entry
        self._tap.write_message(StateMessage(value=self.tap_state))
        self.state_manager.is_flushed = True


def to_record(row: bytes | memoryview) -> Record:
    """A row as copy_rows sends it: JSON, a brace, a line feed."""
    return deserialize_json(str(row[:-2], "utf-8"))
