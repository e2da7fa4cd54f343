"""Targets that nobody here wrote take the demo's database whole; they are installed once, where that can be done."""

from __future__ import annotations

import json
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from demo import seed
from tests.packages import install_or_skip
from tests.tap.databases import make_database
from tests.tap.runs import COMMAND, Messages

pytestmark = pytest.mark.skipif("TEST_POSTGRES" in os.environ, reason="what the tap sends is the same on every server")

APPLICATION = {*seed.TABLES, ("public", "Coupon")} - {("public", "_prisma_migrations"), ("prisma", "Studio")}


@pytest.fixture(scope="module")
def shop() -> str:
    url = make_database()
    with psycopg.connect(url, autocommit=True) as connection:
        seed.fill(connection)
    return url


@pytest.fixture(scope="module")
def output(shop: str) -> bytes:
    """What the command sends of it."""
    answer = subprocess.run(
        [COMMAND, "--config", "/dev/stdin"],
        input=json.dumps({"database_url": shop, "bytea_format": "hex"}).encode(),
        capture_output=True,
        check=True,
    )
    return answer.stdout


@pytest.fixture(scope="module")
def sent(output: bytes) -> Messages:
    return Messages.parse(output)


def run(program: Path, folder: Path, config: dict[str, Any], lines: bytes) -> None:
    """Let a target read these lines; it must end well, and with the last STATE."""
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    answer = subprocess.run(
        [program, "--config", file], input=lines, capture_output=True, cwd=folder, check=False, timeout=120
    )
    assert answer.returncode == 0, answer.stderr.decode()[-2000:]
    state = json.loads(lines.splitlines()[-1])["value"]
    assert json.loads(answer.stdout.splitlines()[-1]) == state


def test_target_jsonl_takes_a_database_whole(output: bytes, sent: Messages, tmp_path: Path) -> None:
    program = install_or_skip("target-jsonl==0.1.4", "target-jsonl")
    run(program, tmp_path, {"destination_path": str(tmp_path), "do_timestamp_file": False}, output)
    for stream in sent.streams - {"Coupon"}:  # which is empty, and has no file
        lines = (tmp_path / f"{stream}.jsonl").read_bytes().splitlines()
        assert [json.loads(line, parse_float=Decimal) for line in lines] == sent.records(stream)


def test_target_postgres_takes_a_database_whole(shop: str, output: bytes, sent: Messages, tmp_path: Path) -> None:
    program = install_or_skip("meltanolabs-target-postgres==0.8.1", "target-postgres")
    copy = make_database()
    url = copy.replace("postgresql://", "postgresql+psycopg://")
    run(program, tmp_path, {"sqlalchemy_url": url, "default_target_schema": "copied"}, output)
    with psycopg.connect(shop) as source, psycopg.connect(copy) as made:
        for schema, table in APPLICATION:
            stream = table if schema == "public" else f"{schema}-{table}"
            columns = [*sent.schema(stream)["properties"]]
            assert read(made, "copied", table, columns) == read(source, schema, table, columns), stream


# What that target takes off: offsets, as all moments are in UTC; the type of numbers that may be NaN, and of bytes,
# which it keeps as text; and the difference between no value and the null of JSON.
CELL = """nullif(trim('"\\x' FROM replace(to_jsonb({})::text, '+00:00', '')), 'null')"""


def read(connection: psycopg.Connection[Any], schema: str, table: str, columns: list[str]) -> list[Any]:
    """The rows, each cell as JSON's text."""
    connection.execute("SET TimeZone = 'UTC'")
    cells = sql.SQL(", ").join(sql.SQL(CELL).format(sql.Identifier(name)) for name in columns)
    rows = connection.execute(sql.SQL("SELECT {} FROM {}").format(cells, sql.Identifier(schema, table)))
    return sorted(rows.fetchall(), key=str)
