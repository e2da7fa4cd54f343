"""One call of Drive, its refusals, and who may do what.

Design rule: a method answers a Reply; the edge writes it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from . import fields
from .errors import ApiError, InvalidArgumentError, RequestError
from .exchange import Incoming
from .model import Json, Workbook
from .store import Store

SPREADSHEET = "application/vnd.google-apps.spreadsheet"


class DriveError(ApiError):
    """A refusal in Drive's shape, with the list of errors that its older clients read."""

    def __init__(self, code: int, message: str, reason: str, location: str = "") -> None:
        super().__init__(message)
        self.http_code, self.reason, self.location = code, reason, location

    def body(self) -> Json:
        item: Json = {"message": self.message, "domain": "global", "reason": self.reason}
        if self.location:
            item |= {"locationType": "parameter", "location": self.location}
        return {"error": {"code": self.http_code, "message": self.message, "errors": [item]}}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: JSON, or bytes of a media type; status 204 has none."""

    body: Any = None
    status: int = 200
    media_type: str = "application/json; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DriveCall:
    """One call: who, on which file, with what; `make_id` and `now` (RFC 3339) are given from outside."""

    store: Store
    account: str
    path: dict[str, str]
    parameters: dict[str, str]
    body: Any
    request: Incoming
    now: str
    make_id: Callable[[], str]
    uploads: dict[str, Any]
    """The resumable uploads that haven't ended, by their id."""

    def readable(self) -> Workbook:
        book = self.store.get(self.path["fileId"])
        if book is None or may(book, self.account) is None:
            raise not_found(self.path["fileId"])
        return book

    def writable(self) -> Workbook:
        """A fork of the file, which the caller may change."""
        book = self.readable()
        if may(book, self.account) not in {"owner", "writer", "organizer", "fileOrganizer"}:
            raise DriveError(
                403, "The user does not have sufficient permissions for this file.", "insufficientFilePermissions"
            )
        return book.fork()


@contextmanager
def as_drive_refusal() -> Iterator[None]:
    """Raise what Sheets would refuse with 400 in Drive's shape."""
    try:
        yield
    except (RequestError, InvalidArgumentError) as error:
        raise DriveError(400, error.message, "badRequest") from error


def not_found(file_id: str) -> DriveError:
    return DriveError(404, f"File not found: {file_id}.", "notFound", "fileId")


def may(book: Workbook, account: str) -> str | None:
    """The role of an account on a workbook: owner, that of its permission or of "anyone", or None."""
    if book.owner == account:
        return "owner"
    roles = [
        permission["role"]
        for permission in book.permissions
        if permission["type"] == "anyone" or _names(permission, account.lower())
    ]
    return min(roles, key=_STRENGTH.index, default=None)


def _names(permission: Json, account: str) -> bool:
    """Whether a permission names an account; who belongs to a group isn't known: such a one opens nothing else."""
    if permission["type"] == "domain":
        return account.endswith("@" + permission.get("domain", "").lower())
    return bool(permission.get("emailAddress", "").lower() == account)


_STRENGTH = ("owner", "organizer", "fileOrganizer", "writer", "commenter", "reader")


def projected(call: DriveCall, body: Json, default: str) -> Reply:
    """A reply under the mask of the call, or under Drive's default one."""
    return Reply(fields.project(fields.parse_mask(call.parameters.get("fields") or default), body))
