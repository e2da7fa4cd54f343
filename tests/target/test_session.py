"""Where secrets may go: Google over TLS, or this machine, whatever a key, a redirect or the environment says."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from target_gsheets.errors import AccessError, ConfigurationError
from target_gsheets.session import connect
from target_gsheets.settings import parse_settings
from tests.target.conftest import whole_stream
from tests.target.test_cli import COMMAND, USERS
from tests.target.test_settings import BASE, USER


@contextmanager
def stranger(answer=lambda handler: None):
    """A server on this machine that stands for one elsewhere; it counts what reaches it."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            answer(self)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_users_token_file_mirrors_as_a_key_does(workbook):
    user = workbook.emulator.user_credentials_of("somebody")
    workbook.emulator.share(workbook.spreadsheet_id, user["account"])
    workbook.sync(*whole_stream("users", USERS, [{"id": 1, "name": "a"}]), credentials_json=user)
    assert workbook.values("users") == [[1, "a"]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"refresh_token": "1//gone"}, "login in 'credentials_json' has expired or was revoked"),
        ({"client_secret": "wrong"}, "doesn't know client_id and client_secret in 'credentials_json'"),
    ],
)
def test_a_login_that_is_worth_nothing_says_how_to_log_in_again(workbook, change, words):
    user = {**workbook.emulator.user_credentials_of("somebody"), **change}
    with pytest.raises(AccessError, match=words) as caught:
        workbook.sync(*whole_stream("users", USERS, []), credentials_json=user)
    assert "gcloud auth application-default login --scopes=" in str(caught.value)


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "http://oauth2.googleapis.com/token", "https://storage.googleapis.com/bucket"]
)
def test_nothing_is_sent_to_a_stranger_for_a_token(address):
    connection = connect(parse_settings({**BASE, "credentials_json": USER}, {}), time.time)
    with pytest.raises(ConfigurationError, match="Nothing was sent there"):
        connection.tokens(url=address, method="POST", body=b"secret")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://sheets.googleapis.com.evil.example/",
        "https://www.googleapis.com/",
        "http://127.0.0.1:1/",
    ],
)
def test_a_signed_request_reaches_the_sheets_api_alone(address):
    connection = connect(parse_settings({**BASE, "credentials_json": USER}, {}), time.time)
    connection.credentials.token, connection.credentials.expiry = "secret", None
    with pytest.raises(requests.ConnectionError, match="is not the Sheets API"):
        connection.session.get(address)


def test_with_an_emulator_no_other_address_is_reached(workbook):
    with stranger() as (address, seen):
        connection = connect(parse_settings(workbook.config, {}), time.time)
        connection.credentials.token, connection.credentials.expiry = "secret", None
        for session in (connection.session, connection.tokens.session):
            for other in (address, "https://sheets.googleapis.com.evil.example/", "https://oauth2.googleapis.com.x/"):
                with pytest.raises(requests.ConnectionError, match="is not the Sheets API"):
                    session.get(other)
    assert seen == []


def test_a_redirect_leads_nowhere(workbook):
    def redirect(handler):
        handler.send_response(307)
        handler.send_header("Location", f"{elsewhere}/token")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with stranger() as (elsewhere, seen), stranger(redirect) as (first, asked):
        key = {**workbook.emulator.credentials, "token_uri": f"{first}/token"}
        connection = connect(parse_settings({**workbook.config, "credentials_json": key}, {}), time.time)
        with pytest.raises(requests.ConnectionError):
            connection.tokens.session.post(f"{first}/token", data=b"secret")
    assert (asked, seen) == (["/token"], [])


def test_an_identity_of_elsewhere_in_the_environment_is_refused_before_anything_is_sent(tmp_path):
    """google-auth itself leaves it to its users to look at the addresses in such a file."""
    (tmp_path / "subject").write_text("SUBJECT-TOKEN")
    outside = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://evil.invalid/token",
        "credential_source": {"file": str(tmp_path / "subject")},
    }
    path = tmp_path / "outside.json"
    path.write_text(json.dumps(outside))
    environment = {
        **os.environ, "TARGET_GSHEETS_SPREADSHEET_ID": "x", "TARGET_GSHEETS_RETRY_SECONDS": "0",
        "GOOGLE_APPLICATION_CREDENTIALS": str(path),
    }  # fmt: skip
    text = "".join(json.dumps(message) + "\n" for message in whole_stream("users", USERS, [{"id": 1}]))
    command = [COMMAND, "--config=ENV"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert "want their token from 'evil.invalid', which is neither Google nor this machine" in done.stderr
    assert "Traceback" not in done.stderr


LINE = re.compile(
    r"(GET|POST) (token|spreadsheets\.\w+|values\.\w+): (\d{3}|no answer) in \d+ ms, \d+ bytes sent, \d+ received"
)


def lines_about_calls(caplog, workbook, **faults):
    """The debug lines of a run."""
    workbook.emulator.set_faults(*([faults] if faults else []))
    with caplog.at_level(logging.DEBUG, "target-gsheets.api"):
        workbook.sync(*whole_stream("users", USERS, [{"id": 1, "name": "a"}]))
    return [record.getMessage() for record in caplog.records if record.name == "target-gsheets.api"]


def test_each_call_is_one_debug_line_without_its_address(caplog, workbook):
    lines = lines_about_calls(caplog, workbook)
    assert [LINE.fullmatch(line).groups() for line in lines] == [
        ("POST", "token", "200"), ("GET", "spreadsheets.get", "200"), ("POST", "spreadsheets.batchUpdate", "200"),
    ]  # fmt: skip
    assert len(workbook.emulator.calls()) == len(lines)
    sent = workbook.emulator.calls()[-1]["request_bytes"]
    assert f" {sent} bytes sent" in lines[-1]


@pytest.mark.parametrize(("kind", "told"), [("503", "503"), ("cut", "no answer"), ("429", "429")])
def test_a_call_that_fails_is_one_debug_line_too(caplog, workbook, kind, told):
    lines = lines_about_calls(caplog, workbook, kind=kind, nth=1)
    assert [LINE.fullmatch(line)[3] for line in lines] == ["200", told, "200", "200"]
