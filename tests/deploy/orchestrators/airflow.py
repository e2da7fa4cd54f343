"""Airflow 3 in an environment of its own runs the DAG by `airflow dags test`; run by `make test-deploy`."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.environment import clean_environment
from tests.deploy.orchestrators import tools
from tests.deploy.orchestrators.conftest import ROOT, Site

DAG = ROOT / "deploy/airflow/db_sync_dag.py"
Airflow = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of Airflow with its database, made once: that takes half a minute."""
    home = tmp_path_factory.mktemp("airflow")
    command = [tools.install("airflow") / "airflow", "db", "migrate"]
    subprocess.run(command, env=variables_of(home), check=True, capture_output=True)
    return home


def variables_of(home: Path) -> dict[str, str]:
    """What leads Airflow to this home and to no other."""
    return {**clean_environment(), "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}


@pytest.fixture
def airflow(site: Site, migrated: Path, tmp_path: Path) -> Airflow:
    """Runs Airflow's command line with this project's DAG, and a database of its own."""
    home = tmp_path / "airflow"
    shutil.copytree(migrated, home, ignore=shutil.ignore_patterns("airflow.cfg", "logs"))
    (home / "dags").mkdir(exist_ok=True)
    shutil.copy(DAG, home / "dags")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [tools.install("airflow") / "airflow", *arguments]
        return site.run(command, **variables_of(home), DB_SYNC_HOME=str(site.folder))

    return run


def states(site: Site) -> set[str]:
    """The ids under which Meltano keeps a STATE."""
    answer = site.run([site.folder / ".venv/bin/meltano", "state", "list"])
    return {line.strip() for line in answer.stdout.splitlines() if line.startswith("prod:")}


def test_the_dag_mirrors_everything_in_one_task(site: Site, airflow: Airflow) -> None:
    ended = airflow("dags", "test", "db_sync")
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert site.rows() == {"orders": 40, "order_lines": 60, "users": 2}
    assert states(site) == {"prod:tap-mih-postgres-to-target-gsheets:all"}


def test_groups_have_tasks_tables_workbooks_states_and_quotas_of_their_own(site: Site, airflow: Airflow) -> None:
    other = site.emulator.create_workbook("Users")
    groups = [
        {"name": "sales", "tables": "order*", "workbook": site.workbook},
        {"name": "people", "tables": "users", "workbook": other},
    ]
    (site.folder / "db_sync_groups.json").write_text(json.dumps(groups))
    listed = airflow("tasks", "list", "db_sync")
    assert {"sales", "people"} <= set(listed.stdout.split())
    ended = airflow("dags", "test", "db_sync")
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert site.rows() == {"orders": 40, "order_lines": 60}
    assert site.rows(other) == {"users": 2}
    assert states(site) == {f"prod:tap-mih-postgres-to-target-gsheets:{each['name']}" for each in groups}


def test_a_run_that_fails_fails_its_task(site: Site, airflow: Airflow) -> None:
    site.variables["GOOGLE_SPREADSHEET_ID"] = "nobody-has-this-workbook"
    ended = airflow("dags", "test", "db_sync")
    assert "There is no workbook with the id 'nobody-has-this-workbook'" in ended.stdout + ended.stderr
    assert ended.returncode != 0


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ([{"name": "a", "tables": "x"}], "a group has the members ['name', 'tables', 'workbook']"),
        ([{"name": n, "tables": "x", "workbook": "1"} for n in "ab"], "two groups have the same workbook"),
    ],
    ids=["no workbook", "one workbook"],
)
def test_groups_that_would_get_in_each_others_way_are_refused(
    tmp_path: Path, groups: list[dict[str, str]], sentence: str
) -> None:
    (tmp_path / "db_sync_groups.json").write_text(json.dumps(groups))
    command = [tools.install("airflow") / "python", DAG]
    ended = subprocess.run(
        command, env={**variables_of(tmp_path), "DB_SYNC_HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert f"ValueError: {tmp_path}/db_sync_groups.json: {sentence}" in ended.stderr
