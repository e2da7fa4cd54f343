"""A user's mistake ends in a sentence that names the setting: no traceback, no secret, nothing changed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from sheets_emulator.testing import running_emulator
from tests.pipeline.conftest import FOREIGN, Ended, Mirror

PASSWORD = "s3cret-Pa55word"
PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMIIsecretsecret\n-----END PRIVATE KEY-----\n"


@pytest.fixture(scope="module")
def filled(open_mirror: Callable[[], Mirror]) -> Mirror:
    mirror = open_mirror()
    mirror.execute("CREATE TABLE note (id int PRIMARY KEY, text text); INSERT INTO note VALUES (1, 'a')")
    mirror.sync()
    mirror.execute("UPDATE note SET text = 'b'")
    return mirror


@pytest.fixture(scope="module")
def messages(filled: Mirror) -> list[str]:
    return filled.messages()


def with_password(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", f":{PASSWORD}@")


def encode(value: Any) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


DATABASE_MISTAKES: dict[str, tuple[Callable[[str], str], str]] = {
    "a wrong password": (with_password, "password"),
    "an unknown database": (lambda url: url.rpartition("/")[0] + "/nowhere", "nowhere"),
    "a port where nobody listens": (lambda url: f"postgresql://mih:{PASSWORD}@127.0.0.1:1/mih", "127.0.0.1"),
    "an unknown host": (lambda url: f"postgresql://mih:{PASSWORD}@db.invalid/mih", "db.invalid"),
    "no URL at all": (lambda url: f"hello world {PASSWORD}", "database_url"),
    "an empty URL": (lambda url: "", "database_url"),
}

WORKBOOK_MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "a workbook that doesn't exist": ({"spreadsheet_id": "1unknownunknownunknown"}, "spreadsheet_id"),
    "no workbook's id": ({"spreadsheet_id": "my workbook"}, "spreadsheet_id"),
    "an empty id": ({"spreadsheet_id": ""}, "spreadsheet_id"),
    "a workbook that isn't shared": ({"spreadsheet_id": FOREIGN}, "iam.gserviceaccount.com"),
    "no base64": ({"credentials_json": "", "credentials_base64": "%%% not base64 %%%"}, "credentials_base64"),
    "base64 of no JSON": (
        {"credentials_json": "", "credentials_base64": base64.b64encode(b"hello").decode()},
        "credentials_base64",
    ),
    "no JSON": ({"credentials_json": "{private_key: " + PRIVATE_KEY}, "credentials_json"),
    "no service account": (
        {"credentials_json": "", "credentials_base64": encode({"installed": {"client_secret": PASSWORD}})},
        "credentials_base64",
    ),
    "a damaged private key": (
        {
            "credentials_json": {
                "type": "service_account",
                "client_email": "x@y.iam.gserviceaccount.com",
                "private_key": PRIVATE_KEY,
                "token_uri": "http://127.0.0.1:1/token",
            }
        },
        "credentials_json",
    ),
    "a file that isn't there": ({"credentials_json": "", "credentials_path": "/no/such/key.json"}, "credentials_path"),
    "an unknown time zone": ({"timezone": "Europe/Pariss"}, "timezone"),
    "an emulator that isn't on this machine": ({"api_endpoint": "http://sheets.example.com"}, "api_endpoint"),
}


def assert_said_clearly(ended: Ended, word: str) -> None:
    """The word stands in the log, and nothing there is a traceback or a secret."""
    assert word in ended.log
    assert "Traceback" not in ended.log
    assert PASSWORD not in ended.log
    assert "MIIsecret" not in ended.log


@pytest.mark.parametrize(("mistake", "word"), DATABASE_MISTAKES.values(), ids=DATABASE_MISTAKES)
def test_a_mistake_in_the_database_url(filled: Mirror, mistake: Callable[[str], str], word: str) -> None:
    before = filled.sheets()
    ended = filled.run(tap={"database_url": mistake(filled.database_url)})
    assert ended.tap != 0
    assert_said_clearly(ended, word)
    assert "database_url" in ended.log
    assert filled.sheets() == before


@pytest.mark.parametrize(("settings", "word"), WORKBOOK_MISTAKES.values(), ids=WORKBOOK_MISTAKES)
def test_a_mistake_in_the_settings_of_the_workbook(
    filled: Mirror, messages: list[str], settings: dict[str, Any], word: str
) -> None:
    before = filled.sheets()
    ended = filled.send(messages, **settings)
    assert ended.target != 0
    assert_said_clearly(ended, word)
    assert filled.sheets() == before
    assert filled.writes == []


def test_a_workbook_that_is_shared_for_reading_only(filled: Mirror, messages: list[str]) -> None:
    with running_emulator() as emulator:
        account = emulator.credentials["client_email"]
        workbook = emulator.server.create_spreadsheet("theirs", owner="somebody@example.com")
        emulator.share(workbook, account, "reader")
        place = {"spreadsheet_id": workbook, "api_endpoint": emulator.url, "credentials_json": emulator.credentials}
        ended = filled.send(messages, **place)
        assert [sheet.title for sheet in emulator.workbook(workbook).sheets] == ["Sheet1"]
    assert ended.target != 0
    assert_said_clearly(ended, account)
    assert "editor" in ended.log
