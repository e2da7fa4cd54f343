"""A project folder as an operator has it, a database with a few tables, and workbooks of the emulator."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from demo.emulator import Emulator, sheets_emulator
from demo.environment import meltano_environment
from demo.postgres import Server
from demo.workbook import read_workbook

ROOT = Path(__file__).parents[3]
TABLES = """
    CREATE TABLE orders (id int PRIMARY KEY, paid numeric(8, 2));
    INSERT INTO orders SELECT each, each * 1.25 FROM generate_series(1, 40) each;
    CREATE TABLE order_lines (id int PRIMARY KEY, text text);
    INSERT INTO order_lines SELECT each, '00' || each FROM generate_series(1, 60) each;
    CREATE TABLE users (id int PRIMARY KEY, name text);
    INSERT INTO users VALUES (1, 'Åsa'), (2, '=1+1');
    CREATE TABLE _prisma_migrations (id int PRIMARY KEY);
"""


@dataclass
class Site:
    """An operator's machine: the project's folder, and the variables that lead it to database, workbook and state."""

    folder: Path
    server: Server
    emulator: Emulator
    database_url: str
    connection: psycopg.Connection[Any]
    workbook: str
    variables: dict[str, str]

    def run(self, command: list[str | Path], **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project's folder."""
        return subprocess.run(
            command, cwd=self.folder, env={**self.variables, **variables},
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def rows(self, workbook: str | None = None) -> dict[str, int]:
        """The rows of every mirrored sheet."""
        contents = read_workbook(self.emulator, workbook or self.workbook)
        return {title: len(rows) - 1 for title, rows in contents.items() if title != "_sync"}


@pytest.fixture
def site(postgres_server: Server, tmp_path: Path) -> Iterator[Site]:
    """A machine on which nothing has run yet."""
    with contextlib.ExitStack() as stack:
        (tmp_path / "emulator").mkdir()
        emulator = stack.enter_context(sheets_emulator(tmp_path / "emulator", "--quota", "off"))
        url = postgres_server.create_database(f"db_{uuid4().hex}")
        connection = stack.enter_context(psycopg.connect(url, autocommit=True))
        connection.execute(TABLES)
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "meltano.yml").write_text((ROOT / "meltano.yml").read_text())
        (folder / ".venv").symlink_to(sys.prefix)
        workbook = emulator.create_workbook("Boutique")
        variables = meltano_environment(folder / ".meltano", url, emulator.url, workbook, emulator.key)
        yield Site(folder, postgres_server, emulator, url, connection, workbook, variables)
