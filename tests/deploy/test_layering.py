"""The entry point's rooms: what is pure imports nothing that acts."""

from __future__ import annotations

import ast
from pathlib import Path

import db_sync
import pytest

PURE = ("cron", "errors", "health", "names", "report", "run_log", "settings")
ACTING = {
    "os",
    "subprocess",
    "signal",
    "time",
    "socket",
    "urllib.request",
    "http",
    "sqlite3",
    "tempfile",
    "sys",
    "fcntl",
}
HOUSE = Path(str(db_sync.__file__)).parent


def imports_of(module: str) -> set[str]:
    tree = ast.parse((HOUSE / f"{module}.py").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_imports_nothing_that_acts(module: str) -> None:
    imported = imports_of(module)
    assert not imported & ACTING
    assert {name.removeprefix("db_sync.") for name in imported if name.startswith("db_sync.")} <= set(PURE)


def test_the_entry_point_loads_neither_meltano_nor_the_plugins() -> None:
    others = {
        name.split(".")[0] for path in HOUSE.glob("*.py") if path.stem != "log_level" for name in imports_of(path.stem)
    }
    assert not others & {"meltano", "tap_mih_postgres", "target_gsheets", "singer_sdk"}
