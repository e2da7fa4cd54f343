"""What the real Meltano does with a run that fails or that its lock refuses, and what db-sync makes of that."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from tests.deploy.conftest import BIN, Host

ROOT = Path(__file__).parents[2]
SENTENCE = "cannot connect to Postgres at 127.0.0.1:9: nothing answers there (Connection refused); check 'database_url'"


@pytest.fixture
def variables(host: Host) -> dict[str, str]:
    """Those of a project with the real Meltano, whose Postgres is down."""
    (host.bin / "meltano").unlink()
    (host.bin / "meltano").symlink_to(BIN / "meltano")
    return {
        "MELTANO_PROJECT_ROOT": str(ROOT),
        "MELTANO_SYS_DIR_ROOT": str(host.folder / "system"),
        "MELTANO_DATABASE_URI": f"sqlite:///{host.folder}/meltano.db",
        "DB_SYNC_DATABASE_URL": "postgresql://mih:s3cret@127.0.0.1:9/x",
        "TAP_MIH_POSTGRES_CONNECT_RETRIES": "0",
        "HOME": str(host.folder / "home"),
        "PATH": f"{host.bin}:{os.environ['PATH']}",
    }


def test_a_run_that_the_lock_refuses_leaves_the_workbook_alone_and_no_log_behind(
    host: Host, variables: dict[str, str]
) -> None:
    failed = host.run("--once", **variables)
    assert failed.returncode == 1
    assert "its status sheet is told so" in failed.stderr
    assert failed.stdout.splitlines()[1] == f"Failed: {SENTENCE}"

    with contextlib.closing(sqlite3.connect(host.folder / "meltano.db")) as database, database:
        database.execute("UPDATE runs SET state = 'RUNNING', ended_at = NULL, last_heartbeat_at = datetime('now')")
    refused = host.run("--once", **variables)
    assert refused.returncode == 75
    assert "its status sheet is told so" not in refused.stderr
    assert "Another run on Meltano's database is going on since 20" in refused.stderr
    assert list(host.folder.rglob("elt.log")) == []
