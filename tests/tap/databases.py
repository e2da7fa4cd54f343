"""The embedded server that all tests of the tap share: started by whoever asks first, stopped by conftest.py."""

from __future__ import annotations

import contextlib
import functools
import itertools

import psycopg

from demo.postgres import Server, embedded_postgres_server

_running = contextlib.ExitStack()
_numbers = itertools.count(1)


@functools.cache
def shared_server() -> Server:
    return _running.enter_context(embedded_postgres_server())


def stop_server() -> None:
    _running.close()
    shared_server.cache_clear()


def make_database(*statements: str) -> str:
    """Make a database out of statements; returns its URL."""
    url = shared_server().create_database(f"tap_{next(_numbers)}")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
    return url
