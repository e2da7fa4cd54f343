"""What the repository's host reads: workflows, templates and hooks, by their schemas and by what they call."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.deploy.conftest import BIN
from tests.docs.commands import is_target
from tests.docs.pages import ROOT

SCHEMAS = {
    ".github/workflows/test.yml": "vendor.github-workflows",
    "deploy/github/db-sync.yml": "vendor.github-workflows",
    ".github/ISSUE_TEMPLATE/bug.yml": "vendor.github-issue-forms",
    ".github/ISSUE_TEMPLATE/idea.yml": "vendor.github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
}


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_file_fits_its_schema(name: str) -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", SCHEMAS[name], ROOT / name]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


def test_every_workflow_and_template_is_among_those_checked() -> None:
    found = {str(path.relative_to(ROOT)) for path in (ROOT / ".github").rglob("*.yml")}
    assert found <= SCHEMAS.keys()


def test_continuous_integration_tries_every_python_that_the_packages_take() -> None:
    matrix = read(".github/workflows/test.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    wanted = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', (ROOT / "pyproject.toml").read_text())
    assert wanted
    assert matrix == [f"3.{minor}" for minor in range(int(wanted[1]), int(wanted[2]))]


def test_a_workflow_runs_targets_and_files_that_there_are() -> None:
    jobs = read(".github/workflows/test.yml")["jobs"].values()
    runs = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    assert {run.split()[1] for run in runs if run.startswith("make ")} == {"setup", "test-deploy"}
    assert all(is_target(run.split()[1]) for run in runs if run.startswith("make "))
    assert ".ci/run" in runs


def test_the_hooks_are_the_tools_of_make_lint() -> None:
    (repository,) = read(".pre-commit-config.yaml")["repos"]
    hooks = {hook["entry"].removeprefix(".venv/bin/").split(" --force")[0] for hook in repository["hooks"]}
    lint = (ROOT / "Makefile").read_text().partition("\nlint: setup\n")[2].partition("\n\n")[0]
    assert hooks == {line.removeprefix("\t@$(VENV)/bin/").removesuffix(" .") for line in lint.splitlines()}
