"""The environment of a container -> what the entry point needs, or all that is wrong with it at once.

Pure. Empty means unset, as everywhere in this project. What a plugin checks better is left to it: here is only what
keeps the schedule from making sense of the environment, and what nobody can do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from db_sync.cron import Cron, CronError, parse_cron
from db_sync.errors import SettingsError

OURS = ("DB_SYNC_", "GOOGLE_", "TAP_MIH_POSTGRES_", "TARGET_GSHEETS_")
LEVELS = ("debug", "info", "warning", "error", "critical")
DEFAULT_CRON = "*/5 * * * *"
DEFAULT_TIMEOUT = "15m"
DEFAULT_STATE = "/data"
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
SYSTEM_DATABASE = "MELTANO_DATABASE_URI"

# What a run can't do without: the variable, what else may take its place, and what it is.
REQUIRED = (
    (
        "DB_SYNC_DATABASE_URL",
        ("TAP_MIH_POSTGRES_DATABASE_URL", "TAP_MIH_POSTGRES_HOST", "TAP_MIH_POSTGRES_USER", "TAP_MIH_POSTGRES_DBNAME"),
        "the database, as postgresql://user:password@host:5432/name",
    ),
    (
        "GOOGLE_SPREADSHEET_ID",
        ("TARGET_GSHEETS_SPREADSHEET_ID",),
        "the workbook: the part of its address between /d/ and /edit",
    ),
    (
        "GOOGLE_CREDENTIALS_BASE64",
        (
            "TARGET_GSHEETS_CREDENTIALS_BASE64",
            "TARGET_GSHEETS_CREDENTIALS_JSON",
            "TARGET_GSHEETS_CREDENTIALS_PATH",
            "GOOGLE_APPLICATION_CREDENTIALS",
        ),
        "the service account's JSON key as base64 (base64 -w0 key.json)",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the entry point itself goes by."""

    cron_text: str
    cron: Cron
    timezone: str
    timeout_seconds: int
    state: Path
    ping_url: str | None
    has_own_database: bool  # Meltano's system database is a file that only we use

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the schedule is read."""
        return ZoneInfo(self.timezone)


def clean_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment as it is meant: without the carriage returns of a file from Windows, without what is empty, which
    Meltano would take for a value, and with the driver we have.

    SQLAlchemy would look for another one in an address of Postgres that names none.
    """
    ours = (*OURS, SYSTEM_DATABASE)
    stripped = {name: value.strip() if name.startswith(ours) else value for name, value in environment.items()}
    cleaned = {name: value for name, value in stripped.items() if value or not name.startswith(ours)}
    if SYSTEM_DATABASE in cleaned:
        cleaned[SYSTEM_DATABASE] = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", cleaned[SYSTEM_DATABASE])
    return cleaned


def parse_settings(variables: Mapping[str, str]) -> Settings:
    """Read cleaned variables; raise SettingsError with one sentence for everything that is unusable."""
    problems = [*quoted(variables), *wrong_values(variables)]
    if problems:
        raise SettingsError(problems)
    cron_text = variables.get("DB_SYNC_CRON") or DEFAULT_CRON
    return Settings(
        cron_text=cron_text,
        cron=parse_cron(cron_text),
        timezone=variables.get("DB_SYNC_TIMEZONE") or "UTC",
        timeout_seconds=parse_duration(variables.get("DB_SYNC_TIMEOUT") or DEFAULT_TIMEOUT),
        state=Path(variables.get("DB_SYNC_STATE_FOLDER") or DEFAULT_STATE),
        ping_url=variables.get("DB_SYNC_PING_URL") or None,
        has_own_database=variables.get(SYSTEM_DATABASE, "sqlite:").startswith("sqlite:"),
    )


def parse_complete_settings(variables: Mapping[str, str]) -> Settings:
    """The same for a run, which needs both sides as well."""
    problems = [*missing(variables)]
    try:
        settings = parse_settings(variables)
    except SettingsError as error:
        problems += error.problems
        raise SettingsError(problems) from None
    if problems:
        raise SettingsError(problems)
    return settings


def missing(variables: Mapping[str, str]) -> Iterator[str]:
    """What a run can't do without and isn't there."""
    for name, others, meaning in REQUIRED:
        if not any(variables.get(each) for each in (name, *others)):
            yield f"{name} is not set: {meaning}."


def quoted(variables: Mapping[str, str]) -> Iterator[str]:
    """`docker run --env-file` takes quotation marks for a part of the value, and Compose doesn't."""
    for name, value in variables.items():
        if name.startswith(OURS) and len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            yield f"{name} begins and ends with a quotation mark, which is taken for a part of it: remove both."


def wrong_values(variables: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each value that can't be used."""
    for name, check in CHECKS.items():
        value = variables.get(name)
        if value and (complaint := check(value)):
            yield f"{name} {complaint}"


def check_cron(text: str) -> str | None:
    try:
        parse_cron(text)
    except CronError as error:
        return f"is '{text}': {error}. Every five minutes, the default, is '{DEFAULT_CRON}'."
    return None


def check_timezone(name: str) -> str | None:
    # supercronic would take an unknown zone for UTC without a word.
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return f"is '{name}', which is no time zone: name one like Europe/Paris, or leave it empty."
    return None


def check_timeout(text: str) -> str | None:
    try:
        seconds = parse_duration(text)
    except ValueError:
        seconds = 0
    return None if seconds else f"is '{text}': give seconds, or a number with s, m or h, as in {DEFAULT_TIMEOUT}."


def check_batch_size(text: str) -> str | None:
    return None if text.isdecimal() and int(text) else f"is '{text}': give a whole number from 1, or leave it empty."


def check_level(text: str) -> str | None:
    return None if text.lower() in LEVELS else f"is '{text}': set it to one of {', '.join(LEVELS)}."


def check_url(text: str) -> str | None:
    # The address is a secret: whoever has it can report in our name.
    is_address = re.match(r"https?://", text, re.IGNORECASE) and host_of(text)
    return None if is_address else "must be an http or https address."


def check_system_database(text: str) -> str | None:
    # It may hold a password. A server's host may be left out, for the socket of this machine.
    is_file = re.match(r"sqlite(\+\w+)?:///.", text)
    if is_file or (re.match(r"postgresql(\+\w+)?://", text) and host_of(text) is not None):
        return None
    return "must be an address like sqlite:////data/meltano.db or postgresql://user:password@host:5432/name."


def host_of(address: str) -> str | None:
    """The host of an address, empty where it has none; None where host or port can't be read."""
    try:
        parts = urlsplit(address)
        return parts.hostname or "" if parts.port is None or parts.port else None
    except ValueError:
        return None


CHECKS = {
    "DB_SYNC_CRON": check_cron,
    "DB_SYNC_TIMEZONE": check_timezone,
    "DB_SYNC_TIMEOUT": check_timeout,
    "DB_SYNC_BATCH_SIZE": check_batch_size,
    "DB_SYNC_LOG_LEVEL": check_level,
    "DB_SYNC_PING_URL": check_url,
    SYSTEM_DATABASE: check_system_database,
}


def parse_duration(text: str) -> int:
    """Seconds out of `900`, `900s`, `15m` or `1h`; raise ValueError for anything else."""
    found = re.fullmatch(r"(\d{1,6})\s*([smh]?)", text, re.ASCII)
    if not found:
        raise ValueError(text)
    return int(found[1]) * UNITS[found[2]]
