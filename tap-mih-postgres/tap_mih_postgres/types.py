"""A type of the catalog, whatever it is made of -> what its values become. No I/O.

Domains are what they are made of; arrays and composites have the schema and the guards of their parts. What isn't made
of anything stands in type_table.py; what doesn't stand there either is sent as text, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tap_mih_postgres.type_table import (
    AS_TEXT,
    BUILT_IN,
    FLOAT,
    OF_EXTENSIONS,
    TEXT,
    UNKNOWN,
    WITHIN_DOUBLES,
    Elements,
    Fields,
    JsonType,
    Schema,
    Template,
)


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute of a composite type."""

    name: str
    type: int
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class PostgresType:
    """A row of pg_type: `kind` is its typtype; `element`, `base` are oids, 0 for none."""

    oid: int
    schema: str
    name: str
    kind: str
    element: int = 0
    base: int = 0
    modifier: int = -1
    labels: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Types:
    """The types of a database by oid, and what the user chose for some of the built-in ones by name."""

    kinds: Mapping[int, PostgresType]
    chosen: Mapping[str, JsonType]


def json_type(oid: int, modifier: int, types: Types) -> JsonType:
    """What a value of this type and typmod becomes, whatever it is made of."""
    kind = types.kinds[oid]
    if kind.kind == "d":
        return json_type(kind.base, kind.modifier, types)
    if kind.element:
        return _array(json_type(kind.element, modifier, types))
    if kind.kind == "e":
        return JsonType({"type": "string", "enum": list(kind.labels)})
    if kind.kind == "c":
        return _composite([(field.name, json_type(field.type, field.modifier, types)) for field in kind.fields])
    return _base(kind, modifier, types.chosen)


def order_schema(oid: int, types: Types) -> str:
    """The schema of a type's comparison operators: an extension's are where the type is."""
    kind = types.kinds[oid]
    if kind.kind == "d":
        return order_schema(kind.base, types)
    return kind.schema if kind.kind == "b" and not kind.element else "pg_catalog"


def nullable(schema: Schema) -> Schema:
    """The same schema, with null admitted."""
    return _also(schema, "null", None)


def _also(schema: Schema, name: str, *labels: object) -> Schema:
    """A schema that admits another JSON type; an enum names its values too, or gives way to what it can't name."""
    if "type" not in schema:
        return schema
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    widened = {**schema, "type": [*types, name]}
    if "enum" in schema:
        widened["enum"] = [*schema["enum"], *labels]
    return widened


def _array(element: JsonType) -> JsonType:
    inner = {key: value for key, value in element.schema.items() if key != "enum"}
    schema = {"type": "array", "items": nullable(_also(inner, "array"))}
    match element.guard:
        case None:
            return JsonType(schema)
        case Template(sql, cast=True):
            return JsonType(schema, Template(f"{sql}[]"))
        case guard:
            return JsonType(schema, Elements(guard))


def _composite(fields: list[tuple[str, JsonType]]) -> JsonType:
    schema = {"type": "object", "properties": {name: nullable(of.schema) for name, of in fields}}
    if all(of.guard is None for _, of in fields):
        return JsonType(schema)
    return JsonType(schema, Fields(tuple((name, of.guard) for name, of in fields)))


def _base(kind: PostgresType, modifier: int, chosen: Mapping[str, JsonType]) -> JsonType:
    if kind.schema != "pg_catalog":
        return TEXT if kind.kind in "rm" else OF_EXTENSIONS.get(kind.name, UNKNOWN)
    if kind.name == "numeric":
        return numeric(modifier)
    if kind.name in {"varchar", "bpchar"}:
        return characters(kind.name, modifier)
    return chosen.get(kind.name) or BUILT_IN.get(kind.name, TEXT)


def numeric(modifier: int) -> JsonType:
    """numeric(precision, scale): the scale is 11 bits with sign since Postgres 15, and the header's 4 is added."""
    if modifier < 0:
        return JsonType(FLOAT.schema, WITHIN_DOUBLES)
    precision, scale = (modifier - 4) >> 16 & 0xFFFF, ((modifier - 4 & 0x7FF) ^ 0x400) - 0x400
    guard = WITHIN_DOUBLES if precision - scale > 308 else None
    step: float = 10**-scale if scale <= 0 else float(f"1e-{scale}")
    return JsonType({**FLOAT.schema, **({"multipleOf": step} if step else {})}, guard)


def characters(name: str, modifier: int) -> JsonType:
    """varchar(n) and char(n), whose padding the cast takes off."""
    length = {"maxLength": modifier - 4} if modifier > 4 else {}
    return JsonType({"type": "string", **length}, AS_TEXT if name == "bpchar" else None)
