"""The SDK's own suite for taps, over a database that has what real ones have.

It asks the tap for its streams while pytest collects, so that the database is made then.
"""

from __future__ import annotations

from singer_sdk.testing import SuiteConfig, get_tap_test_class

from tap_mih_postgres.tap import TapMihPostgres
from tests.tap.databases import make_database

SHOP = (
    "CREATE TYPE role AS ENUM ('ADMIN', 'MEMBER')",
    "CREATE TYPE place AS (street text, number int)",
    """CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL, role role NOT NULL,
    born date, seen timestamptz, "createdAt" timestamp(3) NOT NULL DEFAULT now(), settings jsonb NOT NULL, raw json,
    home place, tags text[] NOT NULL, active boolean NOT NULL, photo bytea)""",
    """INSERT INTO users (id, email, role, settings, tags, active, home, born, seen)
    SELECT md5(i::text)::uuid, 'u' || i, 'MEMBER',
    CASE i % 3 WHEN 0 THEN '[]'::jsonb WHEN 1 THEN '1' ELSE '{"a": 1}' END, '{a,b}',
    i % 2 = 0, ROW('Aarweg', i)::place, CASE WHEN i > 3 THEN '2000-01-01'::date END, now()
    FROM generate_series(1, 20) AS i""",
    "CREATE TABLE orders (id serial PRIMARY KEY, total numeric(12, 2) NOT NULL, weight float8, at time, note text)",
    "INSERT INTO orders (total, weight, at) SELECT i, i / 3.0, '12:00' FROM generate_series(1, 20) AS i",
    "CREATE TABLE \"_UserToOrder\" (\"A\" uuid NOT NULL, \"B\" int NOT NULL)",
    "CREATE UNIQUE INDEX ON \"_UserToOrder\" (\"A\", \"B\")",
    "INSERT INTO \"_UserToOrder\" SELECT u.id, o.id FROM users u, orders o WHERE o.id < 4",
    "CREATE TABLE empty (id bigint PRIMARY KEY)",
)  # fmt: skip


TestTapMihPostgres = get_tap_test_class(
    TapMihPostgres,
    config={"database_url": make_database(*SHOP)},
    suite_config=SuiteConfig(max_records_limit=50, ignore_no_records_for_streams=["empty"]),
)
