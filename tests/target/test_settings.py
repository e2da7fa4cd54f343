"""Settings and credentials: what is accepted, what is refused, and that no secret is ever repeated."""

from __future__ import annotations

import base64
import json

import pytest

from target_gsheets.errors import ConfigurationError
from target_gsheets.settings import parse_settings

KEY = {
    "type": "service_account",
    "client_email": "sync@project.iam.gserviceaccount.com",
    "private_key": "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n",
    "token_uri": "https://oauth2.googleapis.com/token",
}
BASE = {"spreadsheet_id": "abc-DEF_123", "credentials_json": KEY}


@pytest.mark.parametrize(
    "text",
    [
        "abc-DEF_123",
        " abc-DEF_123\n",
        "https://docs.google.com/spreadsheets/d/abc-DEF_123/edit#gid=0",
        "https://docs.google.com/spreadsheets/d/abc-DEF_123",
    ],
)
def test_a_workbook_is_named_by_id_or_address(text):
    assert parse_settings({**BASE, "spreadsheet_id": text}, {}).spreadsheet_id == "abc-DEF_123"


@pytest.mark.parametrize(
    "config",
    [
        {"credentials_json": KEY},
        {"credentials_json": json.dumps(KEY)},
        {"credentials_base64": base64.b64encode(json.dumps(KEY).encode()).decode()},
        {"credentials_base64": base64.encodebytes(json.dumps(KEY).encode()).decode()},
        {"credentials_base64": "", "credentials_path": "  ", "credentials_json": KEY},
    ],
    ids=["object", "text", "base64", "base64-in-lines", "empty-means-unset"],
)
def test_a_key_comes_in_any_of_its_forms(config):
    assert parse_settings({"spreadsheet_id": "x", **config}, {}).credentials.email == KEY["client_email"]


def test_a_key_comes_from_a_file(tmp_path):
    path = tmp_path / "key.json"
    path.write_text(json.dumps(KEY))
    settings = parse_settings({"spreadsheet_id": "x", "credentials_path": str(path)}, {})
    assert settings.credentials.source == "credentials_path"
    assert settings.credentials.email == KEY["client_email"]


def test_without_a_key_the_environment_is_asked():
    assert parse_settings({"spreadsheet_id": "x"}, {}).credentials.source == "Application Default Credentials"


@pytest.mark.parametrize("variable", ["127.0.0.1:8765", "http://127.0.0.1:8765", "http://127.0.0.1:8765/"])
def test_the_emulators_variable_works_with_and_without_a_scheme(variable):
    assert parse_settings(BASE, {"SHEETS_EMULATOR_HOST": variable}).api_endpoint == "http://127.0.0.1:8765"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"spreadsheet_id": ""}, ["'spreadsheet_id' is not set", "/d/ and /edit"]),
        ({"spreadsheet_id": "my workbook"}, ["'spreadsheet_id'", "'my workbook'"]),
        ({"credentials_json": "", "credentials_base64": "SECRET!"}, ["'credentials_base64' is not base64"]),
        (
            {"credentials_json": "", "credentials_base64": base64.b64encode(b"SECRET").decode()},
            ["'credentials_base64' does not hold JSON"],
        ),
        ({"credentials_json": '{"private_key": "SECRET'}, ["'credentials_json' does not hold JSON"]),
        ({"credentials_json": '"SECRET"'}, ["'credentials_json' is not a service account's key"]),
        ({"credentials_json": {**KEY, "type": "authorized_user"}}, ["'authorized_user'"]),
        ({"credentials_json": {**KEY, "private_key": ""}}, ["lacks private_key"]),
        ({"credentials_json": "", "credentials_path": "/nowhere/key.json"}, ["'/nowhere/key.json'", "can't be read"]),
        (
            {"credentials_json": {**KEY, "token_uri": "https://evil.example/token"}},
            ["evil.example", "Nothing was sent"],
        ),
        ({"credentials_json": {**KEY, "token_uri": "http://oauth2.googleapis.com/token"}}, ["neither Google"]),
        ({"api_endpoint": "https://sheets.evil.example"}, ["'api_endpoint'", "only an emulator on this machine"]),
        ({"api_endpoint": "ftp://127.0.0.1"}, ["'api_endpoint'"]),
        ({"timezone": "Mars/Olympus"}, ["'timezone' is 'Mars/Olympus'", "Europe/Paris"]),
        ({"timezone": "../etc/passwd"}, ["'timezone'"]),
        ({"retry_seconds": -1}, ["'retry_seconds' is -1"]),
        ({"retry_seconds": "soon"}, ["'retry_seconds' is 'soon'"]),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy_and_without_a_secret(config, words):
    with pytest.raises(ConfigurationError) as caught:
        parse_settings({**BASE, **config}, {})
    message = str(caught.value)
    assert all(word in message for word in words)
    assert "SECRET" not in message
    assert caught.value.__cause__ is None or "SECRET" not in str(caught.value.__cause__)


def test_a_stranger_behind_the_emulators_variable_is_refused_by_its_name():
    with pytest.raises(ConfigurationError, match="SHEETS_EMULATOR_HOST"):
        parse_settings(BASE, {"SHEETS_EMULATOR_HOST": "sheets.example:80"})


def test_settings_never_print_the_key():
    assert "SECRET" not in repr(parse_settings(BASE, {}))
