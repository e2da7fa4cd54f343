"""Edits as a person makes them in the page: at once, in process, without a call.

Design rule: the same reducers as for a client, as the owner of the workbook. Quotas, faults, hooks and the list of
calls don't know of them, so a hook may edit between a client's read and its write. The server's lock is held, so any
thread may edit.
"""

from __future__ import annotations

from typing import Any

from . import value_methods
from .accepting import accept_request
from .batch_update import apply_batch
from .batch_update.context import Context
from .calls import Call
from .drive_permissions import give, new_permission
from .errors import as_refusal
from .model import Json, Workbook
from .server import Server


def edit(server: Server, spreadsheet_id: str, *requests: Json) -> list[Json]:
    """Apply requests of batchUpdate, all or none; answers their replies. Raises ApiError with Google's text."""
    with server.lock, as_refusal():
        book = _fork(server, spreadsheet_id)
        body = accept_request("BatchUpdateSpreadsheetRequest", {"requests": list(requests)})
        replies = apply_batch(book, body["requests"], Context(book.owner, server.random))
        server.keep([book])
    return replies


def type_in(server: Server, spreadsheet_id: str, a1: str, values: list[list[Any]]) -> None:
    """Type values from a cell on, as with USER_ENTERED: None leaves a cell, "" empties it. Raises ApiError."""
    with server.lock, as_refusal():
        book = _fork(server, spreadsheet_id)
        context = Context(book.owner, server.random)
        options = {"valueInputOption": "USER_ENTERED"}
        nothing: Any = None
        value_methods.update(Call(book, {"range": a1}, options, {"values": values}, context, nothing, lambda _: None))
        server.keep([book])


def share(server: Server, spreadsheet_id: str, email: str, role: str) -> None:
    """Give somebody a role: reader, commenter or writer."""
    with server.lock:
        book = _fork(server, spreadsheet_id)
        give(book, {**new_permission("user", role, email), "emailAddress": email})
        server.keep([book])


def _fork(server: Server, spreadsheet_id: str) -> Workbook:
    return server.store.workbooks[spreadsheet_id].fork()
