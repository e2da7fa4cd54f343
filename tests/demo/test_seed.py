"""The demo's database shows what real ones have, and is the same at every run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from demo import seed
from demo.postgres import Server


@pytest.fixture(scope="module")
def database(postgres_server: Server) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres_server.create_database("demo_seed"), autocommit=True) as connection:
        seed.fill(connection)
        yield connection


def value_of(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def fingerprint(connection: psycopg.Connection[Any]) -> list[str]:
    names = [psycopg.sql.Identifier(*name) for name in seed.TABLES]
    query = psycopg.sql.SQL("SELECT md5(string_agg(t::text, '|')) FROM {} t")
    return [connection.execute(query.format(name)).fetchall()[0][0] for name in names]


def test_two_databases_hold_the_same(database: psycopg.Connection[Any], postgres_server: Server) -> None:
    with psycopg.connect(postgres_server.create_database("demo_seed_again"), autocommit=True) as again:
        seed.fill(again)
        assert fingerprint(again) == fingerprint(database)


def test_it_is_big_enough(database: psycopg.Connection[Any]) -> None:
    tables = value_of(database, "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'billing')")
    assert tables - 1 >= 12, "Prisma's own is one of them"
    database.execute("ANALYZE")
    assert value_of(database, "SELECT sum(n_live_tup) FROM pg_stat_user_tables") >= 5_000


SHOWN = {
    "a table of Prisma's": "SELECT count(*) > 0 FROM _prisma_migrations",
    "a schema of Prisma's": "SELECT count(*) > 0 FROM pg_tables WHERE schemaname = 'prisma'",
    "a many-to-many table without a primary key": """SELECT count(*) = 0 FROM pg_constraint
        WHERE conrelid = '"_PostToTag"'::regclass AND contype = 'p'""",
    "an enum": """SELECT count(DISTINCT "status") > 1 FROM "Order" """,
    "jsonb": """SELECT count("payload") > 0 FROM "Event" """,
    "money": """SELECT min(scale("price")) = 2 FROM "Product" """,
    "milliseconds": """SELECT bool_or("placedAt" <> date_trunc('second', "placedAt")) FROM "Order" """,
    "a uuid": """SELECT count("id") > 0 AND pg_typeof(min("id"::text)::uuid) = 'uuid'::regtype FROM "Address" """,
    "a cuid": """SELECT bool_and("id" ~ '^c[a-z0-9]{24}$') FROM "User" """,
    "a row of nothing but its key": """SELECT bool_or(num_nulls("rating", "comment", "contact", "recommends",
        "visitedOn", "spent", "answers", "receivedAt") = 8) FROM "Feedback" """,
    "accents": """SELECT bool_or("name" ~ '[éèïç]') FROM "User" """,
    "emoji": """SELECT bool_or("name" LIKE '%🌱%') FROM "Product" """,
    "text like a formula": """SELECT bool_or("note" LIKE '=%') FROM "Order" """,
    "text like a sum": """SELECT bool_or("phone" LIKE '+33%') FROM "User" """,
    "postal codes with leading zeros": """SELECT bool_or("postalCode" LIKE '0%') FROM "Address" """,
    "a bigint beyond 2^53": """SELECT min("id") > 2::numeric ^ 53 FROM "Event" """,
    "an empty table": """SELECT count(*) = 0 FROM "Coupon" """,
    "a second schema": """SELECT count(*) > 0 FROM "billing"."Invoice" """,
    "an array": """SELECT bool_or(cardinality("tags") > 1) FROM "Product" """,
    "bytes": """SELECT count("thumbnail") > 0 FROM "Product" """,
    "a time of day": """SELECT count("opensAt") > 0 FROM "OpeningHours" """,
    "a date": """SELECT count("birthDate") > 0 FROM "User" """,
    "booleans": """SELECT count(DISTINCT "isActive") = 2 FROM "User" """,
}


@pytest.mark.parametrize("query", SHOWN.values(), ids=SHOWN)
def test_it_shows_what_real_databases_have(database: psycopg.Connection[Any], query: str) -> None:
    assert value_of(database, query) is True


@pytest.mark.parametrize("statement", seed.CHANGES.values(), ids=seed.CHANGES)
def test_each_change_touches_one_row(database: psycopg.Connection[Any], statement: str) -> None:
    with database.transaction(force_rollback=True):
        assert database.execute(statement.encode()).rowcount == 1
