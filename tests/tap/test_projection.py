"""Whatever a table, a column or a value is called, it comes out as Postgres has it."""

from __future__ import annotations

import json
from decimal import Decimal

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql

from tests.tap.conftest import NewDatabase
from tests.tap.runs import run_in_process

# What Postgres takes as a name: any text without NUL of at most 63 bytes.
NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=63
).filter(lambda name: len(name.encode()) <= 63)  # fmt: skip
ODD_NAMES = st.sampled_from(
    [
        "t",
        "row",
        "row_",
        "source",
        "r",
        "a b",
        'a"b',
        "a'b",
        "%s",
        "%(x)s",
        "{}",
        "{0}",
        "select",
        "User",
        "😀",
        "\\",
        "-",
    ]
)
TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.fixture(scope="module")
def empty_url(new_database: NewDatabase) -> str:
    return new_database()


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[str], list[list[str | None]]]:
    columns = draw(st.lists(ODD_NAMES | NAMES, min_size=1, max_size=6, unique=True))
    row = st.lists(TEXTS, min_size=len(columns), max_size=len(columns))
    return draw(ODD_NAMES | NAMES), columns, draw(st.lists(row, max_size=4))


@settings(max_examples=25, deadline=None)
@given(tables())
def test_any_name_and_any_text_comes_out_as_it_is(
    empty_url: str, made: tuple[str, list[str], list[list[str | None]]]
) -> None:
    name, columns, rows = made
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        names = [sql.Identifier(column) for column in columns]
        connection.execute(
            sql.SQL("CREATE TABLE {} ({})").format(
                sql.Identifier(name), sql.SQL(", ").join(sql.SQL("{} text").format(column) for column in names)
            )
        )
        for row in rows:
            values = sql.SQL(", ").join(map(sql.Literal, row))
            connection.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(sql.Identifier(name), values))
    run = run_in_process({"database_url": empty_url, "excluded_table_prefixes": []})
    assert run.records(name) == [dict(zip(columns, row, strict=True)) for row in rows]
    assert list(run.schema(name)["properties"]) == columns


# Numbers near the ends of what a double holds come as text, see test_types.py.
@settings(max_examples=25, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(-1e99, 1e99).map(lambda number: round(number, 30))
        | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS.filter(bool), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from([None, 2]),
)
def test_any_json_comes_out_as_the_same_json(empty_url: str, value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE t (a json, b jsonb)")
        connection.execute("INSERT INTO t VALUES (%s::json, %s::jsonb)", [text, text])
    (record,) = run_in_process({"database_url": empty_url}).records("t")
    assert record["a"] == record["b"] == json.loads(text, parse_float=Decimal)


@pytest.mark.parametrize("type_", ["int", "bytea"])
def test_a_table_as_wide_as_postgres_allows(new_database: NewDatabase, type_: str) -> None:
    columns = ", ".join(f"c{number} {type_}" for number in range(1600))
    url = new_database(f"CREATE TABLE wide ({columns})", "INSERT INTO wide DEFAULT VALUES")
    (record,) = run_in_process({"database_url": url}).records("wide")
    assert record == {f"c{number}": None for number in range(1600)}
