from __future__ import annotations

from typing import Any

import pytest

from tap_mih_postgres.errors import SettingsError
from tap_mih_postgres.settings import Settings

URL = "postgresql://reader:s%40cret@db.example.com:6543/app"


def parse(**config: Any) -> Settings:
    return Settings.from_config({"database_url": URL, **config})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(None, ("prisma",), id="null is the default"),
        pytest.param("", ("prisma",), id="empty text is the default"),
        pytest.param("  ", ("prisma",), id="spaces are empty text"),
        pytest.param(" , ", ("prisma",), id="commas alone are empty text"),
        pytest.param("audit", ("audit",), id="one name"),
        pytest.param("audit, log ,", ("audit", "log"), id="comma-separated text"),
        pytest.param('["audit","a,b"]', ("audit", "a,b"), id="the text of an array"),
        pytest.param(["audit", " log "], ("audit", "log"), id="an array"),
        pytest.param([], (), id="an array without items excludes nothing"),
        pytest.param("[]", (), id="and so does its text"),
    ],
)
def test_a_list_comes_in_every_form_that_an_operator_may_write(value: object, expected: tuple[str, ...]) -> None:
    assert parse(excluded_schemas=value).excluded_schemas == expected


def test_a_missing_setting_is_its_default() -> None:
    settings = parse()
    assert settings.schemas == ()
    assert settings.excluded_schemas == ("prisma",)
    assert settings.excluded_table_prefixes == ("prisma",)


@pytest.mark.parametrize("value", ['["a"', "[1]", [1], {"a": 1}, 5, True], ids=repr)
def test_what_is_no_list_is_refused_by_the_settings_name(value: object) -> None:
    with pytest.raises(SettingsError, match="'schemas'"):
        parse(schemas=value)


@pytest.mark.parametrize("prefix", ["_", "__", "a,_"])
def test_a_prefix_that_would_exclude_everything_is_refused(prefix: str) -> None:
    with pytest.raises(SettingsError, match="every table"):
        parse(excluded_table_prefixes=prefix)


def test_prefixes_are_kept_as_they_are_compared() -> None:
    assert parse(excluded_table_prefixes="_Prisma,STRASSE,ß").excluded_table_prefixes == ("prisma", "strasse", "ss")


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param(
            {"database_url": URL},
            {"user": "reader", "password": "s@cret", "host": "db.example.com", "port": "6543", "dbname": "app"},
            id="a URL",
        ),
        pytest.param(
            {"database_url": "host=db dbname=app password='a b'"},
            {"host": "db", "dbname": "app", "password": "a b"},
            id="key=value pairs",
        ),
        pytest.param(
            {"host": "db", "port": 5433, "dbname": "app", "user": "", "password": None},
            {"host": "db", "port": "5433", "dbname": "app"},
            id="settings apart, empty ones being unset",
        ),
        pytest.param(
            {"database_url": "postgres://u@db/app", "password": " p ", "sslmode": "require", "dbname": "other"},
            {"user": "u", "host": "db", "dbname": "other", "password": " p ", "sslmode": "require"},
            id="settings apart win over the URL's",
        ),
        pytest.param(
            {"database_url": "postgresql://u@db/app?schema=public&connection_limit=5&sslmode=require&pgbouncer=true"},
            {"user": "u", "host": "db", "dbname": "app", "sslmode": "require"},
            id="what Prisma adds for itself is dropped",
        ),
        pytest.param(
            {"database_url": "postgresql://u:p?schema=x@db/app?schema=public"},
            {"user": "u", "password": "p?schema=x", "host": "db", "dbname": "app"},
            id="but not from a password",
        ),
    ],
)
def test_the_connections_parameters(config: dict[str, Any], expected: dict[str, str]) -> None:
    assert Settings.from_config(config).connection == expected


@pytest.mark.parametrize(
    ("config", "setting", "remedy"),
    [
        pytest.param({}, "'database_url'", "postgresql://", id="nothing is set"),
        pytest.param({"database_url": ""}, "'database_url'", "postgresql://", id="the URL is empty"),
        pytest.param({"password": "hunter2"}, "'database_url'", "'host'", id="a password alone"),
        pytest.param({"database_url": "hunter2"}, "'database_url'", "key=value", id="no URL"),
        pytest.param({"database_url": "mysql://u:hunter2@h/d"}, "'database_url'", "postgresql://", id="another's"),
        pytest.param({"database_url": "postgresql://u:hunter2@h/d?sslaccept=strict"}, "'database_url'", "'?'", id="?"),
        pytest.param({"database_url": "postgresql://u:hunter2%zz@h/d"}, "'database_url'", "%25", id="raw percent"),
        pytest.param({"database_url": "postgresql://u:a@hunter2@h/d"}, "'database_url'", "%40", id="raw at sign"),
        pytest.param({"database_url": "postgresql://u:hunter2/x@h/d"}, "'database_url'", "%2F", id="raw slash"),
        pytest.param({"database_url": "host=h passwd=hunter2"}, "'database_url'", "option", id="unknown option"),
        pytest.param({"database_url": "postgresql://h/d?sslmode=hunter2"}, "'database_url'", "verify-full", id="mode"),
        pytest.param({"host": "h", "sslmode": "hunter2"}, "'sslmode'", "verify-full", id="sslmode apart"),
        pytest.param({"host": "h", "port": "hunter2"}, "'port'", "65535", id="port"),
        pytest.param({"host": "h", "port": 0}, "'port'", "65535", id="port 0"),
        pytest.param({"host": "h", "password": ["hunter2"]}, "'password'", "text", id="password that is no text"),
    ],
)
def test_a_bad_connection_names_the_setting_and_the_remedy_and_no_secret(
    config: dict[str, Any], setting: str, remedy: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_config(config)
    assert setting in str(caught.value)
    assert remedy in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_parameter_tells_from_which_setting_it_came() -> None:
    settings = parse(password="other")
    assert settings.setting_of("password") == "'password'"
    assert settings.setting_of("user") == "'database_url'"
    assert settings.setting_of("sslcert") == "'database_url'"
    assert Settings.from_config({"host": "h"}).setting_of("user") == "'user'"


@pytest.mark.parametrize("value", ['"prisma"', "'prisma'", '{"a":1}', "a,{b}", ["[x]"]])
def test_a_list_whose_quotes_or_braces_were_kept_is_refused_rather_than_taken_as_a_name(value: object) -> None:
    config = {"database_url": "postgresql://h/d", "excluded_schemas": value}
    with pytest.raises(SettingsError, match="'excluded_schemas' must be a list of names"):
        Settings.from_config(config)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        pytest.param({"include_views": "maybe"}, "'include_views' must be true or false", id="flag"),
        pytest.param({"max_rows_per_table": "1e6"}, "'max_rows_per_table' must be a whole number", id="number"),
        pytest.param({"max_rows_per_table": True}, "'max_rows_per_table' must be a whole number", id="no number"),
        pytest.param({"tables": "a.b.c"}, "'tables' has 'a.b.c', which isn't a pattern of the form", id="parts"),
        pytest.param({"excluded_columns": "a..c"}, "'excluded_columns' has 'a..c'", id="empty part"),
        pytest.param({"masked_columns": "a.b"}, "'masked_columns' has 'a.b', which isn't pattern=hash", id="no pair"),
        pytest.param({"masked_columns": '{"a": 1}'}, "'masked_columns' must be pairs", id="pair of a number"),
        pytest.param({"masked_columns": '{"a"'}, "'masked_columns' begins like a JSON object", id="broken object"),
        pytest.param({"masked_columns": ["a"]}, "'masked_columns' must be pairs", id="no object"),
        pytest.param({"masked_columns": "a=encrypt"}, "'masked_columns' has the mask 'encrypt'", id="unknown mask"),
        pytest.param({"masked_columns": "a=hash"}, "'mask_salt'", id="no salt"),
        pytest.param({"masked_columns": "a=hash", "mask_salt": "hunter2"}, "'mask_salt'", id="short salt"),
    ],
)
def test_a_wrong_value_is_refused_by_the_settings_name(config: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(**config)
    assert sentence in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    ["*.email=hash, a.b = redact,", '{"*.email": "hash", "a.b": "redact"}', {"*.email": "hash", "a.b": "redact"}],
)
def test_pairs_come_in_every_form_that_an_operator_may_write(value: object) -> None:
    masks = parse(masked_columns=value, mask_salt="0123456789abcdef").masked_columns
    assert [(pattern.text, mask) for pattern, mask in masks] == [("*.email", "hash"), ("a.b", "redact")]


def test_libpqs_own_variables_may_name_the_database() -> None:
    assert Settings.from_config({}, {"PGSERVICE": "app"}).connection == {}
    with pytest.raises(SettingsError, match="no database is named"):
        Settings.from_config({}, {"PGSERVICE": "", "PGPASSWORD": "x"})
