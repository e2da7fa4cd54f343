"""DB_SYNC_LOG_LEVEL becomes Meltano's own variable, or nothing at all; a misspelt exclusion is told."""

from __future__ import annotations

import pytest
from db_sync.log_level import apply_log_level, warn_of_exclusions

CASES: dict[str, tuple[dict[str, str], dict[str, str | None], str | None]] = {
    "unset": ({}, {}, None),
    "empty": ({"DB_SYNC_LOG_LEVEL": ""}, {}, None),
    "blank": ({"DB_SYNC_LOG_LEVEL": " "}, {}, None),
    "set": ({"DB_SYNC_LOG_LEVEL": "warning"}, {}, "warning"),
    "in capitals": ({"DB_SYNC_LOG_LEVEL": "DEBUG"}, {}, "debug"),
    "in the .env file": ({}, {"DB_SYNC_LOG_LEVEL": "error"}, "error"),
    "without a value in the .env file": ({}, {"DB_SYNC_LOG_LEVEL": None}, None),
    "in both": ({"DB_SYNC_LOG_LEVEL": "info"}, {"DB_SYNC_LOG_LEVEL": "error"}, "info"),
    "empty before the .env file": ({"DB_SYNC_LOG_LEVEL": ""}, {"DB_SYNC_LOG_LEVEL": "error"}, None),
    "beside Meltano's own": ({"DB_SYNC_LOG_LEVEL": "info", "MELTANO_CLI_LOG_LEVEL": "error"}, {}, "error"),
}


@pytest.mark.parametrize(("environment", "dotenv", "level"), CASES.values(), ids=CASES)
def test_the_level_reaches_meltano(
    environment: dict[str, str], dotenv: dict[str, str | None], level: str | None
) -> None:
    apply_log_level(environment, dotenv)
    assert environment.get("MELTANO_CLI_LOG_LEVEL") == level


def test_an_unknown_level_names_those_that_there_are() -> None:
    with pytest.raises(SystemExit, match="DB_SYNC_LOG_LEVEL is 'loud': set it to one of debug, info, warning"):
        apply_log_level({"DB_SYNC_LOG_LEVEL": "loud"}, {})


def test_a_misspelt_exclusion_is_told_on_stderr_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    warn_of_exclusions({"TAP_MIH_POSTGRES_MASKED_COLUMN": "*.email"}, {"TAP_MIH_POSTGRES_EXCLUDE_TABLES": "salary"})
    said = capsys.readouterr().err
    assert "do you mean TAP_MIH_POSTGRES_MASKED_COLUMNS?" in said
    assert "do you mean TAP_MIH_POSTGRES_EXCLUDED_TABLES?" in said
    assert not {"*.email", "salary"} & {*said.split()}


def test_what_is_spelt_well_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    warn_of_exclusions({"TAP_MIH_POSTGRES_MASKED_COLUMNS": "*.email"}, {"TAP_MIH_POSTGRES_EXCLUDE_TABLES": None})
    assert capsys.readouterr().err == ""
