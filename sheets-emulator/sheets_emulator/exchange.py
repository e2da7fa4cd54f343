"""A request as it came in and an answer as it goes out: what HTTP and the server pass each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from .errors import InvalidArgumentError

JSON_TYPE = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came: the path unescaped, the query as written."""

    verb: str
    path: str
    query: str
    body: bytes
    authorization: str
    content_type: str
    base_url: str
    headers: dict[str, str] = field(default_factory=dict)
    """All of them, names in small letters."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    status: int
    body: bytes
    media_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()


_SLASH_AFTER_ID = re.compile(r"(/v4/spreadsheets/[^/:]+|/drive/v3/files/[^/]+)/(?=:|\Z)")


def canonical_path(path: str) -> str:
    """A path without the slash that google-spreadsheet for Node leaves after an id, and that Google takes."""
    return _SLASH_AFTER_ID.sub(r"\1", path, count=1)


def json_body(body: bytes) -> Any:
    """The body as JSON; an empty one is {}. Raises InvalidArgumentError."""
    if not body.strip():
        return {}
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise InvalidArgumentError(f"Invalid JSON payload received. {error}") from error
    except RecursionError as error:
        raise InvalidArgumentError("Invalid JSON payload received. It is nested too deeply.") from error
