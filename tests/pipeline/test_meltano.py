"""`meltano run` as operators use it: its variables, its state, its exit status."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.environment import clean_environment, meltano_environment
from tests.pipeline.conftest import BIN, ROOT, Mirror

PLUGINS = ("tap-mih-postgres", "target-gsheets")
RUN = ("run", *PLUGINS)
OPTIONAL = {
    "DB_SYNC_EXCLUDED_SCHEMAS": ("tap-mih-postgres", "excluded_schemas", "audit,tmp"),
    "DB_SYNC_EXCLUDED_TABLE_PREFIXES": ("tap-mih-postgres", "excluded_table_prefixes", "secret, old"),
    "DB_SYNC_TIMEZONE": ("target-gsheets", "timezone", "America/New_York"),
    "DB_SYNC_BATCH_SIZE": ("target-gsheets", "batch_size_rows", "7"),
}
REQUIRED = {
    "DB_SYNC_DATABASE_URL": ("tap-mih-postgres", "database_url", "postgresql://localhost/x"),
    "GOOGLE_SPREADSHEET_ID": ("target-gsheets", "spreadsheet_id", "1abc"),
    "GOOGLE_CREDENTIALS_BASE64": ("target-gsheets", "credentials_base64", "e30="),
}
VARIABLES = {**REQUIRED, **OPTIONAL}
TABLES = """
    CREATE TABLE note (id int PRIMARY KEY, text text, at timestamptz);
    INSERT INTO note VALUES (1, '00123', '2026-01-01 00:00+00'), (2, '=1+1', NULL);
    CREATE TABLE _prisma_migrations (id int PRIMARY KEY);
    CREATE TABLE _secret_key (id int PRIMARY KEY);
    CREATE SCHEMA prisma; CREATE TABLE prisma.studio (id int PRIMARY KEY);
    CREATE SCHEMA audit; CREATE TABLE audit.entry (id int PRIMARY KEY);
"""
RECORDING_PLUGIN = """#!/bin/sh
# Called with --config FILE; a tap also with --discover.
case "$*" in *--discover*) echo '{"streams": []}'; exit;; esac
cp "$2" "$0.config"
"""
FAKE_TAP = """#!/bin/sh
# Discovers nothing; else says its lines and dies, as a tap does that the kernel kills.
case "$*" in *--discover*) echo '{"streams": []}'; exit;; esac
cat "$0.lines"
kill -9 $$
"""


@dataclass(frozen=True)
class Project:
    """A copy of this project's meltano.yml with a state of its own, and the environment of its runs."""

    root: Path
    environment: dict[str, str]

    def meltano(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run Meltano with further variables."""
        return subprocess.run(
            [BIN / "meltano", *arguments],
            cwd=self.root,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )


def make_project(folder: Path, environment: dict[str, str], executables: dict[str, str] | None = None) -> Project:
    """A project in a folder; `executables` puts other programs in the plugins' place."""
    text = (ROOT / "meltano.yml").read_text()
    for plugin, executable in (executables or {}).items():
        text = text.replace(f"./.venv/bin/{plugin}", executable)
    (folder / "meltano.yml").write_text(text)
    (folder / ".venv").symlink_to(BIN.parent)
    return Project(folder, {**environment, "MELTANO_SYS_DIR_ROOT": str(folder / ".meltano")})


@pytest.fixture(scope="module")
def mirror(open_mirror: Callable[[], Mirror]) -> Mirror:
    mirror = open_mirror()
    mirror.execute(TABLES)
    return mirror


@pytest.fixture(scope="module")
def project(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("project")
    emulator, workbook = mirror.emulator, str(mirror.spreadsheet.id)
    environment = meltano_environment(folder, mirror.database_url, emulator.url, workbook, emulator.key)
    return make_project(folder, environment)


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project without any variable, whose plugins only keep the configuration that they are given."""
    folder = tmp_path_factory.mktemp("recorder")
    for plugin in PLUGINS:
        (folder / plugin).write_text(RECORDING_PLUGIN)
        (folder / plugin).chmod(0o755)
    return make_project(folder, clean_environment(), {plugin: str(folder / plugin) for plugin in PLUGINS})


# What this project sets by itself, since its application is Prisma's.
OURS: dict[str, dict[str, Any]] = {
    "tap-mih-postgres": {"naive_timestamps": "utc", "skip_unchanged": True},
    "target-gsheets": {"adopt_existing": True},
}


def recorded(recorder: Project, **variables: str) -> dict[str, dict[str, Any]]:
    """The settings that each plugin is given in a run."""
    answer = recorder.meltano(*RUN, **variables)
    assert answer.returncode == 0, answer.stderr
    return {plugin: json.loads((recorder.root / f"{plugin}.config").read_text()) for plugin in PLUGINS}


@pytest.mark.parametrize("variables", [{}, dict.fromkeys(VARIABLES, "")], ids=["unset", "empty"])
def test_a_variable_that_is_unset_or_empty_leaves_the_setting_to_the_plugin(
    recorder: Project, variables: dict[str, str]
) -> None:
    assert recorded(recorder, **variables) == OURS


def test_a_variable_that_is_set_reaches_its_setting(recorder: Project) -> None:
    configs = recorded(recorder, **{variable: value for variable, (_, _, value) in VARIABLES.items()})
    assert configs == {
        plugin: OURS[plugin] | {setting: value for owner, setting, value in VARIABLES.values() if owner == plugin}
        for plugin in PLUGINS
    }


def test_a_dotenv_file_is_read_and_meltano_s_own_variables_too(recorder: Project) -> None:
    dotenv = recorder.root / ".env"
    dotenv.write_text("DB_SYNC_DATABASE_URL=postgresql://localhost/dotenv\nDB_SYNC_TIMEZONE=UTC\n")
    configs = recorded(recorder, TAP_MIH_POSTGRES_SCHEMAS="a,b", DB_SYNC_TIMEZONE="")
    dotenv.unlink()
    given = {"database_url": "postgresql://localhost/dotenv", "schemas": "a,b"}
    assert configs["tap-mih-postgres"] == OURS["tap-mih-postgres"] | given
    assert configs["target-gsheets"] == OURS["target-gsheets"], "an empty variable comes before the file"


def titles(mirror: Mirror) -> set[str]:
    return set(mirror.sheets())


def test_a_run_mirrors_the_database_and_a_second_one_writes_nothing(project: Project, mirror: Mirror) -> None:
    empty = titles(mirror)
    text = (project.root / "meltano.yml").read_text()

    first = project.meltano(*RUN)
    assert first.returncode == 0, first.stderr
    assert titles(mirror) - empty == {"note", "_secret_key", "audit-entry"}
    assert mirror.sheets()["note"] == [["id", "text", "at"], [1, "00123", pytest.approx(46023 + 1 / 24)], [2, "=1+1"]]

    mirror.emulator.forget_calls()
    second = project.meltano("run", "db-sync", **dict.fromkeys(OPTIONAL, ""), DB_SYNC_LOG_LEVEL="")
    assert second.returncode == 0, second.stderr
    assert [call.api for call in mirror.emulator.calls() if call.writes] == []
    assert (project.root / "meltano.yml").read_text() == text, "Meltano must not rewrite a file that git keeps"


def test_every_variable_takes_effect_and_a_new_table_appears(
    open_mirror: Callable[[], Mirror], project: Project
) -> None:
    mirror = open_mirror()
    mirror.execute(TABLES)
    environment = {"DB_SYNC_DATABASE_URL": mirror.database_url, "GOOGLE_SPREADSHEET_ID": mirror.spreadsheet.url}
    chosen = {variable: value for variable, (_, _, value) in OPTIONAL.items()}
    empty = titles(mirror)

    first = project.meltano(*RUN, "--state-id-suffix=set", **environment, **chosen, DB_SYNC_LOG_LEVEL="DEBUG")
    assert first.returncode == 0, first.stderr
    assert titles(mirror) - empty == {"note", "_prisma_migrations", "prisma-studio"}
    assert mirror.sheets()["note"][1] == [1, "00123", pytest.approx(46023 - 5 / 24)]
    assert "[debug    ] meltano" in first.stderr
    assert "[debug    ] tap-mih-postgres" in first.stderr
    assert "00123" not in first.stderr, "Meltano's own debug level has every row of the database"
    assert '"type":"RECORD"' not in first.stderr.replace(" ", "")
    assert_no_secret(first.stderr, project, mirror)

    mirror.execute("CREATE TABLE later (id int PRIMARY KEY)")
    second = project.meltano(*RUN, "--state-id-suffix=set", **environment, **chosen, DB_SYNC_LOG_LEVEL="error")
    assert second.returncode == 0, second.stderr
    assert mirror.sheets()["later"] == [["id"]]
    assert "[info" not in second.stderr.partition("\n")[2], "only Meltano's greeting precedes its settings"


def assert_no_secret(text: str, project: Project, mirror: Mirror) -> None:
    assert mirror.connection.info.password not in text
    assert mirror.emulator.key["private_key"].splitlines()[1] not in text
    assert project.environment["GOOGLE_CREDENTIALS_BASE64"] not in text
    assert "ya29." not in text, "an access token"
    assert "assertion" not in text, "what a token is given for"


def test_the_check_tells_whether_a_run_would_work(project: Project, mirror: Mirror) -> None:
    mirror.emulator.forget_calls()
    good = project.meltano("invoke", "target-gsheets", "--check")
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "Ready to run. Nothing was changed.")
    assert [call.api for call in mirror.emulator.calls()] == ["spreadsheets.get", "spreadsheets.batchUpdate"]
    bad = project.meltano("invoke", "target-gsheets", "--check", DB_SYNC_TIMEZONE="Paris", GOOGLE_SPREADSHEET_ID="gone")
    assert bad.returncode == 1
    assert "'timezone' is 'Paris', which is no time zone" in bad.stdout
    assert "There is no workbook with the id 'gone'" in bad.stdout


def test_an_unknown_log_level_is_refused_in_one_sentence(recorder: Project) -> None:
    answer = recorder.meltano(*RUN, DB_SYNC_LOG_LEVEL="verbose")
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1].startswith("DB_SYNC_LOG_LEVEL is 'verbose': set it to one of debug, info")


def test_meltano_knows_the_job_and_its_schedule(recorder: Project) -> None:
    schedules = json.loads(recorder.meltano("schedule", "list", "--format=json").stdout)["schedules"]
    assert [(each["interval"], each["job"]["name"]) for each in schedules["job"]] == [("*/5 * * * *", "db-sync")]
    assert [each["job"]["tasks"] for each in schedules["job"]] == [["tap-mih-postgres target-gsheets"]]


def test_a_failing_tap_fails_the_run(project: Project, mirror: Mirror) -> None:
    before = mirror.sheets()
    wrong = mirror.database_url.rpartition("/")[0] + "/nowhere"
    answer = project.meltano(*RUN, DB_SYNC_DATABASE_URL=wrong)
    assert answer.returncode != 0
    assert "nowhere" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert mirror.sheets() == before


def test_a_failing_target_fails_the_run(project: Project, mirror: Mirror) -> None:
    secret = base64.b64encode(b'{"private_key": "s3cret-Pa55word"}').decode()
    answer = project.meltano(*RUN, GOOGLE_CREDENTIALS_BASE64=secret)
    assert answer.returncode != 0
    assert "credentials_base64" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "s3cret" not in answer.stderr
    assert secret not in answer.stderr


def test_a_killed_tap_fails_the_run_and_leaves_the_sheet_as_it_was(
    open_mirror: Callable[[], Mirror], project: Project, tmp_path: Path
) -> None:
    mirror = open_mirror()
    mirror.execute("CREATE TABLE note (id int PRIMARY KEY); INSERT INTO note SELECT generate_series(1, 50)")
    mirror.sync()
    before = mirror.sheets()
    lines = mirror.messages()
    tap = tmp_path / "tap"
    tap.write_text(FAKE_TAP)
    tap.chmod(0o755)
    tap.with_name("tap.lines").write_text("".join(lines[: len(lines) // 2]))

    environment = {**project.environment, "GOOGLE_SPREADSHEET_ID": mirror.spreadsheet.id}
    killed = make_project(tmp_path, environment, {"tap-mih-postgres": str(tap)})
    answer = killed.meltano(*RUN)
    assert answer.returncode != 0
    assert mirror.sheets() == before
