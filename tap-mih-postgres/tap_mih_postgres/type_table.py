"""One table: a type of Postgres -> its JSON Schema, and the guard that its values need. No I/O.

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


def chosen_types(settings: Mapping[str, str]) -> Mapping[str, JsonType]:
    """What these settings make of built-in types, by the types' names."""
    return {name: of for choice in settings.items() for name, of in CHOICES.get(choice, {}).items()}
