"""What is chosen, left out and masked by the settings."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tap_mih_postgres.errors import StreamsFailedError
from tap_mih_postgres.selection import looks_secret
from tap_mih_postgres.tap import TapMihPostgres
from tap_mih_postgres.type_table import INTEGER, TEXT, JsonType
from tests.tap.conftest import NewDatabase
from tests.tap.runs import Messages, Output, discover, run_in_process

Sync = Callable[..., Messages]

SALT = "0123456789abcdef0123456789abcdef"

SHOP = (
    "CREATE SCHEMA audit",
    'CREATE TABLE "User" (id int PRIMARY KEY, email text NOT NULL UNIQUE, name text, born date)',
    "INSERT INTO \"User\" VALUES (1, 'ann@example.com', 'Ann', '2000-01-02'), (2, 'bob@example.com', NULL, NULL)",
    "CREATE TABLE log_1 (id int)",
    "CREATE TABLE log_2 (id int)",
    "CREATE TABLE audit.log_1 (id int)",
    'CREATE VIEW names AS SELECT id, name FROM "User"',
    'CREATE MATERIALIZED VIEW births AS SELECT id, born FROM "User"',
    "CREATE EXTENSION file_fdw",
    "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
    "CREATE FOREIGN TABLE one (line text) SERVER files OPTIONS (program 'echo 1')",
)


@pytest.fixture(scope="module")
def shop_url(new_database: NewDatabase) -> str:
    return new_database(*SHOP)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({}, {"User", "log_1", "log_2", "audit-log_1"}, id="tables alone"),
        pytest.param({"tables": "log_?"}, {"log_1", "log_2", "audit-log_1"}, id="of any schema"),
        pytest.param({"tables": "public.*"}, {"User", "log_1", "log_2"}, id="of one schema"),
        pytest.param({"tables": "*.user"}, {"User"}, id="in any case"),
        pytest.param({"tables": "log_?", "excluded_tables": "audit.*"}, {"log_1", "log_2"}, id="exclusion wins"),
        pytest.param({"excluded_tables": ["*.log_1", "user"]}, {"log_2"}, id="excluded"),
        pytest.param({"include_views": "true", "tables": "names,births,one"}, {"names"}, id="views"),
        pytest.param({"include_materialized_views": True, "tables": "names,births,one"}, {"births"}, id="materialized"),
        pytest.param({"include_foreign_tables": "yes", "tables": "names,births,one"}, {"one"}, id="foreign tables"),
    ],
)
def test_patterns_and_kinds_choose_tables(shop_url: str, config: dict[str, Any], expected: set[str]) -> None:
    run = run_in_process({"database_url": shop_url, **config})
    assert run.streams == run.activated == expected


def test_views_and_foreign_tables_are_read_like_tables(shop_url: str) -> None:
    included = dict.fromkeys(["include_views", "include_materialized_views", "include_foreign_tables"], True)
    run = run_in_process({"database_url": shop_url, **included})
    assert run.records("names") == [{"id": 1, "name": "Ann"}, {"id": 2, "name": None}]
    assert run.records("births") == [{"id": 1, "born": "2000-01-02"}, {"id": 2, "born": None}]
    assert run.records("one") == [{"line": "1"}]


@pytest.mark.parametrize(
    ("setting", "pattern", "sentence"),
    [
        ("tables", "public.*,nope", "'tables' has 'nope', which fits no table"),
        ("excluded_tables", "x.*", "'excluded_tables' has 'x.*', which fits no table"),
        ("excluded_columns", "User.nope", "'excluded_columns' has 'User.nope', which fits no column"),
        ("masked_columns", "email=null,*.mail=redact", "'masked_columns' has '*.mail', which fits no column"),
    ],
)
def test_a_pattern_that_fits_nothing_is_told(
    shop_url: str, caplog: pytest.LogCaptureFixture, setting: str, pattern: str, sentence: str
) -> None:
    discover({"database_url": shop_url, setting: pattern})
    (said,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert sentence in said


def test_an_excluded_column_is_in_neither_schema_catalog_nor_rows(shop_url: str) -> None:
    config = {"database_url": shop_url, "tables": "User", "excluded_columns": "email,public.user.born"}
    run = run_in_process(config)
    assert list(run.schema("User")["properties"]) == ["id", "name"]
    assert run.records("User")[0] == {"id": 1, "name": "Ann"}
    assert "email" not in str(discover(config))


def test_a_column_that_no_key_can_do_without_takes_the_key_with_it(shop_url: str) -> None:
    def key(**config: object) -> object:
        (schema, *_) = run_in_process({"database_url": shop_url, "tables": "User", **config}).of("User")
        return schema["key_properties"]

    assert key(excluded_columns="id") == ["email"]
    assert key(masked_columns="id=redact") == ["email"]
    assert key(masked_columns="id=hash", mask_salt=SALT) == ["id"], "equal only where the values are"
    assert key(masked_columns="id=null,email=redact") == []


def test_masks_take_the_place_of_values(shop_url: str) -> None:
    masks = {"email": "hash", "User.name": "redact", "born": "null", "id": "keep", "*.id": "hash"}
    run = run_in_process({"database_url": shop_url, "tables": "User", "masked_columns": masks, "mask_salt": SALT})
    first, second = run.records("User")
    hashed = hmac.new(SALT.encode(), b"ann@example.com", hashlib.sha256).hexdigest()
    assert first == {"id": 1, "email": hashed, "name": "***", "born": None}
    assert second["name"] is None, "what isn't there isn't made up"
    assert run.schema("User")["properties"] == {
        "id": {"type": "integer", "x-sql-datatype": "integer"},  # kept as it is
        "email": {"type": "string"},
        "name": {"type": ["string", "null"]},
        "born": {"type": ["string", "null"]},
    }


def test_any_type_can_be_hashed_and_a_long_salt_is_a_key_like_any_other(sync: Sync) -> None:
    salt = SALT * 3
    run = sync(
        "CREATE TABLE t (a jsonb, b int[], c bytea, d char(3))",
        "INSERT INTO t VALUES ('[1]', '{1}', '\\x00', 'x')",
        masked_columns="*=hash",
        mask_salt=salt,
    )
    texts = {"a": b"[1]", "b": b"{1}", "c": b"\\x00", "d": b"x"}
    assert run.records("t") == [
        {name: hmac.new(salt.encode(), text, hashlib.sha256).hexdigest() for name, text in texts.items()}
    ]


def test_the_salt_stands_in_no_statement_that_others_could_see(new_database: NewDatabase) -> None:
    url = new_database(
        "CREATE TABLE t (a text)",
        "INSERT INTO t VALUES ('x')",
        # What the server is running at the moment is what a function of a row sees.
        "CREATE FUNCTION spy() RETURNS text LANGUAGE sql AS"
        " 'SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()'",
        "CREATE VIEW v AS SELECT a, spy() AS query FROM t",
    )
    config = {"database_url": url, "include_views": True, "masked_columns": "a=hash", "mask_salt": SALT}
    (row,) = run_in_process(config).records("v")
    assert "tap_mih_postgres.inner_salt" in row["query"]
    for secret in (SALT, SALT.encode().hex(), bytes(byte ^ 0x36 for byte in SALT.encode()).hex()):
        assert secret not in row["query"]


def test_names_that_suggest_secrets_are_told_with_the_line_that_leaves_them_out(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    url = new_database(
        'CREATE TABLE a (id int, "passwordHash" text, "api,key" text, secret text, old text)',
        "CREATE TABLE b (reset_token uuid, otp text, token_count int)",
    )
    config = {"database_url": url, "excluded_columns": "a.old", "masked_columns": "secret=null,otp=keep"}
    discover(config)
    (said,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    line = "a.old,public.a.passwordHash,public.a.api?key,public.b.reset_token"
    assert f"set excluded_columns: '{line}'." in said
    caplog.clear()
    discover({**config, "excluded_columns": line})
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


@pytest.mark.parametrize(
    ("name", "json", "secret"),
    [
        *[(name, TEXT, True) for name in ("password", "Password", "userPassword", "PASSWORD_HASH", "passwd", "pwd")],
        *[
            (name, TEXT, True)
            for name in ("accessToken", "refresh_token", "APIKey", "apiKey", "api key", "private_key")
        ],
        *[(name, TEXT, True) for name in ("clientSecret", "salt", "cvv", "ssn", "cardNumber", "sessionId")],
        *[(name, TEXT, False) for name in ("id", "name", "key", "compass", "tokenizer", "secretary", "pinned", "card")],
        ("has_password", JsonType({"type": "boolean"}), False),
        ("password_changed_at", JsonType({"type": "string", "format": "date-time"}), False),
        ("tokens", INTEGER, False),
    ],
)
def test_a_name_is_known_by_its_words(name: str, json: JsonType, secret: bool) -> None:
    assert looks_secret(name, json) is secret


def test_discovery_estimates_rows(new_database: NewDatabase) -> None:
    url = new_database(
        "CREATE TABLE a AS SELECT i FROM generate_series(1, 1000) AS i",
        "CREATE TABLE p (i int) PARTITION BY LIST (i)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
        "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)",
        "INSERT INTO p SELECT 1 + i % 2 FROM generate_series(1, 500) AS i",
        "CREATE TABLE unknown (i int)",
        "ANALYZE a, p",
    )
    catalog = discover({"database_url": url})
    rows = {entry["tap_stream_id"]: entry.get("row_count") for entry in catalog["streams"]}
    assert rows == {"a": 1000, "p": 500, "unknown": None}


def test_a_table_with_too_many_rows_fails_by_name_before_it_is_read(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    url = new_database(
        "CREATE TABLE large AS SELECT i FROM generate_series(1, 11) AS i",
        "CREATE TABLE small AS SELECT i FROM generate_series(1, 10) AS i",
    )
    with Output() as output, pytest.raises(StreamsFailedError, match=r"1 of 2 streams.*'large'"):
        TapMihPostgres(config={"database_url": url, "max_rows_per_table": "10"}).sync_all()
    assert output.messages().streams == output.messages().activated == {"small"}
    assert "'large' can't be read: it has more than the 10 rows that 'max_rows_per_table' allows" in caplog.text


def test_a_view_is_read_whose_tables_the_role_may_not_lock(new_database: NewDatabase) -> None:
    url = new_database(
        "CREATE TABLE t (a int)",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE TABLE b (a int)",
        "INSERT INTO t VALUES (1)",
        "DROP ROLE IF EXISTS viewer",
        "CREATE ROLE viewer",
        "GRANT SELECT (a) ON t TO viewer",
        "ALTER VIEW v OWNER TO viewer",
    )
    run = run_in_process({"database_url": url, "include_views": True})
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY viewer")
        connection.execute("DROP ROLE viewer")
    assert run.records("v") == [{"a": 1}]
    assert run.activated == {"t", "v", "b"}
