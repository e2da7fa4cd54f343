"""Drive's search language, as far as clients of Sheets use it.

Design rule: a term that isn't in the table is refused, never taken for one that no file satisfies.
"""

from __future__ import annotations

import re
from typing import Any

_TOKENS = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<word>[A-Za-z][A-Za-z0-9.]*)|(?P<operator><=|>=|!=|[=<>()]))"
)


class QueryError(ValueError):
    """The query can't be read, or asks for what isn't emulated."""


_TEXT = frozenset({"contains", "=", "!="})
_SAME = frozenset({"=", "!="})
_TIME = frozenset({"<=", "<", "=", "!=", ">", ">="})
_IN = frozenset({"in"})
_TERMS: dict[str, frozenset[str]] = {
    "name": _TEXT,
    "title": _TEXT,
    "mimeType": _TEXT,
    "modifiedTime": _TIME,
    "createdTime": _TIME,
    "trashed": _SAME,
    "starred": _SAME,
    "sharedWithMe": _SAME,
    "parents": _IN,
    "owners": _IN,
    "writers": _IN,
    "readers": _IN,
}
"""The terms of Drive's guide that are emulated, with their operators; `title` is v2's name of `name`."""
_ROLES = {
    "owners": {"owner"},
    "writers": {"owner", "organizer", "fileOrganizer", "writer"},
    "readers": {"owner", "organizer", "fileOrganizer", "writer", "commenter", "reader"},
}
_ELSEWHERE = {
    "fullText",
    "properties",
    "appProperties",
    "visibility",
    "viewedByMeTime",
    "sharedWithMeTime",
    "memberCount",
}


def check_query(query: str) -> None:
    """Raises QueryError for what can't be read."""
    matches_query(query, {})


def matches_query(query: str, file: dict[str, Any], me: str = "") -> bool:
    """Does a File satisfy the query of the account `me`? The empty query is satisfied by all."""
    if not query.strip():
        return True
    return _Query(query, file, me).whole()


class _Query:
    """A recursive descent over or, and, not, condition; it evaluates while it reads."""

    def __init__(self, query: str, file: dict[str, Any], me: str) -> None:
        self.file, self.me = file, me
        self.tokens: list[str] = []
        position, end = 0, len(query.rstrip())
        while position < end:
            match = _TOKENS.match(query, position)
            if not match:
                raise QueryError(f"Invalid Value: {query}")
            self.tokens.append(match[0].strip())
            position = match.end()

    def whole(self) -> bool:
        result = self.either()
        if self.tokens:
            raise QueryError(f"Invalid Value: unexpected {self.tokens[0]}")
        return result

    def take(self) -> str:
        if not self.tokens:
            raise QueryError("Invalid Value: the query ends too early")
        return self.tokens.pop(0)

    def either(self) -> bool:
        result = self.both()
        while self.tokens and self.tokens[0].lower() == "or":
            self.take()
            other = self.both()
            result = result or other
        return result

    def both(self) -> bool:
        result = self.negation()
        while self.tokens and self.tokens[0].lower() == "and":
            self.take()
            other = self.negation()
            result = result and other
        return result

    def negation(self) -> bool:
        if self.tokens and self.tokens[0].lower() == "not":
            self.take()
            return not self.negation()
        if self.tokens and self.tokens[0] == "(":
            self.take()
            result = self.either()
            self.take()
            return result
        return self.condition()

    def condition(self) -> bool:
        left, operator, right = self.take(), self.take().lower(), self.take()
        name, wanted = (right, left) if operator == "in" else (left, right)
        if name in _ELSEWHERE:
            raise QueryError(f"sheets-emulator can't search by {name}.")
        if operator not in _TERMS.get(name, ()):
            raise QueryError(f"Invalid Value: {left} {operator} {right}")
        if operator == "in":
            return _text(wanted) in self._members(name)
        value = not self.file.get("ownedByMe") if name == "sharedWithMe" else self.file.get(_V2.get(name, name))
        if isinstance(value, bool):
            return (value == (right.lower() == "true")) == (operator == "=")
        return _compare(str(value or ""), operator, _text(right))

    def _members(self, name: str) -> list[str]:
        if name == "parents":
            return [str(item) for item in self.file.get("parents", [])]
        given = [one for one in self.file.get("permissions", []) if one["role"] in _ROLES[name]]
        emails = [str(one.get("emailAddress", "")) for one in given]
        return [*emails, *(["me"] if self.me in emails else [])]


_V2 = {"title": "name"}


def _text(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[0] in "'\"" else token


def _compare(value: str, operator: str, wanted: str) -> bool:
    if operator == "contains":
        return wanted.lower() in value.lower()
    comparisons = {
        "=": value == wanted,
        "!=": value != wanted,
        "<": value < wanted,
        "<=": value <= wanted,
        ">": value > wanted,
        ">=": value >= wanted,
    }
    if operator not in comparisons:
        raise QueryError(f"Invalid Value: unknown operator {operator}")
    return comparisons[operator]
