"""What COPY sends, read through libpq's own calls.

psycopg's `copy()` waits and builds a generator for every row, 2 µs each; here both happen once for as many rows as have
arrived.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from psycopg import generators, pq, sql
from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Wait

CHUNK_BYTES = 256 * 1024

Rows = list[bytes | memoryview]


def read_copy(connection: psycopg.Connection[Any], statement: sql.Composed) -> Iterator[Rows]:
    """A list of lines at a time, none empty; raises psycopg.Error."""
    pgconn = connection.pgconn
    pgconn.send_query(statement.as_bytes(connection))
    _check(connection.wait(generators.execute(pgconn)), pq.ExecStatus.COPY_OUT)
    more = True
    while more:
        rows, more = connection.wait(_read_chunk(pgconn))
        if rows:
            yield rows
    _check(_remaining_results(pgconn), pq.ExecStatus.COMMAND_OK)


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


def find_garbled(rows: Rows) -> UnicodeDecodeError | None:
    try:
        str(b"".join(rows), "utf-8")
    except UnicodeDecodeError as exc:
        return exc
    return None
