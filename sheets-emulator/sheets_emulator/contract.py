"""The contract: Google's discovery document, as the client library ships it.

Design rule: request checks and response checks are read from the document, not written by hand; what it says in words
only is one table. A response must satisfy the strict schema as it is; how lax requests may be is in accepting.py.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import jsonschema_rs

from .discovery import document

Json = dict[str, Any]

INT32 = 2**31


MINIMUMS: dict[str, tuple[str, ...]] = {
    "GridRange": ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"),
    "GridCoordinate": ("rowIndex", "columnIndex"),
    "GridData": ("startRow", "startColumn"),
    "AddConditionalFormatRuleRequest": ("index",),
    "UpdateConditionalFormatRuleRequest": ("index", "newIndex"),
    "DeleteConditionalFormatRuleRequest": ("index",),
    "DuplicateSheetRequest": ("insertSheetIndex", "newSheetId"),
    "MoveDimensionRequest": ("destinationIndex",),
    "SheetProperties": ("index",),
    "SortSpec": ("dimensionIndex",),
    "FilterSpec": ("columnIndex",),
    "DimensionProperties": ("pixelSize",),
    "DimensionGroup": ("depth",),
    "TextFormat": ("fontSize",),
    "TextFormatRun": ("startIndex",),
    "ChipRun": ("startIndex",),
    "Border": ("width",),
    "Padding": ("top", "right", "bottom", "left"),
}
"""Numbers that begin with 0, which the document says in words only; so no reducer has to look for negative ones.

Those whose refusal Google words itself aren't here (DimensionRange, SheetProperties.sheetId, GridProperties).
"""


@cache
def schemas() -> Json:
    """The schemas of Sheets with the minimums written in, and those of Drive: no name is in both."""
    found: Json = {**document("drive.v3")["schemas"], **document()["schemas"]}
    for name, members in MINIMUMS.items():
        own = found[name]["properties"]
        least = {member: {**own[member], "minimum": 0} for member in members}
        found[name] = {**found[name], "properties": {**own, **least}}
    return found


@cache
def _strict_schemas() -> Json:
    return {name: _strict(schema) for name, schema in schemas().items()}


_FINITE = {"minimum": -sys.float_info.max, "maximum": sys.float_info.max}
_SCALARS: dict[str, Json] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "number": {"type": "number", **_FINITE},
    "any": _FINITE,
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
    least = {"minimum": schema["minimum"]} if type(schema.get("minimum")) is int else {}
    return {**_SCALARS.get(str(kind), {}), **least}


@cache
def validator(name: str) -> Any:
    return jsonschema_rs.validator_for(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": f"#/$defs/{name}",
            "$defs": _strict_schemas(),
        }
    )


def response_faults(schema: str, body: Any) -> list[str]:
    """Where an answer breaks the document; empty for a good one."""
    checks = validator(schema)
    if checks.is_valid(body):
        return []
    return [f"{'.'.join(map(str, error.instance_path))}: {error.message}"[:300] for error in checks.iter_errors(body)][
        :10
    ]
