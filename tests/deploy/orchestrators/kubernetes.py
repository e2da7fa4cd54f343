"""The manifests as kubectl renders them: by Kubernetes' own schemas, and run with a pod's variables."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from tests.deploy.orchestrators import tools
from tests.deploy.orchestrators.conftest import ROOT, Site

# The oldest that clouds still ran when this was written, and the newest of the schemas' package.
VERSIONS = ("1.30", "1.37")
VALIDATE = """
import json, sys, kubernetes_validate
for manifest in json.load(sys.stdin):
    kubernetes_validate.validate(manifest, sys.argv[1], strict=True)
"""


def render(folder: Path, secrets: str) -> list[dict[str, Any]]:
    """What `kubectl apply -k` would send, with this content of secret.env."""
    if not shutil.which("kubectl"):
        pytest.skip("kubectl isn't installed")
    shutil.copytree(ROOT / "deploy/kubernetes", folder)
    (folder / "secret.env").write_text(secrets)
    answer = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(answer.stdout))


@pytest.fixture
def manifests(tmp_path: Path) -> list[dict[str, Any]]:
    """The manifests with the values of the example."""
    return render(tmp_path / "kubernetes", (ROOT / "deploy/kubernetes/secret.env.example").read_text())


def variables_of_pod(manifests: list[dict[str, Any]]) -> dict[str, str]:
    """The variables that the CronJob's container would get, found by the names that it refers to."""
    named = {(each["kind"], each["metadata"]["name"]): each for each in manifests}
    pod = named["CronJob", "db-sync"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    variables: dict[str, str] = {}
    for source in pod["containers"][0]["envFrom"]:
        if "configMapRef" in source:
            variables.update(named["ConfigMap", source["configMapRef"]["name"]]["data"])
        else:
            data = named["Secret", source["secretRef"]["name"]]["data"]
            variables.update({name: base64.b64decode(value).decode() for name, value in data.items()})
    return variables


@pytest.mark.parametrize("version", VERSIONS)
def test_the_manifests_fit_the_schemas(manifests: list[dict[str, Any]], version: str) -> None:
    python = tools.install("kubernetes") / "python"
    answer = subprocess.run(
        [python, "-c", VALIDATE, version], input=json.dumps(manifests), capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert sorted(each["kind"] for each in manifests) == ["ConfigMap", "CronJob", "Namespace", "Secret"]


def test_the_schemas_refuse_a_member_that_is_spelt_wrong(manifests: list[dict[str, Any]]) -> None:
    (cronjob,) = (each for each in manifests if each["kind"] == "CronJob")
    cronjob["spec"]["concurencyPolicy"] = cronjob["spec"].pop("concurrencyPolicy")
    answer = subprocess.run(
        [tools.install("kubernetes") / "python", "-c", VALIDATE, VERSIONS[-1]],
        input=json.dumps(manifests), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "concurencyPolicy" in answer.stderr


def test_a_pods_command_mirrors_the_database_and_keeps_its_state_in_postgres(site: Site, tmp_path: Path) -> None:
    state_url = site.server.create_database("meltano_state").replace("postgresql://", "postgresql+psycopg://")
    secrets = {
        "DB_SYNC_DATABASE_URL": site.database_url,
        "GOOGLE_SPREADSHEET_ID": site.workbook,
        "GOOGLE_CREDENTIALS_BASE64": site.variables["GOOGLE_CREDENTIALS_BASE64"],
        "MELTANO_DATABASE_URI": state_url,
    }
    manifests = render(tmp_path / "kubernetes", "".join(f"{name}={value}\n" for name, value in secrets.items()))
    variables = variables_of_pod(manifests)
    assert {**variables, **secrets} == variables
    for number in (1, 2):
        # Each pod begins with empty folders.
        for name in ("tmp", "data"):
            (tmp_path / f"{name}{number}").mkdir()
        ended = site.run(
            [site.folder / ".venv/bin/db-sync", "--once"], **variables,
            DB_SYNC_STATE_FOLDER=str(tmp_path / f"data{number}"),
            MELTANO_SYS_DIR_ROOT=str(tmp_path / f"tmp{number}"),
            PATH=f"{site.folder}/.venv/bin:{site.variables['PATH']}",
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr[-3000:]
    assert site.rows() == {"orders": 40, "order_lines": 60, "users": 2}
    assert " 0 writes;" in ended.stdout
    with psycopg.connect(state_url.replace("+psycopg", "")) as connection:
        (row,) = connection.execute("SELECT state_id, completed_state FROM state").fetchall()
    assert row[0] == f"prod:tap-mih-postgres-to-target-gsheets:{site.workbook}"
    assert sorted(json.loads(row[1])["singer_state"]["bookmarks"]) == ["order_lines", "orders", "users"]
