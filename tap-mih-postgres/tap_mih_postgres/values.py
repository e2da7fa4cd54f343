"""How a setting's value may be written, and what it then is. No I/O.

Values come from JSON files, from environment variables and through Meltano, which knows texts better than lists: so a
list may be an array, the text of one, or comma-separated text; pairs may be an object, the text of one, or `a=b,c=d`;
a number and a flag may be text. Missing, null and empty text mean the default. (An array without items means none:
that is how to exclude nothing.) No message repeats a value that may be a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tap_mih_postgres.errors import SettingsError
from tap_mih_postgres.patterns import Pattern

Reader = Callable[[str, object], Any]

FLAGS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def is_unset(value: object) -> bool:
    """Whether the value means the default: null, empty text, or commas alone."""
    return value is None or (isinstance(value, str) and not value.replace(",", " ").strip())


def read_text(name: str, value: object) -> str:
    """A setting's text, empty where it isn't set, without the spaces around it."""
    return read_secret(name, value).strip()


def read_secret(name: str, value: object) -> str:
    """A setting's text as it is, with the spaces around it; empty where it isn't set."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SettingsError(f"{name!r} must be text")
    return str(value)


def read_flag(name: str, value: object) -> bool:
    """true or false, also as text."""
    flag = FLAGS.get(str(value).strip().casefold())
    if flag is None:
        raise SettingsError(f"{name!r} must be true or false")
    return flag


def read_number(name: str, value: object) -> int:
    """A whole number from 0, also as text."""
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()):
        raise SettingsError(f"{name!r} must be a whole number, 0 or more")
    return int(text)


def choice(*words: str) -> Reader:
    """A reader of one of these words, in any case."""

    def read(name: str, value: object) -> str:
        word = str(value).strip().casefold()
        if word not in words:
            raise SettingsError(f"{name!r} must be one of: {', '.join(words)}")
        return word

    return read


def read_names(name: str, value: object) -> tuple[str, ...]:
    """A list of names from an array, the text of one or comma-separated text."""
    items = _parse(name, value, "[", lambda text: text.split(","))
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) and is_name(item) for item in items):
        raise SettingsError(f'{name!r} must be a list of names: a,b or ["a", "b"]')
    return tuple(item.strip() for item in items if item.strip())


def read_prefixes(name: str, value: object) -> tuple[str, ...]:
    """Prefixes as they are compared: without leading underscores, case folded."""
    return tuple(_fold_prefix(name, prefix) for prefix in read_names(name, value))


def patterns_of(most_parts: int) -> Reader:
    """A reader of a list of patterns, which have at most so many parts."""

    def read(name: str, value: object) -> tuple[Pattern, ...]:
        return tuple(Pattern.parse(name, text, most_parts) for text in read_names(name, value))

    return read


def pairs_of(most_parts: int, what: str) -> Reader:
    """A reader of an ordered list of (pattern, text); `what` says in a message what the text is."""

    def read(name: str, value: object) -> tuple[tuple[Pattern, str], ...]:
        given = _parse(name, value, "{", lambda text: list(_split_pairs(name, text, what)))
        pairs = list(given.items()) if isinstance(given, Mapping) else given
        # A list can only be what was split, which may name a pattern twice.
        if isinstance(value, list) or not isinstance(pairs, list) or not all(_is_word(word) for _, word in pairs):
            raise SettingsError(f'{name!r} must be pairs: pattern={what},… or {{"pattern": "{what}"}}')
        return tuple((Pattern.parse(name, text, most_parts), word.strip()) for text, word in pairs)

    return read


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def is_name(item: str) -> bool:
    """Whether this is likely a name: quotes and braces are left over from a file or a shell that kept them."""
    return not any(mark in item for mark in "\"'{}[]")


def _parse(name: str, value: object, bracket: str, split: Callable[[str], object]) -> object:
    """What the text says, as JSON where it begins with the bracket; anything but text as it is."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith(bracket):
        return split(value)
    kind = "an array" if bracket == "[" else "an object"
    try:
        return json.loads(value)
    except ValueError as exc:
        remedy = 'a,b or ["a", "b"]' if bracket == "[" else 'a=b,c=d or {"a": "b", "c": "d"}'
        kind = kind.replace("an ", "a JSON ")
        raise SettingsError(f"{name!r} begins like {kind} but isn't one ({exc}): write {remedy}") from exc


def _split_pairs(name: str, text: str, what: str) -> Iterable[tuple[str, str]]:
    for pair in filter(str.strip, text.split(",")):
        pattern, mark, word = pair.rpartition("=")
        if not mark or not is_name(pair):
            raise SettingsError(f"{name!r} has {pair.strip()!r}, which isn't pattern={what}")
        yield pattern, word


def _fold_prefix(name: str, prefix: str) -> str:
    folded = prefix.lstrip("_").casefold()
    if not folded:
        raise SettingsError(
            f"{name!r} has {prefix!r}, which would leave out every table, since leading underscores don't count: "
            "remove it"
        )
    return folded
