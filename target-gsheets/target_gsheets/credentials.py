"""Credentials: text in one of three settings -> a checked key of a service account, or a user's token file. No network.

Such a file names addresses of its own. One that is neither Google's nor on this machine would carry a signed assertion
or a refresh token to a stranger, so the file is refused before anything is sent.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from target_gsheets.errors import ConfigurationError

GOOGLE_HOSTS = frozenset({"oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com"})
GOOGLE_TOKEN_ADDRESS = "https://oauth2.googleapis.com/token"  # noqa: S105  of every user's refresh token, says google-auth
UNIVERSE = "googleapis.com"
MAX_PATH_CHARACTERS = 200
SERVICE_ACCOUNT, USER = "service_account", "authorized_user"
# What a file must hold, by its type.
REQUIRED_FIELDS = {
    SERVICE_ACCOUNT: ("client_email", "private_key", "token_uri"),
    USER: ("client_id", "client_secret", "refresh_token"),
}
KEY_REMEDY = "Download a JSON key of the service account from the Google Cloud console (IAM, Service accounts, Keys)"
LOGIN_REMEDY = (
    "Log in with 'gcloud auth application-default login --scopes=https://www.googleapis.com/auth/spreadsheets,"
    "https://www.googleapis.com/auth/cloud-platform'"
)
CUT_REMEDY = "Was something cut off or added in copying? Encode the whole JSON file again, as in 'base64 -w0 key.json'."
OAUTH_CLIENTS = ("installed", "web")  # under which the console's file of an OAuth client has everything
REMEDIES = {SERVICE_ACCOUNT: KEY_REMEDY, USER: LOGIN_REMEDY}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Where the credentials come from (`source`, the setting's name) and the key, never printed.

    `key` is None for Application Default Credentials, and for an emulator without any; `account` is what Google calls
    them then, where it has told.
    """

    source: str
    key: Mapping[str, Any] | None = field(default=None, repr=False)
    account: str = ""

    @property
    def email(self) -> str:
        """The address to share the workbook with; empty where only Google knows it."""
        return str(self.key.get("client_email") or self.key.get("account") or "") if self.key else self.account

    @property
    def is_user(self) -> bool:
        """Whether they are a person's, not a service account's."""
        return self.key is not None and self.key["type"] == USER

    @property
    def token_address(self) -> str:
        """Where tokens come from."""
        return str(self.key["token_uri"]) if self.key and not self.is_user else GOOGLE_TOKEN_ADDRESS

    @property
    def login_remedy(self) -> str:
        """How to get others of the same kind."""
        return LOGIN_REMEDY if self.is_user else KEY_REMEDY


def parse_credentials(config: Mapping[str, Any], *, emulated: bool) -> Credentials:
    """The credentials that the settings name: base64 first, then JSON, then a path, else the environment's."""
    for name, parse in PARSERS.items():
        if name in config:
            return Credentials(name, check_key(name, parse(config[name])))
    return Credentials("emulator" if emulated else "Application Default Credentials")


def key_from_base64(value: Any) -> Any:
    """Decode base64 text, line breaks allowed, and read the JSON in it."""
    given = str(value).strip()
    for what, setting, looks_so in MISPLACED:
        if looks_so(given):
            raise ConfigurationError(f"'credentials_base64' holds {what}: give it to '{setting}' instead.")
    try:
        text = base64.b64decode("".join(given.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ConfigurationError(f"'credentials_base64' is not base64 text. {CUT_REMEDY}") from None
    return key_from_text("credentials_base64", text, CUT_REMEDY)


def is_a_path(text: str) -> bool:
    """Whether a text can only mean a file; base64 of a JSON object begins with a letter and has no dot."""
    return is_like_a_path(text) and (text.lower().endswith(".json") or re.match(r"[/~.]|[A-Za-z]:\\", text) is not None)


# What people put in the place of base64, the setting that takes it, and how it is told.
MISPLACED: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("the JSON itself", "credentials_json", lambda text: text.startswith("{")),
    ("a path", "credentials_path", is_a_path),
)


def key_from_json(value: Any) -> Any:
    """The JSON in a text."""
    return key_from_text("credentials_json", str(value))


def key_from_path(value: Any) -> Any:
    """Read the JSON in a file."""
    try:
        text = Path(str(value)).expanduser().read_text(encoding="utf-8")
    except (OSError, ValueError, RuntimeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "not a text file"
        # Somebody may have put the key itself there.
        where = repr(str(value)) if is_like_a_path(str(value)) else "no path"
        raise ConfigurationError(
            f"'credentials_path' is {where}, which can't be read: {reason}. Give the path of the JSON file."
        ) from None
    return key_from_text("credentials_path", text)


def is_like_a_path(text: str) -> bool:
    """Whether a text can be repeated as a path; a key and its base64 are longer and of other characters."""
    return len(text) <= MAX_PATH_CHARACTERS and not any(character in text for character in '{}\n"')


PARSERS = {
    "credentials_base64": key_from_base64,
    "credentials_json": key_from_json,
    "credentials_path": key_from_path,
}


def key_from_text(name: str, text: str, remedy: str = f"{KEY_REMEDY} and use the whole file.") -> Any:
    """Parse JSON without ever repeating the text in a message."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # No cause: the parser's own message and its frames hold pieces of the key.
        raise ConfigurationError(f"'{name}' does not hold JSON. {remedy}") from None


def check_key(name: str, key: Any) -> Mapping[str, Any]:
    """Check that the JSON is a service account's key or a user's token file, for Google and nobody else."""
    if isinstance(key, Mapping) and (client := next((kind for kind in OAUTH_CLIENTS if kind in key), None)):
        raise ConfigurationError(
            f"'{name}' is the file of an OAuth client ('{client}'), which is no account and can't log in by itself. "
            f"{KEY_REMEDY}."
        )
    kind = key.get("type") if isinstance(key, Mapping) else type(key).__name__
    if not isinstance(key, Mapping) or kind not in REQUIRED_FIELDS:
        raise ConfigurationError(
            f"'{name}' is neither a service account's key nor a user's token file (its type is {str(kind)[:40]!r}, not "
            f"{SERVICE_ACCOUNT!r} or {USER!r}). {KEY_REMEDY}."
        )
    missing = [field for field in REQUIRED_FIELDS[kind] if not isinstance(key.get(field), str) or not key[field]]
    if missing:
        raise ConfigurationError(f"'{name}' lacks {', '.join(missing)}. {REMEDIES[kind]} and use the whole file.")
    universe = key.get("universe_domain") or UNIVERSE
    strangers = [] if universe == UNIVERSE else [f"universe_domain {universe!r}"]
    strangers += (
        f"{place} {uri.partition(':')[0]}://{host_of(uri)}" for place, uri in addresses_of(key) if not is_trusted(uri)
    )
    if strangers:
        raise ConfigurationError(
            f"'{name}' names {strangers[0]}, which is neither Google over TLS nor this machine. Nothing was sent. "
            f"{REMEDIES[kind]}."
        )
    return key


def addresses_of(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every address in a file, with the name of what holds it; a …_uri or …_url is one whatever it looks like."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from addresses_of(part, str(name))
    elif isinstance(value, list):
        for part in value:
            yield from addresses_of(part, place)
    elif isinstance(value, str) and value and ("://" in value or place.endswith(("_uri", "_url"))):
        yield place, value


def is_trusted(uri: str) -> bool:
    """Google over TLS, or this machine."""
    host = host_of(uri)
    return is_plain(uri) and ((uri.startswith("https://") and host in GOOGLE_HOSTS) or is_local(host))


def host_of(uri: str) -> str:
    """The host in an address, empty where there is none; the rest of it may be a secret."""
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""


def is_plain(uri: str) -> bool:
    """Whether all parsers read the same host in an address: some take what follows `\\` or `@` for it."""
    return not any(character in uri for character in "\\@ \t\r\n")


def is_local(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
