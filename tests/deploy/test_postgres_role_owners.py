"""deploy/postgres-role.sql run by owners who aren't superusers: they grant what is theirs, and are told the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from demo.postgres import Server

SCRIPT = (Path(__file__).parents[2] / "deploy/postgres-role.sql").read_bytes()
PASSWORD = "only-of-this-test"
OWNERS = f"""
    CREATE ROLE app LOGIN PASSWORD '{PASSWORD}'; CREATE ROLE other; GRANT CREATE ON DATABASE {{0}} TO app;
    GRANT CREATE ON SCHEMA public TO app;
    CREATE SCHEMA ext AUTHORIZATION other;
    SET ROLE other; CREATE TABLE ext.theirs (id int); RESET ROLE;
    CREATE TABLE public.secret (id int);
    SET ROLE app;
    CREATE TABLE public.note (id int); CREATE SCHEMA billing; CREATE TABLE billing."Invoice" (id int);
    RESET ROLE;
"""
GONE = "DROP OWNED BY db_sync_reader; DROP ROLE db_sync_reader"
Connection = psycopg.Connection[Any]


@pytest.fixture
def superuser(postgres_server: Server) -> Iterator[Connection]:
    """In a database with tables of two owners and of its own, where no reader is yet."""
    name = f"db_{uuid4().hex}"
    with psycopg.connect(postgres_server.create_database(name), autocommit=True) as connection:
        connection.execute(OWNERS.format(name).encode())
        yield connection
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'db_sync_reader'").fetchone():
            connection.execute(GONE.encode())
        connection.execute("DROP OWNED BY app, other CASCADE; DROP ROLE app, other")


@pytest.fixture
def app(superuser: Connection) -> Iterator[Connection]:
    """The owner of the application's tables."""
    info = superuser.info
    url = f"postgresql://app:{PASSWORD}@{info.host}:{info.port}/{info.dbname}"
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def run_script(connection: Connection) -> list[str]:
    """Run it; return its notices."""
    said: list[str] = []
    connection.add_notice_handler(lambda notice: said.append(str(notice.message_primary)))
    connection.execute(SCRIPT)
    return said


def readable(connection: Connection) -> set[str]:
    """The tables that the reader may read."""
    rows = connection.execute("""
        SELECT nspname || '.' || relname FROM pg_class JOIN pg_namespace schema ON schema.oid = relnamespace
        WHERE relkind = 'r' AND nspname !~ '^(pg_|information_schema)'
            AND has_schema_privilege('db_sync_reader', schema.oid, 'USAGE')
            AND has_table_privilege('db_sync_reader', pg_class.oid, 'SELECT')
    """)
    return {row[0] for row in rows}


def test_an_owner_without_createrole_is_told_what_to_do(superuser: Connection, app: Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege) as error:
        app.execute(SCRIPT)
    assert error.value.diag.message_primary == (
        "The role app may not make roles: run this as a superuser, or let one run "
        "CREATE ROLE db_sync_reader LOGIN CONNECTION LIMIT 5, and run this again."
    )
    superuser.execute("CREATE ROLE db_sync_reader LOGIN CONNECTION LIMIT 5")
    assert "db_sync_reader was made by another role and stays as it is." in run_script(app)
    assert readable(superuser) == {"public.note", "billing.Invoice"}


def test_what_belongs_to_others_is_left_out_with_a_notice(superuser: Connection, app: Connection) -> None:
    superuser.execute("ALTER ROLE app CREATEROLE")
    for _ in range(2):
        assert run_script(app)[:2] == [
            "The schema ext is left out: it belongs to other, who has to run this as well.",
            "Some tables of the schema public are left out: they belong to mih, who has to run this as well.",
        ]
    app.execute('CREATE TABLE "public"."later" (id int); CREATE TABLE billing.later (id int)')
    assert readable(superuser) == {"public.note", "billing.Invoice", "public.later", "billing.later"}
    settings = superuser.execute("SELECT rolconfig FROM pg_roles WHERE rolname = 'db_sync_reader'").fetchone()
    assert settings == (["default_transaction_read_only=on"],)


def test_a_superuser_grants_what_is_there_and_what_its_owners_will_make(superuser: Connection, app: Connection) -> None:
    assert run_script(superuser) == []
    app.execute("CREATE TABLE billing.later (id int)")
    assert readable(superuser) == {"public.note", "public.secret", "billing.Invoice", "billing.later", "ext.theirs"}
