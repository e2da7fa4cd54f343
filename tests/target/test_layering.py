"""The house keeps its walls: pure modules stay pure, one module talks to Google, nothing heavy is imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import target_gsheets

PACKAGE = Path(target_gsheets.__file__).parent
EDGE = {
    "session",
    "api",
    "look",
    "patience",
    "status_writer",
    "hidden_sheets",
    "setbacks",
    "commit",
    "reporting",
    "preflight",
    "rehearsal",
    "target",
}
GLUE = {"sink", "reader", "command", "given", "process", "messages"}
PURE = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem not in {*EDGE, *GLUE, "__init__"})
IMPURE_MODULES = {
    "gspread",
    "requests",
    "google",
    "singer_sdk",
    "time",
    "socket",
    "random",
    "subprocess",
    "logging",
    "os",
}


def imports_of(module):
    """The top-level names of everything that a module imports."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_knows_neither_network_nor_clock_nor_chance(module):
    assert not IMPURE_MODULES & set(imports_of(module))


@pytest.mark.parametrize("module", sorted({*PURE, *EDGE, *GLUE} - {"api", "session"}))
def test_only_one_module_calls_google_and_one_opens_its_session(module):
    assert not {"gspread", "requests", "google"} & set(imports_of(module))


@pytest.mark.parametrize("module", ["cells", "diff", "columns", "comparison", "marks", "grid", "proof", "buffer"])
def test_the_core_knows_nothing_of_requests(module):
    tree = ast.parse((PACKAGE / f"{module}.py").read_text())
    ours = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert not {"target_gsheets.batch", "target_gsheets.plan", "target_gsheets.api"} & ours


def test_running_the_target_imports_neither_sqlalchemy_nor_pandas():
    code = "import sys, target_gsheets.target; print(sorted({'sqlalchemy', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
