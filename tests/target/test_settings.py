"""Settings and credentials: what is accepted, what is refused, and that no secret is ever repeated."""

from __future__ import annotations

import base64
import json

import pytest

from target_gsheets.errors import ConfigurationError
from target_gsheets.settings import find_problems, parse_settings
from target_gsheets.settings_table import CONFIG_SCHEMA

KEY = {
    "type": "service_account",
    "client_email": "sync@project.iam.gserviceaccount.com",
    "private_key": "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n",
    "token_uri": "https://oauth2.googleapis.com/token",
}
USER = {
    "type": "authorized_user",
    "account": "somebody@example.com",
    "client_id": "1.apps.googleusercontent.com",
    "client_secret": "SECRET",
    "refresh_token": "1//SECRET",
    "universe_domain": "googleapis.com",
}
OURS = frozenset(CONFIG_SCHEMA["properties"])  # before the SDK adds its own
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


@pytest.mark.parametrize(
    "config",
    [
        {"credentials_json": USER},
        {"credentials_json": {name: value for name, value in USER.items() if name != "universe_domain"}},
        {"credentials_base64": base64.b64encode(json.dumps(USER).encode()).decode()},
    ],
    ids=["object", "without-universe", "base64"],
)
def test_a_users_token_file_comes_in_any_of_its_forms(config):
    found = parse_settings({"spreadsheet_id": "x", **config}, {}).credentials
    assert (found.email, found.is_user) == (USER["account"], True)
    assert found.token_address == "https://oauth2.googleapis.com/token"


def test_a_key_as_google_writes_it_names_google_alone():
    addresses = {
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/sync%40project.iam.gserviceaccount.com",
        "universe_domain": "googleapis.com",
    }
    assert parse_settings({**BASE, "credentials_json": {**KEY, **addresses}}, {}).credentials.email


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
            ["'credentials_base64' does not hold JSON. Was something cut off", "'base64 -w0 key.json'"],
        ),
        *(
            ({"credentials_base64": base64.b64encode(json.dumps(KEY).encode()).decode()[:length]}, [words, "cut off"])
            for length, words in ((40, "does not hold JSON"), (41, "is not base64 text"))
        ),
        ({"credentials_base64": json.dumps(KEY)}, ["holds the JSON itself: give it to 'credentials_json' instead"]),
        *(
            ({"credentials_base64": path}, ["holds a path: give it to 'credentials_path' instead"])
            for path in ("key.json", "/run/secrets/key", "~/key", "./key", "..\\key", "C:\\keys\\key")
        ),
        *(
            ({"credentials_json": {kind: {"client_secret": "SECRET"}}}, [f"file of an OAuth client ('{kind}')"])
            for kind in ("installed", "web")
        ),
        ({"credentials_json": '{"private_key": "SECRET'}, ["'credentials_json' does not hold JSON"]),
        (
            {"credentials_json": '"SECRET"'},
            ["'credentials_json' is neither a service account's key nor a user's token file"],
        ),
        ({"credentials_json": {**KEY, "type": "external_account"}}, ["'external_account'", "Download a JSON key"]),
        ({"credentials_json": {**USER, "refresh_token": ""}}, ["lacks refresh_token", "gcloud auth application"]),
        ({"credentials_json": {**KEY, "private_key": ""}}, ["lacks private_key"]),
        ({"credentials_json": "", "credentials_path": "/nowhere/key.json"}, ["'/nowhere/key.json'", "can't be read"]),
        (
            {"credentials_json": {**KEY, "token_uri": "https://evil.example/token"}},
            ["evil.example", "Nothing was sent"],
        ),
        *(
            ({"credentials_json": {**key, name: uri}}, [name, "nor this machine. Nothing was sent"])
            for key in (KEY, USER)
            for name, uri in (
                ("token_uri", "http://oauth2.googleapis.com/token"),
                ("token_uri", "//evil.example/token"),
                ("token_uri", "https://oauth2.googleapis.com@evil.example/"),
                ("token_uri", "https://evil.example\\@oauth2.googleapis.com/"),
                ("token_uri", "https://storage.googleapis.com/evil-bucket"),
                ("token_uri", "https://[evil"),
                ("token_uri", "evil.example"),
                ("auth_uri", "https://accounts.google.com.evil.example/auth"),
                ("service_account_impersonation_url", "https://evil.example/impersonate"),
                ("url", [{"url": "https://evil.example/"}]),
                ("universe_domain", "evil.example"),
            )
        ),
        ({"api_endpoint": "https://sheets.evil.example"}, ["'api_endpoint'", "only an emulator on this machine"]),
        ({"api_endpoint": "ftp://127.0.0.1"}, ["'api_endpoint'"]),
        *(
            (
                {"api_endpoint": address},
                [f"'api_endpoint' is '{address}', which is no address", "http://127.0.0.1:8765"],
            )
            for address in ("http://[::1", "http://127.0.0.1:abc", "127.0.0.1:99999", "[::1")
        ),
        ({"report_path": "/tmp/a\0b"}, ["'report_path' is '/tmp/a\\x00b', which is no path"]),
        ({"status_sheet": "😀" * 51}, ["'status_sheet' has 102 characters", "at most 100"]),
        ({"timezone": "Mars/Olympus"}, ["'timezone' is 'Mars/Olympus'", "Europe/Paris"]),
        ({"timezone": "../etc/passwd"}, ["'timezone'"]),
        ({"retry_seconds": -1}, ["'retry_seconds' is -1"]),
        ({"retry_seconds": "soon"}, ["'retry_seconds' is 'soon'"]),
        ({"adopt_existing": "maybe"}, ["'adopt_existing' is 'maybe'", "'true'"]),
        ({"on_removed_stream": "drop"}, ["'on_removed_stream' is 'drop'", "'hide' or 'delete'"]),
        ({"on_removed_column": "hide"}, ["'on_removed_column' is 'hide'", "'delete' or 'keep'"]),
        ({"sheet_title": "Shop"}, ["'sheet_title' is 'Shop'", "{stream}"]),
        ({"load_method": "mirror"}, ["'load_method'", "'mirror'", "'upsert' or 'append-only'"]),
        ({"load_method_overrides": "log=mirror"}, ["'load_method_overrides'", "'mirror'"]),
        ({"load_method_overrides": "a=upsert,log"}, ["'load_method_overrides'", "'log'", "pattern=method"]),
        ({"load_method_overrides": '{"a"'}, ["'load_method_overrides'", "JSON object"]),
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


def test_an_emulators_variable_that_is_no_address_is_said_by_its_name():
    with pytest.raises(ConfigurationError, match="'SHEETS_EMULATOR_HOST' is 'http://\\[::1', which is no address"):
        parse_settings(BASE, {"SHEETS_EMULATOR_HOST": "http://[::1"})


def test_settings_never_print_the_key():
    assert "SECRET" not in repr(parse_settings(BASE, {}))


@pytest.mark.parametrize("name", sorted(OURS))
@pytest.mark.parametrize("end", ["", "=", "/"])
def test_of_a_key_in_the_place_of_another_setting_no_more_than_the_beginning_is_repeated(name, end):
    pasted = f"{KEY['private_key'].replace('SECRET', 'MII' * 30 + 'SECRET')}{end}"
    problems, _ = find_problems({**BASE, name: pasted}, {})
    assert not any("secret" in sentence.lower() for sentence in problems.values())


@pytest.mark.parametrize("given", ["pattern=%s", "%s", "%s=upsert", '{"a": "%s"}'])
def test_of_a_key_among_load_methods_no_more_than_the_beginning_is_repeated(given):
    problems, _ = find_problems({**BASE, "load_method_overrides": given % ("MII" * 30 + "SECRET")}, {})
    assert not any("secret" in sentence.lower() for sentence in problems.values())


def test_all_that_is_wrong_is_found_at_once_and_each_sentence_begins_with_its_setting():
    cannot_be_wrong = {"report_path", "status_sheet"}
    fine = {"credentials_base64", "credentials_json"}  # the first of the three that is set counts
    wrong = dict.fromkeys(CONFIG_SCHEMA["properties"].keys() - cannot_be_wrong - fine, "//no such thing")
    problems, settings = find_problems(wrong, {})
    assert problems.keys() == wrong.keys()
    assert all(sentence.startswith(f"'{name}' ") for name, sentence in problems.items())
    assert settings is not None, "the rest are defaults"


def test_a_stranger_in_the_emulators_variable_is_a_problem_too():
    problems, _ = find_problems(BASE, {"SHEETS_EMULATOR_HOST": "https://evil.example"})
    assert list(problems) == ["SHEETS_EMULATOR_HOST"]


def test_no_problem_is_found_where_there_is_none():
    problems, settings = find_problems(BASE, {})
    assert (problems, settings) == ({}, parse_settings(BASE, {}))
