"""deploy/postgres-role.sql on a real server: the role reads everything that the tap wants and changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from demo.environment import clean_environment
from demo.postgres import Server

SCRIPT = (Path(__file__).parents[2] / "deploy/postgres-role.sql").read_bytes()
TAP = Path(sys.executable).with_name("tap-mih-postgres")
BEFORE = b"""
    CREATE TABLE note (id int PRIMARY KEY, text text); INSERT INTO note VALUES (1, 'a');
    CREATE SCHEMA "Billing"; CREATE TABLE "Billing"."Invoice" (id int PRIMARY KEY);
    CREATE SCHEMA prisma; CREATE TABLE prisma.studio (id int PRIMARY KEY);
"""
AFTER = b'CREATE TABLE "Billing"."Later" (id int PRIMARY KEY); CREATE TABLE later (id int PRIMARY KEY)'
WRITES = (
    "INSERT INTO note VALUES (2, 'b')",
    "UPDATE note SET text = 'b'",
    "DELETE FROM note",
    "TRUNCATE note",
    "DROP TABLE note",
    "ALTER TABLE note ADD more text",
    "CREATE TABLE mine (id int)",
    'CREATE TABLE "Billing".mine (id int)',
    "CREATE SCHEMA mine",
    "SELECT * FROM prisma.studio",
    "ALTER ROLE db_sync_reader SUPERUSER",
)
PASSWORD = "only-of-this-test"


@pytest.fixture(scope="module")
def reader_url(postgres_server: Server) -> Iterator[str]:
    """The URL of the script's role in a database that it was run in, twice."""
    url = postgres_server.create_database(f"db_{uuid4().hex}")
    with psycopg.connect(url, autocommit=True) as owner:
        for statements in (BEFORE, SCRIPT, SCRIPT, AFTER):
            owner.execute(statements)
        owner.execute(f"ALTER ROLE db_sync_reader PASSWORD '{PASSWORD}'".encode())
        yield f"postgresql://db_sync_reader:{PASSWORD}@{url.partition('@')[2]}"
        owner.execute("DROP OWNED BY db_sync_reader; DROP ROLE db_sync_reader")


@pytest.fixture
def reader(reader_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(reader_url, autocommit=True) as connection:
        yield connection


def test_the_tap_reads_all_tables_and_those_made_later(reader_url: str) -> None:
    variables = {**clean_environment(), "TAP_MIH_POSTGRES_DATABASE_URL": reader_url}
    ended = subprocess.run([TAP, "--config=ENV"], env=variables, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    # The SDK warns of a Python that is past its end.
    assert [line for line in ended.stderr.splitlines() if "WARNING" in line and "PythonEOL" not in line] == []
    streams = {message["stream"] for message in map(json.loads, ended.stdout.splitlines()) if "stream" in message}
    assert streams == {"note", "later", "Billing-Invoice", "Billing-Later"}


@pytest.mark.parametrize("statement", WRITES)
def test_the_role_may_do_nothing_else(reader: psycopg.Connection[Any], statement: str) -> None:
    # Whoever has the password can take this guard away, and still nothing is allowed.
    reader.execute("SET default_transaction_read_only = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(statement.encode())


def test_a_write_is_refused_before_rights_are_looked_at(reader: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        reader.execute("CREATE TABLE mine (id int)")
