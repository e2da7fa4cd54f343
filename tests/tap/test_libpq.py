"""What isn't set is where libpq finds it: variables, a password file, a service file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.tap.conftest import NewDatabase
from tests.tap.runs import run_in_process


@pytest.fixture
def parts(new_database: NewDatabase) -> dict[str, str]:
    """The parameters of a database with a table."""
    found = conninfo_to_dict(new_database("CREATE TABLE a (id int)"))
    return {name: str(found[name]) for name in ("host", "port", "user", "password", "dbname")}


def test_variables_count(parts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in parts.items():
        monkeypatch.setenv(f"PG{name.upper().replace('DBNAME', 'DATABASE')}", value)
    assert run_in_process({}).activated == {"a"}


def test_a_password_file_counts(parts: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text(f"{parts['host']}:*:{parts['dbname']}:{parts['user']}:{parts.pop('password')}\n")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    assert run_in_process(parts).activated == {"a"}


@pytest.mark.parametrize(
    "config", [{}, {"database_url": "service=app"}, {"database_url": "postgresql:///?service=app"}]
)
def test_a_service_file_counts(
    parts: dict[str, str], config: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "services"
    file.write_text("[app]\n" + "".join(f"{name}={value}\n" for name, value in parts.items()))
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    if not config:
        monkeypatch.setenv("PGSERVICE", "app")
    assert run_in_process(config).activated == {"a"}
