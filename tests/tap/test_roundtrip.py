"""Random values of every type go through the tap, and what Postgres makes of the records is what it had."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from singer_sdk.singerlib.json import serialize_json

from tests.tap.conftest import NewDatabase
from tests.tap.databases import server_version
from tests.tap.runs import run_in_process
from tests.tap.values import KINDS, TYPES, Kind

# Nothing of the sort has an input function, or a place in a table.
WITHOUT_VALUES = {
    "xml",  # few servers are built with it: see below
    "gtsvector", "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary", "pg_dependencies", "pg_mcv_list",
    "pg_ndistinct", "pg_node_tree",
}  # fmt: skip
# test_projection.py has names of all sorts.
NAMES = st.sampled_from(["t", "row", "source", "select", 'a"b', "Ä b", "😀", "%s", "{}"])

HERE = [kind for kind in KINDS if kind.since <= server_version()]
# Few runs of the tap for many types.
GROUPS = [HERE[start : start + 8] for start in range(0, len(HERE), 8)]

QUICK = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def typed_url(new_database: NewDatabase) -> str:
    return new_database(*TYPES)


def check(url: str, columns: dict[str, Kind], rows: list[list[str | None]]) -> None:
    """Make a table `t`, run the tap, let Postgres make rows of the records, and compare the texts of both."""
    with psycopg.connect(url, autocommit=True, options="-c TimeZone=UTC") as connection:
        made = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind.type)) for name, kind in columns.items()
        )
        connection.execute("DROP TABLE IF EXISTS t")
        connection.execute(sql.SQL("CREATE TABLE t (n serial PRIMARY KEY, {})").format(made))
        for row in rows:
            values = [
                sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(kind.type))
                for value, kind in zip(row, columns.values(), strict=True)
            ]
            connection.execute(sql.SQL("INSERT INTO t VALUES (DEFAULT, {})").format(sql.SQL(", ").join(values)))
        records = run_in_process({"database_url": url}).records("t")
        assert len(records) == len(rows)
        for name, kind in columns.items():
            compare(connection, name, kind, records)


def compare(connection: psycopg.Connection[Any], name: str, kind: Kind, records: list[dict[str, Any]]) -> None:
    sent = serialize_json([{"n": record["n"], "v": record[name]} for record in records])
    back = sql.SQL(kind.back or "(json_populate_record(NULL::back, item)).v").format(sql.SQL("sent.value"))
    statement = sql.SQL(
        # JSON's arrays have no lower bound.
        "SELECT regexp_replace(source.{name}{had}::text, '^[[].*[]]=', ''), ({back})::text FROM t AS source"
        " JOIN (SELECT (item->>'n')::int AS n, item, CASE WHEN item->>'v' IS NOT NULL THEN item->'v' END AS value"
        " FROM json_array_elements({sent}::json) AS item) AS sent USING (n)"
    ).format(name=sql.Identifier(name), had=sql.SQL(kind.had), back=back, sent=sql.Literal(sent))
    connection.execute("DROP TYPE IF EXISTS back")
    connection.execute(sql.SQL("CREATE TYPE back AS (v {})").format(sql.SQL(kind.type)))
    for had, got in connection.execute(statement):
        assert had == got, kind.type


@pytest.mark.parametrize("kinds", GROUPS, ids=lambda kinds: ", ".join(kind.type for kind in kinds))
@QUICK
@given(data=st.data())
def test_values_of_a_type_come_back_as_they_were(typed_url: str, kinds: list[Kind], data: st.DataObject) -> None:
    rows = st.tuples(*[st.none() | kind.values for kind in kinds]).map(list)
    values = data.draw(st.lists(rows, min_size=6, max_size=6))
    check(typed_url, {kind.type: kind for kind in kinds}, values)


@settings(QUICK, max_examples=15)
@given(data=st.data())
def test_rows_of_random_tables_come_back_as_they_were(typed_url: str, data: st.DataObject) -> None:
    columns = data.draw(st.dictionaries(NAMES, st.sampled_from(HERE), min_size=1, max_size=5))
    row = st.tuples(*[st.none() | kind.values for kind in columns.values()]).map(list)
    check(typed_url, columns, data.draw(st.lists(row, max_size=3)))


def test_no_type_of_postgres_was_forgotten(typed_url: str) -> None:
    with psycopg.connect(typed_url) as connection:
        types = connection.execute(
            "SELECT typname FROM pg_type WHERE typtype IN ('b', 'r', 'm') AND typcategory <> 'A'"
            " AND typnamespace = 'pg_catalog'::regnamespace"
            " UNION SELECT typname FROM pg_type WHERE oid = ANY (%s::regtype[])",
            [[kind.type for kind in HERE]],
        ).fetchall()
        tried = connection.execute(
            "SELECT typname FROM pg_type WHERE oid = ANY (%s::regtype[])", [[kind.type for kind in HERE]]
        ).fetchall()
    assert {name for (name,) in types} - {name for (name,) in tried} <= WITHOUT_VALUES


def test_xml_comes_back_as_it_was(typed_url: str) -> None:
    with psycopg.connect(typed_url) as connection:
        try:
            connection.execute("SELECT '<a/>'::xml")
        except psycopg.errors.FeatureNotSupported:
            pytest.skip("this server is built without XML")
    check(typed_url, {"v": Kind("xml", st.nothing(), "({0} #>> '{{}}')::xml")}, [["<a b='é'>\n&lt;</a>"], [None]])
