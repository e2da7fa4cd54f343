"""The order and the pages of files.list.

Design rule: a key that Drive doesn't know is refused; one by which all spreadsheets are equal here is taken.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from .drive_calls import DriveCall, DriveError
from .model import Json

_TIMES = ("modifiedTime", "recency", "modifiedByMeTime", "viewedByMeTime", "sharedWithMeTime")
_EQUAL = ("folder", "quotaBytesUsed", "starred")
MAX_PAGE = 1000


def ordered(files: list[Json], call: DriveCall) -> list[Json]:
    """The files by `orderBy`, whose default is the latest change first."""
    text = call.parameters.get("orderBy") or "modifiedTime desc"
    for part in reversed(text.split(",")):
        key, _, way = part.strip().partition(" ")
        if way.strip() not in {"", "desc"} or key not in {*_TIMES, *_EQUAL, "createdTime", "name", "name_natural"}:
            raise DriveError(400, f"Invalid Value: orderBy {part.strip()}", "invalid", "orderBy")
        files = sorted(files, key=partial(_sort_key, key), reverse=bool(way.strip()))
    return files


def _sort_key(key: str, file: Json) -> Any:
    if key in _EQUAL:
        return 0
    if key == "name_natural":
        return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in _parts(file["name"])]
    return file["name"].casefold() if key == "name" else file["createdTime" if key == "createdTime" else "modifiedTime"]


def _parts(name: str) -> list[str]:
    return re.findall(r"[0-9]{1,18}|[^0-9]+", name.casefold())


def whole_number(call: DriveCall, name: str, default: int, least: int) -> int:
    """A parameter that is a whole number; raises DriveError."""
    text = call.parameters.get(name) or str(default)
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < least or (name == "pageSize" and int(text) > MAX_PAGE):
        raise DriveError(400, f"Invalid value '{text}'. Values must be whole numbers from {least} on.", "invalid", name)
    return int(text)
