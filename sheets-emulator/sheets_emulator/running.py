"""A socket, uvicorn and the app: what `serve` and the tests start.

Design rule: the socket is made here with IPPROTO_TCP, or asyncio leaves Nagle's algorithm on and each call costs 10
ms. The protocol remembers connections by client address, so that a fault can cut one.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .app import App


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"


class _WithoutScriptedCuts(logging.Filter):
    """uvicorn's log without its complaint about answers that a fault cut; a bug's traceback stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("ASGI callable returned without")


_FILTER = _WithoutScriptedCuts()


def uvicorn_server(app: App) -> uvicorn.Server:
    connections: dict[Any, Any] = {}

    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.address = tuple((transport.get_extra_info("peername") or ())[:2])
            connections[self.address] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self.address, None)
            super().connection_lost(exc)

    def abort(client: Any) -> None:
        transport = connections.get(tuple(client or ()))
        if transport is not None:
            transport.abort()

    app.abort = abort
    logging.getLogger("uvicorn.error").addFilter(_FILTER)
    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=60,
        server_header=False,
    )
    return uvicorn.Server(config)
