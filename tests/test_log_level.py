"""DB_SYNC_LOG_LEVEL becomes Meltano's own variable, or nothing at all."""

from __future__ import annotations

import pytest
from db_sync.log_level import apply_log_level

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
