"""All tables of a run are read as they were at one moment, and a table that can't be read doesn't stop the others."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from demo.postgres import Server
from tap_mih_postgres import database
from tap_mih_postgres.errors import SettingsError, StreamsFailedError
from tap_mih_postgres.tap import TapMihPostgres
from tests.tap.conftest import NewDatabase
from tests.tap.databases import since
from tests.tap.runs import COMMAND, Messages, Output, discover, run_in_process

# More than the pipe and both sockets hold, so that the tap is in the middle of it while the test does something else.
BIG = "CREATE TABLE big AS SELECT i AS id, repeat('x', 1000) AS filler FROM generate_series(1, 20000) AS i"
# Its rows can be computed until near the end.
BIG_AND_BROKEN = "ALTER TABLE big ADD broken int GENERATED ALWAYS AS (1 / (id - 19999)) VIRTUAL"
SMALL = "CREATE TABLE small AS SELECT 1 AS id"


@contextmanager
def tap_in_the_middle_of_big(
    url: str, folder: Path, lines: int = 2, **settings: object
) -> Iterator[tuple[subprocess.Popen[bytes], list[bytes]]]:
    """The command, which has sent a row of `big` and waits for us to read on; and the lines read so far."""
    config = folder / "config.json"
    config.write_text(json.dumps({"database_url": url, **settings}))
    with subprocess.Popen(
        [COMMAND, "--config", str(config)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdout is not None
        try:
            yield process, [process.stdout.readline() for _ in range(lines)]
        finally:
            process.kill()


def finish(process: subprocess.Popen[bytes], read: list[bytes]) -> tuple[Messages, str, int]:
    rest, log = process.communicate(timeout=60)
    return Messages.parse(b"".join(read) + rest), log.decode(), process.returncode


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param((BIG, SMALL), id="whole"),
        pytest.param((BIG, BIG_AND_BROKEN, SMALL), id="after a failure", marks=since(18)),
    ],
)
def test_what_is_committed_after_the_snapshot_isnt_seen(
    new_database: NewDatabase, tmp_path: Path, statements: tuple[str, ...]
) -> None:
    url = new_database(*statements)
    with tap_in_the_middle_of_big(url, tmp_path) as (process, read):
        with psycopg.connect(url) as writer:
            writer.execute("INSERT INTO small VALUES (2)")
            writer.execute("DELETE FROM small WHERE id = 1")
        run, log, status = finish(process, read)
    assert run.records("small") == [{"id": 1}]
    if BIG_AND_BROKEN in statements:
        assert status == 1
        assert run.activated == {"small"}, "no proof for a stream that isn't whole"
        assert "'big' can't be read: division by zero" in log
    else:
        assert status == 0
        assert len(run.records("big")) == 20000


def test_a_table_cant_be_truncated_between_the_snapshot_and_its_reading(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    """To an older snapshot a truncated table is empty, even if it was filled again in the same transaction."""
    url = new_database(BIG, SMALL)
    with tap_in_the_middle_of_big(url, tmp_path) as (process, read):
        with psycopg.connect(url) as writer:
            writer.execute("SET lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                writer.execute("TRUNCATE small")
        run, _, status = finish(process, read)
    assert status == 0
    assert run.records("small") == [{"id": 1}]


def test_the_session_says_who_it_is(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(BIG)
    with tap_in_the_middle_of_big(url, tmp_path), psycopg.connect(url, autocommit=True) as watcher:
        (row,) = watcher.execute(
            "SELECT application_name, query FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
        assert row[0] == "tap-mih-postgres"
        assert row[1].startswith("COPY (SELECT row_to_json(")


def test_a_target_that_stops_reading_ends_the_run_in_one_sentence(new_database: NewDatabase, tmp_path: Path) -> None:
    with tap_in_the_middle_of_big(new_database(BIG), tmp_path) as (process, _):
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        log = process.stderr.read().decode()
        assert process.wait(30) == 1
    (error,) = [line for line in log.splitlines() if "ERROR" in line]
    assert "the target closed its input" in error
    assert "Traceback" not in log
    assert "Exception ignored" not in log


def test_sigterm_ends_the_run_with_its_usual_status(new_database: NewDatabase, tmp_path: Path) -> None:
    with tap_in_the_middle_of_big(new_database(BIG), tmp_path) as (process, read):
        process.terminate()
        assert process.stdout is not None
        read.append(process.stdout.read())
        assert process.wait(30) == 143
    assert b"ACTIVATE_VERSION" not in b"".join(read)


# Locks


def test_a_locked_table_is_waited_for(new_database: NewDatabase) -> None:
    url = new_database(SMALL)
    with psycopg.connect(url) as migration:
        migration.execute("LOCK TABLE small IN ACCESS EXCLUSIVE MODE")
        threading.Timer(0.7, migration.rollback).start()
        run = run_in_process({"database_url": url})
    assert run.activated == {"small"}


def test_a_table_that_stays_locked_fails_by_name_and_the_others_go_on(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.1)
    url = new_database(SMALL, "CREATE TABLE free (id int)")
    with psycopg.connect(url) as migration:
        migration.execute("LOCK TABLE small IN ACCESS EXCLUSIVE MODE")
        with Output() as output, pytest.raises(StreamsFailedError, match=r"1 of 2 streams.*'small'"):
            TapMihPostgres(config={"database_url": url}).sync_all()
    assert output.messages().activated == output.messages().streams == {"free"}
    assert "'small' can't be read: another session held it locked" in caplog.text


@pytest.mark.parametrize(
    ("ddl", "sentence"),
    [
        ("DROP TABLE small", "dropped or renamed"),
        ("ALTER TABLE small DROP COLUMN id", "a column was dropped"),
    ],
)
def test_what_changes_between_discovery_and_reading_fails_by_name(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture, ddl: str, sentence: str
) -> None:
    url = new_database(SMALL, "CREATE TABLE free (id int)")
    tap = TapMihPostgres(config={"database_url": url})
    with psycopg.connect(url, autocommit=True) as migration:
        migration.execute(ddl)
    with Output() as output, pytest.raises(StreamsFailedError):
        tap.sync_all()
    assert output.messages().activated == {"free"}
    assert sentence in caplog.text


# Rights


@pytest.fixture
def as_reader(server: Server, new_database: NewDatabase) -> Iterator[Callable[..., str]]:
    """Make a database as its owner, and give its URL for a role that may do only what is granted."""
    made: list[str] = []

    def make(*statements: str) -> str:
        url = new_database("DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN PASSWORD 'reader-pw'", *statements)
        made.append(url)
        return f"postgresql://reader:reader-pw@127.0.0.1:{server.port}/{url.rsplit('/', 1)[1]}"

    yield make
    for url in made:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP OWNED BY reader")
            connection.execute("DROP ROLE reader")


def test_a_denied_table_is_named_once_and_left_out(
    as_reader: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    url = as_reader(
        "CREATE SCHEMA hidden",
        "CREATE TABLE hidden.a (id int)",
        "GRANT SELECT ON hidden.a TO reader",
        "CREATE TABLE b (id int)",
        "CREATE TABLE c (id int)",
        "GRANT SELECT ON c TO reader",
    )
    run = run_in_process({"database_url": url})
    assert run.streams == run.activated == {"c"}
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [warning.split(" is left out")[0] for warning in sorted(warnings)] == ["table hidden.a", "table public.b"]


def test_a_role_that_may_read_nothing_is_an_error(as_reader: Callable[..., str]) -> None:
    url = as_reader("CREATE TABLE a (id int)", "CREATE TABLE b (id int)")
    with pytest.raises(SettingsError, match="may read none of the 2 tables: GRANT it SELECT"):
        run_in_process({"database_url": url})


def test_row_level_security_that_is_in_force_is_said(
    as_reader: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    url = as_reader("CREATE TABLE a (id int)", "GRANT SELECT ON a TO reader", "ALTER TABLE a ENABLE ROW LEVEL SECURITY")
    run_in_process({"database_url": url})
    assert "of table public.a the role sees only what row-level security lets through" in caplog.text


def test_columns_that_may_not_be_read_are_left_out(
    as_reader: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    url = as_reader(
        "CREATE TABLE a (id int PRIMARY KEY, name text, secret text)",
        "INSERT INTO a VALUES (1, 'Ann', 's')",
        "GRANT SELECT (id, name) ON a TO reader",
    )
    run = run_in_process({"database_url": url})
    assert run.records("a") == [{"id": 1, "name": "Ann"}]
    assert "of table public.a, left out: 'secret'" in caplog.text


@pytest.mark.parametrize(
    ("statements", "failed", "log"),
    [
        pytest.param(["CREATE TABLE b (id int)"], "'b'", "table public.b is left out", id="a table"),
        pytest.param(
            ["CREATE TABLE b (id int, secret text)", "GRANT SELECT (id) ON b TO reader"],
            "'b'",
            "of table public.b, left out: 'secret'",
            id="a column",
        ),
    ],
)
def test_a_missing_right_fails_the_run_at_its_end_where_that_is_wanted(
    as_reader: Callable[..., str], caplog: pytest.LogCaptureFixture, statements: list[str], failed: str, log: str
) -> None:
    url = as_reader("CREATE TABLE a (id int)", "GRANT SELECT ON a TO reader", *statements)
    config = {"database_url": url, "on_denied": "fail"}
    with Output() as output, pytest.raises(StreamsFailedError, match=rf"1 of \d streams.*{failed}"):
        TapMihPostgres(config=config).sync_all()
    assert "a" in output.messages().activated
    assert [record.levelname for record in caplog.records if log in record.getMessage()] == ["ERROR"]
    discover(config)  # goes on: without a catalog there would be no run of what may be read
    run_in_process({**config, "excluded_tables": "b"})


def test_what_the_catalog_deselects_may_be_denied(as_reader: Callable[..., str]) -> None:
    url = as_reader(
        "CREATE TABLE a (id int, secret text)",
        "GRANT SELECT (id) ON a TO reader",
        "CREATE TABLE b (id int)",
    )
    config = {"database_url": url, "on_denied": "fail"}
    catalog = discover(config)
    catalog["streams"][0]["metadata"].append({"breadcrumb": ["properties", "secret"], "metadata": {"selected": False}})
    metadata = [{"breadcrumb": [], "metadata": {"selected": False}}]
    catalog["streams"].append({"tap_stream_id": "b", "schema": {}, "metadata": metadata})
    assert run_in_process(config, catalog=catalog).activated == {"a"}


def test_a_denied_stream_that_the_catalog_selects_is_no_failure(as_reader: Callable[..., str]) -> None:
    url = as_reader("CREATE TABLE a (id int)", "CREATE TABLE b (id int)", "GRANT SELECT ON b TO reader")
    catalog = {
        "streams": [
            {"tap_stream_id": "a", "schema": {}, "metadata": [{"breadcrumb": [], "metadata": {"selected": True}}]}
        ]
    }
    assert run_in_process({"database_url": url}, catalog=catalog).all == []


def test_a_right_that_is_missing_only_at_reading_is_a_warning_too(
    as_reader: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    url = as_reader(
        "CREATE FUNCTION secret(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
        "REVOKE EXECUTE ON FUNCTION secret FROM PUBLIC",
        "CREATE TABLE a (id int)",
        "INSERT INTO a VALUES (1)",
        "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY p ON a USING (secret(id) = 1)",
        "CREATE TABLE b (id int)",
        "GRANT SELECT ON a, b TO reader",
    )
    run = run_in_process({"database_url": url})
    assert run.activated == {"b"}
    assert "'a' can't be read: the role lacks a right (permission denied for function secret)" in caplog.text


# Encodings


def encoded(url: str, encoding: str) -> str:
    name = f"{encoding.lower()}_{time.monotonic_ns()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        )
    return url.rsplit("/", 1)[0] + "/" + name


def test_a_latin_1_database_comes_out_in_utf_8(new_database: NewDatabase) -> None:
    url = encoded(new_database(), "LATIN1")
    with psycopg.connect(url) as connection:
        connection.execute('CREATE TABLE "Zürich" AS SELECT \'é\' AS "ñ"')
    assert run_in_process({"database_url": url}).records("Zürich") == [{"ñ": "é"}]


def test_bytes_of_no_encoding_fail_by_name_and_the_others_go_on(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    url = encoded(new_database(), "SQL_ASCII")
    with psycopg.connect(url, client_encoding="SQL_ASCII") as connection:
        connection.execute(b"CREATE TABLE a AS SELECT E'caf\\xe9' AS name")
        connection.execute("CREATE TABLE b AS SELECT 'café' AS name".encode())
    with Output() as output, pytest.raises(StreamsFailedError, match="'a'"):
        TapMihPostgres(config={"database_url": url}).sync_all()
    assert output.messages().records("b") == [{"name": "café"}]
    assert output.messages().activated == {"b"}
    assert "'a' can't be read: it holds bytes that aren't text" in caplog.text
