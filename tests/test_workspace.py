"""The workspace as a whole: what its files promise to each other."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from db_sync.names import SDK

ROOT = Path(__file__).parents[1]
PLUGINS = {"tap-mih-postgres": "extractors", "target-gsheets": "loaders"}


@cache
def settings_of(plugin: str) -> dict[str, dict[str, Any]]:
    """A plugin's own settings, as its --about says them."""
    command = [Path(sys.executable).with_name(plugin), "--about", "--format=json"]
    about = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {name: setting for name, setting in about["settings"]["properties"].items() if name not in SDK}


def table_row(name: str, setting: dict[str, Any]) -> str:
    default = setting.get("default")
    shown = ", ".join(default) if isinstance(default, list) else "" if default is None else str(default)
    return f"| `{name}` | {setting['description']} | {f'`{shown}`' if shown else ''} |".replace("|  |", "| |")


@pytest.mark.parametrize("plugin", PLUGINS)
def test_the_readme_lists_every_setting_as_the_plugin_describes_it(plugin: str) -> None:
    rows = "\n".join(table_row(name, setting) for name, setting in settings_of(plugin).items())
    section = (ROOT / "README.md").read_text().partition(f"### {plugin}\n")[2].partition("\n#")[0]
    table = section.partition("|---|---|---|\n")[2].rstrip()
    assert table == rows


@pytest.mark.parametrize("plugin", PLUGINS)
def test_meltano_knows_every_setting_as_the_plugin_describes_it(plugin: str) -> None:
    (definition,) = yaml.safe_load((ROOT / "meltano.yml").read_text())["plugins"][PLUGINS[plugin]]
    known = {
        each["name"]: (each["kind"], each["description"], each.get("sensitive", False))
        for each in definition["settings"]
    }
    assert known == {
        name: ("string", setting["description"], setting.get("secret", False))
        for name, setting in settings_of(plugin).items()
    }


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    assert "\nmake test\n" in (ROOT / "README.md").read_text()
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make test"


@pytest.mark.parametrize("package", [*PLUGINS, "sheets-emulator"])
def test_a_package_has_its_readme_and_changelog(package: str) -> None:
    assert (ROOT / package / "README.md").read_text().startswith(f"# {package}\n")
    assert (ROOT / package / "CHANGELOG.md").read_text().startswith("# Changelog\n")


def test_the_plugins_do_without_sqlalchemy_pandas_and_the_emulator() -> None:
    code = (
        "import sys, tap_mih_postgres.tap, target_gsheets.target;"
        "print({'sqlalchemy', 'pandas', 'numpy', 'sheets_emulator'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "set()\n"
