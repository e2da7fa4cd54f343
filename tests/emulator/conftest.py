"""Fixtures: workbooks and contexts for the pure parts, one emulator in process for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials
from requests.adapters import HTTPAdapter

from sheets_emulator.batch_update import apply_batch
from sheets_emulator.batch_update.context import Context
from sheets_emulator.methods import new_workbook
from sheets_emulator.model import Workbook
from sheets_emulator.testing import Emulator, running_emulator

SCOPES = ["https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive"]
Batch = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def book() -> Workbook:
    """A fresh workbook of alice@example.com."""
    return new_workbook("1book", "alice@example.com", "A book", "2024-01-01T00:00:00.000Z")


@pytest.fixture
def context() -> Context:
    return Context("alice@example.com", Random(7))


@pytest.fixture
def batch(book: Workbook, context: Context) -> Batch:
    """batch(request, …): apply requests to `book`, answer the replies."""
    return lambda *requests: apply_batch(book, list(requests), context)


class ToEmulator(HTTPAdapter):
    """Sends what is meant for Google to the emulator."""

    def __init__(self, base: str) -> None:
        self.base = base
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        request.url = self.base + str(parts.path) + (f"?{parts.query}" if parts.query else "")
        return super().send(request, *args, **kwargs)


@dataclass
class Api:
    """A small client: every answer with its status, nothing hidden."""

    emulator: Emulator
    session: requests.Session

    def call(self, verb: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(verb, self.emulator.url + path, timeout=30, **options)

    def batch(self, spreadsheet_id: str, *requests_: Any, **members: Any) -> requests.Response:
        body = {"requests": list(requests_), **members}
        return self.call("POST", f"/v4/spreadsheets/{spreadsheet_id}:batchUpdate", json=body)

    def get(self, spreadsheet_id: str, **parameters: Any) -> Any:
        answer = self.call("GET", f"/v4/spreadsheets/{spreadsheet_id}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def write(
        self, spreadsheet_id: str, a1: str, values: Any, option: str = "RAW", **members: Any
    ) -> requests.Response:
        path = f"/v4/spreadsheets/{spreadsheet_id}/values/{quote(a1)}"
        body = {"values": values, **members}
        return self.call("PUT", path, params={"valueInputOption": option}, json=body)

    def read(self, spreadsheet_id: str, a1: str, **parameters: Any) -> Any:
        answer = self.call("GET", f"/v4/spreadsheets/{spreadsheet_id}/values/{quote(a1)}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json().get("values", [])


@pytest.fixture(scope="session")
def shared_emulator() -> Iterator[Emulator]:
    with running_emulator(foreign=("1foreign",)) as emulator:
        yield emulator


@pytest.fixture
def emulator(shared_emulator: Emulator) -> Emulator:
    """An emulator without workbooks, faults and calls."""
    shared_emulator.reset()
    return shared_emulator


def authorized(emulator: Emulator, account: str = "emulator") -> AuthorizedSession:
    credentials = Credentials.from_service_account_info(emulator.credentials_of(account), scopes=SCOPES)
    session = AuthorizedSession(credentials)
    session.mount("https://", ToEmulator(emulator.url))
    return session


@pytest.fixture(scope="session")
def shared_session(shared_emulator: Emulator) -> Iterator[AuthorizedSession]:
    with authorized(shared_emulator) as session:
        yield session


@pytest.fixture
def api(emulator: Emulator, shared_session: AuthorizedSession) -> Api:
    return Api(emulator, shared_session)


@pytest.fixture(scope="session")
def second_session(shared_emulator: Emulator) -> Iterator[AuthorizedSession]:
    with authorized(shared_emulator, "second") as session:
        yield session


@pytest.fixture
def second(emulator: Emulator, second_session: AuthorizedSession) -> Api:
    """The client of another service account, which owns nothing."""
    return Api(emulator, second_session)


@pytest.fixture
def spreadsheet_id(emulator: Emulator) -> str:
    return emulator.create_spreadsheet("A book")
