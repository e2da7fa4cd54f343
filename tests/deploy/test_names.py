"""The names of variables: which are misspelt, and what plugins call them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from db_sync.errors import SettingsError
from db_sync.names import KNOWN, PREFIXES, SDK, VARIABLES, explain_names, misspelt, value_of, variable_of

from tests.deploy.conftest import BIN

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "owner", "meant"),
    [
        ("DB_SYNC_TIMEZON", "db-sync", "DB_SYNC_TIMEZONE"),
        ("TARGET_GSHEETS_PROTEKT", "target-gsheets", "TARGET_GSHEETS_PROTECT"),
        ("TAP_MIH_POSTGRES_INCLUDE_VIEW", "tap-mih-postgres", "TAP_MIH_POSTGRES_INCLUDE_VIEWS"),
    ],
)
def test_a_misspelt_variable_is_told_with_the_likely_one(name: str, owner: str, meant: str) -> None:
    variables = {name: "secret", "DB_SYNC_CRON": "x", "DB_SYNC_CRONN": "", "X": "x"}
    assert misspelt(variables) == [f"{name} is no variable of {owner}, and nothing reads it: do you mean {meant}?"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DB_SYNC_EXCLUDED_TABLES_PREFIXES", "DB_SYNC_EXCLUDED_TABLE_PREFIXES"),
        ("TAP_MIH_POSTGRES_EXCLUDED_TABLE", "TAP_MIH_POSTGRES_EXCLUDED_TABLES"),
        ("TAP_MIH_POSTGRES_EXCLUDE_TABLES", "TAP_MIH_POSTGRES_EXCLUDED_TABLES"),
        ("TAP_MIH_POSTGRES_EXCLUDED_COLUMN", "TAP_MIH_POSTGRES_EXCLUDED_COLUMNS"),
        ("TAP_MIH_POSTGRES_MASKED_COLUMN", "TAP_MIH_POSTGRES_MASKED_COLUMNS"),
        ("TAP_MIH_POSTGRES_MASKED", "TAP_MIH_POSTGRES_MASKED_COLUMNS"),
        ("TAP_MIH_POSTGRES_TABLE", "TAP_MIH_POSTGRES_TABLES"),
    ],
)
def test_a_misspelt_variable_that_would_let_data_go_is_no_mere_warning(name: str, meant: str) -> None:
    with pytest.raises(SettingsError) as error:
        misspelt({name: "secret", "TARGET_GSHEETS_PROTEKT": "warn"})
    assert error.value.problems[0].endswith(f"and nothing reads it: do you mean {meant}?")
    assert len(error.value.problems) == 2, "all of it is named at once"
    assert "secret" not in str(error.value)


def test_a_name_that_is_like_none_is_told_all_that_there_are() -> None:
    (sentence,) = misspelt({"TARGET_GSHEETS_QX": "secret"})
    assert "the variables are TARGET_GSHEETS_ADOPT_EXISTING, " in sentence
    assert "secret" not in sentence


def test_a_setting_of_singer_sdk_is_told_to_stand_in_meltano_yml() -> None:
    assert misspelt({"TAP_MIH_POSTGRES_STREAM_MAPS": "secret", "TARGET_GSHEETS_FLATTENING_ENABLED": ""}) == [
        "TAP_MIH_POSTGRES_STREAM_MAPS is a setting of singer-sdk's, which Meltano reads from a variable only where "
        "meltano.yml has 'stream_maps' under config: put it there."
    ]


def test_what_meltano_itself_reads_is_not_misspelt() -> None:
    variables = {"TAP_MIH_POSTGRES__SELECT": "[]", "TARGET_GSHEETS__LOG_PARSER": "x", "TAP_MIH_POSTGRES": "x"}
    assert misspelt(variables) == []


@pytest.mark.parametrize("plugin", ["tap-mih-postgres", "target-gsheets"])
def test_every_setting_of_the_plugins_is_known(plugin: str) -> None:
    about = subprocess.run([BIN / plugin, "--about", "--format=json"], capture_output=True, text=True, check=True)
    settings = json.loads(about.stdout)["settings"]["properties"]
    prefix = f"{plugin.upper().replace('-', '_')}_"
    assert sorted(PREFIXES[prefix]) == sorted(name.upper() for name in settings if name not in SDK)
    assert {"stream_maps", "flattening_enabled"} <= {name for name in settings if name in SDK}


def test_every_variable_that_something_reads_is_known() -> None:
    sources = [*(ROOT / "deploy").rglob("*.*"), *ROOT.glob("*.yml"), *ROOT.glob("*.md"), ROOT / "Dockerfile"]
    texts = [path.read_text() for path in sources if path.is_file() and path.suffix not in {".pyc", ".png"}]
    named = {name for text in texts for name in re.findall(r"DB_SYNC_[A-Z_]*[A-Z]", text)}
    assert named == set(KNOWN)


def test_meltano_yml_takes_these_settings_from_these_variables() -> None:
    pairs = re.findall(r"^ +(\w+): \$(\w+)$", (ROOT / "meltano.yml").read_text(), re.MULTILINE)
    ours = {setting: names[0] for setting, names in VARIABLES.items() if len(names) > 1}
    assert ours == {setting: name for setting, name in pairs if name.startswith(("DB_SYNC_", "GOOGLE_"))}


def test_the_plugin_s_own_variable_wins() -> None:
    both = {"GOOGLE_SPREADSHEET_ID": "a", "TARGET_GSHEETS_SPREADSHEET_ID": "b"}
    assert (variable_of("spreadsheet_id", both), value_of("spreadsheet_id", both)) == (
        "TARGET_GSHEETS_SPREADSHEET_ID", "b"
    )  # fmt: skip
    assert value_of("timezone", both) == ""


def test_only_settings_that_are_named_are_explained() -> None:
    assert explain_names("'spreadsheet_id' is not set; check 'retry_seconds', timezone", {}) == (
        "Here 'spreadsheet_id' is GOOGLE_SPREADSHEET_ID."
    )
    assert explain_names("Google answered 503.", {}) == ""
