"""Lets DB_SYNC_LOG_LEVEL set the level of Meltano and, through it, of both plugins.

Meltano loads LOG_LEVEL as an entry point of its group `meltano.settings`, before it sets up its logging.
`cli.log_level: $X` in meltano.yml can't do this: with X unset or empty Meltano 4.4 asks Python's logging for
a level named NONE and ends in a traceback; an upper-case name does the same. MELTANO_CLI_LOG_LEVEL and
--log-level, Meltano's own, keep their meaning and win.

On level debug Meltano would log all that goes through its pipe: every row of the database. Where the level is ours it
doesn't, since a log is pasted into issues.

It is also the one place of ours that every `meltano run` comes by, so here a misspelt exclusion is told.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from dotenv import dotenv_values, find_dotenv
from meltano.core.setting_definition import SettingDefinition

from db_sync.errors import SettingsError
from db_sync.names import misspelt
from db_sync.settings import LEVELS

VARIABLE = "DB_SYNC_LOG_LEVEL"
MELTANO_VARIABLE = "MELTANO_CLI_LOG_LEVEL"
# Above the loggers that have a plugin's RECORDs and STATEs; those of its log are under `meltano.plugin.stderr`.
PIPE_LOGGER = "meltano.plugin.stdout"


def read_dotenv(environment: Mapping[str, str]) -> dict[str, str | None]:
    """The project's .env: in MELTANO_PROJECT_ROOT, else the next one from the working directory upwards."""
    root = environment.get("MELTANO_PROJECT_ROOT")
    return dotenv_values(Path(root) / ".env" if root else find_dotenv(usecwd=True))


def apply_log_level(environment: MutableMapping[str, str], dotenv: Mapping[str, str | None]) -> None:
    """Copy the level into Meltano's own variable, and keep rows out of the log; unset and empty change nothing.

    An unknown level ends the program with one sentence, since nobody would catch an error here.
    """
    level = environment.get(VARIABLE, dotenv.get(VARIABLE) or "").strip().lower()
    if not level:
        return
    if level not in LEVELS:
        choices = ", ".join(LEVELS)
        raise SystemExit(f"{VARIABLE} is '{level}': set it to one of {choices}, or leave it empty for info.")
    environment.setdefault(MELTANO_VARIABLE, level)
    if level == "debug":
        logging.getLogger(PIPE_LOGGER).setLevel(logging.INFO)


def warn_of_exclusions(environment: Mapping[str, str], dotenv: Mapping[str, str | None]) -> None:
    """Say on stderr which exclusions are misspelt.

    `db-sync` refuses them. Here they are a warning: a plugin that inherits from ours, and is called
    `tap-mih-postgres-sales`, has variables that look like them.
    """
    given = {**dotenv, **environment}
    try:
        misspelt({name: value for name, value in given.items() if value})
    except SettingsError as error:
        for sentence in error.problems:
            print(f"db-sync: {sentence}", file=sys.stderr)  # noqa: T201


DOTENV = read_dotenv(os.environ)
apply_log_level(os.environ, DOTENV)
warn_of_exclusions(os.environ, DOTENV)

LOG_LEVEL = SettingDefinition(
    name="db_sync.log_level",
    kind="string",
    env_aliases=[VARIABLE],
    label="Log level",
    description=f"Level of Meltano and both plugins: {', '.join(LEVELS)}. Default: info.",
)
