"""The token endpoint verifies what Google's verifies."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

from sheets_emulator.accounts import GRANT, Account
from sheets_emulator.testing import Emulator, running_emulator

SCOPES = ["https://www.googleapis.com/auth/spreadsheets"]


def assertion(emulator: Emulator, signer: Any = None, **changed: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": emulator.credentials["client_email"],
        "aud": emulator.credentials["token_uri"],
        "iat": now,
        "exp": now + 3600,
        "scope": SCOPES[0],
    }
    claims = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    signer = signer or crypt.RSASigner.from_service_account_info(emulator.credentials)
    return jwt.encode(signer, claims).decode()


def exchange(emulator: Emulator, text: str, grant: str = GRANT) -> requests.Response:
    form = {"grant_type": grant, "assertion": text}
    return requests.post(emulator.url + "/token", data=form, timeout=10)


def test_a_good_assertion_gives_a_token_that_works(emulator: Emulator) -> None:
    answer = exchange(emulator, assertion(emulator))
    assert answer.status_code == 200
    token = answer.json()
    assert token["token_type"] == "Bearer"
    made = requests.post(
        emulator.url + "/v4/spreadsheets",
        headers={"Authorization": f"Bearer {token['access_token']}"},
        json={},
        timeout=10,
    )
    assert made.status_code == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"aud": "https://elsewhere.example/token"}, "aud must be"),
        ({"exp": int(time.time()) - 7200, "iat": int(time.time()) - 10800}, "reasonable timeframe"),
        ({"iat": int(time.time()) + 7200, "exp": int(time.time()) + 9000}, "reasonable timeframe"),
        ({"exp": int(time.time()) + 86400}, "short-lived"),
        ({"iat": None}, "reasonable timeframe"),
        ({"iss": "nobody@example.com"}, "account not found"),
    ],
    ids=["audience", "expired", "future", "too long", "no time", "unknown account"],
)
def test_a_wrong_claim_is_refused_in_one_sentence(emulator: Emulator, changed: dict[str, Any], words: str) -> None:
    answer = exchange(emulator, assertion(emulator, **changed))
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"
    assert words in answer.json()["error_description"]


def test_an_assertion_without_a_scope_is_refused(emulator: Emulator) -> None:
    assert exchange(emulator, assertion(emulator, scope=None)).json()["error"] == "invalid_scope"


def test_another_key_is_refused(emulator: Emulator) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other = Account("other@example.com", key, "k").credentials("")["private_key"]
    signer = crypt.RSASigner.from_string(other)
    answer = exchange(emulator, assertion(emulator, signer))
    assert answer.json() == {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "bm8=.bm8=.bm8="])
def test_what_is_no_assertion_is_refused(emulator: Emulator, text: str) -> None:
    assert exchange(emulator, text).json()["error"] == "invalid_grant"


def test_another_grant_is_refused(emulator: Emulator) -> None:
    assert exchange(emulator, "x", "password").json()["error"] == "unsupported_grant_type"


def test_google_auth_names_the_refusal(emulator: Emulator) -> None:
    info = {**emulator.credentials, "client_email": "nobody@example.com"}
    credentials = Credentials.from_service_account_info(info, scopes=SCOPES)
    with pytest.raises(RefreshError, match="account not found"):
        credentials.refresh(Request())


@pytest.mark.parametrize(
    ("headers", "reason"),
    [({}, "CREDENTIALS_MISSING"), ({"Authorization": "Bearer wrong"}, "ACCESS_TOKEN_TYPE_UNSUPPORTED")],
    ids=["none", "wrong"],
)
def test_a_call_without_a_good_token_is_401_in_googles_shape(
    emulator: Emulator, spreadsheet_id: str, headers: dict[str, str], reason: str
) -> None:
    answer = requests.get(f"{emulator.url}/v4/spreadsheets/{spreadsheet_id}", headers=headers, timeout=10)
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert (error["status"], error["details"][0]["reason"]) == ("UNAUTHENTICATED", reason)


def refresh(emulator: Emulator, **changed: str) -> requests.Response:
    kept = {
        name: emulator.user_credentials_of("user")[name] for name in ("client_id", "client_secret", "refresh_token")
    }
    return requests.post(emulator.url + "/token", data={"grant_type": "refresh_token", **kept, **changed}, timeout=10)


def test_a_users_token_file_gives_a_token_of_that_user(emulator: Emulator) -> None:
    file = requests.get(
        emulator.url + "/_emulator/credentials", params={"type": "authorized_user", "account": "user"}, timeout=10
    ).json()
    assert file == emulator.user_credentials_of("user")
    assert file["type"] == "authorized_user"
    token = refresh(emulator).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    created = requests.post(emulator.url + "/v4/spreadsheets", headers=headers, json={}, timeout=10).json()
    assert emulator.workbook(created["spreadsheetId"]).owner == file["account"]


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"refresh_token": "1//gone"}, 400, "invalid_grant"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"scope": "https://www.googleapis.com/auth/gmail.send"}, 400, "invalid_scope"),
    ],
)
def test_a_refresh_that_google_would_refuse_is_refused(
    emulator: Emulator, changed: dict[str, str], status: int, error: str
) -> None:
    answer = refresh(emulator, **changed)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_kind_of_key_that_there_is_not_is_refused(emulator: Emulator) -> None:
    answer = requests.get(emulator.url + "/_emulator/credentials", params={"type": "api_key"}, timeout=10)
    assert answer.status_code == 400
    assert "authorized_user" in answer.json()["error"]


def test_answers_tell_the_time_by_the_servers_clock() -> None:
    with running_emulator(clock=lambda: 1_000_000_000.0) as late:
        dates = [requests.get(late.url + path, timeout=10).headers["Date"] for path in ("/", "/v4/spreadsheets/x")]
    assert dates == ["Sun, 09 Sep 2001 01:46:40 GMT"] * 2
