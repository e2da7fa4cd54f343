"""One table: Postgres type -> JSON Schema and guard.

Postgres' own row_to_json writes almost every type as we want it, at a speed that nothing else reaches. A guard is the
SQL around a value where it doesn't: where the text isn't what people mean (bytea, char(n)), where one value would
break every reader of the line (a `json` with raw newlines or a lone surrogate, a number that no double can hold), or
where an extension's cast to json would decide (unknown types: as text, never dropped).

Decisions:
- A value is exact on the wire. What JSON numbers can't say is a string: NaN and the infinities (as row_to_json has
  it), and numbers beyond 1e308 in a `numeric` without a precision or anywhere in json and jsonb, where the whole
  value becomes its text. So the schema of every fractional number admits strings.
- Dates keep Postgres' own text where ISO 8601 ends: `infinity`, `-infinity`, `0044-03-15 BC`, `10000-01-01`; times have
  `24:00:00`. Their schema says `format` all the same: by JSON Schema's standard `format` describes and doesn't forbid.
- A `timestamp` is written without offset, as it is, or with +00:00 where the user says that it holds UTC (as Prisma's
  do); a `timestamptz` in UTC with +00:00. A `timetz` keeps its own offset in Postgres' short form, and so has no
  `format`. Within ranges and the like, all of them are Postgres' own text.
- `money` is a number: how its text looks, and with it how much it says, depends on the server's locale.
- `multipleOf` is a binary float here (it prints as 0.01 all the same): the SDK's suites divide floats by it.
- Arrays may hold arrays without their type saying so: `items` admits them at any depth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """SQL with {value} in it; `cast` when the same does for a whole array with [] after it."""

    sql: str
    cast: bool = False


@dataclass(frozen=True, slots=True)
class Elements:
    """A guard for each element of an array of any shape."""

    guard: Guard


@dataclass(frozen=True, slots=True)
class Fields:
    """Guards for the fields of a composite; None where row_to_json does well alone."""

    guards: tuple[tuple[str, Guard | None], ...]


Guard = Template | Elements | Fields


@dataclass(frozen=True, slots=True)
class JsonType:
    """What a value becomes: its JSON Schema without null, and the guard it needs."""

    schema: Schema
    guard: Guard | None = None


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


AS_TEXT = Template("{value}::text", cast=True)
BASE64 = Template("translate(encode({value}, 'base64'), E'\\n', '')")
BASE16 = Template("encode({value}, 'hex')")
WITHIN_DOUBLES = Template(
    "CASE WHEN {value} BETWEEN -1e308 AND 1e308 THEN to_json({value}) ELSE to_json({value}::text) END"
)
# A number of 309 digits is beyond any double; jsonb spells out 1e400. (It spells out 1e-400 too: a false alarm.)
JSONB_WITHIN_DOUBLES = Template(
    "CASE WHEN octet_length({value}::text) > 308 AND {value}::text ~ '[0-9]{{250}}[0-9]{{59}}'"
    " THEN to_jsonb({value}::text) ELSE {value} END"
)
# Raw control characters in a json value can only stand between its tokens. What the pattern finds: halves of surrogate
# pairs, exponents from 300, from 100 after nine digits, and 200 digits in a row; so nothing else is beyond 1e308. A
# false alarm (digits in a string, an escaped backslash before ud83d) costs nothing: the same text, as a string.
SAFE_JSON = Template(
    "CASE WHEN {value}::text ~ '"
    r"\\u[dD][89abAB][0-9a-fA-F]{{2}}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{{2}})\\u[dD][c-fC-F]"
    r"|[0-9.][eE][+]?0*([1-9][0-9]{{3}}|[3-9][0-9]{{2}})"
    r"|[0-9]{{9}}[0-9.]*[eE][+]?0*[1-9][0-9]{{2}}"
    r"|[0-9]{{200}}"
    "' THEN to_json({value}::text) ELSE translate({value}::text, E'\\n\\r\\t', '   ')::json END"
)

# Any JSON at all; null even where the column is NOT NULL, since JSON has a null of its own. Not {}, on which the SDK's
# helpers raise, nor a bare list of types, which they take as a promise of each of them. The object comes first, since
# the SDK's SQL targets look no further than the first type that isn't null, and keep only an object as JSON.
ANY_JSON: Schema = {
    "anyOf": [
        {"type": "object"},
        {"type": "null"},
        {"oneOf": [{"type": ["array", "string", "number", "boolean"]}]},
    ]
}

TEXT = JsonType({"type": "string"})
UNKNOWN = JsonType({"type": "string"}, AS_TEXT)
INTEGER = JsonType({"type": "integer"})
FLOAT = JsonType({"type": ["number", "string"]})

# Types of pg_catalog that aren't plain text to row_to_json, or whose schema says more.
BUILT_IN: Mapping[str, JsonType] = {
    "int2": INTEGER,
    "int4": INTEGER,
    "int8": INTEGER,
    "float4": FLOAT,
    "float8": FLOAT,
    "bool": JsonType({"type": "boolean"}),
    "uuid": JsonType({"type": "string", "format": "uuid"}),
    "date": JsonType({"type": "string", "format": "date"}),
    "time": JsonType({"type": "string", "format": "time"}),
    "timestamp": JsonType({"type": "string", "format": "date-time"}),
    "timestamptz": JsonType({"type": "string", "format": "date-time"}),
    "interval": JsonType({"type": "string", "format": "duration"}),
    "bytea": JsonType({"type": "string", "contentEncoding": "base64"}, BASE64),
    "money": JsonType({"type": "number"}, Template("{value}::numeric", cast=True)),
    "json": JsonType(ANY_JSON, SAFE_JSON),
    "jsonb": JsonType(ANY_JSON, JSONB_WITHIN_DOUBLES),
}

# Setting, and its value where that isn't the default -> what becomes of a type.
CHOICES: Mapping[tuple[str, str], Mapping[str, JsonType]] = {
    # The session's time zone is UTC.
    ("naive_timestamps", "utc"): {
        "timestamp": JsonType(BUILT_IN["timestamp"].schema, Template("{value}::timestamptz", cast=True))
    },
    ("bytea_format", "hex"): {"bytea": JsonType({"type": "string", "contentEncoding": "base16"}, BASE16)},
}

# Types of extensions that row_to_json writes well, found by name since an extension may live in any schema.
OF_EXTENSIONS: Mapping[str, JsonType] = {
    "citext": TEXT,
    "hstore": JsonType({"type": "object", "additionalProperties": {"type": ["string", "null"]}}),
}


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


def chosen_types(settings: Mapping[str, str]) -> Mapping[str, JsonType]:
    """What these settings make of built-in types, by the types' names."""
    return {name: of for choice in settings.items() for name, of in CHOICES.get(choice, {}).items()}


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
