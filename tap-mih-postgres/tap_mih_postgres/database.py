"""A session and its one snapshot. With copying.py, which reads what COPY sends, the only room that talks to Postgres.

- The session is read-only and sends no prepared statements; what it sets is set for a transaction, so that it works
  behind a transaction pooler.
- One REPEATABLE READ transaction holds all reads of a run. Before its snapshot is taken the tables are locked against
  DDL: to a snapshot that is older than a TRUNCATE the table is empty, so that a table that is reloaded meanwhile would
  lose all its rows. The locks are taken without waiting, all or none, and tried again in a while: whoever never waits
  for a lock while holding another can't be part of a deadlock with somebody's migration.
- After the snapshot comes a savepoint, to which a stream's failure rolls back; the others go on in the same snapshot.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import psycopg
from psycopg import sql

from tap_mih_postgres import remedies
from tap_mih_postgres.catalog import Column, Table
from tap_mih_postgres.catalog_query import CATALOG_QUERY, catalog_parameters
from tap_mih_postgres.copying import Rows, find_garbled, read_copy
from tap_mih_postgres.errors import ConnectError, ConnectionLostError, StreamError
from tap_mih_postgres.freshness import CHANGES_QUERY
from tap_mih_postgres.projection import Since, count_rows, lock_tables, newest_value
from tap_mih_postgres.selection import Selection
from tap_mih_postgres.settings import Settings

# For parameters that the user didn't give. A peer that vanished is noticed after a minute, not after two hours.
CONNECTION_DEFAULTS = {
    "application_name": "tap-mih-postgres",
    "connect_timeout": "15",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}

# What would change the output or its order, and how long the server bears with us. (statement_timeout is a setting: a
# slow target holds up COPY, so it is a bound for runs that hang and not for slow ones.)
PINS = {
    "search_path": "pg_catalog",
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "synchronize_seqscans": "off",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "15min",
}
SET_PINS = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in PINS.items())

LOCK_SECONDS = 30.0
LOCK_PAUSE_SECONDS = 0.5


@contextlib.contextmanager
def open_session(settings: Settings) -> Iterator[Session]:
    """A session, closed at the end; raises ConnectError with the setting to check."""
    parameters: dict[str, Any] = {**CONNECTION_DEFAULTS, **settings.connection, "client_encoding": "UTF8"}
    try:
        connection = psycopg.connect(**parameters, prepare_threshold=None)
    except psycopg.Error as exc:
        # Without its cause, which may quote what a message of ours leaves out.
        raise remedies.connect_failure(str(exc), settings) from None
    with contextlib.closing(connection):
        connection.read_only = True
        yield Session(connection, settings)
        with contextlib.suppress(psycopg.Error):  # a pooler keeps a session that ends between transactions
            connection.rollback()


class Session:
    """One connection. `taken_at` is the moment of the snapshot by our own clock."""

    def __init__(self, connection: psycopg.Connection[Any], settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        # Only such a database doesn't convert what it sends, nor check what it stores.
        self._unchecked = connection.info.parameter_status("server_encoding") == "SQL_ASCII"
        self._set_timeout = f"SET LOCAL statement_timeout = '{settings.statement_timeout_seconds}s'"
        self.taken_at = datetime.now(timezone.utc)

    def fetch_catalog(self) -> Mapping[str, Any]:
        """The document of CATALOG_QUERY, read in a transaction of its own."""
        parameters = catalog_parameters(self._settings)
        with self._translating("reading the catalog"), self._connection.transaction():
            self._connection.execute(self._set_timeout)
            (document,) = self._connection.execute(CATALOG_QUERY, parameters).fetchall()[0]
        catalog: Mapping[str, Any] = document
        return catalog

    def fetch_changes(self, tables: Sequence[Table]) -> Mapping[str, Any]:
        """The document of CHANGES_QUERY, whose transaction is ended: the snapshot must be a later one."""
        with self._translating("reading the statistics"), self._connection.transaction():
            self._connection.execute(self._set_timeout)
            (document,) = self._connection.execute(CHANGES_QUERY, {"oids": [table.oid for table in tables]}).fetchall()[
                0
            ]
        changes: Mapping[str, Any] = document
        return changes

    def begin_snapshot(self, tables: Sequence[Table]) -> list[StreamError]:
        """Begin the transaction that all reads share; returns a failure per table that can't be locked."""
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        lockable = [table for table in tables if table.lockable]
        with self._translating("beginning the snapshot"):
            failures = [] if self._lock_all(lockable) else self._lock_each(lockable)
            self._connection.execute("SELECT 1")  # neither SET nor LOCK takes the snapshot
            self.taken_at = datetime.now(timezone.utc)
            self._connection.execute("SAVEPOINT snapshot")
        return failures

    def fetch_newest(self, table: Table, column: Column) -> tuple[str | None, float]:
        """The text of a column's greatest value in the snapshot, None without any, and the server's time."""
        try:
            newest, now = self._connection.execute(newest_value(table, column)).fetchall()[0]
        except psycopg.Error as exc:
            raise self._stream_failure(table.stream, exc) from exc
        return newest, now

    def check_size(self, table: Table, since: Since | None) -> None:
        """Raise StreamError for a table with more rows than the settings allow."""
        most = self._settings.max_rows_per_table
        if not most:
            return
        try:
            (count,) = self._connection.execute(count_rows(table, since, most)).fetchall()[0]
        except psycopg.Error as exc:
            raise self._stream_failure(table.stream, exc) from exc
        if count > most:
            raise remedies.too_large(table.stream, most)

    def copy_rows(self, stream: str, statement: sql.Composed) -> Iterator[Rows]:
        """What COPY sends, a list of lines at a time; raises StreamError, or ConnectionLostError for the whole run.

        Only what was yielded before an error has been read, and only the end of the iteration says that it is all.
        """
        garbled: UnicodeDecodeError | None = None
        try:
            for rows in read_copy(self._connection, statement):
                if self._unchecked:
                    garbled = garbled or find_garbled(rows)
                if not garbled:
                    yield rows
        except psycopg.Error as exc:
            raise self._stream_failure(stream, exc) from exc
        if garbled:
            raise remedies.stream_failure(stream, remedies.NOT_TEXT, str(garbled)) from garbled

    def _begin(self) -> None:
        """Begin a transaction with everything set that the reading relies on."""
        self._connection.execute(f"{SET_PINS}; {self._set_timeout}")
        for name, value in Selection(self._settings).salt_parameters().items():
            # As a parameter of a statement, which pg_stat_activity doesn't show.
            self._connection.execute("SELECT set_config(%s, %s, true)", [name, value])

    def _lock_all(self, tables: Sequence[Table]) -> bool:
        """Begin a transaction that holds all locks; False when one of them can't be had, with no transaction."""
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            self._begin()
            try:
                if tables:
                    self._connection.execute(lock_tables(tables))
            except psycopg.errors.LockNotAvailable:
                self._connection.rollback()
                if time.monotonic() > deadline:
                    return False
                time.sleep(LOCK_PAUSE_SECONDS)
            except psycopg.ProgrammingError:  # dropped, or a right withdrawn, since the catalog was read
                self._connection.rollback()
                return False
            else:
                return True

    def _lock_each(self, tables: Sequence[Table]) -> list[StreamError]:
        """Begin a transaction that holds the locks that can be had at once; returns what keeps it from the others."""
        failures = []
        self._begin()
        for table in tables:
            try:
                with self._connection.transaction():
                    self._connection.execute(lock_tables([table]))
            except psycopg.errors.InsufficientPrivilege as exc:
                if not table.is_view:  # which can be read without a right to lock what is below it
                    failures.append(_stream_error(table.stream, exc))
            except (psycopg.errors.LockNotAvailable, psycopg.ProgrammingError) as exc:
                failures.append(_stream_error(table.stream, exc))
        return failures

    def _stream_failure(self, stream: str, error: psycopg.Error) -> StreamError | ConnectionLostError:
        """Go back to the snapshot and say what ails the stream, or that there is nothing to go back to."""
        if not self._connection.closed and error.sqlstate != remedies.SNAPSHOT_LOST:
            with contextlib.suppress(psycopg.OperationalError):
                self._connection.execute("ROLLBACK TO SAVEPOINT snapshot")
                return _stream_error(stream, error)
        return _connection_lost(f"reading stream {stream!r}", error)

    @contextlib.contextmanager
    def _translating(self, doing: str) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as exc:
            said = f"{doing} failed: names in the database aren't UTF-8, and it doesn't say what"
            raise ConnectError(said, transient=False) from exc
        except psycopg.Error as exc:
            if self._connection.closed or exc.sqlstate == remedies.SNAPSHOT_LOST:
                raise _connection_lost(doing, exc) from exc
            raise ConnectError(f"{doing} failed: {remedies.brief(_primary(exc))}", transient=False) from exc


def _primary(error: psycopg.Error) -> str:
    said = error.diag.message_primary or str(error)
    return f"{said}: {error.diag.message_hint}" if error.diag.message_hint else said


def _stream_error(stream: str, error: psycopg.Error) -> StreamError:
    return remedies.stream_failure(stream, error.sqlstate, _primary(error))


def _connection_lost(doing: str, error: psycopg.Error) -> ConnectionLostError:
    return remedies.connection_lost(doing, error.sqlstate, _primary(error))
