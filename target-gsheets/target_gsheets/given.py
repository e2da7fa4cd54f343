"""The settings as they are given, in files and in variables -> one mapping, of the types that its schema names. Glue.

Ours may be texts, whose meaning settings.py knows. No value is ever repeated: it may be a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from singer_sdk.configuration._dict_config import parse_environment_config
from singer_sdk.typing import DEFAULT_JSONSCHEMA_VALIDATOR

from target_gsheets.errors import ConfigurationError, shown
from target_gsheets.settings_table import CONFIG_SCHEMA, FLAGS, YES


@contextmanager
def readable_settings(where: str) -> Iterator[None]:
    """Turn what the SDK raises on an unreadable file of settings into one sentence without its text."""
    try:
        yield
    except FileNotFoundError:
        reason = "there is no such file"
    except OSError as exc:
        reason = str(exc.strerror)
    except UnicodeDecodeError:
        reason = "it is no UTF-8 text"
    except (ValueError, TypeError) as exc:
        line, column = getattr(exc, "lineno", None), getattr(exc, "colno", None)
        reason = "it holds no JSON object" if line is None else f"no JSON at line {line}, column {column}"
    else:
        return
    raise ConfigurationError(f"The settings in {where} can't be read ({reason}).")


def environment_settings(schema: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The settings in variables, which a file `.env` may set as well; an empty one means "not set".

    The SDK's own are read here, by their types: what it can't read it takes for false, or raises without a name.
    """
    properties = schema["properties"]
    texts = parse_environment_config({"properties": {name: {"type": "string"} for name in properties}}, prefix)
    found: dict[str, Any] = {name: text for name, text in texts.items() if text.strip()}
    for name in found.keys() - CONFIG_SCHEMA["properties"].keys():
        found[name] = read_variable(f"{prefix}{name.upper()}", found[name], properties[name].get("type", ()))
    return found


def read_variable(variable: str, text: str, types: Collection[str]) -> Any:
    """A variable's text as one of these types; raise ConfigurationError with the variable's name."""
    for kind, (read, what) in READERS.items():
        if kind in types:
            try:
                return read(text)
            except ValueError:
                raise ConfigurationError(
                    f"The settings in the environment can't be read: {variable} must hold {what}."
                ) from None
    return text


def read_object(text: str) -> dict[str, Any]:
    """A JSON object."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(type(found).__name__)
    return found


def read_flag(text: str) -> bool:
    """Yes or no."""
    if text.strip().lower() not in FLAGS:
        raise ValueError(text)
    return text.strip().lower() in YES


READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "object": (read_object, "a JSON object"),
    "boolean": (read_flag, "'true' or 'false'"),
    "integer": (int, "a whole number"),
}


def unknown_settings(config: Iterable[str], schema: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each setting that there isn't, with the one that is likely meant."""
    known = list(schema["properties"])
    for name in config:
        if name not in known:
            meant = "".join(f": is {close!r} meant?" for close in get_close_matches(name, known, n=1)) or "."
            yield f"There is no setting {shown(name)}, and it is ignored{meant}"


def type_errors(config: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, str]:
    """The settings of a wrong type, each with a sentence on the types it may have."""
    errors = {}
    for error in DEFAULT_JSONSCHEMA_VALIDATOR(schema).iter_errors(config):
        if error.path:  # what is missing altogether is said by parse_settings
            name = str(error.path[0])
            types = schema["properties"][name].get("type", "another type")
            names = [types] if isinstance(types, str) else [kind for kind in types if kind != "null"]
            errors[name] = f"'{name}' must be of type {' or '.join(names)}"
    return errors
