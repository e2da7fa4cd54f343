"""HTTP: routes, faults, the list of calls, the private endpoints.

Design rule: this is the only module that sleeps or speaks HTTP. A call is answered in the event loop in one go;
faults happen around it, before or after the change.
"""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from urllib.parse import parse_qs

import msgspec

from . import viewer
from .accounts import MAIN
from .errors import ServerError, TooManyRequestsError, UnauthenticatedError, UnavailableError
from .exchange import Incoming, Outgoing, canonical_path
from .faults import Fault, firing, parse_faults
from .quota import exceeded
from .server import Server

Scope: TypeAlias = "dict[str, Any]"
Message: TypeAlias = "dict[str, Any]"
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

HTML_ERROR = b"""<!DOCTYPE html>
<html lang=en><meta charset=utf-8><title>Error 502 (Server Error)!!1</title>
<p><b>502.</b> <ins>That\xe2\x80\x99s an error.</ins>
<p>The server encountered a temporary error and could not complete your request.
<p>Please try again in 30 seconds.</html>
"""

TRUNCATED = Outgoing(200, b'{"spreadsheetId":"an answer that is cut short"}')


def _refusal(error: Any) -> Outgoing:
    return Outgoing(error.code, msgspec.json.encode(error.body()))


def _limited() -> TooManyRequestsError:
    return exceeded("read", 60)


_ANSWERS: dict[str, Callable[[], Outgoing]] = {
    "429": lambda: _refusal(_limited()),
    "500": lambda: _refusal(ServerError("Internal error encountered.")),
    "503": lambda: _refusal(UnavailableError("The service is currently unavailable.")),
    "401": lambda: _refusal(UnauthenticatedError("Request had invalid authentication credentials.")),
    "html": lambda: Outgoing(502, HTML_ERROR, "text/html; charset=UTF-8"),
}


def _failure(fault: Fault, answer: Outgoing) -> Outgoing | None:
    """What a fault makes of an answer: an error in its place, nothing, or the answer itself, truncated or late."""
    if fault.kind == "cut":
        return None
    return _ANSWERS[fault.kind]() if fault.kind in _ANSWERS else answer


class App:
    """The ASGI application. `abort(client)` cuts the connection of a client address."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.abort: Callable[[Any], None] = lambda _: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _lifespan(receive, send)
            return
        request = await _read(scope, receive)
        if request.verb == "GET" and (page := viewer.page(self.server, request)) is not None:
            await _send(send, page)
        elif request.path.startswith("/_emulator/"):
            await _send(send, self.private(request))
        else:
            await self.call(scope, request, send)

    async def call(self, scope: Scope, request: Incoming, send: Send) -> None:
        """One call of the API, with the fault that meets it, and its line in the list of calls."""
        started = time.perf_counter()
        api = self.server.name_call(request.verb, request.path)
        for hook in list(self.server.hooks):
            hook(api)
        fault = firing(self.server.faults, api)
        answer = await self._answer(request, fault)
        self._log(api, request, answer, started)
        if answer is not None:
            await _send(send, answer, truncate=fault is not None and fault.kind == "truncate")
        if answer is None or (fault is not None and fault.kind == "truncate"):
            self.abort(scope.get("client"))

    async def _answer(self, request: Incoming, fault: Fault | None) -> Outgoing | None:
        """What goes out; None for a connection that is cut. The change is applied unless an error comes before it."""
        if fault is None:
            return self.server.handle(request)
        if fault.when == "before":
            await asyncio.sleep(fault.seconds)
            return self.server.handle(request) if fault.kind == "delay" else _failure(fault, TRUNCATED)
        answer = self.server.handle(request)
        await asyncio.sleep(fault.seconds)
        return _failure(fault, answer)

    def _log(self, api: str, request: Incoming, answer: Outgoing | None, started: float) -> None:
        self.server.calls.append(
            {
                "method": request.verb,
                "api": api,
                "path": request.path,
                "status": answer.status if answer else 0,
                "request_bytes": len(request.body),
                "response_bytes": len(answer.body) if answer else 0,
                "milliseconds": round((time.perf_counter() - started) * 1000, 3),
            }
        )

    def private(self, request: Incoming) -> Outgoing:
        """The endpoints under /_emulator/."""
        handler = _PRIVATE.get((request.verb, request.path))
        if handler is None:
            return _json_answer(
                {"error": f"{request.verb} {request.path} is no private endpoint of sheets-emulator."}, 404
            )
        try:
            return _json_answer(handler(self.server, request))
        except ValueError as error:
            return _json_answer({"error": str(error)}, 400)


def _health(server: Server, _: Incoming) -> Any:
    return {"status": "ok", "workbooks": len(server.store.workbooks)}


def _credentials(server: Server, request: Incoming) -> Any:
    name = parse_qs(request.query, keep_blank_values=True).get("account", [MAIN])[-1]
    return server.account(name).credentials(request.base_url)


def _reset(server: Server, _: Incoming) -> Any:
    server.reset()
    return {}


def _calls(server: Server, _: Incoming) -> Any:
    return list(server.calls)


def _forget_calls(server: Server, _: Incoming) -> Any:
    server.calls.clear()
    return {}


def _set_faults(server: Server, request: Incoming) -> Any:
    server.faults[:] = parse_faults(msgspec.json.decode(request.body))
    return {"faults": len(server.faults)}


_PRIVATE: dict[tuple[str, str], Callable[[Server, Incoming], Any]] = {
    ("GET", "/_emulator/health"): _health,
    ("GET", "/_emulator/credentials"): _credentials,
    ("POST", "/_emulator/reset"): _reset,
    ("GET", "/_emulator/calls"): _calls,
    ("DELETE", "/_emulator/calls"): _forget_calls,
    ("POST", "/_emulator/faults"): _set_faults,
}


def _json_answer(body: Any, status: int = 200) -> Outgoing:
    return Outgoing(status, msgspec.json.encode(body))


async def _read(scope: Scope, receive: Receive) -> Incoming:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    parts = []
    while True:
        message: Message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    body = b"".join(parts)
    if headers.get("content-encoding") == "gzip":
        body = _gunzipped(body)
    return Incoming(
        scope["method"],
        canonical_path(scope["path"]),
        scope["query_string"].decode("latin-1"),
        body,
        headers.get("authorization", ""),
        headers.get("content-type", ""),
        f"http://{headers.get('host', 'localhost')}",
        headers,
    )


def _gunzipped(body: bytes) -> bytes:
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return body


async def _send(send: Send, answer: Outgoing, *, truncate: bool = False) -> None:
    headers = [(b"content-type", answer.media_type.encode()), (b"cache-control", b"no-store")]
    headers += [(name.encode(), value.encode()) for name, value in answer.headers]
    if answer.status != 204:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if truncate:
        half = answer.body[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await asyncio.sleep(0.02)
        return
    await send({"type": "http.response.body", "body": answer.body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
