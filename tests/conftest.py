"""Of all rooms: a private Postgres server for the whole session, and an end in good order."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from demo.postgres import Server, embedded_postgres_server


def pytest_configure() -> None:
    """Let fixtures end their servers when the session is terminated, and not only on Ctrl-C."""

    def stop(number: int, _frame: object) -> None:
        pytest.exit(f"ended by signal {number}", returncode=128 + number)

    signal.signal(signal.SIGTERM, stop)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """An empty server, which every test that needs a database gets its own from."""
    with embedded_postgres_server() as server:
        yield server
