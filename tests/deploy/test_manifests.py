"""What the manifests of deploy/ say, by value: their tools are tried by `make test-deploy`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from db_sync.run import STOP_SECONDS
from db_sync.settings import DEFAULT_TIMEOUT, parse_duration

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
EVERY_FIVE_MINUTES = "*/5 * * * *"
LONGEST_RUN = parse_duration(DEFAULT_TIMEOUT) + STOP_SECONDS


def read_yaml(path: str) -> Any:
    return yaml.safe_load((DEPLOY / path).read_text())


def read_unit(name: str) -> dict[str, dict[str, list[str]]]:
    """A unit's sections, each with the values of every key in their order."""
    sections: dict[str, dict[str, list[str]]] = {}
    for line in (DEPLOY / "systemd" / name).read_text().splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section.setdefault(key, []).append(value)
    return sections


@pytest.fixture(scope="module")
def cronjob() -> dict[str, Any]:
    return dict(read_yaml("kubernetes/cronjob.yaml")["spec"])


def test_a_cronjob_never_overlaps_and_never_stops_for_good(cronjob: dict[str, Any]) -> None:
    job = cronjob["jobTemplate"]["spec"]
    assert (cronjob["schedule"], cronjob["concurrencyPolicy"]) == (EVERY_FIVE_MINUTES, "Forbid")
    assert cronjob["startingDeadlineSeconds"] < 100 * 300
    assert (job["backoffLimit"], job["template"]["spec"]["restartPolicy"]) == (0, "Never")


def test_a_cronjob_outlasts_the_longest_run_and_the_time_that_it_ends_in(cronjob: dict[str, Any]) -> None:
    job = cronjob["jobTemplate"]["spec"]
    assert job["activeDeadlineSeconds"] > LONGEST_RUN
    assert job["template"]["spec"]["terminationGracePeriodSeconds"] > STOP_SECONDS
    literals = read_yaml("kubernetes/kustomization.yaml")["configMapGenerator"][0]["literals"]
    assert f"DB_SYNC_TIMEOUT={DEFAULT_TIMEOUT}" in literals


def test_a_pod_may_do_nothing_but_its_work(cronjob: dict[str, Any]) -> None:
    pod = cronjob["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"]["runAsNonRoot"]
    assert not pod["automountServiceAccountToken"]
    # The image's own user, and the folders that it writes to.
    dockerfile = (ROOT / "Dockerfile").read_text()
    user, group = pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]
    assert f"\nUSER {user}:{group}\n" in dockerfile
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts == {"/tmp", *re.findall(r"^VOLUME (\S+)$", dockerfile, re.MULTILINE)}


def test_the_secrets_of_a_pod_stand_in_a_secret_and_are_ignored_by_git() -> None:
    example = (DEPLOY / "kubernetes/secret.env.example").read_text()
    names = re.findall(r"^(\w+)=", example, re.MULTILINE)
    assert names == [
        "DB_SYNC_DATABASE_URL",
        "GOOGLE_SPREADSHEET_ID",
        "GOOGLE_CREDENTIALS_BASE64",
        "MELTANO_DATABASE_URI",
    ]
    generated = read_yaml("kubernetes/kustomization.yaml")
    assert generated["secretGenerator"] == [{"name": "db-sync", "envs": ["secret.env"]}]
    assert "secret.env" in (ROOT / ".gitignore").read_text().splitlines()
    assert not {literal.partition("=")[0] for literal in generated["configMapGenerator"][0]["literals"]} & set(names)


def test_a_service_of_systemd_runs_once_within_its_time_and_keeps_its_state() -> None:
    service = read_unit("db-sync.service")["Service"]
    assert service["Type"] == ["oneshot"]
    minutes, seconds = (int(re.sub(r"\D", "", service[name][0])) for name in ("TimeoutStartSec", "TimeoutStopSec"))
    assert minutes * 60 > LONGEST_RUN
    assert seconds > STOP_SECONDS
    variables = dict(each.split("=", 1) for each in service["Environment"])
    assert variables["DB_SYNC_STATE_FOLDER"] == f"/var/lib/{service['StateDirectory'][0]}"
    assert variables["MELTANO_DATABASE_URI"].startswith(f"sqlite:///{variables['DB_SYNC_STATE_FOLDER']}/")
    timer = read_unit("db-sync.timer")
    assert timer["Timer"]["OnCalendar"] == ["*:0/5"]


def test_what_a_run_writes_is_its_owner_s_alone_under_airflow_and_systemd() -> None:
    assert 'bash_command=f"umask 077 && .venv/bin/meltano run ' in (DEPLOY / "airflow/db_sync_dag.py").read_text()
    assert read_unit("db-sync.service")["Service"]["UMask"] == ["0077"]


def test_the_workflow_of_github_runs_one_sync_at_a_time_and_cancels_none() -> None:
    workflow = read_yaml("github/db-sync.yml")
    # YAML 1.1 takes the key `on` for true.
    assert workflow[True]["schedule"] == [{"cron": EVERY_FIVE_MINUTES}]
    assert workflow["concurrency"] == {"group": "db-sync", "cancel-in-progress": False}
    assert workflow["permissions"] == {}
    (step,) = workflow["jobs"]["sync"]["steps"]
    assert re.findall(r"--env (\w+)", step["run"]) == list(step["env"])
    assert step["run"].endswith(" --once")


def test_the_scripts_of_npm_call_the_entry_point_as_it_is() -> None:
    scripts = json.loads((DEPLOY / "npm/package.json").read_text())["scripts"]
    assert scripts["db-sync"] == "docker compose run --rm db-sync --once"
