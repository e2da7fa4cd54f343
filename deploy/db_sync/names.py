"""The names of variables: those that nobody reads, and those that a plugin calls otherwise.

Pure. A plugin's message names its setting; whoever wrote `.env.db-sync` knows the variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

OWN = "DB_SYNC_"
# All that begin so: ours, those that meltano.yml hands to a plugin, and DB_SYNC_HOME of deploy/airflow.
KNOWN = (
    "DB_SYNC_BATCH_SIZE",
    "DB_SYNC_CRON",
    "DB_SYNC_DATABASE_URL",
    "DB_SYNC_EXCLUDED_SCHEMAS",
    "DB_SYNC_EXCLUDED_TABLE_PREFIXES",
    "DB_SYNC_HOME",
    "DB_SYNC_LOG_LEVEL",
    "DB_SYNC_PING_URL",
    "DB_SYNC_STATE_FOLDER",
    "DB_SYNC_TIMEOUT",
    "DB_SYNC_TIMEZONE",
)
# A plugin's setting -> the variable that meltano.yml takes it from, and the plugin's own; of two that are set it wins.
VARIABLES = {
    "database_url": ("DB_SYNC_DATABASE_URL", "TAP_MIH_POSTGRES_DATABASE_URL"),
    "excluded_schemas": ("DB_SYNC_EXCLUDED_SCHEMAS", "TAP_MIH_POSTGRES_EXCLUDED_SCHEMAS"),
    "excluded_table_prefixes": ("DB_SYNC_EXCLUDED_TABLE_PREFIXES", "TAP_MIH_POSTGRES_EXCLUDED_TABLE_PREFIXES"),
    "excluded_tables": ("TAP_MIH_POSTGRES_EXCLUDED_TABLES",),
    "excluded_columns": ("TAP_MIH_POSTGRES_EXCLUDED_COLUMNS",),
    "schemas": ("TAP_MIH_POSTGRES_SCHEMAS",),
    "tables": ("TAP_MIH_POSTGRES_TABLES",),
    "spreadsheet_id": ("GOOGLE_SPREADSHEET_ID", "TARGET_GSHEETS_SPREADSHEET_ID"),
    "credentials_base64": ("GOOGLE_CREDENTIALS_BASE64", "TARGET_GSHEETS_CREDENTIALS_BASE64"),
    "timezone": ("DB_SYNC_TIMEZONE", "TARGET_GSHEETS_TIMEZONE"),
    "batch_size_rows": ("DB_SYNC_BATCH_SIZE", "TARGET_GSHEETS_BATCH_SIZE_ROWS"),
    "credentials_json": ("TARGET_GSHEETS_CREDENTIALS_JSON",),
    "credentials_path": ("TARGET_GSHEETS_CREDENTIALS_PATH",),
}


def misspelt(variables: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that looks like one of ours and isn't read."""
    for name, value in variables.items():
        if value and name.startswith(OWN) and name not in KNOWN:
            likely = get_close_matches(name, KNOWN, 1)
            remedy = f"do you mean {likely[0]}?" if likely else f"the variables are {', '.join(KNOWN)}."
            yield f"{name} is no variable of db-sync, and nothing reads it: {remedy}"


def explain_names(text: str, variables: Mapping[str, str]) -> str:
    """The variables of the settings that a text names in quotes, in a sentence; nothing where it names none."""
    found = dict.fromkeys(name for name in re.findall(r"'(\w+)'", text) if name in VARIABLES)
    pairs = (f"'{name}' is {variable_of(name, variables)}" for name in found)
    return f"Here {', '.join(pairs)}." if found else ""


def variable_of(setting: str, variables: Mapping[str, str]) -> str:
    """The variable of a setting: the one that counts, else ours."""
    names = VARIABLES[setting]
    return next((name for name in reversed(names) if variables.get(name)), names[0])


def value_of(setting: str, variables: Mapping[str, str]) -> str:
    """What the variables make of a setting; empty where it is left to its default."""
    return variables.get(variable_of(setting, variables), "")


def workbook_of(variables: Mapping[str, str]) -> str:
    """The workbook's id, out of its address where that is given; empty where there is none."""
    given = value_of("spreadsheet_id", variables)
    found = re.search(r"/d/([\w-]+)", given)
    return found[1] if found else given
