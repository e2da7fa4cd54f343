"""The house's rules that a reader can't see at a glance: who may import what."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import tap_mih_postgres

PACKAGE = Path(tap_mih_postgres.__file__).parent
ALLOWED_PSYCOPG = {
    "connection": {"psycopg", "psycopg.conninfo"},  # to have a URL taken apart, which is no I/O
    "projection": {"psycopg.sql"},
}
PURE = {
    *("errors", "patterns", "values", "connection", "settings_table", "settings", "remedies"),
    *(
        "type_table",
        "types",
        "selection",
        "incremental",
        "freshness",
        "catalog_query",
        "catalog",
        "projection",
        "report",
    ),
}
CLOCKS_AND_NETWORK = {"time", "socket", "select", "os", "sys", "subprocess", "threading", "logging"}


def imports(module: str) -> set[str]:
    """The modules that it imports; `from a import b` counts as a, and as a.b where that is a module of psycopg's."""
    found = set()
    for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & {"psycopg.sql"} or {str(node.module)}
    return found


MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_only_the_databases_room_talks_to_postgres(module: str) -> None:
    used = {name for name in imports(module) if name.split(".")[0] == "psycopg"}
    assert module in {"database", "copying"} or used <= ALLOWED_PSYCOPG.get(module, set())


@pytest.mark.parametrize("module", sorted(PURE))
def test_pure_modules_have_no_clock_no_network_and_no_sdk(module: str) -> None:
    roots = {name.split(".")[0] for name in imports(module)}
    assert not roots & (CLOCKS_AND_NETWORK | {"singer_sdk", "click"})


@pytest.mark.parametrize("module", sorted(PURE))
def test_pure_modules_import_only_pure_ones(module: str) -> None:
    ours = {name.partition(".")[2] for name in imports(module) if name.startswith("tap_mih_postgres.")}
    assert ours <= PURE


@pytest.mark.parametrize("module", MODULES)
def test_nothing_imports_the_sdks_sql_classes(module: str) -> None:
    assert not [name for name in imports(module) if name.startswith(("singer_sdk.sql", "sqlalchemy", "pandas"))]
