"""Credentials: text in one of three settings -> a checked service account key. No network.

A key names the address that its signed assertion is sent to. One that is neither Google's nor on this machine would
carry the assertion to a stranger, so it is refused before anything is sent.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from target_gsheets.errors import ConfigurationError

GOOGLE_TOKEN_HOSTS = {"oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com"}
REQUIRED_FIELDS = ("client_email", "private_key", "token_uri")
REMEDY = "Download a JSON key of the service account from the Google Cloud console (IAM, Service accounts, Keys)"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Where the credentials come from (`source`, the setting's name) and the key, never printed.

    `key` is None for Application Default Credentials, and for an emulator without any.
    """

    source: str
    key: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def email(self) -> str:
        """The address to share the workbook with; empty where only Google knows it."""
        return str(self.key["client_email"]) if self.key else ""


def parse_credentials(config: Mapping[str, Any], *, emulated: bool) -> Credentials:
    """The credentials that the settings name: base64 first, then JSON, then a path, else the environment's."""
    for name, parse in PARSERS.items():
        if name in config:
            return Credentials(name, check_key(name, parse(config[name])))
    return Credentials("emulator" if emulated else "Application Default Credentials")


def key_from_base64(value: Any) -> Any:
    """Decode base64 text, line breaks allowed, and read the JSON in it."""
    try:
        text = base64.b64decode("".join(str(value).split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ConfigurationError(
            "'credentials_base64' is not base64 text: encode the whole JSON key file, as in 'base64 -w0 key.json'."
        ) from None
    return key_from_text("credentials_base64", text)


def key_from_json(value: Any) -> Any:
    """The JSON in a text."""
    return key_from_text("credentials_json", str(value))


def key_from_path(value: Any) -> Any:
    """Read the JSON in a file."""
    try:
        text = Path(str(value)).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "not a text file"
        raise ConfigurationError(
            f"'credentials_path' is {str(value)!r}, which can't be read: {reason}. Give the path of the JSON key file."
        ) from None
    return key_from_text("credentials_path", text)


PARSERS = {
    "credentials_base64": key_from_base64,
    "credentials_json": key_from_json,
    "credentials_path": key_from_path,
}


def key_from_text(name: str, text: str) -> Any:
    """Parse JSON without ever repeating the text in a message."""
    try:
        return json.loads(text)
    except ValueError:
        # No cause: the parser's own message and its frames hold pieces of the key.
        raise ConfigurationError(f"'{name}' does not hold JSON. {REMEDY} and use the whole file.") from None


def check_key(name: str, key: Any) -> Mapping[str, Any]:
    """Check that the JSON is a service account's key with an address that it may be sent to."""
    if not isinstance(key, Mapping) or key.get("type") != "service_account":
        kind = key.get("type") if isinstance(key, Mapping) else type(key).__name__
        raise ConfigurationError(f"'{name}' is not a service account's key (its type is {kind!r}). {REMEDY}.")
    missing = [field for field in REQUIRED_FIELDS if not isinstance(key.get(field), str) or not key[field]]
    if missing:
        raise ConfigurationError(f"'{name}' lacks {', '.join(missing)}. {REMEDY} and use the whole file.")
    check_token_uri(name, str(key["token_uri"]))
    return key


def check_token_uri(name: str, uri: str) -> None:
    """Google over TLS, or this machine."""
    parts = urlsplit(uri)
    host = parts.hostname or ""
    if is_plain(uri) and ((parts.scheme == "https" and host in GOOGLE_TOKEN_HOSTS) or is_local(host)):
        return
    raise ConfigurationError(
        f"'{name}' wants its token from {uri!r}, which is neither Google nor this machine. Nothing was sent. {REMEDY}."
    )


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
