"""Behind a pooler that gives each transaction whatever session it has: where pgbouncer is installed."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from demo.postgres import Server, choose_launch, free_port
from tests.tap.conftest import NewDatabase
from tests.tap.runs import run_in_process

pytestmark = pytest.mark.skipif(not shutil.which("pgbouncer"), reason="needs pgbouncer")

TABLES = (
    "CREATE TABLE a (id int PRIMARY KEY, name text)",
    "INSERT INTO a SELECT i, 'name ' || i FROM generate_series(1, 3) AS i",
    "CREATE TABLE b (id int)",
)

LEFT_ALONE = ["statement_timeout", "search_path"]


@pytest.fixture
def pooled(server: Server, new_database: NewDatabase, tmp_path: Path) -> Iterator[str]:
    """The URL of a database behind a pooler with a single session."""
    database, port = new_database(*TABLES).rpartition("/")[2], free_port()
    settings = tmp_path / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n{database} = host=127.0.0.1 port={server.port} user=mih password={server.password}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 1\n"
    )
    url = f"postgresql://anybody@127.0.0.1:{port}/{database}"
    launch = choose_launch(tmp_path)
    with subprocess.Popen([*launch.prefix, "pgbouncer", "-q", str(settings)], user=launch.user) as process:
        try:
            for _ in range(100):
                try:
                    psycopg.connect(url).close()
                    break
                except psycopg.OperationalError:
                    time.sleep(0.05)
            yield url
        finally:
            process.terminate()


def test_a_run_needs_no_session_of_its_own(pooled: str) -> None:
    config = {
        "database_url": pooled,
        "skip_unchanged": True,
        "masked_columns": "a.name=hash",
        "mask_salt": "0123456789abcdef",
    }
    with psycopg.connect(pooled, autocommit=True) as other:
        first, second = run_in_process(config), run_in_process(config)
        left = other.execute("SELECT current_setting(name) FROM unnest(%s::text[]) AS name", [LEFT_ALONE]).fetchall()
    assert left == [("0",), ('"$user", public',)], "what others find in the session after us"
    assert first.activated == second.activated == {"a", "b"}
    assert first.records("a") == second.records("a")
    assert all(len(record["name"]) == 64 for record in first.records("a"))
