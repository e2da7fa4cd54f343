"""Permissions of a file: the owner's, and those that were given."""

from __future__ import annotations

from .drive_calls import DriveCall, DriveError, Reply, projected
from .model import Json, Workbook

_ROLES = {"owner", "organizer", "fileOrganizer", "writer", "commenter", "reader"}


def all_permissions(book: Workbook) -> list[Json]:
    owner = {"kind": "drive#permission", "id": _permission_id(book.owner), "type": "user", "role": "owner"}
    return [{**owner, "emailAddress": book.owner, "displayName": book.owner, "deleted": False}, *book.permissions]


def _permission_id(email: str) -> str:
    """A stable id of digits, as Drive's are."""
    number = 0
    for character in email.lower():
        number = (number * 131 + ord(character)) % 10**20
    return f"{number:020d}"


_PERMISSION_FIELDS = "kind,id,type,role"


def list_permissions(call: DriveCall) -> Reply:
    body = {"kind": "drive#permissionList", "permissions": all_permissions(call.readable())}
    return projected(call, body, f"kind,permissions({_PERMISSION_FIELDS})")


def create_permission(call: DriveCall) -> Reply:
    book, wanted = call.writable(), call.body or {}
    kind, role = wanted.get("type"), wanted.get("role")
    if role not in _ROLES or kind not in {"user", "group", "domain", "anyone"}:
        raise DriveError(400, "The specified type and role of a permission are required.", "badRequest")
    if kind in {"user", "group"} and "@" not in wanted.get("emailAddress", ""):
        raise DriveError(
            400, "The specified emailAddress is invalid or not applicable for the given permission type.", "invalid"
        )
    identity = (
        "anyoneWithLink" if kind == "anyone" else _permission_id(wanted.get("emailAddress") or wanted.get("domain", ""))
    )
    permission = {"kind": "drive#permission", "id": identity, "type": kind, "role": role}
    permission |= {name: wanted[name] for name in ("emailAddress", "domain", "allowFileDiscovery") if name in wanted}
    if role == "owner":
        book.owner = wanted["emailAddress"]
    else:
        book.permissions = [*(one for one in book.permissions if one["id"] != identity), permission]
    call.store.keep([book])
    return projected(call, permission, _PERMISSION_FIELDS)


def _permission(book: Workbook, identity: str) -> Json:
    for permission in all_permissions(book):
        if permission["id"] == identity:
            return permission
    raise DriveError(404, f"Permission not found: {identity}.", "notFound", "permissionId")


def get_permission(call: DriveCall) -> Reply:
    return projected(call, _permission(call.readable(), call.path["permissionId"]), _PERMISSION_FIELDS)


def update_permission(call: DriveCall) -> Reply:
    book = call.writable()
    old = _permission(book, call.path["permissionId"])
    new = {**old, "role": (call.body or {}).get("role", old["role"])}
    book.permissions = [new if one["id"] == new["id"] else one for one in book.permissions]
    call.store.keep([book])
    return projected(call, new, _PERMISSION_FIELDS)


def delete_permission(call: DriveCall) -> Reply:
    book = call.writable()
    gone = _permission(book, call.path["permissionId"])
    book.permissions = [one for one in book.permissions if one["id"] != gone["id"]]
    call.store.keep([book])
    return Reply(status=204)
