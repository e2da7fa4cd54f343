from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tap_mih_postgres.errors import SettingsError
from tests.tap.conftest import NewDatabase
from tests.tap.databases import since
from tests.tap.runs import Messages, discover, run_in_process

Sync = Callable[..., Messages]


def streams(url: str, **config: object) -> dict[str, dict[str, Any]]:
    catalog = discover({"database_url": url, **config})
    return {entry["tap_stream_id"]: entry for entry in catalog["streams"]}


@pytest.fixture(scope="module")
def prisma_url(new_database: NewDatabase) -> str:
    return new_database(
        "CREATE SCHEMA prisma",
        "CREATE SCHEMA audit",
        "CREATE TABLE _prisma_migrations (id int PRIMARY KEY)",
        "CREATE TABLE prisma.engine (id int)",
        'CREATE TABLE "User" (id int PRIMARY KEY)',
        'CREATE TABLE "_PostToTag" ("A" int NOT NULL, "B" int NOT NULL)',
        'CREATE UNIQUE INDEX ON "_PostToTag" ("A", "B")',
        'CREATE INDEX ON "_PostToTag" ("B")',
        "CREATE TABLE audit.log (id bigint PRIMARY KEY, _prisma text)",
        "CREATE TABLE audit.prisma_log (id bigint)",
        "CREATE VIEW active AS SELECT 1 AS one",
        "CREATE MATERIALIZED VIEW totals AS SELECT 1 AS one",
        "CREATE UNLOGGED TABLE fast (id int)",
    )


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({}, {"User", "_PostToTag", "fast", "audit-log"}, id="by default"),
        pytest.param({"schemas": "audit"}, {"audit-log"}, id="one schema"),
        pytest.param({"schemas": ["audit", "prisma"]}, {"audit-log"}, id="an excluded schema stays excluded"),
        pytest.param(
            {"excluded_schemas": "audit"}, {"User", "_PostToTag", "fast", "prisma-engine"}, id="other schemas excluded"
        ),
        pytest.param(
            {"excluded_table_prefixes": "user,post,FAST"},
            {"_prisma_migrations", "audit-log", "audit-prisma_log"},
            id="other prefixes excluded",
        ),
        pytest.param(
            {"excluded_table_prefixes": [], "excluded_schemas": "[]"},
            {"User", "_PostToTag", "fast", "_prisma_migrations", "audit-log", "audit-prisma_log", "prisma-engine"},
            id="nothing excluded",
        ),
    ],
)
def test_every_wanted_table_is_a_stream(prisma_url: str, config: dict[str, Any], expected: set[str]) -> None:
    assert streams(prisma_url, **config).keys() == expected


def test_a_schema_that_isnt_there_is_a_mistake(prisma_url: str) -> None:
    with pytest.raises(SettingsError, match=r"'schemas'.*'pubic'"):
        streams(prisma_url, schemas="public,pubic")


def test_a_unique_index_over_columns_that_cant_be_null_is_the_key(prisma_url: str) -> None:
    assert streams(prisma_url)["_PostToTag"]["key_properties"] == ["A", "B"]


def test_the_catalog_has_what_the_sdks_sql_taps_have(prisma_url: str) -> None:
    entry = streams(prisma_url)["audit-log"]
    assert (entry["table_name"], entry["stream"], entry["is_view"]) == ("log", "audit-log", False)
    assert (entry["replication_method"], entry["key_properties"]) == ("", ["id"])
    metadata = {tuple(row["breadcrumb"]): row["metadata"] for row in entry["metadata"]}
    assert metadata[()] == {
        "inclusion": "available",
        "selected": True,
        "selected-by-default": True,
        "table-key-properties": ["id"],
        "schema-name": "audit",
    }
    assert metadata["properties", "id"] == {"inclusion": "automatic"}
    assert metadata["properties", "_prisma"] == {"inclusion": "available"}
    assert entry["schema"]["required"] == ["id"]


def test_the_first_schema_of_the_search_path_goes_unsaid(new_database: NewDatabase) -> None:
    url = new_database("CREATE SCHEMA app", "CREATE TABLE app.user (id int)", "CREATE TABLE post (id int)")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{connection.info.dbname}" SET search_path = missing, app, public')
    assert streams(url).keys() == {"user", "public-post"}


@pytest.mark.parametrize(
    ("statements", "key"),
    [
        pytest.param(["CREATE TABLE t (a int, b int, PRIMARY KEY (b, a))"], ["b", "a"], id="the order of the index"),
        pytest.param(["CREATE TABLE t (a int, b int NOT NULL UNIQUE)"], ["b"], id="a unique constraint"),
        pytest.param(["CREATE TABLE t (a int UNIQUE)"], [], id="nulls are possible"),
        pytest.param(["CREATE TABLE t (a int NOT NULL UNIQUE DEFERRABLE)"], [], id="deferrable"),
        pytest.param(["CREATE TABLE t (a int NOT NULL)", "CREATE UNIQUE INDEX ON t (a) WHERE a > 0"], [], id="partial"),
        pytest.param(["CREATE TABLE t (a int NOT NULL)", "CREATE UNIQUE INDEX ON t (abs(a))"], [], id="expression"),
        pytest.param(
            ["CREATE TABLE t (a int NOT NULL, b int)", "CREATE UNIQUE INDEX ON t (a) INCLUDE (b)"],
            ["a"],
            id="included columns don't count",
        ),
        pytest.param(
            ["CREATE TABLE t (a int UNIQUE)", "ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID"],
            [],
            id="a NOT NULL that isn't valid yet",
            marks=since(18),
        ),
        pytest.param(
            ["CREATE TABLE t (x int, a int NOT NULL, b int)", "ALTER TABLE t DROP x", "ALTER TABLE t ADD UNIQUE (a)"],
            ["a"],
            id="numbers of columns have gaps",
        ),
    ],
)
def test_a_table_has_its_key(new_database: NewDatabase, statements: list[str], key: list[str]) -> None:
    assert streams(new_database(*statements))["t"]["key_properties"] == key


def test_a_partitioned_table_is_one_stream_and_its_partitions_none(sync: Sync) -> None:
    run = sync(
        "CREATE SCHEMA old",
        "CREATE TABLE m (id int, y int, PRIMARY KEY (id, y)) PARTITION BY LIST (y)",
        "CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1)",
        "CREATE TABLE old.m2 PARTITION OF m FOR VALUES IN (2) PARTITION BY HASH (id)",
        "CREATE TABLE m2a PARTITION OF old.m2 FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
        "INSERT INTO m VALUES (2, 1), (1, 2)",
    )
    assert run.streams == {"m"}
    assert run.records("m") == [{"id": 1, "y": 2}, {"id": 2, "y": 1}]


def test_an_inheritance_child_is_a_stream_and_its_rows_arent_its_parents(sync: Sync) -> None:
    run = sync(
        "CREATE TABLE city (name text)",
        "CREATE TABLE capital (state text) INHERITS (city)",
        "INSERT INTO city VALUES ('Berne')",
        "INSERT INTO capital VALUES ('Aarau', 'AG')",
    )
    assert run.records("city") == [{"name": "Berne"}]
    assert run.records("capital") == [{"name": "Aarau", "state": "AG"}]


@pytest.mark.parametrize("kept", ["STORED", pytest.param("VIRTUAL", marks=since(18))])
def test_dropped_columns_are_gone_and_generated_ones_are_there(sync: Sync, kept: str) -> None:
    run = sync(
        f"CREATE TABLE t (a int, gone text, b int GENERATED ALWAYS AS (a * 2) {kept})",
        "INSERT INTO t (a, gone) VALUES (1, 'x')",
        "ALTER TABLE t DROP COLUMN gone",
    )
    assert run.records("t") == [{"a": 1, "b": 2}]
    assert list(run.schema("t")["properties"]) == ["a", "b"]


def test_a_database_without_tables_is_no_mistake(sync: Sync) -> None:
    assert sync().all == []


def test_temporary_tables_are_nobodys_business(new_database: NewDatabase) -> None:
    url = new_database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TEMPORARY TABLE t (id int)")
        connection.commit()
        assert streams(url) == {}


def test_a_run_after_discovery_sends_what_was_discovered(prisma_url: str) -> None:
    catalog = discover({"database_url": prisma_url})
    run = run_in_process({"database_url": prisma_url}, catalog=catalog)
    assert run.streams == {"User", "_PostToTag", "fast", "audit-log"}
