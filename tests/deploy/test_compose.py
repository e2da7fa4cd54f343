"""The files that an operator starts from: they pass their schemas and agree with each other and with the image."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from db_sync.errors import SettingsError
from db_sync.run import STOP_SECONDS
from db_sync.settings import clean_variables, parse_complete_settings

from tests.deploy.conftest import BIN

ROOT = Path(__file__).parents[2]
ALONE = "docker-compose.db-sync.yml"
WHOLE = "docker-compose.yml"
EXAMPLE = ROOT / ".env.db-sync.example"
# Of the table in README.md, what a container can't use: only the demo's own shares a machine with an emulator.
NOT_IN_A_CONTAINER = {"SHEETS_EMULATOR_HOST", "DB_SYNC_STATE_FOLDER"}


def read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / name).read_text())
    return document


def service(name: str = "db-sync", file: str = ALONE) -> dict[str, Any]:
    found: dict[str, Any] = read(file)["services"][name]
    return found


@pytest.mark.parametrize(
    ("schema", "file"),
    [("vendor.compose-spec", ALONE), ("vendor.compose-spec", WHOLE), ("vendor.meltano", "meltano.yml")],
)
def test_the_file_passes_its_schema(schema: str, file: str) -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", schema, ROOT / file]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


def test_hadolint_has_no_finding() -> None:
    answer = subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (0, "")


def test_the_service_can_write_to_its_volume_and_to_memory_alone() -> None:
    assert service()["read_only"] is True
    assert service()["cap_drop"] == ["ALL"]
    assert service()["security_opt"] == ["no-new-privileges:true"]
    assert [each.split(":")[0] for each in service()["tmpfs"]] == ["/tmp"]
    assert service()["volumes"] == ["db-sync-state:/data"]


def test_the_service_takes_no_more_memory_for_its_files_than_a_pod_does() -> None:
    pods = yaml.safe_load((ROOT / "deploy/kubernetes/cronjob.yaml").read_text())
    volumes = pods["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"]
    (limit,) = (each["emptyDir"]["sizeLimit"] for each in volumes if each["emptyDir"].get("medium") == "Memory")
    assert limit == "512Mi"
    assert service()["tmpfs"] == ["/tmp:mode=1777,size=512m"]


def test_the_service_is_given_more_time_to_end_than_a_run_takes_to_be_ended() -> None:
    assert int(service()["stop_grace_period"].removesuffix("s")) >= STOP_SECONDS + 10


def test_the_service_logs_no_more_than_its_share_of_the_disk() -> None:
    assert service()["logging"]["options"].keys() == {"max-size", "max-file"}


def test_the_service_of_both_files_is_the_same_one() -> None:
    assert service(file=WHOLE) == {
        "extends": {"file": ALONE, "service": "db-sync"},
        "depends_on": {"db": {"condition": "service_healthy"}},
    }
    assert set(read(ALONE)["volumes"]) <= set(read(WHOLE)["volumes"])


def test_the_database_is_the_one_of_the_example() -> None:
    database = service("db", WHOLE)["environment"]
    url = "postgresql://{POSTGRES_USER}:{POSTGRES_PASSWORD}@db:5432/{POSTGRES_DB}".format(**database)
    assert example()["DB_SYNC_DATABASE_URL"] == url


def test_nothing_but_the_demo_is_reachable_from_outside_and_that_from_this_machine_alone() -> None:
    services = read(WHOLE)["services"]
    assert {name: each["ports"] for name, each in services.items() if "ports" in each} == {
        "demo": ["127.0.0.1:8080:8080"]
    }
    assert {name for name, each in services.items() if each.get("profiles") == ["demo"]} == {"demo", "demo-db"}


def test_the_demo_touches_no_data_of_the_user() -> None:
    for name in ("demo", "demo-db"):
        assert "volumes" not in service(name, WHOLE)
        assert "env_file" not in service(name, WHOLE)
    assert "@demo-db:" in service("demo", WHOLE)["environment"]["DEMO_DATABASE_URL"]


def example() -> dict[str, str]:
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_example_lacks_only_what_it_can_t_know() -> None:
    with pytest.raises(SettingsError) as raised:
        parse_complete_settings(clean_variables(example()))
    named = [each.split()[0] for each in raised.value.problems]
    assert named == ["GOOGLE_SPREADSHEET_ID", "GOOGLE_CREDENTIALS_BASE64"]
    filled = {**example(), "GOOGLE_SPREADSHEET_ID": "1abc", "GOOGLE_CREDENTIALS_BASE64": "e30="}
    assert parse_complete_settings(filled).cron_text == "*/5 * * * *"


def test_the_example_has_every_variable_of_the_readme_and_explains_it() -> None:
    section = (ROOT / "README.md").read_text().partition("## Environment variables\n")[2].partition("\n## ")[0]
    assert set(example()) == set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) - NOT_IN_A_CONTAINER
    for block in EXAMPLE.read_text().split("\n\n"):
        assert "=" not in block.splitlines()[0], "an explanation comes first"


def test_secrets_never_reach_git_or_the_image() -> None:
    check = subprocess.run(["git", "check-ignore", ".env.db-sync", ".env"], cwd=ROOT, capture_output=True, check=False)
    assert check.stdout.split() == [b".env.db-sync", b".env"]
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in rules
    assert not [rule for rule in rules if rule.startswith("!") and "env" in rule]


def test_the_image_has_what_its_packages_are_built_from() -> None:
    allowed = [rule[1:] for rule in (ROOT / ".dockerignore").read_text().splitlines() if rule.startswith("!")]
    assert [name for name in allowed if not (ROOT / name).exists()] == []


def test_supercronic_is_pinned_for_both_architectures() -> None:
    text = (ROOT / "Dockerfile").read_text()
    found = re.findall(r"sha256:([0-9a-f]{64}) --chmod=755 \\\n\s+\S+/(v[\d.]+)/supercronic-linux-(\w+)", text)
    assert [architecture for _, _, architecture in found] == ["amd64", "arm64"]
    assert len({version for _, version, _ in found}) == 1
    assert len({checksum for checksum, _, _ in found}) == 2
