"""The commands of the guides that can be run, run as they are written; run by `make test-deploy`."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from demo.postgres import find_binaries
from tests.deploy.orchestrators.conftest import ROOT, Site
from tests.docs.commands import RUN
from tests.docs.pages import all_pages

COMMANDS = sorted({command for page in all_pages() for command in page.commands() if re.match("|".join(RUN), command)})
# What Compose would do, without a container: the variables that it is given, and the command.
COMPOSE = re.compile(r"docker compose run --rm (?:--env (?P<variables>\S+) )?db-sync (?P<command>.+)")
BEHIND = sorted(
    {
        f"{found['variables'] or ''} db-sync {found['command']}".lstrip()
        for page in all_pages()
        for command in page.commands()
        if (found := COMPOSE.fullmatch(command))
    }
)


@pytest.fixture
def operator(site: Site) -> Site:
    """A site whose variables stand in .env, as the guide has it, in quotation marks."""
    names = ("DB_SYNC_DATABASE_URL", "GOOGLE_SPREADSHEET_ID", "GOOGLE_CREDENTIALS_BASE64")
    values = {name: site.variables.pop(name) for name in names}
    (site.folder / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in values.items()))
    (site.folder / "deploy").symlink_to(ROOT / "deploy")
    site.variables["DATABASE_URL"] = site.database_url
    site.variables["PATH"] = os.pathsep.join(
        [str(site.folder / ".venv/bin"), str(find_binaries() / "bin"), site.variables["PATH"]]
    )
    assert site.run(["meltano", "run", "tap-mih-postgres", "target-gsheets"]).returncode == 0
    return site


def run_in_shell(site: Site, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return site.run(["sh", "-c", command], **variables)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_does_as_it_is_written(operator: Site, command: str) -> None:
    ended = run_in_shell(operator, command)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert operator.rows() == {"orders": 40, "order_lines": 60, "users": 2}


@pytest.mark.parametrize("command", BEHIND)
def test_a_command_of_compose_does_without_a_container(site: Site, tmp_path: Path, command: str) -> None:
    (tmp_path / "data").mkdir()
    variables = {
        "DB_SYNC_STATE_FOLDER": str(tmp_path / "data"),
        "PATH": f"{site.folder}/.venv/bin:{site.variables['PATH']}",
    }
    assert run_in_shell(site, "db-sync --once", **variables).returncode == 0
    ended = run_in_shell(site, command, **variables)
    assert ended.returncode == 0, ended.stderr[-2000:]


def test_a_dry_run_says_what_would_come_and_leaves_the_workbook_alone(operator: Site) -> None:
    operator.connection.execute("INSERT INTO users VALUES (3, 'Eve')")
    command = "meltano invoke tap-mih-postgres | meltano invoke target-gsheets --dry-run"
    assert f"`{command}`" in (ROOT / "README.md").read_text()
    ended = run_in_shell(operator, command)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert "'Eve'" in ended.stdout
    assert operator.rows()["users"] == 2


def test_a_full_refresh_reads_everything_again(operator: Site) -> None:
    command = "meltano run --full-refresh tap-mih-postgres target-gsheets"
    assert f"`{command}`" in (ROOT / "README.md").read_text()
    assert run_in_shell(operator, command).returncode == 0


def test_forgetting_the_state_forgets_it(operator: Site) -> None:
    (command,) = (each for each in COMMANDS if " state clear " in each)
    listed = "meltano state list"
    assert "tap-mih-postgres-to-target-gsheets" in run_in_shell(operator, listed).stdout
    run_in_shell(operator, command)
    assert "tap-mih-postgres-to-target-gsheets" not in run_in_shell(operator, listed).stdout
