"""The guides hold what they promise: links lead somewhere, commands name what is there, both languages say the same."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from db_sync.settings import clean_variables, parse_complete_settings

from tests.deploy.conftest import BIN
from tests.docs.commands import fault_of
from tests.docs.pages import ROOT, Page, all_pages

PAGES = all_pages()
ENGLISH, FRENCH = Page("README.md"), Page("LISEZMOI.md")
COMMANDS = sorted({(page.name, command) for page in PAGES for command in page.commands()})


def leads_somewhere(page: Page, link: str) -> bool:
    """Whether a link leads out of the repository, or to a file and, where it names one, a heading in it."""
    address, _, anchor = link.partition("#")
    if re.match(r"(https?|mailto):", address):
        return True
    place = (page.path.parent / address).resolve() if address else page.path
    if not place.exists() or not place.is_relative_to(ROOT):
        return False
    return not anchor or anchor in Page(str(place.relative_to(ROOT))).anchors()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading(page: Page) -> None:
    assert [link for link in page.links() if not leads_somewhere(page, link)] == []


@pytest.mark.parametrize("link", ["docs/nothing.md", "docs/operating.md#nothing", "#nothing", "../../etc/hosts"])
def test_a_link_to_nothing_is_found_out(link: str) -> None:
    assert not leads_somewhere(ENGLISH, link)


def test_the_links_and_headings_of_a_page_are_found() -> None:
    assert "1-on-googles-side" in ENGLISH.anchors()
    assert {"docs/troubleshooting.md", "docs/images/workbook.png"} <= {*ENGLISH.links()}
    assert "operating.md#limits-of-a-workbook" in Page("docs/troubleshooting.md").links()


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_command_names_what_there_is(page: str, command: str) -> None:
    assert fault_of(command) is None


@pytest.mark.parametrize(
    "command",
    [
        "make tset",
        "docker compose run --rm db-snyc --once",
        "docker compose run --rm db-sync --twice",
        ".venv/bin/sheets-emulator serve --harbour 8765",
        "rm -rf /",
    ],
)
def test_a_command_that_names_nothing_is_found_out(command: str) -> None:
    assert fault_of(command)


def test_both_languages_have_the_same_sections() -> None:
    assert [level for level, _ in ENGLISH.headings()] == [level for level, _ in FRENCH.headings()]


def test_both_languages_have_the_same_settings_with_the_same_defaults() -> None:
    assert ENGLISH.rows() == FRENCH.rows()
    assert len(ENGLISH.rows()) > 50


def test_both_languages_have_the_same_commands_and_examples() -> None:
    assert ENGLISH.blocks() == FRENCH.blocks()

    def inline(page: Page) -> set[str]:
        found = re.findall(r"`([^`\n]+)`", page.prose)
        return {code for code in found if re.match(r"(make|docker|meltano|\S+/bin)", code)}

    assert inline(ENGLISH) == inline(FRENCH)


def test_both_languages_link_to_the_same_pages() -> None:
    assert {*ENGLISH.links(), "README.md"} == {*FRENCH.links(), "LISEZMOI.md"}


def test_the_settings_of_the_guide_are_taken_by_the_entry_point() -> None:
    (block,) = (each for each in ENGLISH.blocks("sh") if each.startswith("DB_SYNC_DATABASE_URL="))
    variables = dict(line.split("=", 1) for line in block.splitlines())
    assert parse_complete_settings(clean_variables(variables)).timezone == "Europe/Paris"
    example = (ROOT / ".env.db-sync.example").read_text()
    assert all(re.search(rf"^{name}=", example, re.MULTILINE) for name in variables)


@pytest.mark.parametrize(
    "block", [block for page in PAGES for block in page.blocks("yaml")], ids=lambda block: block.split(":")[0]
)
def test_a_block_of_yaml_is_a_compose_file_or_one_of_meltano_by_its_schema(block: str, tmp_path: Path) -> None:
    content = yaml.safe_load(block)
    path = tmp_path / "block.yml"
    path.write_text(block)
    schema = "vendor.meltano" if "plugins" in content else "vendor.compose-spec"
    command = [BIN / "check-jsonschema", "--builtin-schema", schema, path]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout
    for named in content.get("include", []):
        assert (ROOT / named.removeprefix("db-sync/")).is_file()
    for service in content.get("services", {}).values():
        base = yaml.safe_load((ROOT / service["extends"]["file"]).read_text())
        assert service["extends"]["service"] in base["services"]


def test_the_groups_of_the_guide_have_the_members_that_the_dag_wants() -> None:
    (block,) = Page("docs/orchestrators.md").blocks("json")
    dag = (ROOT / "deploy/airflow/db_sync_dag.py").read_text()
    for group in json.loads(block):
        assert f"MEMBERS = {{{', '.join(json.dumps(name) for name in group)}}}" in dag


def test_the_line_of_cron_runs_the_job_of_meltano() -> None:
    (line,) = ENGLISH.blocks("cron")
    meltano = yaml.safe_load((ROOT / "meltano.yml").read_text())
    (schedule,) = meltano["schedules"]
    assert line.startswith(f"{schedule['interval']} cd ")
    assert f"&& umask 077 && .venv/bin/meltano run {schedule['job']} " in line, "its files of a run hold secrets"
    assert schedule["job"] in {job["name"] for job in meltano["jobs"]}


def test_the_metric_to_alert_on_is_one_that_there_is() -> None:
    named = set(re.findall(r"\bdb_sync_(\w+)", Page("docs/operating.md").text)) - {"reader"}
    source = (ROOT / "deploy/db_sync/report.py").read_text()
    assert named
    assert all(f'"{name}"' in source for name in named)


def test_the_alert_fires_where_no_run_ever_succeeded() -> None:
    metric = "db_sync_last_success_timestamp_seconds"
    assert f"`time() - {metric} > 1800 or absent({metric})`" in " ".join(Page("docs/operating.md").text.split())


def test_the_plan_names_every_variable_of_its_container() -> None:
    plan = Page("docs/plan.md").text
    example = (ROOT / ".env.db-sync.example").read_text()
    of_the_plan = set(re.findall(r"^(\w+)=", example, re.MULTILINE)) - {"DB_SYNC_TIMEOUT", "DB_SYNC_PING_URL"}
    assert not {name for name in of_the_plan if f"`{name}`" not in plan}


@pytest.mark.parametrize(
    ("row", "package"),
    [
        ("tap-mih-postgres/", "tap-mih-postgres/tap_mih_postgres"),
        ("target-gsheets/", "target-gsheets/target_gsheets"),
        ("deploy/db_sync/", "deploy/db_sync"),
    ],
)
def test_the_file_list_of_contributors_names_every_module_once(row: str, package: str) -> None:
    (cell,) = re.findall(rf"^\| `{row}` \|(.*)\|$", Page("CONTRIBUTING.md").text, re.MULTILINE)
    modules = [path.stem for path in (ROOT / package).glob("*.py") if path.stem != "__init__"]
    assert sorted(re.findall(r"`(\w+)`", cell)) == sorted(modules)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.path.name == "CHANGELOG.md"], ids=lambda page: page.name
)
def test_a_changelog_says_nothing_twice(page: Page) -> None:
    beginnings = re.findall(r"^- (.{35})", page.text, re.MULTILINE)
    assert len(beginnings) > 10
    assert len(set(beginnings)) == len(beginnings)
