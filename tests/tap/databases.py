"""The server that all tests of the tap share: started by whoever asks first, stopped by conftest.py."""

from __future__ import annotations

import contextlib
import functools
import itertools

import psycopg
import pytest

from demo.postgres import Server
from tests.tap.servers import chosen_server

_running = contextlib.ExitStack()
_numbers = itertools.count(1)


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
    server = shared_server()
    name = f"tap_{next(_numbers)}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        # A quarter faster than by way of the log, which Postgres 15 made the default.
        strategy = " STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
        connection.execute(f"CREATE DATABASE {name}{strategy}")
    url = server.url(name)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
    return url
