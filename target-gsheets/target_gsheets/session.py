"""The session that calls go through: google-auth's, which signs every request.

Credentials go to Google over TLS, or to this machine, nowhere else, whatever a key, a redirect or the environment
says; with an emulator in Google's place nothing leaves this machine.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import google.auth
import google.auth.credentials
import google.oauth2.credentials
import google.oauth2.service_account
import requests
import requests.adapters
from google.auth import exceptions as auth_errors
from google.auth.transport.requests import AuthorizedSession
from google.auth.transport.requests import Request as AuthRequest

from target_gsheets.credentials import GOOGLE_HOSTS, REQUIRED_FIELDS, USER, Credentials, is_local
from target_gsheets.errors import ConfigurationError
from target_gsheets.settings import Settings

SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
# With a slash at the end, since an adapter is found by how an address begins: sheets.googleapis.com.evil.example.
GOOGLE = "https://sheets.googleapis.com/"
GOOGLE_TOKENS = "https://oauth2.googleapis.com/"
# Where Application Default Credentials may go: tokens of other identities, of service accounts, of the machine.
TOKEN_HOSTS = GOOGLE_HOSTS | {"sts.googleapis.com", "iamcredentials.googleapis.com"}
METADATA_HOSTS = frozenset({"metadata.google.internal", "169.254.169.254"})

Routes: TypeAlias = "dict[str, requests.adapters.BaseAdapter]"

logger = logging.getLogger("target-gsheets.api")


class EmulatorAdapter(requests.adapters.HTTPAdapter):
    """Sends what is meant for Google to an emulator on this machine."""

    def __init__(self, google: str, base: str) -> None:
        super().__init__()
        self.google = google
        self.base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Swap scheme and host, leave the rest."""
        request.url = (request.url or "").replace(self.google, self.base, 1)
        return super().send(request, *args, **kwargs)


class RefusingAdapter(requests.adapters.BaseAdapter):
    """Lets nothing through."""

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        """Refuse."""
        raise requests.ConnectionError(f"{urlsplit(request.url or '').hostname} is not the Sheets API")

    def close(self) -> None:
        """Nothing is open."""


class TokenAdapter(requests.adapters.HTTPAdapter):
    """Sends secrets to Google's token services and to this machine alone."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send, or raise ConfigurationError before anything is sent."""
        parts = urlsplit(request.url or "")
        host = parts.hostname or ""
        allowed = TOKEN_HOSTS if parts.scheme == "https" else METADATA_HOSTS
        if host not in allowed and not is_local(host):
            raise ConfigurationError(
                f"The credentials want their token from {host!r}, which is neither Google nor this machine. Nothing "
                "was sent there. Set 'credentials_path' to a service account's JSON key."
            )
        if host in METADATA_HOSTS:
            kwargs["proxies"] = {}  # they are this machine's own
        return super().send(request, *args, **kwargs)


@dataclass(slots=True)
class ClockComparison:
    """By how many seconds our clock is ahead of Google's, once an answer has told its time to the second."""

    now: Callable[[], float]  # the time since 1970
    ahead: float | None = None

    def look(self, response: requests.Response, **_: Any) -> None:
        """Compare the clocks by an answer."""
        try:
            told = parsedate_to_datetime(response.headers["Date"]).timestamp()
        except (KeyError, ValueError, TypeError):
            return
        self.ahead = self.now() - told


@dataclass(frozen=True, slots=True)
class Connection:
    """A session that signs its requests, what it signs them with, and how the clocks compare."""

    session: requests.Session
    credentials: google.auth.credentials.Credentials
    clocks: ClockComparison
    tokens: Any  # google-auth's way to its own requests


def connect(settings: Settings, now: Callable[[], float]) -> Connection:
    """Prepare a session, without a call; with an emulator it and its token session reach this machine alone."""
    for name in ("google", "urllib3"):
        # At debug level they would log requests, signed assertions included; our own line per call stands for them.
        logging.getLogger(name).setLevel(logging.WARNING)
    clocks = ClockComparison(now)
    tokens = requests.Session()
    fence(tokens, token_routes(settings), emulated=settings.api_endpoint is not None)
    tokens.hooks["response"] += [clocks.look, log_token_call]
    auth_request = AuthRequest(tokens)
    credentials = google_credentials(settings.credentials, auth_request)
    session = AuthorizedSession(credentials, auth_request=auth_request)  # type: ignore[no-untyped-call]
    fence(session, {GOOGLE: adapter_for(GOOGLE, settings)}, emulated=settings.api_endpoint is not None)
    session.hooks["response"].append(clocks.look)
    return Connection(session, credentials, clocks, auth_request)


def fence(session: requests.Session, routes: Routes, *, emulated: bool) -> None:
    """Let a session reach what these routes say, and nothing else."""
    # Else a line in ~/.netrc would replace our token by a stranger's password.
    session.auth = keep_authorization
    session.trust_env = not emulated  # a proxy must not stand between us and this machine
    for prefix, adapter in {"http://": RefusingAdapter(), "https://": RefusingAdapter(), **routes}.items():
        session.mount(prefix, adapter)


def adapter_for(google_address: str, settings: Settings) -> requests.adapters.HTTPAdapter:
    """The way to an address of Google's, or to the emulator in its place."""
    endpoint = settings.api_endpoint
    return EmulatorAdapter(google_address, f"{endpoint}/") if endpoint else requests.adapters.HTTPAdapter()


def token_routes(settings: Settings) -> Routes:
    """The ways to token services."""
    if settings.api_endpoint is None:
        return {"http://": TokenAdapter(), "https://": TokenAdapter()}
    if settings.credentials.is_user:  # such a file names no address, so that it can't name the emulator's
        return {GOOGLE_TOKENS: adapter_for(GOOGLE_TOKENS, settings)}
    return {settings.credentials.token_address: TokenAdapter()}


def log_token_call(response: requests.Response, **_: Any) -> None:
    """One line about a call of a token service, without its address, which may hold a secret."""
    request = response.request
    logger.debug(
        "%s token: %d in %.0f ms, %d bytes sent, %d received",
        request.method,
        response.status_code,
        response.elapsed.total_seconds() * 1000,
        len(request.body or b""),
        len(response.content),
    )


def keep_authorization(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An authentication for requests that changes nothing: google-auth has put the token there."""
    return request


def google_credentials(credentials: Credentials, auth_request: AuthRequest) -> google.auth.credentials.Credentials:
    """google-auth's object for the key at hand; for a key nothing is sent yet."""
    key = credentials.key
    if key is None:
        return default_credentials(credentials, auth_request)
    if credentials.is_user:
        # Without scopes: a wider login does as well as one for spreadsheets alone.
        wanted = (*REQUIRED_FIELDS[USER], "quota_project_id")
        found = {name: key[name] for name in wanted if key.get(name)}
        return google.oauth2.credentials.Credentials.from_authorized_user_info(found)  # type: ignore[no-untyped-call, no-any-return]
    try:
        return google.oauth2.service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call, no-any-return]
            dict(key), scopes=SCOPES
        )
    except (ValueError, auth_errors.MalformedError):
        # No cause: what the parser says may hold pieces of the key.
        raise ConfigurationError(
            f"The private key in '{credentials.source}' can't be read: use the JSON key file as it was downloaded."
        ) from None


def default_credentials(credentials: Credentials, auth_request: AuthRequest) -> google.auth.credentials.Credentials:
    """What the machine itself is given: Application Default Credentials, or any token for an emulator."""
    if credentials.source == "emulator":
        return google.oauth2.credentials.Credentials(token="emulator")  # type: ignore[no-untyped-call]  # noqa: S106
    try:
        found, _ = google.auth.default(scopes=SCOPES, request=auth_request)
    except auth_errors.DefaultCredentialsError as exc:
        raise ConfigurationError(
            "No credentials: set 'credentials_base64', 'credentials_json' or 'credentials_path' to a service "
            f"account's JSON key. (Application Default Credentials can't be had either: {exc.args[0]})"
        ) from None
    return found
