"""The emulator without a socket: a requests adapter that calls the application in process.

    session = in_process_session(Server.create(trust_any=True))
    client = gspread.Client(auth=None, session=session)

Design rule: a call takes the same way as over HTTP, faults included; only the socket is missing.
"""

from __future__ import annotations

import asyncio
import io
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from .app import App
from .server import Server


class EmulatorAdapter(BaseAdapter):
    """Answers requests to any host from a server in the same process. Not for use inside of a running event loop."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        body = request.body or b""
        exchange = _Exchange(body.encode() if isinstance(body, str) else bytes(body))
        app = App(self.server)
        app.abort = exchange.abort
        headers = {"host": parts.netloc, **{name.lower(): str(value) for name, value in request.headers.items()}}
        scope = {
            "type": "http",
            "method": request.method,
            "path": unquote(str(parts.path)),
            "query_string": str(parts.query).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("in-process", 0),
        }
        asyncio.run(app(scope, exchange.receive, exchange.send))
        return exchange.response(request)

    def close(self) -> None:
        """Nothing is held between two calls."""


class _Exchange:
    """One request and its answer, as ASGI passes them."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.status = 0
        self.headers: dict[str, str] = {}
        self.answer = b""
        self.cut = False

    def abort(self, _: Any) -> None:
        self.cut = True

    async def receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.answer += message["body"]

    def response(self, request: requests.PreparedRequest) -> requests.Response:
        if self.cut:
            raise requests.ConnectionError("Connection aborted by sheets-emulator", request=request)
        out = requests.Response()
        out.status_code, out.url, out.request = self.status, request.url or "", request
        out.headers.update(self.headers)
        out.encoding = "utf-8"
        out.raw = io.BytesIO(self.answer)
        return out


def in_process_session(server: Server) -> requests.Session:
    """A session whose every call is answered by `server`, which should take any token (trust_any)."""
    session = requests.Session()
    session.headers["Authorization"] = "Bearer in-process"
    for prefix in ("https://", "http://"):
        session.mount(prefix, EmulatorAdapter(server))
    return session
