"""The contract: Google's discovery document, as the client library ships it.

Design rule: routes, request checks and response checks are read from the document, not written by hand. A request
that satisfies the strict JSON Schema passes at once; any other is walked, and comes out in the document's spelling
(snake_case, nulls, numbers as text: Google accepts them all) or is refused with every violation listed. A response
must satisfy the strict schema as it is.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import jsonschema_rs

from .discovery import Method, document
from .errors import field_violations
from .fields import to_camel

Json = dict[str, Any]
Violations = list[tuple[str, str]]

INT32 = 2**31


@cache
def _strict_schemas() -> Json:
    return {name: _strict(schema) for name, schema in document()["schemas"].items()}


_SCALARS: dict[str, Json] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "number": {"type": "number"},
    "integer": {"type": "integer", "minimum": -INT32, "maximum": INT32 - 1},
}


def _strict(schema: Json) -> Json:
    """A discovery schema as JSON Schema with unknown members forbidden."""
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    kind = schema.get("type")
    if kind == "array":
        return {"type": "array", "items": _strict(schema["items"])}
    if kind == "object" and "additionalProperties" in schema:
        return {"type": "object", "additionalProperties": _strict(schema["additionalProperties"])}
    if kind == "object":
        members = {name: _strict(member) for name, member in schema.get("properties", {}).items()}
        return {"type": "object", "properties": members, "additionalProperties": False}
    if "enum" in schema:
        return {"enum": schema["enum"]}
    return _SCALARS.get(str(kind), {})


@cache
def _validator(name: str) -> Any:
    return jsonschema_rs.validator_for(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": f"#/$defs/{name}",
            "$defs": _strict_schemas(),
        }
    )


def response_faults(schema: str, body: Any) -> list[str]:
    """Where an answer breaks the document; empty for a good one."""
    validator = _validator(schema)
    if validator.is_valid(body):
        return []
    return [
        f"{'.'.join(map(str, error.instance_path))}: {error.message}"[:300] for error in validator.iter_errors(body)
    ][:10]


def accept_request(schema: str, body: Any, root: str = "") -> Json:
    """The body in the document's spelling; raises InvalidArgumentError with every violation.

    `root` is the path of the body in Google's messages, such as "data" for values.update.
    """
    if isinstance(body, dict) and _validator(schema).is_valid(body):
        return body
    violations: Violations = []
    if not isinstance(body, dict):
        raise field_violations([("", "Invalid JSON payload received. Root element must be a message.")])
    accepted: Json = _walk({"$ref": schema}, body, root, violations)
    if violations:
        raise field_violations(violations)
    return accepted


def _walk(schema: Json, value: Any, path: str, violations: Violations) -> Any:
    if "$ref" in schema:
        name = schema["$ref"]
        schema = document()["schemas"][name]
        if not isinstance(value, dict):
            violations.append(_invalid(path, f"type.googleapis.com/google.apps.sheets.v4.{name}", value))
            return value
    if schema.get("type") == "object" and "properties" in schema:
        return _walk_object(schema["properties"], value, path, violations)
    if schema.get("type") == "array":
        return _walk_array(schema, value, path, violations)
    if "enum" in schema:
        return _walk_enum(schema, value, path, violations)
    return _walk_scalar(str(schema.get("type")), value, path, violations)


def _walk_scalar(kind: str, value: Any, path: str, violations: Violations) -> Any:
    reader = _READERS.get(kind)
    try:
        return reader(value) if reader else value
    except (ValueError, TypeError):
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
    return float(value) if isinstance(value, str) else value + 0


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
    "integer": _read_integer,
    "number": _read_number,
    "boolean": _read_boolean,
    "string": _read_string,
}
_PROTO_TYPES = {"integer": "TYPE_INT32", "number": "TYPE_DOUBLE", "boolean": "TYPE_BOOL", "string": "TYPE_STRING"}


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
