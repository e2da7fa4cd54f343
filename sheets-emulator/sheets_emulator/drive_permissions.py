"""Permissions of a file: the owner's, and those that were given."""

from __future__ import annotations

import re

from .drive_calls import DriveCall, DriveError, Reply, projected
from .model import Json, Workbook

_ROLES = {"owner", "organizer", "fileOrganizer", "writer", "commenter", "reader"}
_TYPES = {"user": "emailAddress", "group": "emailAddress", "domain": "domain", "anyone": None}
"""What names the ones that a type of permission is for."""
_ADDRESS = {"emailAddress": re.compile(r"[^@\s]+@[^@\s]+\Z"), "domain": re.compile(r"[^@\s]+\Z")}


def all_permissions(book: Workbook) -> list[Json]:
    return [_of_owner(book), *book.permissions]


def _of_owner(book: Workbook) -> Json:
    owner = {"kind": "drive#permission", "id": _permission_id(book.owner), "type": "user", "role": "owner"}
    return {**owner, "emailAddress": book.owner, "displayName": book.owner, "deleted": False}


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
    book, wanted = call.writable(), call.body
    kind, role = wanted.get("type"), wanted.get("role")
    if role not in _ROLES or kind not in _TYPES:
        raise DriveError(400, "The specified type and role of a permission are required.", "badRequest")
    address = _TYPES[kind]
    if address and not _ADDRESS[address].match(wanted.get(address, "")):
        raise DriveError(
            400, f"The specified {address} is invalid or not applicable for the given permission type.", "invalid"
        )
    permission = new_permission(kind, role, wanted[address] if address else "")
    permission |= {name: wanted[name] for name in ("emailAddress", "domain", "allowFileDiscovery") if name in wanted}
    return _kept(call, book, permission)


def new_permission(kind: str, role: str, address: str) -> Json:
    """A permission for who is at an e-mail address or a domain; no address is anyone."""
    identity = _permission_id(address) if address else "anyoneWithLink"
    return {"kind": "drive#permission", "id": identity, "type": kind, "role": role}


def give(book: Workbook, permission: Json) -> None:
    """Put a permission in the place of the one that its holder had."""
    known = {one["id"]: one for one in book.permissions}
    book.permissions = list({**known, permission["id"]: permission}.values())


def _kept(call: DriveCall, book: Workbook, permission: Json) -> Reply:
    """Keep a permission that was made or changed."""
    if permission["role"] == "owner":
        _check_transfer(call, book, permission)
        if permission["emailAddress"] != book.owner:
            others = (one for one in book.permissions if one["id"] != permission["id"])
            book.permissions = [*others, {**_of_owner(book), "role": "writer"}]
        book.owner = permission["emailAddress"]
    elif permission["id"] == _permission_id(book.owner):
        raise _forbidden()
    else:
        give(book, permission)
    call.store.keep([book])
    return projected(call, permission, _PERMISSION_FIELDS)


def _check_transfer(call: DriveCall, book: Workbook, permission: Json) -> None:
    """Only the owner gives a file away, to a user, and says so."""
    if permission["type"] != "user":
        raise DriveError(400, "The owner of a file must be a user.", "badRequest")
    if call.account != book.owner:
        raise _forbidden()
    if call.parameters.get("transferOwnership", "").lower() != "true":
        text = "The transferOwnership parameter must be enabled when the permission role is 'owner'."
        raise DriveError(403, text, "forbidden", "transferOwnership")


def _forbidden() -> DriveError:
    return DriveError(
        403, "The user does not have sufficient permissions for this file.", "insufficientFilePermissions"
    )


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
    role = call.body.get("role", old["role"])
    if role not in _ROLES:
        raise DriveError(400, f"Invalid Value: there is no role {role}.", "invalid", "role")
    return _kept(call, book, {**old, "role": role})


def delete_permission(call: DriveCall) -> Reply:
    book = call.writable()
    gone = _permission(book, call.path["permissionId"])
    if gone["role"] == "owner":
        raise _forbidden()
    book.permissions = [one for one in book.permissions if one["id"] != gone["id"]]
    call.store.keep([book])
    return Reply(status=204)
