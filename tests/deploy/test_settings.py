"""What the environment must hold, all of whose faults are said at once."""

from __future__ import annotations

import pytest
from db_sync.errors import SettingsError
from db_sync.settings import clean_variables, parse_complete_settings, parse_duration, parse_settings

COMPLETE = {
    "DB_SYNC_DATABASE_URL": "postgresql://mih:mih_password@db:5432/mih_staging",
    "GOOGLE_SPREADSHEET_ID": "1abc",
    "GOOGLE_CREDENTIALS_BASE64": "e30=",
}


def problems(**variables: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        parse_complete_settings(variables)
    return list(raised.value.problems)


def test_all_that_is_missing_or_wrong_is_said_at_once() -> None:
    named = [each.split()[0] for each in problems(DB_SYNC_CRON="often", DB_SYNC_TIMEOUT="soon")]
    assert named == [*COMPLETE, "DB_SYNC_CRON", "DB_SYNC_TIMEOUT"]


def test_empty_is_missing_for_what_is_needed_and_the_default_for_the_rest() -> None:
    assert len(problems(**dict.fromkeys(COMPLETE, ""))) == 3
    settings = parse_complete_settings({**COMPLETE, "DB_SYNC_CRON": "", "DB_SYNC_TIMEZONE": "", "DB_SYNC_TIMEOUT": ""})
    assert (settings.cron_text, settings.timezone, settings.timeout_seconds) == ("*/5 * * * *", "UTC", 900)
    assert settings.ping_url is None


@pytest.mark.parametrize(
    "instead",
    ["TAP_MIH_POSTGRES_HOST", "TARGET_GSHEETS_SPREADSHEET_ID", "GOOGLE_APPLICATION_CREDENTIALS"],
)
def test_a_plugin_s_own_variable_takes_the_place_of_ours(instead: str) -> None:
    names = dict(zip(("TAP_MIH_POSTGRES_HOST", "TARGET_GSHEETS_SPREADSHEET_ID", "GOOGLE_APPLICATION_CREDENTIALS"),
                     COMPLETE, strict=True))  # fmt: skip
    parse_complete_settings({**COMPLETE, names[instead]: "", instead: "x"})


WRONG = {
    "an unknown zone": ("DB_SYNC_TIMEZONE", "Europe/Pariss", "is 'Europe/Pariss', which is no time zone"),
    "a folder of zones": ("DB_SYNC_TIMEZONE", "Europe", "is 'Europe', which is no time zone"),
    "a way out of the zones": ("DB_SYNC_TIMEZONE", "../../etc/passwd", "is no time zone"),
    "a bad schedule": ("DB_SYNC_CRON", "*/90 * * * *", "the step of '*/90' must be from 1 to 59"),
    "no time at all": ("DB_SYNC_TIMEOUT", "0", "give seconds"),
    "half a row": ("DB_SYNC_BATCH_SIZE", "0.5", "give a whole number from 1"),
    "a loud log": ("DB_SYNC_LOG_LEVEL", "loud", "set it to one of debug, info"),
    "a file as ping": ("DB_SYNC_PING_URL", "file:///etc/passwd", "must be an http or https address"),
    "no host of a ping": ("DB_SYNC_PING_URL", "http:///s3cret", "must be an http or https address"),
    "half an address as ping": ("DB_SYNC_PING_URL", "http://[::1", "must be an http or https address"),
    "no port of a ping": ("DB_SYNC_PING_URL", "http://ping.example:https/x", "must be an http or https address"),
    "no address of Meltano's database": ("MELTANO_DATABASE_URI", "db/meltano", "must be an address like sqlite:///"),
    "no port of Meltano's database": ("MELTANO_DATABASE_URI", "postgresql://u:p@db:x/y", "must be an address like"),
    "a database without a driver": ("MELTANO_DATABASE_URI", "mysql://u:p@db/y", "must be an address like sqlite:///"),
    "quotation marks around it": ("MELTANO_DATABASE_URI", '"sqlite:////data/x.db"', "must be an address like"),
    "quotation marks": ("DB_SYNC_CRON", '"* * * * *"', "begins and ends with a quotation mark"),
}


@pytest.mark.parametrize(("name", "value", "reason"), WRONG.values(), ids=WRONG)
def test_a_value_that_cannot_be_used_is_named_with_its_reason(name: str, value: str, reason: str) -> None:
    said = problems(**COMPLETE, **{name: value})
    assert any(each.startswith(name) and reason in each for each in said), said


def test_no_secret_is_repeated() -> None:
    said = problems(DB_SYNC_PING_URL="ftp://ping.example/s3cret", GOOGLE_CREDENTIALS_BASE64="'s3cret'",
                    MELTANO_DATABASE_URI="postgresql://u:s3cret@db:x/y")  # fmt: skip
    assert "s3cret" not in " ".join(said)


def test_line_ends_of_windows_are_stripped_from_our_variables_alone() -> None:
    cleaned = clean_variables({"DB_SYNC_CRON": "* * * * *\r", "GOOGLE_SPREADSHEET_ID": " x ", "OTHER": "y\r"})
    assert cleaned == {"DB_SYNC_CRON": "* * * * *", "GOOGLE_SPREADSHEET_ID": "x", "OTHER": "y\r"}


def test_what_is_empty_is_dropped_since_meltano_would_take_it_for_a_value() -> None:
    empty = {"MELTANO_DATABASE_URI": " ", "DB_SYNC_CRON": "\r", "TARGET_GSHEETS_TIMEZONE": ""}
    assert clean_variables({**empty, "OTHER": ""}) == {"OTHER": ""}


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_of_meltano_s_database_needs_no_driver(scheme: str) -> None:
    cleaned = clean_variables({"MELTANO_DATABASE_URI": f"{scheme}://u:p@db/meltano"})
    assert cleaned == {"MELTANO_DATABASE_URI": "postgresql+psycopg://u:p@db/meltano"}


def test_another_database_of_meltano_s_stays_as_it_is() -> None:
    variables = {"MELTANO_DATABASE_URI": "sqlite:////data/postgresql://x.db"}
    assert clean_variables(variables) == variables


@pytest.mark.parametrize(("text", "seconds"), [("900", 900), ("90s", 90), ("15m", 900), ("1h", 3600), ("2 m", 120)])
def test_a_duration_has_a_unit_or_is_seconds(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "1d", "-5", "1.5h", "9999999"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("uri", "own"),
    [(None, True), ("sqlite:////data/meltano.db", True), ("postgresql+psycopg://u:p@db/meltano", False)],
)
def test_a_database_that_others_may_share_is_not_ours(uri: str | None, own: bool) -> None:
    variables = COMPLETE if uri is None else {**COMPLETE, "MELTANO_DATABASE_URI": uri}
    assert parse_settings(variables).has_own_database is own
