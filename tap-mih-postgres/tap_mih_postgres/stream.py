"""One table as a Singer stream: SCHEMA, its rows, the proof that these were all, STATE.

Rows go from COPY to standard output without becoming Python objects. Only where the configuration wants to touch them
(stream maps, flattening, batches, a deselected field of a composite) does each become a record in the SDK's own way.

ACTIVATE_VERSION comes after the rows, and only when all of them were sent: a target that has it may remove what it
didn't see. Batches and incremental streams carry no version, and so none is activated after them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from singer_sdk.exceptions import MappingError
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import RemoveRecordTransform, SameRecordTransform
from singer_sdk.singerlib import StateMessage
from singer_sdk.singerlib.json import deserialize_json

from tap_mih_postgres.errors import StreamError
from tap_mih_postgres.freshness import COUNTED_KINDS, Content, find_fingerprint, may_skip, note_read, note_skipped
from tap_mih_postgres.incremental import Bookmark
from tap_mih_postgres.messages import frame_rows, record_prefix
from tap_mih_postgres.projection import Since, copy_rows
from tap_mih_postgres.selected import SelectedStream

if TYPE_CHECKING:
    from singer_sdk import Tap
    from singer_sdk.helpers.types import Context, Record

    from tap_mih_postgres.catalog import Table
    from tap_mih_postgres.copying import Rows
    from tap_mih_postgres.run import Run


# What an expression of a stream map may end in, which knows of a record only what its author thought of.
EXPRESSION_ERRORS = (MappingError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(slots=True)
class Sent:
    """What a stream has sent so far."""

    rows: int = 0
    bytes: int = 0


class PostgresStream(SelectedStream):
    """A table of the database."""

    # The server's JSON fits the schema already.
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    def __init__(self, tap: Tap, table: Table, run: Run) -> None:
        self._run = run
        self._since: Since | None = None
        self._bookmark: Bookmark | None = None
        self._fingerprint: str | None = None
        self._content: Content | None = None
        self._sent = Sent()
        self.is_unchanged = False
        super().__init__(tap, table)

    # Whether it is read

    @property
    def may_be_unchanged(self) -> bool:
        """Whether it's a stream of the kind that can be left unread."""
        always_read = (
            self.table.kind not in COUNTED_KINDS
            or self.table.row_security
            or self.table.computed
            or self.is_incremental
        )
        return not always_read and self.ABORT_AT_RECORD_COUNT is None

    def take_fingerprint(self, changes: Mapping[str, Any], shared: Sequence[Any]) -> None:
        """Compare the fingerprint of now with that of STATE; `shared` is what decides on the rows of all streams."""
        statement = copy_rows(self.table, self.selected_columns).as_string(None)
        selected = [*shared, statement, self.selected_schema, self.primary_keys, *self._touched_crumbs]
        self._fingerprint = find_fingerprint(changes, self.table.oid, selected)
        self._content = Content(selected, ordered=bool(self.table.key)) if self._fingerprint else None
        full_pass_every = self._run.settings.full_pass_every
        self.is_unchanged = may_skip(self._state, self.name, self._fingerprint, full_pass_every)

    # How it is sent

    def sync(self, context: Context | None = None) -> None:  # type: ignore[misc]  # noqa: ARG002
        """Send the whole stream, or report why it isn't whole.

        Final in the SDK, whose own order is the version before the rows, and which reports a failure twice.
        """
        if self.name in self._run.unreadable:
            return
        if self.is_unchanged:
            self._write_schema_message()
            note_skipped(self._state, self.name)
            return
        self._stream_version = None if self.is_incremental else self._run.version
        started = time.monotonic()
        sent = self._sent = Sent()
        try:
            self._send()
        except StreamError as error:
            self._run.report_failure(error)
            return
        finally:
            self._run.writer.flush()
        self.logger.info(
            "stream %r: %d rows, %d bytes in %.2f s", self.name, sent.rows, sent.bytes, time.monotonic() - started
        )

    def _send(self) -> None:
        if all(isinstance(stream_map, RemoveRecordTransform) for stream_map in self.stream_maps):
            return
        self._since = self._find_since()
        self._run.session.check_size(self.table, self._since)
        self._write_schema_message()
        if batch_config := self.get_batch_config(self.config):
            self._sync_batches(batch_config)
        else:
            send = self._send_rows if self._goes_untouched else self._send_records
            send()
            self._check_max_record_limit(self._sent.rows)
            if self._stream_version is not None:
                self._write_activate_version_message(self._stream_version)
        self._write_final_state()

    def _find_since(self) -> Since | None:
        """Which rows to send; what the bookmark is after that is put by."""
        column = self.replication_column
        if not self.is_incremental or column is None:
            return None
        bookmark = Bookmark.from_state(self.stream_state, column.name)
        newest, now = self._run.session.fetch_newest(self.table, column)
        self._bookmark = bookmark.advanced(newest, now, self._run.settings.incremental_lag_seconds)
        return Since(column, bookmark.value)

    @property
    def _goes_untouched(self) -> bool:
        """Whether what the server sends is what the target is to get."""
        only = self.stream_maps[0] if len(self.stream_maps) == 1 else None
        if not isinstance(only, SameRecordTransform) or only.flattening_enabled:
            return False
        return not self._touched_crumbs

    @property
    def _touched_crumbs(self) -> list[tuple[str, ...]]:
        """The fields of composites that are deselected while their column isn't."""
        return [crumb for crumb, chosen in self.mask.items() if len(crumb) > 2 and not chosen and self.mask[crumb[:2]]]

    def _send_rows(self) -> None:
        prefix = record_prefix(self.name, self._stream_version, self._run.session.taken_at)
        for rows in self._read_rows():
            lines = frame_rows(prefix, rows)
            self._run.writer.write(lines)
            self._sent.bytes += len(lines)

    def _send_records(self) -> None:
        failure: Exception | None = None
        for rows in self._read_rows():
            self._sent.bytes += sum(map(len, rows))
            try:
                for row in () if failure else rows:  # COPY is read to its end, or the session could do nothing more
                    self._write_record_message(to_record(row))
            except EXPRESSION_ERRORS as exc:
                failure = exc
        if failure:
            said = f"its stream map fails ({failure!r}): correct it in 'stream_maps'"
            raise StreamError(self.name, said) from failure

    def get_records(self, context: Context | None) -> Iterator[Record]:  # noqa: ARG002
        """The rows as Python objects, with decimals; for the SDK's batches."""
        for rows in self._read_rows():
            yield from map(to_record, rows)
            self._sent.bytes += sum(map(len, rows))

    def _read_rows(self) -> Iterator[Rows]:
        statement = copy_rows(self.table, self.selected_columns, self._since, self.ABORT_AT_RECORD_COUNT)
        for rows in self._run.session.copy_rows(self.name, statement):
            if self._content:
                self._content.add(rows)
            yield rows
            self._sent.rows += len(rows)

    @property
    def _state(self) -> dict[str, Any]:
        """The STATE of all streams, beyond what the SDK says of its shape."""
        return cast("dict[str, Any]", self.tap_state)

    def finalize_state_progress_markers(self, state: dict[str, Any] | None = None) -> None:
        """Nothing: a stream that was read has sent its STATE, and one that wasn't must not."""

    def _write_final_state(self) -> None:
        """A STATE that is written even if it's the same as the one before, as after a full pass it may well be."""
        state = self.stream_state  # which makes its entry
        if self._bookmark:
            state.pop("candidate", None)
            state.update(self._bookmark.to_state())
        note_read(self._state, self.name, self._fingerprint, self._content.hash if self._content else "")
        self._tap.write_message(StateMessage(value=self.tap_state))
        self.state_manager.is_flushed = True


def to_record(row: bytes | memoryview) -> Record:
    """A row as copy_rows sends it: JSON, a brace, a line feed."""
    return deserialize_json(str(row[:-2], "utf-8"))
