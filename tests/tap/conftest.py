"""One embedded server for all tests of the tap, and a database of its own for each that asks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from demo.postgres import Server
from tests.tap.databases import make_database, reusing, shared_server, stop_server
from tests.tap.runs import Messages, run_in_process

NewDatabase = Callable[..., str]


def pytest_unconfigure() -> None:
    stop_server()


@pytest.fixture(scope="session")
def server() -> Server:
    return shared_server()


@pytest.fixture(scope="session")
def new_database() -> NewDatabase:
    """Make a database out of statements; returns its URL."""
    return make_database


@pytest.fixture
def sync() -> Callable[..., Messages]:
    """Make a database out of statements and run the tap on it in this process."""

    def run(*statements: str, **config: object) -> Messages:
        return run_in_process({"database_url": make_database(*statements), **config})

    return run


@pytest.fixture(autouse=True)
def _databases_are_used_again() -> Iterator[None]:
    """Those of a test; what a module's fixture makes was there before."""
    with reusing():
        yield


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("TAP_MIH_POSTGRES_", "PG")):
            monkeypatch.delenv(name)
