"""The installed command: settings from the environment, what it prints, what it imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tap_mih_postgres.settings_table import SETTINGS
from tests.tap.conftest import NewDatabase
from tests.tap.runs import COMMAND, Messages, run_command

TABLES = ("CREATE SCHEMA audit", "CREATE TABLE audit.a (id int)", "CREATE TABLE b (id int)", "CREATE TABLE c (id int)")


def run_with(**environment: str) -> Messages:
    finished = subprocess.run(
        [COMMAND, "--config", "ENV"],
        capture_output=True,
        check=True,
        timeout=60,
        env={**os.environ, **{f"TAP_MIH_POSTGRES_{name.upper()}": value for name, value in environment.items()}},
    )
    return Messages.parse(finished.stdout)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, {"audit-a", "b", "c"}, id="unset"),
        pytest.param(dict.fromkeys([row.name for row in SETTINGS[1:]], ""), {"audit-a", "b", "c"}, id="empty"),
        pytest.param({"excluded_table_prefixes": "c,x"}, {"audit-a", "b"}, id="comma-separated"),
        pytest.param({"excluded_schemas": '["audit"]'}, {"b", "c"}, id="an array"),
        pytest.param({"flattening_max_key_length": "", "stream_maps": ""}, {"audit-a", "b", "c"}, id="the SDK's empty"),
        pytest.param({"stream_maps": '{"b": null}'}, {"audit-a", "c"}, id="the SDK's set"),
    ],
)
def test_settings_come_from_the_environment(
    new_database: NewDatabase, settings: dict[str, str], expected: set[str]
) -> None:
    assert run_with(database_url=new_database(*TABLES), **settings).streams == expected


@pytest.mark.parametrize(("level", "status"), [("", 0), ("warning", 0), ("loud", 1)])
def test_a_log_level_that_is_none_is_said(tmp_path: Path, level: str, status: int) -> None:
    finished = subprocess.run(
        [COMMAND, "--about"], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "TAP_MIH_POSTGRES_LOGLEVEL": level, "LOGLEVEL": level},
    )  # fmt: skip
    assert finished.returncode == status
    assert ("no log level" in finished.stderr) == (status == 1)
    assert "Traceback" not in finished.stderr


def test_one_line_per_stream_tells_what_was_sent(new_database: NewDatabase, tmp_path: Path) -> None:
    finished = run_command(tmp_path, {"database_url": new_database(*TABLES, "INSERT INTO b VALUES (1), (2)")})
    lines = [line for line in finished.stderr.splitlines() if "stream '" in line]
    assert len(lines) == 3
    assert "stream 'b': 2 rows, " in lines[1]
    assert finished.returncode == 0


@pytest.mark.parametrize(
    "style", [[], ["--format", "json"], ["--format", "markdown"]], ids=["text", "json", "markdown"]
)
def test_about_names_every_setting_and_marks_the_secret_ones(style: list[str]) -> None:
    finished = subprocess.run([COMMAND, "--about", *style], capture_output=True, check=True, text=True, timeout=60)
    assert all(row.name in finished.stdout for row in SETTINGS)
    if "json" in style:
        properties = json.loads(finished.stdout)["settings"]["properties"]
        secret = {name for name, of in properties.items() if of.get("secret")}
        assert secret == {"database_url", "password", "mask_salt"}
        assert properties["excluded_schemas"]["default"] == ["prisma"]


def test_the_readme_has_the_settings_as_about_prints_them() -> None:
    finished = subprocess.run(
        [COMMAND, "--about", "--format", "markdown"], capture_output=True, check=True, text=True, timeout=60
    )
    rows = [line[2:-2].split(" | ", 3) for line in finished.stdout.splitlines() if line.startswith("| ")]
    defaults = {"None": "", "['prisma']": "`prisma`"}
    ours = [
        f"| `{name}` | {defaults.get(default, f'`{default}`')} | {said} |".replace("|  |", "| |")
        for name, _, default, said in rows
        if name in {row.name for row in SETTINGS}
    ]
    readme = Path(__file__).parents[2].joinpath("tap-mih-postgres", "README.md").read_text()
    assert readme.partition("|---|---|---|\n")[2].partition("\n\n")[0].split("\n") == ours


def test_a_run_imports_neither_sqlalchemy_nor_pandas(new_database: NewDatabase, tmp_path: Path) -> None:
    script = (
        "import sys; from tap_mih_postgres.tap import TapMihPostgres;"
        f"TapMihPostgres(config={{'database_url': {new_database(*TABLES)!r}}}).sync_all();"
        "print([name for name in sys.modules if name.split('.')[0] in ('sqlalchemy', 'pandas')"
        " or name.startswith('singer_sdk.sql')], file=sys.stderr)"
    )
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, timeout=60)
    assert finished.stderr.splitlines()[-1] == "[]"
