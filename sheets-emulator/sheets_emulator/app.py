"""HTTP: routes, faults, the list of calls, the private endpoints.

Design rule: this is the only module that sleeps or speaks HTTP. A call is answered in the event loop in one go;
faults happen around it, before or after the change. A bug is translated here, once, into what a client can read.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import time
import zlib
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any, TypeAlias, TypeVar

import msgspec

from . import viewer
from .errors import (
    OFFICE_FILE,
    FailedPreconditionError,
    ServerError,
    UnauthenticatedError,
    UnavailableError,
    api_disabled,
)
from .exchange import Incoming, Outgoing, canonical_path
from .faults import Fault, firing
from .methods import METHODS
from .private import private
from .quota import PROJECT_NUMBER, exceeded
from .routes import name_call
from .server import Server

Scope: TypeAlias = "dict[str, Any]"
Message: TypeAlias = "dict[str, Any]"
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Answer = TypeVar("Answer")

_LOG = logging.getLogger("sheets_emulator")

HTML_ERROR = b"""<!DOCTYPE html>
<html lang=en><meta charset=utf-8><title>Error 502 (Server Error)!!1</title>
<p><b>502.</b> <ins>That\xe2\x80\x99s an error.</ins>
<p>The server encountered a temporary error and could not complete your request.
<p>Please try again in 30 seconds.</html>
"""

TRUNCATED = Outgoing(200, b'{"spreadsheetId":"an answer that is cut short"}')


def _refusal(error: Any) -> Outgoing:
    return Outgoing(error.code, msgspec.json.encode(error.body()))


INTERNAL = "Internal error encountered."

_ANSWERS: dict[str, Callable[[str], Outgoing]] = {
    "429": lambda api: _refusal(exceeded(METHODS[api][0] if api in METHODS else "read", 60)),
    "500": lambda _: _refusal(ServerError(INTERNAL)),
    "503": lambda _: _refusal(UnavailableError("The service is currently unavailable.")),
    "401": lambda _: _refusal(UnauthenticatedError("Request had invalid authentication credentials.")),
    "disabled": lambda _: _refusal(api_disabled(PROJECT_NUMBER)),
    "office": lambda _: _refusal(FailedPreconditionError(OFFICE_FILE)),
    "html": lambda _: Outgoing(502, HTML_ERROR, "text/html; charset=UTF-8"),
}


def _failure(fault: Fault, api: str, answer: Outgoing) -> Outgoing | None:
    """What a fault makes of an answer: an error in its place, nothing, or the answer itself, truncated or late."""
    if fault.kind == "cut":
        return None
    return _ANSWERS[fault.kind](api) if fault.kind in _ANSWERS else answer


def _safely(answer: Callable[[], Answer]) -> Answer | Outgoing:
    """What `answer` answers. A bug is Google's 500 to the client, and a traceback on stderr."""
    try:
        return answer()
    except Exception:
        _LOG.exception("a bug of sheets-emulator, or of a hook")
        return _refusal(ServerError(INTERNAL))


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
        send = self._dated(send)
        page = _safely(lambda: viewer.page(self.server, request)) if request.verb == "GET" else None
        if page is not None:
            await _send(send, page)
        elif request.path.startswith("/_emulator/"):
            await _send(send, _safely(lambda: private(self.server, request)))
        else:
            await self.call(scope, request, send)

    def _dated(self, send: Send) -> Send:
        """The same way out; each answer tells the time by the server's own clock, as Google's do."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = formatdate(self.server.clock(), usegmt=True).encode()
                message = {**message, "headers": [*message["headers"], (b"date", date)]}
            await send(message)

        return dated

    async def call(self, scope: Scope, request: Incoming, send: Send) -> None:
        """One call of the API, with the fault that meets it, and its line in the list of calls."""
        started = time.perf_counter()
        api = name_call(request.verb, request.path)
        failed = await self._run_hooks(api) if self.server.hooks and not self.server.in_hook else None
        fault = firing(self.server.faults, api)
        answer = failed or await self._answer(request, api, fault)
        self._log(api, request, answer, started)
        if answer is not None:
            await _send(send, answer, truncate=fault is not None and fault.kind == "truncate")
        if answer is None or (fault is not None and fault.kind == "truncate"):
            self.abort(scope.get("client"))

    async def _run_hooks(self, api: str) -> Outgoing | None:
        """Run the hooks in a thread, so that they may call the server; what they call runs none. None: all is well."""

        def run() -> None:
            for hook in list(self.server.hooks):
                hook(api)

        self.server.in_hook = True
        try:
            return await asyncio.to_thread(_safely, run)
        finally:
            self.server.in_hook = False

    async def _answer(self, request: Incoming, api: str, fault: Fault | None) -> Outgoing | None:
        """What goes out; None for a connection that is cut. The change is applied unless an error comes before it."""
        if fault is None:
            return self._handle(request)
        if fault.when == "before":
            await asyncio.sleep(fault.seconds)
            return self._handle(request) if fault.kind == "delay" else _failure(fault, api, TRUNCATED)
        answer = self._handle(request)
        await asyncio.sleep(fault.seconds)
        return _failure(fault, api, answer)

    def _handle(self, request: Incoming) -> Outgoing:
        return _safely(lambda: self.server.handle(request))

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
