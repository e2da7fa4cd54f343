"""Field masks: text to a tree, a tree to a projection of an answer, a tree to the change of an object.

Design rule: a tree maps a member's name to the tree below it; an empty tree means everything below. Google is lax
here, and so is this: `.` and `/` separate alike, snake_case is accepted, a mask may be nested with parentheses and
hold `*`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from .errors import InvalidArgumentError, RequestError

Tree = dict[str, Any]

_TOKEN = re.compile(r"\s*([A-Za-z0-9_*@-]+|[.,/()])")
_SNAKE = re.compile(r"_([a-z0-9])")


def to_camel(name: str) -> str:
    """ "row_count" -> "rowCount"; a name in camel case stays."""
    return _SNAKE.sub(lambda match: match[1].upper(), name)


@lru_cache(maxsize=512)
def parse_mask(text: str) -> Tree:
    """The tree of a mask; the empty text and "*" alone mean everything. Not to be changed by the caller."""
    tokens: list[str] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if not match:
            raise InvalidArgumentError(f"Invalid field selection {text}")
        tokens.append(match[1])
        position = match.end()
    paths, rest = _parse_list(tokens, text)
    if rest:
        raise InvalidArgumentError(f"Invalid field selection {text}")
    tree = _tree(paths)
    return {} if "*" in tree else tree


Path = tuple[str, ...]


def _tree(paths: list[Path]) -> Tree:
    """The union of the paths: a path that ends, or a "*", covers all below it."""
    below: dict[str, list[Path]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    return {
        name: {} if any(not rest or rest[0] == "*" for rest in rests) else _tree(rests) for name, rests in below.items()
    }


def _parse_list(tokens: list[str], text: str) -> tuple[list[Path], list[str]]:
    """Read `a.b(c,d),e`: the paths, and what follows them."""
    paths: list[Path] = []
    while tokens:
        found, tokens = _parse_path(tokens, text)
        paths += found
        if not tokens or tokens[0] != ",":
            break
        tokens = tokens[1:]
    return paths, tokens


def _parse_path(tokens: list[str], text: str) -> tuple[list[Path], list[str]]:
    """Read `a.b(c,d)`: its paths, and what follows it."""
    head: Path = ()
    while tokens:
        name, tokens = to_camel(tokens[0]), tokens[1:]
        if name in {".", ",", "/", "(", ")"}:
            break
        head += (name,)
        if tokens and tokens[0] == "(":
            inner, tokens = _parse_list(tokens[1:], text)
            if not tokens or tokens[0] != ")":
                break
            return [head + path for path in inner] or [head], tokens[1:]
        if not tokens or tokens[0] not in "./":
            return [head], tokens
        tokens = tokens[1:]
    raise InvalidArgumentError(f"Invalid field selection {text}")


def project(tree: Tree, value: Any) -> Any:
    """The part of an answer that the mask names; an object whose members are all left out stays as {} (recorded)."""
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [project(tree, item) for item in value]
    if isinstance(value, dict):
        return {name: project(tree[name], item) for name, item in value.items() if name in tree}
    return value


def wants(tree: Tree, *path: str) -> bool:
    """Does the mask name this path, a part of it, or something below it?"""
    for name in path:
        if not tree or "*" in tree:
            return True
        if name not in tree:
            return False
        tree = tree[name]
    return True


def reaches(tree: Tree, *path: str) -> bool:
    """Does the mask reach this path by name? Unlike wants(), "*" for everything doesn't (measured for grid data)."""
    return bool(tree) and wants(tree, *path)


def required_mask(body: dict[str, Any]) -> Tree:
    """The mask of an update request, which may not be absent (issue)."""
    text = body.get("fields")
    if not text:
        raise RequestError("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    try:
        return parse_mask(text)
    except InvalidArgumentError as error:
        raise RequestError(error.message) from error


def merge(tree: Tree, target: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    """`target` with the masked members taken from `source`; a masked member that the source lacks is removed."""
    if not tree or "*" in tree:
        return dict(source)
    result = dict(target)
    for name, below in tree.items():
        old, new = result.get(name), source.get(name)
        if below and (isinstance(old, dict) or isinstance(new, dict)):
            value: Any = merge(below, old or {}, new or {})
        else:
            value = new
        if value is None or value == {}:
            result.pop(name, None)
        else:
            result[name] = value
    return result
