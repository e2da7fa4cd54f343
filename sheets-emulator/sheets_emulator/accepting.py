"""Requests against the discovery document, with Google's laxness.

Design rule: a request that satisfies the strict schema passes at once; any other is walked, and comes out in the
document's spelling (snake_case, nulls, numbers as text: Google accepts them all) or is refused with every violation
listed.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from .contract import INT32, Json, schemas, validator
from .discovery import Method
from .errors import field_violations
from .fields import to_camel

Violations = list[tuple[str, str]]


def accept_request(schema: str, body: Any, root: str = "") -> Json:
    """The body in the document's spelling; raises InvalidArgumentError with every violation.

    `root` is the path of the body in Google's messages, such as "data" for values.update.
    """
    if isinstance(body, dict) and validator(schema).is_valid(body):
        return body
    violations: Violations = []
    if not isinstance(body, dict):
        raise field_violations([("", "Invalid JSON payload received. Root element must be a message.")])
    accepted: Json = _walk({"$ref": schema}, body, root, violations)
    if violations:
        raise field_violations(violations)
    return accepted


def accept_drive(schema: str, body: Any) -> Json:
    """The members of a body that Drive knows; it ignores any other (gspread sends `withLink` of Drive v2)."""
    known = schemas()[schema]["properties"]
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name in known}
    return accept_request(schema, body)


def _walk(schema: Json, value: Any, path: str, violations: Violations) -> Any:
    if "$ref" in schema:
        name = schema["$ref"]
        schema = schemas()[name]
        if not isinstance(value, dict):
            violations.append(_invalid(path, f"type.googleapis.com/google.apps.sheets.v4.{name}", value))
            return value
    if schema.get("type") == "object" and "properties" in schema:
        return _walk_object(schema["properties"], value, path, violations)
    if schema.get("type") == "object":
        return _walk_map(schema.get("additionalProperties", {"type": "any"}), value, path, violations)
    if schema.get("type") == "array":
        return _walk_array(schema, value, path, violations)
    if "enum" in schema:
        return _walk_enum(schema, value, path, violations)
    return _walk_scalar(schema, value, path, violations)


def _walk_scalar(schema: Json, value: Any, path: str, violations: Violations) -> Any:
    kind = str(schema.get("type"))
    try:
        return _READERS[kind](value) if "minimum" not in schema else _at_least(schema["minimum"], _READERS[kind](value))
    except (ValueError, TypeError, OverflowError):
        violations.append(_invalid(path, _PROTO_TYPES[kind], value))
        return value


def _walk_object(members: Json, value: Json, path: str, violations: Violations) -> Json:
    out: Json = {}
    for name, item in value.items():
        spelled = name if name in members else to_camel(name)
        if spelled not in members:
            at = f" at '{path}'" if path else ""
            violations.append((path, f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'))
        elif item is not None:
            out[spelled] = _walk(members[spelled], item, f"{path}.{_snake(name)}" if path else _snake(name), violations)
    return out


def _walk_map(schema: Json, value: Any, path: str, violations: Violations) -> Any:
    if not isinstance(value, dict):
        violations.append(_invalid(path, "Map", value))
        return value
    return {name: _walk(schema, item, f"{path}[{name}]", violations) for name, item in value.items()}


def _walk_array(schema: Json, value: Any, path: str, violations: Violations) -> Any:
    items = schema["items"]
    if not isinstance(value, list):
        if items.get("type") in {"array", "any"}:
            violations.append(_invalid(path, "type.googleapis.com/google.protobuf.ListValue", value))
            return value
        value = [value]
    if "$ref" in items:
        value = _flattened(value)
    return [_walk(items, item, f"{path}[{index}]", violations) for index, item in enumerate(value)]


def _flattened(items: list[Any]) -> list[Any]:
    """A list of messages may hold lists of them (recorded laxness)."""
    out: list[Any] = []
    for item in items:
        out.extend(_flattened(item)) if isinstance(item, list) else out.append(item)
    return out


def _walk_enum(schema: Json, value: Any, path: str, violations: Violations) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(schema["enum"]):
        return schema["enum"][value]
    if value not in schema["enum"]:
        violations.append(_invalid(path, f"type.googleapis.com/google.apps.sheets.v4.{_enum_name(path)}", value))
    return value


def _enum_name(path: str) -> str:
    return to_camel("_" + path.rpartition(".")[2].split("[")[0])


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), name)


def _invalid(path: str, kind: str, value: Any) -> tuple[str, str]:
    return path, f"Invalid value at '{path}' ({kind}), {json.dumps(value, ensure_ascii=False)[:200]}"


def _at_least(least: Any, number: int) -> int:
    if type(least) is int and number < least:
        raise ValueError
    return number


def _read_integer(value: Any) -> int:
    number = int(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, (int, float)) or number != int(number):
        raise ValueError
    if not -INT32 <= number < INT32:
        raise ValueError
    return int(number)


def _read_number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    number: float = float(value) if isinstance(value, str) else value + 0
    if not math.isfinite(number):
        raise ValueError
    return number


def _read_any(value: Any) -> Any:
    """Any value of JSON, but no number that has no place in a double."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isfinite(float(value)):
        raise ValueError
    return value


def _read_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value.lower() not in _WORDS:
        raise ValueError
    return _WORDS[value.lower()]


_WORDS = dict.fromkeys(("true", "t", "yes", "y", "1"), True) | dict.fromkeys(("false", "f", "no", "n", "0"), False)
"""Booleans as text, in a body or a query (measured by backlot)."""


def _read_string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


_READERS: dict[str, Any] = {
    "any": _read_any,
    "integer": _read_integer,
    "number": _read_number,
    "boolean": _read_boolean,
    "string": _read_string,
}
_PROTO_TYPES = {
    "any": "google.protobuf.Value",
    "integer": "TYPE_INT32",
    "number": "TYPE_DOUBLE",
    "boolean": "TYPE_BOOL",
    "string": "TYPE_STRING",
}


def accept_parameters(method: Method, query: dict[str, list[str]]) -> Json:
    """The query of a call by the document's types: lists where repeated, enums checked; unknown ones are refused."""
    out: Json = {}
    violations: Violations = []
    for name, values in query.items():
        spelled = name if name in method.parameters or name in SYSTEM_PARAMETERS else to_camel(name)
        schema = method.parameters.get(spelled)
        if schema is None:
            if spelled not in SYSTEM_PARAMETERS:
                violations.append(("", _UNKNOWN_PARAMETER.format(name)))
            else:
                out[spelled] = values[-1]
        elif schema.get("repeated"):
            out[spelled] = values
        else:
            plain = {key: item for key, item in schema.items() if key not in {"location", "required"}}
            text = values[-1].lower() if schema["type"] == "boolean" else values[-1]
            out[spelled] = _walk(plain, text, _snake(name), violations)
    if violations:
        raise field_violations(violations)
    return out


_UNKNOWN_PARAMETER = (
    'Invalid JSON payload received. Unknown name "{0}": Cannot bind query parameter. '
    "Field '{0}' could not be found in request message."
)
SYSTEM_PARAMETERS = frozenset(
    {"fields", "alt", "prettyPrint", "key", "quotaUser", "access_token", "oauth_token", "callback", "upload_protocol"}
    | {"uploadType", "$.xgafv", "$Xgafv", "userIp"}
)
