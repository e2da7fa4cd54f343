"""The endpoints under /_emulator/: health, keys, calls, faults, reset.

Design rule: they need no token and are no calls. What is wrong with a request is one sentence in {"error": …}.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import msgspec

from .accounts import MAIN
from .errors import ApiError
from .exchange import Incoming, Outgoing, json_body
from .faults import parse_faults
from .routes import API_NAMES
from .server import Server


def private(server: Server, request: Incoming) -> Outgoing:
    """The answer to a request of a private endpoint."""
    handler = _PRIVATE.get((request.verb, request.path))
    if handler is None:
        return _answer({"error": f"{request.verb} {request.path} is no private endpoint of sheets-emulator."}, 404)
    try:
        return _answer(handler(server, request))
    except (ValueError, ApiError) as error:
        return _answer({"error": str(error)}, 400)


def _answer(body: Any, status: int = 200) -> Outgoing:
    return Outgoing(status, msgspec.json.encode(body))


def _health(server: Server, _: Incoming) -> Any:
    return {"status": "ok", "workbooks": len(server.store.workbooks)}


def _credentials(server: Server, request: Incoming) -> Any:
    query = {name: values[-1] for name, values in parse_qs(request.query, keep_blank_values=True).items()}
    account, kind = server.account(query.get("account", MAIN)), query.get("type", "service_account")
    if kind not in {"service_account", "authorized_user"}:
        raise ValueError(f"type is service_account or authorized_user, not {kind[:80]!r}")
    return account.user_credentials() if kind == "authorized_user" else account.credentials(request.base_url)


def _reset(server: Server, _: Incoming) -> Any:
    server.reset()
    return {}


def _calls(server: Server, _: Incoming) -> Any:
    return list(server.calls)


def _forget_calls(server: Server, _: Incoming) -> Any:
    server.calls.clear()
    return {}


def _set_faults(server: Server, request: Incoming) -> Any:
    server.faults[:] = parse_faults(json_body(request.body), API_NAMES)
    return {"faults": len(server.faults)}


_PRIVATE: dict[tuple[str, str], Callable[[Server, Incoming], Any]] = {
    ("GET", "/_emulator/health"): _health,
    ("GET", "/_emulator/credentials"): _credentials,
    ("POST", "/_emulator/reset"): _reset,
    ("GET", "/_emulator/calls"): _calls,
    ("DELETE", "/_emulator/calls"): _forget_calls,
    ("POST", "/_emulator/faults"): _set_faults,
}
