"""The server that all tests of the tap share: started by whoever asks first, stopped by conftest.py.

To create a database takes a tenth of a second, to empty one a tenth of that: what a test has done with is used again.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from demo.postgres import Server
from tests.tap.servers import chosen_server

_running = contextlib.ExitStack()
_numbers = itertools.count(1)
_made: list[str] = []
_used: list[str] = []


@functools.cache
def shared_server() -> Server:
    return _running.enter_context(chosen_server())


@functools.cache
def server_version() -> int:
    """The major version of the shared server."""
    with psycopg.connect(shared_server().url()) as connection:
        return connection.info.server_version // 10000


def since(version: int) -> pytest.MarkDecorator:
    """A mark for what older servers can't do."""
    return pytest.mark.skipif(server_version() < version, reason=f"Postgres {version} began with it")


def stop_server() -> None:
    _running.close()
    shared_server.cache_clear()
    server_version.cache_clear()


def make_database(*statements: str) -> str:
    """Make a database out of statements; returns its URL."""
    name = find_empty() or create_database()
    _made.append(name)
    url = shared_server().url(name)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
    return url


@contextlib.contextmanager
def reusing() -> Iterator[None]:
    """Databases that are made within may be used again afterwards."""
    before = len(_made)
    yield
    _used.extend(_made[before:])
    del _made[before:]


def create_database() -> str:
    name = f"tap_{next(_numbers)}"
    with psycopg.connect(shared_server().url(), autocommit=True) as connection:
        # A quarter faster than by way of the log, which Postgres 15 made the default.
        strategy = " STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
        connection.execute(f"CREATE DATABASE {name}{strategy}")
    return name


def find_empty() -> str | None:
    """A used database, emptied; one that somebody still holds on to is given up."""
    while _used:
        with contextlib.suppress(psycopg.Error):
            return empty(_used.pop())
    return None


def empty(name: str) -> str:
    with psycopg.connect(shared_server().url(name), autocommit=True) as connection:
        connection.execute("SET lock_timeout = '1s'")
        connection.execute(f"ALTER DATABASE {name} RESET ALL")
        others = connection.execute("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'").fetchall()
        schemas = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
        ).fetchall()
        for kind, names in (("EXTENSION", others), ("SCHEMA", schemas)):
            for (each,) in names:
                drop = sql.SQL(f"DROP {kind} IF EXISTS {{}} CASCADE").format(sql.Identifier(each))
                connection.execute(drop)
        connection.execute("CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO PUBLIC")
    return name
