"""A socket, uvicorn and the app: what `serve` and the tests start.

Design rule: the socket is made here with IPPROTO_TCP, or asyncio leaves Nagle's algorithm on and each call costs 10
ms. The protocol remembers connections by client address, so that a fault can cut one.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .app import App
from .errors import ConfigurationError


class ListenError(ConfigurationError):
    """The address can't be listened on; the message names --host or --port."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ListenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        option = "port" if error.errno in {errno.EADDRINUSE, errno.EACCES} else "host"
        raise ListenError(
            f"can't listen on {host}:{port}: {error.strerror or error}. Give another --{option}."
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Where to reach it from this machine: what listens everywhere is shown by the loopback address."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
        date_header=False,
    )
    return uvicorn.Server(config)
