"""When the connection, the server or the time runs out: a clean end, or another try with everything anew."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from demo.postgres import Server, free_port
from tap_mih_postgres import tap as tap_module
from tap_mih_postgres.errors import StreamsFailedError
from tap_mih_postgres.tap import TapMihPostgres
from tests.tap.conftest import NewDatabase
from tests.tap.databases import server_version, since
from tests.tap.runs import Messages, Output, run_in_process
from tests.tap.servers import primary_and_standby
from tests.tap.test_snapshot import BIG, SMALL, finish, tap_in_the_middle_of_big

KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
TABLES = ("CREATE TABLE a AS SELECT 1 AS id", BIG.replace("big", "b"), SMALL)


def kill_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as killer:
        killer.execute(KILL)


def test_a_lost_connection_ends_the_run_without_proof_for_its_stream(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(*TABLES)
    with tap_in_the_middle_of_big(url, tmp_path, lines=6, connect_retries=0) as (process, read):
        kill_sessions(url)
        run, log, status = finish(process, read)
    assert status == 1
    assert run.activated == {"a"}
    assert run.streams == {"a", "b"}
    (error,) = [line for line in log.splitlines() if "ERROR" in line]
    assert "lost while reading stream 'b'" in error
    assert "run again" in error
    assert "Traceback" not in log


def last_version(run: Messages, stream: str) -> list[dict[str, object]]:
    """The records that a target keeps, which drops those of an older version."""
    (activation,) = [message for message in run.of(stream)[-1:] if message["type"] == "ACTIVATE_VERSION"]
    records = [message for message in run.of(stream) if message["type"] == "RECORD"]
    return [message["record"] for message in records if message["version"] == activation["version"]]


def test_after_a_lost_connection_all_tables_are_sent_anew_as_they_are_then(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    url = new_database(*TABLES)
    with tap_in_the_middle_of_big(url, tmp_path, lines=6) as (process, read):
        with psycopg.connect(url, autocommit=True) as writer:
            writer.execute("INSERT INTO a VALUES (2)")
            writer.execute("INSERT INTO small VALUES (2)")
        kill_sessions(url)
        run, log, status = finish(process, read)
    assert status == 0
    assert "trying again in 1 s" in log
    assert last_version(run, "a") == last_version(run, "small") == [{"id": 1}, {"id": 2}], "of one snapshot"
    assert [record["id"] for record in last_version(run, "b")] == list(range(1, 20001))
    versions = [message["version"] for message in run.of("b") if "version" in message]
    assert versions == sorted(versions)
    assert len(set(versions)) == 2


@since(15)
def test_what_was_sent_before_a_connection_was_lost_is_not_taken_for_unchanged(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    url = new_database(*TABLES)
    with tap_in_the_middle_of_big(url, tmp_path, lines=6, skip_unchanged=True) as (process, read):
        kill_sessions(url)
        run, log, status = finish(process, read)
    assert (status, run.activated) == (0, {"a", "b", "small"}), log
    assert last_version(run, "a") == [{"id": 1}], "of the same snapshot as the others"
    versions = {message["version"] for message in run.all if message["type"] == "ACTIVATE_VERSION"}
    assert len(versions) == 2
    assert run.kinds("a").count("ACTIVATE_VERSION") == 2


@contextlib.contextmanager
def late_door(server: Server, seconds: float) -> Iterator[int]:
    """A port that refuses connections at first, and then leads to the server."""
    port = free_port()
    door = socket.socket()

    def carry(source: socket.socket, sink: socket.socket) -> None:
        with source, contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def serve() -> None:
        time.sleep(seconds)
        door.bind(("127.0.0.1", port))
        door.listen()
        with contextlib.suppress(OSError):
            while True:
                inside, _ = door.accept()
                outside = socket.create_connection(("127.0.0.1", server.port))
                for pair in ((inside, outside), (outside, inside)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield port
    finally:
        door.close()


def test_a_server_that_isnt_there_yet_is_waited_for(
    server: Server, new_database: NewDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    url = new_database(SMALL)
    with late_door(server, 0.3) as port:
        run = run_in_process({"database_url": url, "port": port})
    assert run.activated == {"small"}
    assert "nothing answers there" in caplog.text
    assert "trying again in 1 s" in caplog.text


def test_a_wrong_password_isnt_tried_twice(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tap_module.time, "sleep", lambda seconds: pytest.fail("there's nothing to wait for"))
    with pytest.raises(tap_module.SessionError, match="it refuses the user"):
        TapMihPostgres(config={"database_url": server.url(), "password": "wrong"})


def test_a_table_that_takes_too_long_fails_by_name_with_the_setting_and_the_others_go_on(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    url = new_database(SMALL, "CREATE VIEW sleepy AS SELECT pg_sleep(30)::text AS nap")
    config = {"database_url": url, "include_views": True, "statement_timeout_seconds": 1}
    with Output() as output, pytest.raises(StreamsFailedError, match="'sleepy'"):
        TapMihPostgres(config=config).sync_all()
    assert output.messages().activated == {"small"}
    assert "'sleepy' can't be read: the server cancelled the query" in caplog.text
    assert "'statement_timeout_seconds'" in caplog.text


def wait_for(url: str, condition: str) -> None:
    with psycopg.connect(url, autocommit=True) as watcher:
        deadline = time.monotonic() + 20
        while watcher.execute(f"SELECT {condition}").fetchone() != (True,):
            assert time.monotonic() < deadline, condition
            time.sleep(0.05)


def wait_for_conflict(url: str) -> None:
    """Until the tap's session is ended, or is told to end and doesn't listen while it waits for us to read on.

    Then the standby applies nothing more of what it has received.
    """
    seen = None
    with psycopg.connect(url, autocommit=True) as watcher:
        for _ in range(40):
            time.sleep(0.5)
            row = watcher.execute(
                "SELECT pg_last_wal_replay_lsn(), pg_last_wal_replay_lsn() < pg_last_wal_receive_lsn(),"
                " EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'tap-mih-postgres')"
            ).fetchone()
            assert row is not None
            if not row[2] or (row[1] and row[0] == seen):
                return
            seen = row[0]
    pytest.fail("the standby never came to the conflict")


def test_a_standby_that_must_drop_our_snapshot_is_read_anew(tmp_path: Path) -> None:
    with primary_and_standby(max_standby_streaming_delay="0") as (primary, standby):
        url = primary.create_database("app")
        with psycopg.connect(url, autocommit=True) as writer:
            for statement in TABLES:
                writer.execute(statement)
        replica = standby.url("app")
        wait_for(standby.url(), "EXISTS (SELECT FROM pg_database WHERE datname = 'app')")
        wait_for(replica, "to_regclass('small') IS NOT NULL")
        with tap_in_the_middle_of_big(replica, tmp_path, lines=6) as (process, read):
            with psycopg.connect(url, autocommit=True) as writer:
                writer.execute("DELETE FROM b WHERE id <= 10000")
                writer.execute("VACUUM b")
                writer.execute("INSERT INTO a VALUES (2)")
            wait_for_conflict(standby.url())
            run, log, status = finish(process, read)
    assert status == 0, log
    assert "lost while reading stream 'b'" in log
    if server_version() >= 17:  # before, it ends a session that waits for us without a word
        assert "due to conflict with recovery" in log
        assert "hot_standby_feedback" in log
    assert last_version(run, "a") == [{"id": 1}, {"id": 2}]
    assert len(last_version(run, "b")) == 10000
