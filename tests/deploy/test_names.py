"""The names of variables: which are misspelt, and what plugins call them."""

from __future__ import annotations

import re
from pathlib import Path

from db_sync.names import KNOWN, VARIABLES, explain_names, misspelt, value_of, variable_of

ROOT = Path(__file__).parents[2]


def test_a_misspelt_variable_is_told_with_the_likely_one() -> None:
    said = list(misspelt({"DB_SYNC_EXCLUDED_TABLES_PREFIXES": "x", "DB_SYNC_CRON": "x", "DB_SYNC_CRONN": "", "X": "x"}))
    assert said == [
        "DB_SYNC_EXCLUDED_TABLES_PREFIXES is no variable of db-sync, and nothing reads it: do you mean "
        "DB_SYNC_EXCLUDED_TABLE_PREFIXES?"
    ]


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
