"""Drive's search language, as far as clients of Sheets use it: conditions on name, mimeType, trashed, parents and
times.
"""

from __future__ import annotations

import re
from typing import Any

_TOKENS = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<word>[A-Za-z][A-Za-z0-9.]*)|(?P<operator><=|>=|!=|[=<>()]))"
)


class QueryError(ValueError):
    """The query can't be read."""


def matches_query(query: str, file: dict[str, Any]) -> bool:
    """Does a File satisfy the query? The empty query is satisfied by all."""
    if not query.strip():
        return True
    return _Query(query, file).whole()


class _Query:
    """A recursive descent over or, and, not, condition; it evaluates while it reads."""

    def __init__(self, query: str, file: dict[str, Any]) -> None:
        self.file = file
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
        if operator == "in":
            return _text(left) in [str(item) for item in self._member(right)]
        value = self.file.get("name" if left == "title" else left)
        if isinstance(value, bool):
            return (value == (right.lower() == "true")) == (operator == "=")
        return _compare(str(value or ""), operator, _text(right))

    def _member(self, name: str) -> list[Any]:
        if name in {"owners", "writers", "readers"}:
            return [owner["emailAddress"] for owner in self.file["owners"]]
        members: list[Any] = self.file.get(name) or []
        return members


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
