"""The only module that talks to Postgres: a session, its one snapshot, COPY.

- The session is read-only and sends no prepared statements; what it sets is set for a transaction, so that it works
  behind a transaction pooler.
- One REPEATABLE READ transaction holds all reads of a run. Before its snapshot is taken the tables are locked against
  DDL: to a snapshot that is older than a TRUNCATE the table is empty, so that a table that is reloaded meanwhile would
  lose all its rows. The locks are taken without waiting, all or none, and tried again in a while: whoever never waits
  for a lock while holding another can't be part of a deadlock with somebody's migration.
- After the snapshot comes a savepoint, to which a stream's failure rolls back; the others go on in the same snapshot.
- COPY is read through libpq's own calls: psycopg's `copy()` waits and builds a generator for every row, 2 µs each.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import psycopg
from psycopg import generators, pq, sql
from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Wait

from tap_mih_postgres import remedies
from tap_mih_postgres.catalog import CATALOG_QUERY, Table
from tap_mih_postgres.errors import ConnectError, ConnectionLostError, StreamError
from tap_mih_postgres.projection import lock_tables
from tap_mih_postgres.settings import APPLICATION_NAME, CONNECT_SECONDS, Settings

# For parameters that the user didn't give. A peer that vanished is noticed after a minute, not after two hours.
CONNECTION_DEFAULTS = {
    "application_name": APPLICATION_NAME,
    "connect_timeout": str(CONNECT_SECONDS),
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}

# What would change the output or its order, and how long the server bears with us. A slow target holds up COPY, so
# the statement's time is a bound for runs that hang and not for slow ones.
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
    "statement_timeout": "1h",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "15min",
}
SET_PINS = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in PINS.items())

LOCK_SECONDS = 30.0
LOCK_PAUSE_SECONDS = 0.5
CHUNK_BYTES = 256 * 1024

Rows = list[bytes | memoryview]


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
        yield Session(connection)
        with contextlib.suppress(psycopg.Error):  # a pooler keeps a session that ends between transactions
            connection.rollback()


class Session:
    """One connection. `taken_at` is the moment of the snapshot by our own clock."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        # Only such a database doesn't convert what it sends, nor check what it stores.
        self._unchecked = connection.info.parameter_status("server_encoding") == "SQL_ASCII"
        self.taken_at = datetime.now(timezone.utc)

    def fetch_catalog(self, schemas: Sequence[str], excluded_schemas: Sequence[str]) -> Mapping[str, Any]:
        """The document of CATALOG_QUERY, read in a transaction of its own."""
        parameters = {"schemas": list(schemas), "excluded_schemas": list(excluded_schemas)}
        with self._translating("reading the catalog"), self._connection.transaction():
            (document,) = self._connection.execute(CATALOG_QUERY, parameters).fetchall()[0]
        catalog: Mapping[str, Any] = document
        return catalog

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

    def copy_rows(self, stream: str, statement: sql.Composed) -> Iterator[Rows]:
        """What COPY sends, a list of lines at a time; raises StreamError, or ConnectionLostError for the whole run.

        Only what was yielded before an error has been read, and only the end of the iteration says that it is all.
        """
        pgconn = self._connection.pgconn
        garbled: UnicodeDecodeError | None = None
        try:
            pgconn.send_query(statement.as_bytes(self._connection))
            _check(self._connection.wait(generators.execute(pgconn)), pq.ExecStatus.COPY_OUT)
            more = True
            while more:
                rows, more = self._connection.wait(_read_chunk(pgconn))
                if self._unchecked:
                    garbled = garbled or _find_garbled(rows)
                if rows and not garbled:
                    yield rows
            _check(_remaining_results(pgconn), pq.ExecStatus.COMMAND_OK)
        except psycopg.Error as exc:
            raise self._stream_failure(stream, exc) from exc
        if garbled:
            raise remedies.stream_failure(stream, remedies.NOT_TEXT, str(garbled)) from garbled

    def _lock_all(self, tables: Sequence[Table]) -> bool:
        """Begin a transaction that holds all locks; False when one of them can't be had, with no transaction."""
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            self._connection.execute(SET_PINS)
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
        self._connection.execute(SET_PINS)
        for table in tables:
            try:
                with self._connection.transaction():
                    self._connection.execute(lock_tables([table]))
            except (psycopg.errors.LockNotAvailable, psycopg.ProgrammingError) as exc:
                failures.append(_stream_error(table.stream, exc))
        return failures

    def _stream_failure(self, stream: str, error: psycopg.Error) -> StreamError | ConnectionLostError:
        """Go back to the snapshot and say what ails the stream, or that there is nothing to go back to."""
        if not self._connection.closed:
            with contextlib.suppress(psycopg.OperationalError):
                self._connection.execute("ROLLBACK TO SAVEPOINT snapshot")
                return _stream_error(stream, error)
        return _connection_lost(f"reading stream {stream!r}", error)

    @contextlib.contextmanager
    def _translating(self, doing: str) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as exc:
            raise ConnectError(f"{doing} failed: names in the database aren't UTF-8, and it doesn't say what") from exc
        except psycopg.Error as exc:
            if self._connection.closed:
                raise _connection_lost(doing, exc) from exc
            raise ConnectError(f"{doing} failed: {remedies.brief(_primary(exc))}") from exc


def _read_chunk(pgconn: PGconn) -> PQGen[tuple[Rows, bool]]:
    """Lines until CHUNK_BYTES are there, or nothing more at the moment; False with them after the last."""
    rows: Rows = []
    size = 0
    while size < CHUNK_BYTES:
        length, data = pgconn.get_copy_data(1)
        if length > 0:
            rows.append(data)
            size += length
        elif length < 0:
            return rows, False
        elif rows:
            break
        else:
            while not (yield Wait.R):
                pass
            pgconn.consume_input()
    return rows, True


def _remaining_results(pgconn: PGconn) -> list[PGresult]:
    results = []
    while (result := pgconn.get_result()) is not None:
        results.append(result)
    return results


def _check(results: Sequence[PGresult], wanted: pq.ExecStatus) -> None:
    """Raise the server's error unless there is one result, of the wanted kind."""
    for result in results:
        if result.status != wanted:
            raise psycopg.errors.error_from_result(result)
    if len(results) != 1:
        raise psycopg.InternalError(f"the server gave {len(results)} results where one was due")


def _find_garbled(rows: Rows) -> UnicodeDecodeError | None:
    try:
        str(b"".join(rows), "utf-8")
    except UnicodeDecodeError as exc:
        return exc
    return None


def _primary(error: psycopg.Error) -> str:
    said = error.diag.message_primary or str(error)
    return f"{said}: {error.diag.message_hint}" if error.diag.message_hint else said


def _stream_error(stream: str, error: psycopg.Error) -> StreamError:
    return remedies.stream_failure(stream, error.sqlstate, _primary(error))


def _connection_lost(doing: str, error: psycopg.Error) -> ConnectionLostError:
    return ConnectionLostError(
        f"the connection to Postgres was lost while {doing} ({remedies.brief(_primary(error))}): "
        "run again, and if it recurs, look at the server's log and at the network between"
    )
