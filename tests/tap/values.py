"""Random values of every type, as Postgres' input functions take them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

TYPES = (
    "CREATE EXTENSION citext",
    "CREATE EXTENSION hstore",
    "CREATE EXTENSION ltree",
    "CREATE EXTENSION cube",
    "CREATE TYPE mood AS ENUM ('sad', 'it''s \"ok\"', '😀')",
    "CREATE DOMAIN price AS numeric(10, 2)",
    "CREATE DOMAIN codes AS char(4)[]",
    'CREATE TYPE pair AS (x int, "row" text)',
    'CREATE TYPE sealed AS ("a b" bytea, at timestamptz, sum money, "row" pair)',
)

ALPHABET = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXT = st.text(ALPHABET, max_size=12)
SMALL = st.integers(-9999, 9999)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False).map(lambda number: f"{number:f}")
POINT = st.tuples(*[st.integers(-999, 999)] * 2).map(lambda pair: f"({pair[0]},{pair[1] / 8})")
BYTES = st.binary(max_size=90).map(lambda value: f"\\x{value.hex()}")
SPECIAL_DATES = ["infinity", "-infinity", "4713-11-24 BC", "0001-12-31 BC", "9999-12-31", "10000-01-01"]
DATES = st.dates().map(str) | st.sampled_from([*SPECIAL_DATES, "5874897-12-31"])
TIMES = st.times().map(str) | st.just("24:00:00")
STAMPS = st.datetimes().map(str) | st.sampled_from([*SPECIAL_DATES, "294276-12-31 23:59:59.999999"])
OFFSETS = st.integers(-15 * 60, 15 * 60).map(lambda m: f"{'-' if m < 0 else '+'}{abs(m) // 60:02}:{abs(m) % 60:02}")
INTERVALS = st.tuples(*[st.integers(-99999, 99999)] * 3).map(
    lambda parts: f"{parts[0]} months {parts[1]} days {parts[2]}.{abs(parts[0]):06} seconds"
)
# Not null alone: JSON has one of its own, which nobody can tell from SQL's in a record.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e99, 1e99).map(lambda number: round(number, 30)) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
).filter(lambda value: value is not None)


def floats(width: int) -> Texts:
    # A reader of JSON takes -0 for the integer that it looks like, and that has no sign.
    return (
        st.floats(width=width).map(lambda number: repr(number + 0.0)).map(lambda text: text.replace("inf", "Infinity"))
    )


def quoted(item: str | None) -> str:
    """An element of an array, a field of a row or a value of hstore."""
    return "NULL" if item is None else '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'


def array(of: Texts) -> Texts:
    """One dimension with any lower bound, or two."""
    items = st.lists(st.none() | of, max_size=3)
    one = st.tuples(st.integers(-2, 2), items).map(
        lambda pair: (f"[{pair[0]}:{pair[0] + len(pair[1]) - 1}]=" if pair[1] else "") + braces(pair[1])
    )
    pairs = st.lists(st.tuples(of, st.none() | of), min_size=1, max_size=2)
    return one | pairs.map(lambda rows: "{" + ",".join(map(braces, rows)) + "}")


def braces(items: list[str | None] | tuple[str | None, ...]) -> str:
    return "{" + ",".join(map(quoted, items)) + "}"


def row(*fields: Texts) -> Texts:
    """An empty field is null."""
    return st.tuples(*[st.none() | one for one in fields]).map(
        lambda items: "(" + ",".join("" if item is None else quoted(item) for item in items) + ")"
    )


def span(of: st.SearchStrategy[int], write: Callable[[int], str] = str) -> Texts:
    """A range; infinite where a bound is missing."""
    bounds = st.tuples(of, of).map(sorted)
    return (
        st.just("empty")
        | bounds.map(lambda pair: f"[{write(pair[0])},{write(pair[1])})")
        | of.map(lambda bound: f"({write(bound)},)")
    )


def spans(write: Callable[[int], str]) -> Texts:
    """A multirange."""
    filled = span(SMALL, write).filter(lambda one: one != "empty")
    return st.lists(filled, max_size=2).map(lambda several: "{" + ",".join(several) + "}")


@dataclass(frozen=True)
class Kind:
    """A type and its values.

    `back` is the SQL that makes a value of what the tap sent, {0}, where json_populate_record can't; `had` what to do
    to the original before both are compared; `since` the first version of Postgres that has it.
    """

    type: str
    values: Texts
    back: str = ""
    had: str = ""
    since: int = 12


def day(number: int) -> str:
    return str(date.fromordinal(700000 + 30 * number))


BITS = st.text("01", min_size=8, max_size=8)
DECODED = "decode({0} #>> '{{}}', 'base64')"
BYTE = st.integers(0, 255)
ADDRESS = st.tuples(BYTE, BYTE, st.integers(0, 32)).map(lambda n: f"10.{n[0]}.0.{n[1]}/{n[2]}") | st.just("::1/64")
MAC = st.binary(min_size=6, max_size=6).map(lambda value: value.hex(":"))
NUMBERS_APART = st.lists(st.integers(0, 99), max_size=3).map(lambda numbers: " ".join(map(str, numbers)))
WORDS = st.text("ab'\\ é", min_size=1, max_size=5).map(
    lambda word: "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
)

PAIRS = st.dictionaries(TEXT, st.none() | TEXT, max_size=3).map(
    lambda pairs: ",".join(f"{quoted(key)}=>{quoted(value)}" for key, value in pairs.items())
)

# What stands for an object of the database, by its name.
REGISTERED = {
    "regclass": "pg_class", "regconfig": "simple", "regdictionary": "simple", "regnamespace": "public",
    "regoper": "||/", "regoperator": "+(integer,integer)", "regproc": "now", "regprocedure": "abs(integer)",
    "regrole": "mih", "regtype": "integer[]",
}  # fmt: skip
BOUNDS: dict[str, Callable[[int], str]] = {"int4": str, "int8": str, "num": str, "date": day, "ts": day, "tstz": day}

KINDS = (
    Kind("smallint", st.integers(-(2**15), 2**15 - 1).map(str)),
    Kind("integer", st.integers(-(2**31), 2**31 - 1).map(str)),
    Kind("bigint", st.integers(-(2**63), 2**63 - 1).map(str)),
    Kind("numeric", NUMBERS | st.integers().map(lambda n: f"{n}e300") | st.just("NaN")),
    Kind("numeric(12,2)", st.integers(-(10**12) + 1, 10**12 - 1).map(lambda cents: f"{cents}e-2")),
    Kind("real", floats(32)),
    Kind("double precision", floats(64)),
    Kind(
        "money",
        st.integers(-(2**53), 2**53).map(lambda cents: f"{cents // 100}.{cents % 100:02}"),
        "({0} #>> '{{}}')::numeric::money",
    ),
    Kind("boolean", st.sampled_from(["t", "f"])),
    Kind("text", TEXT),
    Kind("varchar(12)", TEXT),
    Kind("char(12)", TEXT),
    Kind("name", st.text(ALPHABET, max_size=15)),
    Kind('"char"', st.characters(min_codepoint=1, max_codepoint=127)),
    Kind("citext", TEXT),
    Kind("uuid", st.uuids().map(str)),
    Kind("date", DATES),
    Kind("time", TIMES),
    Kind("timetz", st.tuples(TIMES, OFFSETS).map("".join)),
    Kind("timestamp", STAMPS),
    Kind("timestamp(3)", st.datetimes().map(str)),
    Kind("timestamptz", STAMPS),
    Kind("interval", INTERVALS),
    Kind("bytea", BYTES, DECODED),
    Kind(
        "json",
        st.tuples(JSON, st.sampled_from([None, 1])).map(lambda made: json.dumps(made[0], indent=made[1])),
        "{0}::jsonb",
        had="::jsonb",
    ),
    Kind("jsonb", JSON.map(json.dumps)),
    Kind("jsonb[]", array(st.dictionaries(TEXT, JSON).map(json.dumps))),
    Kind("int[]", array(SMALL.map(str))),
    Kind("text[]", array(TEXT)),
    Kind("char(6)[]", array(st.text("ab é", max_size=6))),
    Kind("timestamptz[]", array(STAMPS)),
    Kind("float8[]", array(floats(64))),
    Kind("mood", st.sampled_from(["sad", 'it\'s "ok"', "😀"])),
    Kind("mood[]", array(st.sampled_from(["sad", 'it\'s "ok"', "😀"]))),
    Kind("price", st.integers(-(10**9), 10**9).map(lambda cents: f"{cents}e-2")),
    Kind("codes", array(st.text("ab", max_size=4))),
    Kind("pair", row(SMALL.map(str), TEXT)),
    Kind("pair[]", array(row(SMALL.map(str), TEXT))),
    Kind(
        "hstore",
        PAIRS,
        "(SELECT CASE WHEN {0} IS NOT NULL THEN coalesce(hstore(array_agg(pair.key), array_agg(pair.value)), '') END"
        " FROM json_each_text({0}) AS pair)",
    ),
    Kind("ltree", st.text("ab.", max_size=9).map(lambda path: ".".join(filter(None, path.split("."))))),
    Kind("cube", st.lists(SMALL, min_size=1, max_size=3).map(lambda numbers: f"({','.join(map(str, numbers))})")),
    Kind("bit(8)", BITS),
    Kind("varbit", st.text("01", max_size=20)),
    Kind("inet", ADDRESS),
    Kind("cidr", st.integers(0, 255).map(lambda byte: f"10.{byte}.0.0/16")),
    Kind("macaddr", MAC),
    Kind("macaddr8", MAC),
    Kind("point", POINT),
    Kind(
        "line", st.tuples(POINT, POINT).filter(lambda ends: ends[0] != ends[1]).map(lambda ends: f"{ends[0]},{ends[1]}")
    ),
    Kind("lseg", st.tuples(POINT, POINT).map(lambda ends: f"[{ends[0]},{ends[1]}]")),
    Kind("box", st.tuples(POINT, POINT).map(",".join)),
    Kind("path", st.lists(POINT, min_size=1, max_size=3).map(lambda points: f"[{','.join(points)}]")),
    Kind("polygon", st.lists(POINT, min_size=1, max_size=3).map(lambda points: f"({','.join(points)})")),
    Kind("circle", st.tuples(POINT, st.integers(0, 99)).map(lambda of: f"<{of[0]},{of[1]}>")),
    Kind("tsvector", st.lists(WORDS, max_size=3).map(" ".join)),
    Kind("tsquery", st.lists(WORDS, min_size=1, max_size=3).map(" & ".join)),
    Kind("jsonpath", st.sampled_from(["$.a", "$[*] ? (@ > 1)", 'strict $."é"'])),
    Kind("pg_lsn", st.integers(0, 2**64 - 1).map(lambda number: f"{number >> 32:X}/{number & 0xFFFFFFFF:X}")),
    Kind("oid", st.integers(0, 2**32 - 1).map(str)),
    Kind("xid", st.integers(0, 2**32 - 1).map(str)),
    Kind("cid", st.integers(0, 2**32 - 1).map(str)),
    Kind("xid8", st.integers(0, 2**63 - 1).map(str), since=13),
    Kind("tid", st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**16 - 1)).map(lambda of: f"({of[0]},{of[1]})")),
    Kind("txid_snapshot", st.just("10:20:10,14,15")),
    Kind("pg_snapshot", st.just("10:20:10,14,15"), since=13),
    Kind("refcursor", TEXT),
    Kind("aclitem", st.just("postgres=r/postgres").map(lambda item: item.replace("postgres", "mih"))),
    Kind("int2vector", NUMBERS_APART, "translate({0}::text, '[],', '   ')::int2vector"),
    Kind("oidvector", NUMBERS_APART, "translate({0}::text, '[],\"', '    ')::oidvector"),
    *(Kind(name, st.just(value)) for name, value in REGISTERED.items()),
    Kind("regcollation", st.just('"C"'), since=13),
    Kind("int4range", span(SMALL)),
    Kind("int8range", span(SMALL)),
    Kind("numrange", span(SMALL, lambda number: f"{number / 8}")),
    Kind("daterange", span(SMALL, day)),
    Kind("tsrange", span(SMALL, lambda number: f'"{day(number)} 01:02:03"')),
    Kind("tstzrange", span(SMALL, lambda number: f'"{day(number)} 01:02:03+02"')),
    *(Kind(f"{name}multirange", spans(write), since=14) for name, write in BOUNDS.items()),
)
