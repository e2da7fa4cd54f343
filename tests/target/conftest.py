"""An emulator for the session, a fresh workbook for each test, and the target as people run it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field

import gspread
import pytest
from google.auth.transport.requests import AuthorizedSession
from google.auth.transport.requests import Request as AuthRequest
from google.oauth2.service_account import Credentials
from requests import Session
from requests.adapters import HTTPAdapter

from sheets_emulator.testing import Emulator, running_emulator
from target_gsheets.target import TargetGSheets


class ToEmulator(HTTPAdapter):
    """Sends what gspread means for Google to the emulator; our own reader's way, not the target's."""

    def __init__(self, url):
        super().__init__()
        self.url = url

    def send(self, request, *args, **kwargs):
        request.url = request.url.replace("https://sheets.googleapis.com", self.url)
        return super().send(request, *args, **kwargs)


@dataclass
class Workbook:
    """A workbook in the emulator: the target writes to it, gspread reads it."""

    emulator: Emulator
    spreadsheet_id: str
    reader: gspread.Spreadsheet
    states: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)  # the API's calls of the last sync, by name

    @property
    def config(self):
        return {
            "spreadsheet_id": self.spreadsheet_id,
            "credentials_json": self.emulator.credentials,
            "api_endpoint": self.emulator.url,
            "retry_seconds": 30,
        }

    def sync(self, *messages, **config):
        """Run the target on these messages; `states` has what it passed on."""
        target = TargetGSheets(config={**self.config, **config})
        lines = io.StringIO("".join(json.dumps(message, ensure_ascii=False) + "\n" for message in messages))
        out = io.StringIO()
        self.emulator.forget_calls()
        try:
            with redirect_stdout(out):
                target.read(lines)
                target.process_endofpipe()
        finally:
            made = [call["api"] for call in self.emulator.calls()]
            self.calls = [name for name in made if name.startswith("spreadsheets")]
            self.states = [json.loads(line) for line in out.getvalue().splitlines()]
        return target

    def values(self, title):
        """All values of a sheet below its header, as numbers, texts and booleans."""
        return self.all_values(title)[1:]

    def all_values(self, title):
        """All values of a sheet."""
        return self.reader.worksheet(title).get_values(value_render_option="UNFORMATTED_VALUE")

    def titles(self):
        """The tabs that readers see."""
        return [sheet.title for sheet in self.reader.worksheets(exclude_hidden=True)]


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as running:
        yield running


@contextmanager
def open_workbook(emulator: Emulator) -> Iterator[Workbook]:
    """A fresh workbook and gspread to read it with."""
    plain = Session()
    credentials = Credentials.from_service_account_info(
        emulator.credentials, scopes=["https://www.googleapis.com/auth/spreadsheets"]
    )
    with plain, AuthorizedSession(credentials, auth_request=AuthRequest(plain)) as session:
        session.mount("https://sheets.googleapis.com", ToEmulator(emulator.url))
        client = gspread.Client(auth=None, session=session)
        spreadsheet_id = emulator.create_spreadsheet("Test")
        yield Workbook(emulator, spreadsheet_id, client.open_by_key(spreadsheet_id))
        emulator.set_faults()


@pytest.fixture
def workbook(emulator) -> Iterator[Workbook]:
    with open_workbook(emulator) as opened:
        yield opened


def schema_message(stream, properties, keys=("id",), **more):
    """A SCHEMA with these properties, each a JSON Schema or a type's name."""
    full = {name: found if isinstance(found, dict) else {"type": [found, "null"]} for name, found in properties.items()}
    schema = {"type": "object", "properties": full}
    return {"type": "SCHEMA", "stream": stream, "schema": schema, "key_properties": list(keys), **more}


def record_message(stream, record, version=None):
    message = {"type": "RECORD", "stream": stream, "record": record}
    return message if version is None else {**message, "version": version}


def whole_stream(stream, properties, records, keys=("id",), version=1):
    """SCHEMA, RECORDs, ACTIVATE_VERSION and STATE, as our own tap sends them."""
    return [
        schema_message(stream, properties, keys),
        *(record_message(stream, record, version) for record in records),
        {"type": "ACTIVATE_VERSION", "stream": stream, "version": version},
        {"type": "STATE", "value": {"bookmarks": {stream: {}}}},
    ]
