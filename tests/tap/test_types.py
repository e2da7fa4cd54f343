"""Every type goes through the tap and is compared with what is expected of it, and by Postgres with what it has.

All cases are columns of one table with one row, so that one run serves them all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import jsonschema_rs
import psycopg
import pytest
from psycopg import sql
from singer_sdk.singerlib.json import serialize_json

from tests.tap.conftest import NewDatabase
from tests.tap.databases import server_version, since
from tests.tap.runs import Messages, run_in_process

TYPES = (
    "CREATE EXTENSION citext",
    "CREATE EXTENSION hstore",
    "CREATE TYPE mood AS ENUM ('sad', 'it''s \"ok\"', '😀')",
    "CREATE DOMAIN price AS numeric(10, 2)",
    "CREATE DOMAIN code AS char(4)",
    "CREATE DOMAIN hashes AS bytea[]",
    'CREATE TYPE pair AS (x int, "row" text)',
    'CREATE TYPE sealed AS ("a b" bytea, at timestamptz, "row" code)',
    "CREATE TYPE empty AS ()",
    "CREATE TYPE spans AS RANGE (subtype = float8)",
    # A type that nobody knows: with a cast to json of its own, which row_to_json would use.
    "CREATE TYPE mystery",
    "CREATE FUNCTION mystery_in(cstring) RETURNS mystery LANGUAGE internal IMMUTABLE STRICT AS 'textin'",
    "CREATE FUNCTION mystery_out(mystery) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'",
    "CREATE TYPE mystery (INPUT = mystery_in, OUTPUT = mystery_out, LIKE = text)",
    "CREATE FUNCTION mystery_json(mystery) RETURNS json LANGUAGE sql AS $$ SELECT '{\"a\": 1}'::json $$",
    "CREATE CAST (mystery AS json) WITH FUNCTION mystery_json(mystery)",
)


@dataclass(frozen=True)
class Case:
    """`back`: whether json_populate_record makes the same value of it again; `since`: the first server that has it."""

    type: str
    value: str
    expected: Any
    back: bool = True
    since: int = 12


BIG = "9" * 400

CASES = (
    Case("smallint", "-32768", -32768),
    Case("integer", "2147483647", 2147483647),
    Case("bigint", "9007199254740993", 9007199254740993),
    Case("numeric", "1234567890123456789.0123456789", Decimal("1234567890123456789.0123456789")),
    Case("numeric", "NaN", "NaN"),
    Case("numeric", "-Infinity", "-Infinity", since=14),
    Case("numeric", BIG, BIG),
    Case("numeric", "-" + BIG, "-" + BIG),
    Case("numeric", "0", 0),
    Case("numeric(12,2)", "19.90", Decimal("19.90")),
    Case("numeric(12,2)", "NaN", "NaN"),
    Case("numeric(5,-2)", "12345", 12300, since=15),
    Case("numeric(400,0)", BIG, BIG),
    Case("real", "1.1", Decimal("1.1")),
    Case("real", "-Infinity", "-Infinity"),
    Case("double precision", "0.1", Decimal("0.1")),
    Case("double precision", "1.7976931348623157e308", Decimal("1.7976931348623157e+308")),
    Case("double precision", "NaN", "NaN"),
    Case("boolean", "t", True),
    Case("text", "=1+1", "=1+1"),
    Case("text", "", ""),
    Case("text", "tab\t, \"quote\", back\\slash, \r\n\x01\x02\x7f\u0085\u2028 é 😀",
         "tab\t, \"quote\", back\\slash, \r\n\x01\x02\x7f\u0085\u2028 é 😀"),
    Case("varchar(10)", "00123", "00123"),
    Case("char(6)", "ab", "ab"),
    Case("char(6)[]", "{ab,\"c \",NULL}", ["ab", "c", None]),
    Case("char(6)[]", "{{ab},{c}}", [["ab"], ["c"]]),
    Case("code", "ab", "ab"),
    Case("code[]", "{ab}", ["ab"]),
    Case("\"char\"", "x", "x"),
    Case("name", "users", "users"),
    Case("citext", "Ab", "Ab"),
    Case("uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    Case("date", "2024-02-29", "2024-02-29"),
    Case("date", "infinity", "infinity"),
    Case("date", "0044-03-15 BC", "0044-03-15 BC"),
    Case("date", "10000-01-01", "10000-01-01"),
    Case("time", "12:34:56.789", "12:34:56.789"),
    Case("time", "24:00:00", "24:00:00"),
    Case("timetz", "12:34:56+05:30", "12:34:56+05:30"),
    Case("timetz", "12:34:56-08", "12:34:56-08"),
    Case("timestamp", "2024-01-02 03:04:05.120", "2024-01-02T03:04:05.12"),
    Case("timestamp(3)", "2024-01-02 03:04:05.1239", "2024-01-02T03:04:05.124"),
    Case("timestamp", "-infinity", "-infinity"),
    Case("timestamptz", "2024-01-02 03:04:05.123456+05:30", "2024-01-01T21:34:05.123456+00:00"),
    Case("timestamptz", "infinity", "infinity"),
    Case("timestamptz", "0044-03-15 00:00:00+00 BC", "0044-03-15T00:00:00+00:00 BC"),
    Case("interval", "1 year 2 months -3 days 04:05:06.7", "P1Y2M-3DT4H5M6.7S"),
    Case("interval", "0", "PT0S"),
    Case("bytea", "\\x00ff" + "ab" * 100, None, back=False),
    Case("bytea", "\\x", "", back=False),
    Case("bytea[]", "{\"\\\\x00\",NULL}", ["AA==", None], back=False),
    Case("bytea[]", "[0:1][2:2]={{\"\\\\x00\"},{\"\\\\x01\"}}", [["AA=="], ["AQ=="]], back=False),
    Case("bytea[]", "{}", [], back=False),
    Case("bytea[]", "{{{{{{\"\\\\x00\",\"\\\\x01\"}}}}}}", [[[[[["AA==", "AQ=="]]]]]], back=False),
    Case("hashes", "{\"\\\\x00\"}", ["AA=="], back=False),
    Case("json", "{\"a\":\n[1.50,\t2]\r\n}", {"a": [Decimal("1.50"), 2]}, back=False),
    Case("json", "{\"b\":1,\"a\":2,\"b\":3}", {"b": 3, "a": 2}, back=False),
    Case("json", "\"\\ud83d\\ude00\"", "😀", back=False),
    Case("json", "\"\\ud83d\"", "\"\\ud83d\"", back=False),
    Case("json", "\"\\ude00\\ud83d\"", "\"\\ude00\\ud83d\"", back=False),
    Case("json", "\"\\u0000\"", "\0", back=False),
    Case("json", "[1e400]", "[1e400]", back=False),
    Case("json", "[1e+0400]", "[1e+0400]", back=False),
    Case("json", "[1e299, 1e-400]", [Decimal("1e299"), Decimal("1e-400")], back=False),
    Case("json", "[1234567890.5E299]", "[1234567890.5E299]", back=False),
    Case("json", f"[{BIG}]", f"[{BIG}]", back=False),
    Case("json", "null", None, back=False),
    Case("json[]", "{\"\\\"\\\\ud83d\\\"\",\"[\n1]\"}", ["\"\\ud83d\"", [1]], back=False),
    Case("json", "\"\\\\ud83d\"", "\"\\\\ud83d\"", back=False),
    Case("jsonb", "{\"é\": [null, true, \"x\", 1.10]}", {"é": [None, True, "x", Decimal("1.10")]}),
    Case("jsonb", "[1e400]", f"[1{'0' * 400}]", back=False),
    Case("jsonb", "\"" + "x" * 400 + "\"", "x" * 400),
    Case("jsonb[]", "{\"{\\\"a\\\": 1}\",NULL}", [{"a": 1}, None]),
    Case("int[]", "{1,NULL,3}", [1, None, 3]),
    Case("int[]", "{{1,2},{3,4}}", [[1, 2], [3, 4]]),
    Case("int[]", "{}", []),
    Case("int2vector", "1 2", [1, 2], back=False),
    Case("text[]", "{a,\"b,c\",\"\\\"\",NULL,\"NULL\"}", ["a", "b,c", "\"", None, "NULL"]),
    Case("numeric[]", f"{{1.5,NaN,{BIG}}}", [Decimal("1.5"), "NaN", BIG]),
    Case("float8[]", "{1.5,NaN,Infinity}", [Decimal("1.5"), "NaN", "Infinity"]),
    Case("timestamptz[]", "{2024-01-02 03:04:05+01}", ["2024-01-02T02:04:05+00:00"]),
    Case("date[]", "{infinity}", ["infinity"]),
    Case("mood", "it's \"ok\"", "it's \"ok\""),
    Case("mood[]", "{😀,NULL}", ["😀", None]),
    Case("price", "3.50", Decimal("3.50")),
    Case("price[]", "{3.50}", [Decimal("3.50")]),
    Case("pair", "(1,\"a, b\")", {"x": 1, "row": "a, b"}),
    Case("pair", "(,)", {"x": None, "row": None}),
    Case("pair[]", "{\"(1,a)\",\"(2,b)\"}", [{"x": 1, "row": "a"}, {"x": 2, "row": "b"}]),
    Case("sealed", "(\"\\\\x00\",2024-01-01 00:00+00,ab)",
         {"a b": "AA==", "at": "2024-01-01T00:00:00+00:00", "row": "ab"}, back=False),
    Case("sealed", "(,,)", {"a b": None, "at": None, "row": None}),
    Case("sealed[]", "{\"(\\\"\\\\\\\\x00\\\",,)\",NULL}", [{"a b": "AA==", "at": None, "row": None}, None],
         back=False),
    Case("empty", "()", {}, back=False),
    Case("int4range", "[1,5]", "[1,6)"),
    Case("tstzrange", "[2024-01-01 00:00+01,)", "[\"2023-12-31 23:00:00+00\",)"),
    Case("spans", "(1.5,2.5)", "(1.5,2.5)"),
    Case("int4multirange", "{[1,2),[5,7)}", "{[1,2),[5,7)}", since=14),
    Case("int4range[]", "{\"[1,2)\"}", ["[1,2)"]),
    Case("hstore", "a=>1, \"b c\"=>NULL", {"a": "1", "b c": None}, back=False),
    Case("hstore[]", "{\"a=>1\"}", [{"a": "1"}], back=False),
    Case("mystery", "any thing", "any thing", back=False),
    Case("mystery[]", "{x,NULL}", ["x", None], back=False),
    Case("bit(4)", "1010", "1010"),
    Case("bit varying", "101", "101"),
    Case("inet", "::1/64", "::1/64"),
    Case("cidr", "10.0.0.0/8", "10.0.0.0/8"),
    Case("macaddr", "08-00-2b-01-02-03", "08:00:2b:01:02:03"),
    Case("money", "1234.5", Decimal("1234.50")),
    Case("money", "-92233720368547758.08", Decimal("-92233720368547758.08")),
    Case("money[]", "{{1},{NULL}}", [[Decimal("1.00")], [None]]),
    Case("tsvector", "a:1 b", "'a':1 'b'"),
    Case("tsquery", "a & b", "'a' & 'b'"),
    Case("point", "(1,2.5)", "(1,2.5)"),
    Case("polygon", "((0,0),(1,1))", "((0,0),(1,1))"),
    Case("pg_lsn", "16/B374D848", "16/B374D848"),
    Case("oid", "4294967295", "4294967295"),
    Case("regclass", "pg_class", "pg_class"),
    Case("jsonpath", "$.a", "$.\"a\""),
)  # fmt: skip

CASES = tuple(case for case in CASES if case.since <= server_version())
NAMES = [f"{number} {case.type}" for number, case in enumerate(CASES)]


@pytest.fixture(scope="module")
def cases_url(new_database: NewDatabase) -> str:
    url = new_database(*TYPES)
    with psycopg.connect(url, autocommit=True, options="-c TimeZone=Asia/Tokyo -c DateStyle=German") as connection:
        columns = [
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(case.type))
            for name, case in zip(NAMES, CASES, strict=True)
        ]
        connection.execute(sql.SQL("CREATE TABLE cases ({})").format(sql.SQL(", ").join(columns)))
        values = [sql.SQL("{}::{}").format(sql.Literal(case.value), sql.SQL(case.type)) for case in CASES]
        connection.execute(sql.SQL("INSERT INTO cases VALUES ({})").format(sql.SQL(", ").join(values)))
        connection.execute("INSERT INTO cases DEFAULT VALUES")
    return url


@pytest.fixture(scope="module")
def run(cases_url: str) -> Messages:
    return run_in_process({"database_url": cases_url})


@pytest.mark.parametrize(("name", "case"), list(zip(NAMES, CASES, strict=True)), ids=NAMES)
def test_a_value_comes_out_as_it_should(run: Messages, name: str, case: Case) -> None:
    expected = case.expected
    if case.type == "bytea" and expected is None:  # long enough that encode() would break the line
        expected = "AP+r" + "q6ur" * 33
    full, nulls = run.records("cases")
    assert full[name] == expected
    assert repr(full[name]) == repr(expected), "19.90 isn't 19.9, and 1 isn't True"
    assert nulls[name] is None


@pytest.mark.parametrize("name", [name for name, case in zip(NAMES, CASES, strict=True) if case.back])
def test_postgres_makes_the_same_value_of_it_again(cases_url: str, run: Messages, name: str) -> None:
    record = serialize_json({name: run.records("cases")[0][name]})
    column = sql.Identifier(name)
    with psycopg.connect(cases_url, options="-c TimeZone=UTC") as connection:
        row = connection.execute(
            sql.SQL(
                "SELECT t.{0}::text, p.{0}::text FROM cases t, json_populate_record(NULL::cases, {1}::json) p LIMIT 1"
            ).format(column, sql.Literal(record))
        ).fetchone()
    assert row is not None
    assert row[0] == row[1]


def test_every_value_fits_the_schema(run: Messages) -> None:
    schema = json.loads(json.dumps(run.schema("cases"), default=float))
    for record in run.records("cases"):
        plain = json.loads(json.dumps(record, default=float))
        for name, value in plain.items():
            errors = [error.message for error in jsonschema_rs.iter_errors(schema["properties"][name], value)]
            # 19.9 isn't a multiple of 0.01 in binary: only decimals can tell, which this validator hasn't got.
            assert not [message for message in errors if "multiple of" not in message], name


@pytest.mark.parametrize(
    ("type_", "schema"),
    [
        ("numeric(12,2)", {"type": ["number", "string", "null"], "multipleOf": Decimal("0.01")}),
        ("numeric(20,18)", {"type": ["number", "string", "null"], "multipleOf": Decimal("1e-18")}),
        ("numeric(5,0)", {"type": ["number", "string", "null"], "multipleOf": 1}),
        pytest.param(
            "numeric(5,-2)", {"type": ["number", "string", "null"], "multipleOf": 100}, marks=since(15)
        ),
        ("numeric", {"type": ["number", "string", "null"]}),
        ("bigint", {"type": ["integer", "null"]}),
        ("uuid", {"type": ["string", "null"], "format": "uuid"}),
        ("varchar(7)", {"type": ["string", "null"], "maxLength": 7}),
        ("timestamptz(3)", {"type": ["string", "null"], "format": "date-time"}),
        ("interval", {"type": ["string", "null"], "format": "duration"}),
        ("bytea", {"type": ["string", "null"], "contentEncoding": "base64"}),
        ("mood", {"type": ["string", "null"], "enum": ["sad", "it's \"ok\"", "😀", None]}),
        ("price", {"type": ["number", "string", "null"], "multipleOf": Decimal("0.01")}),
        ("date[]", {"type": ["array", "null"], "items": {"type": ["string", "array", "null"], "format": "date"}}),
        ("hstore", {"type": ["object", "null"], "additionalProperties": {"type": ["string", "null"]}}),
        (
            "pair",
            {
                "type": ["object", "null"],
                "properties": {"x": {"type": ["integer", "null"]}, "row": {"type": ["string", "null"]}},
            },
        ),
        ("mystery", {"type": ["string", "null"]}),
    ],
)  # fmt: skip
def test_a_type_has_its_schema(new_database: NewDatabase, type_: str, schema: dict[str, Any]) -> None:
    url = new_database(*TYPES, f"CREATE TABLE t (v {type_})")
    declared = {"varchar(7)": "character varying(7)", "timestamptz(3)": "timestamp(3) with time zone"}.get(type_, type_)
    assert run_in_process({"database_url": url}).schema("t")["properties"]["v"] == {
        **schema,
        "x-sql-datatype": declared,
    }


def test_a_column_of_any_json_is_one_to_the_sdk_too(run: Messages) -> None:
    name = next(name for name, case in zip(NAMES, CASES, strict=True) if case.type == "jsonb")
    assert run.schema("cases")["properties"][name] == {
        "anyOf": [
            {"type": "object"},
            {"type": "null"},
            {"oneOf": [{"type": ["array", "string", "number", "boolean"]}]},
        ],
        "x-sql-datatype": "jsonb",
    }


def test_a_timestamp_may_be_said_to_hold_utc(new_database: NewDatabase) -> None:
    url = new_database(
        "CREATE TYPE stay AS (since timestamp, place text)",
        "CREATE DOMAIN moment AS timestamp(3)",
        "CREATE TABLE t (a timestamp(3), b moment, c timestamp[], d stay, e timestamptz)",
        "INSERT INTO t VALUES ('2024-01-02 03:04:05.12', '-infinity', '{{2024-01-02},{NULL}}', '(0044-03-15 BC,x)',"
        " '2024-01-02 03:04:05+05')",
    )
    (record,) = run_in_process({"database_url": url, "naive_timestamps": "UTC"}).records("t")
    assert record == {
        "a": "2024-01-02T03:04:05.12+00:00",
        "b": "-infinity",
        "c": [["2024-01-02T00:00:00+00:00"], [None]],
        "d": {"since": "0044-03-15T00:00:00+00:00 BC", "place": "x"},
        "e": "2024-01-01T22:04:05+00:00",
    }


def test_bytes_may_be_hexadecimal(new_database: NewDatabase) -> None:
    url = new_database("CREATE TABLE t (a bytea, b bytea[])", "INSERT INTO t VALUES ('\\x00fF', '{\"\\\\x01\"}')")
    run = run_in_process({"database_url": url, "bytea_format": "hex"})
    assert run.records("t") == [{"a": "00ff", "b": ["01"]}]
    assert run.schema("t")["properties"]["a"] == {
        "type": ["string", "null"],
        "contentEncoding": "base16",
        "x-sql-datatype": "bytea",
    }
