"""The names of variables: those that nobody reads, and those that a plugin calls otherwise.

Pure. A misspelt name is a warning, or an error where it was meant to keep data from leaving. A plugin's message names
its setting; whoever wrote `.env.db-sync` knows the variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from db_sync.errors import SettingsError

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
# The settings of the plugins, and singer-sdk's, which each of them has. The entry point loads no plugin, since that
# takes time at every start: a test holds the names to theirs.
SDK = (
    "add_record_metadata",
    "batch_config",
    "faker_config",
    "flattening_enabled",
    "flattening_max_depth",
    "flattening_max_key_length",
    "flattening_separator",
    "stream_map_config",
    "stream_maps",
    "validate_records",
)
TAP = (
    "bytea_format",
    "connect_retries",
    "database_url",
    "dbname",
    "excluded_columns",
    "excluded_schemas",
    "excluded_table_prefixes",
    "excluded_tables",
    "full_pass_every",
    "host",
    "include_foreign_tables",
    "include_materialized_views",
    "include_views",
    "incremental_lag_seconds",
    "mask_salt",
    "masked_columns",
    "max_rows_per_table",
    "naive_timestamps",
    "on_denied",
    "password",
    "port",
    "replication",
    "schemas",
    "skip_unchanged",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement_timeout_seconds",
    "tables",
    "user",
)
TARGET = (
    "adopt_existing",
    "api_endpoint",
    "batch_size_rows",
    "credentials_base64",
    "credentials_json",
    "credentials_path",
    "hard_delete",
    "load_method",
    "load_method_overrides",
    "max_delete_ratio",
    "max_request_bytes",
    "max_unproven_delete_ratio",
    "on_error",
    "on_removed_column",
    "on_removed_stream",
    "protect",
    "quota_reads_per_minute",
    "quota_writes_per_minute",
    "report_path",
    "retry_seconds",
    "sheet_title",
    "spreadsheet_id",
    "status_every",
    "status_sheet",
    "timezone",
)
PREFIXES: dict[str, tuple[str, ...]] = {
    OWN: tuple(name.removeprefix(OWN) for name in KNOWN),
    "TAP_MIH_POSTGRES_": tuple(name.upper() for name in TAP),
    "TARGET_GSHEETS_": tuple(name.upper() for name in TARGET),
}
OWNERS = {OWN: "db-sync", "TAP_MIH_POSTGRES_": "tap-mih-postgres", "TARGET_GSHEETS_": "target-gsheets"}
# What keeps data in the database: misspelt, it would let them go to Google.
GUARDS = re.compile(r"(EXCLUDED|MASKED)_\w+|TABLES|SCHEMAS")
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


def misspelt(variables: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that looks like one of ours or of a plugin's and isn't read.

    Raise SettingsError with them where one was most likely meant to keep data from leaving.
    """
    found = [*unread(variables)]
    sentences = [say_unread(*each) for each in found]
    if any(is_guard(*each) for each in found):
        raise SettingsError(sentences)
    return sentences


def unread(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The beginning and the rest of each such name; what goes on with another `_` is Meltano's (`…__SELECT`)."""
    for name, value in variables.items():
        for prefix, known in PREFIXES.items():
            rest = name.removeprefix(prefix)
            if value and rest != name and not rest.startswith("_") and rest not in known:
                yield prefix, rest


def is_of_the_sdk(prefix: str, rest: str) -> bool:
    return prefix != OWN and rest.lower() in SDK


def likely(prefix: str, rest: str) -> list[str]:
    """The one that is most likely meant; none where nothing comes near."""
    # Without the beginning, which would make any two of them alike.
    return get_close_matches(rest, PREFIXES[prefix], 1)


def is_guard(prefix: str, rest: str) -> bool:
    return not is_of_the_sdk(prefix, rest) and any(GUARDS.fullmatch(name) for name in likely(prefix, rest))


def say_unread(prefix: str, rest: str) -> str:
    if is_of_the_sdk(prefix, rest):
        return (
            f"{prefix}{rest} is a setting of singer-sdk's, which Meltano reads from a variable only where meltano.yml "
            f"has '{rest.lower()}' under config: put it there."
        )
    meant = likely(prefix, rest)
    every = ", ".join(f"{prefix}{name}" for name in PREFIXES[prefix])
    remedy = f"do you mean {prefix}{meant[0]}?" if meant else f"the variables are {every}."
    return f"{prefix}{rest} is no variable of {OWNERS[prefix]}, and nothing reads it: {remedy}"


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
