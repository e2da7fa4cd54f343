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
from target_gsheets.settings_table import STATUS_TITLE
from target_gsheets.target import TargetGSheets

GOOGLE = ("https://sheets.googleapis.com", "https://www.googleapis.com")


class ToEmulator(HTTPAdapter):
    """Sends what gspread means for Google to the emulator; our own reader's way, not the target's."""

    def __init__(self, url):
        super().__init__()
        self.url = url

    def send(self, request, *args, **kwargs):
        for google in GOOGLE:
            request.url = request.url.replace(google, self.url)
        return super().send(request, *args, **kwargs)


class Killed(BaseException):
    """The process died: nothing of the target's runs after it."""


class InterruptedTarget(TargetGSheets):
    """A target that lets something happen before each of its calls, at the moment at which it would wait for quota."""

    between = staticmethod(lambda _number: None)

    def _pause(self, seconds):
        self.pauses = getattr(self, "pauses", 0) + 1
        self.between(self.pauses)
        super()._pause(seconds)


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
            "quota_reads_per_minute": 1_000_000,
            "quota_writes_per_minute": 1_000_000,
        }

    def sync(self, *messages, between=None, **config):
        """Run the target on these messages; `states` has what it passed on.

        `between(n)` runs before the n-th call of the API; it may edit, sync, or raise Killed.
        """
        target = InterruptedTarget(config={**self.config, **config})
        if between:
            target.between = between
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

    def visible(self):
        """What a reader sees at this moment, all at once: the rows of each tab by its title, but for the status."""
        return {
            sheet.title: [tuple(row) for row in sheet.cells.rows]
            for sheet in self.emulator.workbook(self.spreadsheet_id).sheets
            if not sheet.hidden and sheet.title != STATUS_TITLE
        }

    def sheet_id(self, title):
        return next(
            sheet.sheet_id for sheet in self.emulator.workbook(self.spreadsheet_id).sheets if sheet.title == title
        )

    def edit(self, *requests):
        """What somebody does in the browser."""
        self.emulator.edit(self.spreadsheet_id, *requests)

    def share_with(self, account):
        """Let an account of its own write here; the setting with its key."""
        key = self.emulator.credentials_of(account)
        self.emulator.share(self.spreadsheet_id, key["client_email"], "writer")
        return {"credentials_json": key}

    def titles(self):
        """The tabs that readers see beside the status sheet."""
        titles = [sheet.title for sheet in self.reader.worksheets(exclude_hidden=True)]
        return [title for title in titles if title != STATUS_TITLE]


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
        for google in GOOGLE:
            session.mount(google, ToEmulator(emulator.url))
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
