"""The session that calls go through: google-auth's, which signs every request.

Credentials go to Google over TLS; with an emulator in Google's place nothing leaves this machine.
"""

from __future__ import annotations

from typing import Any

import google.auth
import google.auth.credentials
import google.oauth2.credentials
import google.oauth2.service_account
import requests
import requests.adapters
from google.auth import exceptions as auth_errors
from google.auth.transport.requests import AuthorizedSession
from google.auth.transport.requests import Request as AuthRequest

from target_gsheets.credentials import Credentials
from target_gsheets.errors import ConfigurationError
from target_gsheets.settings import Settings

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
GOOGLE = "https://sheets.googleapis.com"


class EmulatorAdapter(requests.adapters.HTTPAdapter):
    """Sends what is meant for Google to an emulator on this machine."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Swap scheme and host, leave the rest."""
        request.url = (request.url or "").replace(GOOGLE, self.base, 1)
        return super().send(request, *args, **kwargs)


class RefusingAdapter(requests.adapters.BaseAdapter):
    """Lets nothing through: with an emulator in Google's place no call may leave this machine."""

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        """Refuse."""
        raise requests.ConnectionError(f"{request.url} is not the emulator's")

    def close(self) -> None:
        """Nothing is open."""


def open_session(settings: Settings) -> requests.Session:
    """A session that signs its requests; with an emulator it and its token session reach this machine alone."""
    tokens = requests.Session()
    session = AuthorizedSession(google_credentials(settings.credentials), auth_request=AuthRequest(tokens))  # type: ignore[no-untyped-call]
    for each in (tokens, session):
        # Else a line in ~/.netrc would replace our token by a stranger's password.
        each.auth = keep_authorization
    if settings.api_endpoint is not None:
        for each in (tokens, session):
            each.trust_env = False  # a proxy must not stand between us and this machine
            each.mount("https://", RefusingAdapter())
            each.mount("http://", RefusingAdapter())
        session.mount(GOOGLE, EmulatorAdapter(settings.api_endpoint))
        tokens.mount(token_address(settings), requests.adapters.HTTPAdapter())
    return session


def keep_authorization(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An authentication for requests that changes nothing: google-auth has put the token there."""
    return request


def token_address(settings: Settings) -> str:
    """Where tokens come from while an emulator stands in for the API."""
    key = settings.credentials.key
    return str(key["token_uri"]) if key else str(settings.api_endpoint)


def google_credentials(credentials: Credentials) -> google.auth.credentials.Credentials:
    """google-auth's object for the key at hand; nothing is sent yet."""
    if credentials.key is None:
        if credentials.source == "emulator":
            return google.oauth2.credentials.Credentials(token="emulator")  # type: ignore[no-untyped-call]  # noqa: S106
        try:
            found, _ = google.auth.default(scopes=SCOPES)
        except auth_errors.DefaultCredentialsError as exc:
            raise ConfigurationError(
                "No credentials: set 'credentials_base64', 'credentials_json' or 'credentials_path' to a service "
                f"account's JSON key. (Application Default Credentials can't be had either: {exc.args[0]})"
            ) from None
        return found
    try:
        return google.oauth2.service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call, no-any-return]
            dict(credentials.key), scopes=SCOPES
        )
    except (ValueError, auth_errors.MalformedError):
        # No cause: what the parser says may hold pieces of the key.
        raise ConfigurationError(
            f"The private key in '{credentials.source}' can't be read: use the JSON key file as it was downloaded."
        ) from None
