"""The pure modules stay pure, and the package stands alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sheets_emulator

PACKAGE = Path(sheets_emulator.__file__).parent
EDGE = {
    "app.py",
    "in_process.py",
    "server.py",
    "store.py",
    "viewer.py",
    "testing.py",
    "pytest_plugin.py",
    "running.py",
    "__main__.py",
}
FORBIDDEN = {"starlette", "uvicorn", "asyncio", "socket", "time", "threading", "sqlite3", "requests", "secrets"}
TOKENS = {"accounts.py"}  # tokens and keys are made of the system's randomness
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_pure_module_imports_nothing_that_waits_or_talks(path: Path) -> None:
    if path.name not in EDGE:
        assert imported(path) & (FORBIDDEN - ({"secrets"} if path.name in TOKENS else set())) == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_module_imports_the_plugins(path: Path) -> None:
    assert imported(path) & {"target_gsheets", "tap_mih_postgres", "gspread", "singer_sdk"} == set()
