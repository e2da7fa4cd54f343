"""Which method a verb and a path name, and the scopes that it asks for.

Design rule: Sheets' paths are read from the discovery document, Drive's from its table of routes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from . import drive
from .discovery import Method, document, methods
from .drive_calls import DriveCall, Reply
from .methods import METHODS

TOKEN_API = "oauth.token"  # noqa: S105
UNKNOWN = "unknown"
API_NAMES = frozenset({*METHODS, *(api for api, *_ in drive.ROUTES), TOKEN_API, UNKNOWN})
"""The names of calls, as the list of calls has them."""

_SAME_SCOPES = {"drive.files.upload": "drive.files.update", "page.export": "drive.files.export"}


def find_method(verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """The method of Sheets, and the parts of the path."""
    for method in methods():
        if method.verb == verb and (match := method.pattern.match(path)):
            return method, match.groupdict()
    return None


def find_drive(verb: str, path: str) -> tuple[str, Callable[[DriveCall], Reply], dict[str, str]] | None:
    """The name of Drive's method, its function, and the parts of the path."""
    for api, own_verb, pattern, handler in drive.ROUTES:
        if own_verb == verb and (match := pattern.match(path)):
            return api, handler, match.groupdict()
    return None


def name_call(verb: str, path: str) -> str:
    """The name of a call, such as "spreadsheets.values.batchGet"; "unknown" for none."""
    if verb == "POST" and path == "/token":
        return TOKEN_API
    if sheets := find_method(verb, path):
        return sheets[0].api
    found = find_drive(verb, path)
    return found[0] if found else UNKNOWN


@cache
def drive_scopes(api: str) -> frozenset[str]:
    """The scopes of which a token needs one for a method of Drive."""
    _, resource, name = _SAME_SCOPES.get(api, api).split(".")
    return frozenset(document("drive.v3")["resources"][resource]["methods"][name]["scopes"])


@cache
def drive_request(api: str) -> str | None:
    """The schema of the body of a method of Drive."""
    if api in _SAME_SCOPES:
        return None
    _, resource, name = api.split(".")
    schema: str | None = document("drive.v3")["resources"][resource]["methods"][name].get("request", {}).get("$ref")
    return schema
