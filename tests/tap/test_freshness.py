"""What can't have changed isn't read, and no change is ever lost."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tap_mih_postgres.database import Session
from tap_mih_postgres.freshness import Content, find_fingerprint, may_skip, note_read, note_skipped, read_kept
from tap_mih_postgres.tap import TapMihPostgres
from tests.tap.conftest import NewDatabase
from tests.tap.databases import make_database, server_version, since
from tests.tap.runs import Messages, Output, run_in_process
from tests.tap.servers import chosen_server, primary_and_standby

FLUSH = "SELECT pg_stat_force_next_flush()"
TABLES = (
    "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    "CREATE TABLE a (id int PRIMARY KEY, v text, m mood[])",
    "INSERT INTO a VALUES (1, 'x', '{ok}')",
    "CREATE TABLE b (id int)",
    "CREATE TABLE p (id int) PARTITION BY LIST (id)",
    "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
    "CREATE TABLE p2 (id int)",
    "CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM a",
    "CREATE VIEW v AS SELECT id FROM a",
)
ALL = {"a", "b", "p", "p2", "m", "v"}
OPTIONS = {"include_views": True, "include_materialized_views": True}


class Runs:
    """Runs of one configuration, each with the STATE of the one before."""

    def __init__(self, url: str, **config: Any) -> None:
        self.url = url
        self.config = {"database_url": url, "skip_unchanged": True, **config}
        self.state: dict[str, Any] = {}

    def execute(self, *statements: str) -> None:
        """Run statements, and see to it that the server counts them at once."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
            if connection.info.server_version >= 150000:
                connection.execute(FLUSH)

    def run(self, **options: Any) -> Messages:
        messages = run_in_process(self.config, state=json.loads(json.dumps(self.state)), **options)
        self.state = [message["value"] for message in messages.all if message["type"] == "STATE"][-1]
        return messages


@pytest.fixture
def runs(new_database: NewDatabase) -> Runs:
    runs = Runs(new_database(*TABLES), **OPTIONS)
    runs.execute()
    runs.run()
    return runs


@since(15)
def test_an_unchanged_table_sends_its_schema_alone(runs: Runs) -> None:
    messages = runs.run()
    assert messages.streams == ALL
    assert messages.activated == {"v"}, "nobody counts what a view is made of"
    assert {name: messages.kinds(name) for name in ("a", "p")} == {"a": ["SCHEMA"], "p": ["SCHEMA"]}
    assert messages.all[-1]["type"] == "STATE"


CHANGES = {
    "INSERT INTO a VALUES (2)": {"a"},
    "UPDATE a SET v = 'y'": {"a"},
    "DELETE FROM a": {"a"},
    "TRUNCATE a": {"a"},
    "INSERT INTO p VALUES (1)": {"p"},
    "ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2)": {"p"},
    "REFRESH MATERIALIZED VIEW m": {"m"},
    "ALTER TABLE a ADD c int DEFAULT 5": {"a"},
    "ALTER TABLE b ALTER id TYPE bigint": {"b"},
    "DROP TABLE b; CREATE TABLE b (id int)": {"b"},
    "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'": ALL,
    "SELECT pg_stat_reset()": ALL,
    "SELECT pg_stat_reset_single_table_counters('b'::regclass)": ALL,
    "BEGIN; INSERT INTO b VALUES (1); ROLLBACK": {"b"},
    "SELECT count(*) FROM a": set(),
    "VACUUM a": set(),
}


@since(15)
@pytest.mark.parametrize(("statement", "read"), CHANGES.items(), ids=CHANGES)
def test_what_changes_is_read(runs: Runs, statement: str, read: set[str]) -> None:
    runs.execute(*statement.split("; "))
    assert runs.run().activated - {"p2"} == (read | {"v"}) - {"p2"}


@since(15)
@pytest.mark.parametrize(
    ("config", "read"),
    [
        ({"excluded_columns": "a.v"}, {"a"}),
        ({"masked_columns": "a.v=redact"}, {"a"}),
        ({"masked_columns": "a.v=hash", "mask_salt": "0123456789abcdef"}, ALL),
        ({"stream_maps": {"a": {"v": "'z'"}}}, ALL),
        ({"skip_unchanged": False}, ALL),
        ({"full_pass_every": 1}, ALL),
    ],
    ids=["excluded", "masked", "hashed", "mapped", "off", "full pass"],
)
def test_what_is_selected_otherwise_is_read(runs: Runs, config: dict[str, Any], read: set[str]) -> None:
    runs.config.update(config)
    assert runs.run().activated == read | {"v"}


@since(15)
def test_a_salt_that_is_another_is_read_again(runs: Runs) -> None:
    runs.config.update(masked_columns="a.v=hash", mask_salt="0123456789abcdef")
    runs.run()
    assert "a" not in runs.run().activated
    runs.config.update(mask_salt="fedcba9876543210")
    assert "a" in runs.run().activated


@since(15)
def test_everything_is_read_once_in_so_many_runs(runs: Runs) -> None:
    runs.config["full_pass_every"] = "4"
    assert ["a" in runs.run().activated for _ in range(8)] == [False, False, False, True, False, False, False, True]


@since(15)
def test_a_stream_that_failed_is_read_again(runs: Runs) -> None:
    runs.execute("INSERT INTO a VALUES (2), (3)")
    runs.config["max_rows_per_table"] = 2
    with pytest.raises(Exception, match="'a'"):
        runs.run()
    runs.config["max_rows_per_table"] = 0
    assert "a" in runs.run().activated


@since(18)
def test_what_is_computed_when_it_is_read_is_always_read(new_database: NewDatabase) -> None:
    runs = Runs(new_database("CREATE TABLE a (id int, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL)"))
    assert [runs.run().activated for _ in range(2)] == [{"a"}, {"a"}]


@pytest.mark.skipif(server_version() >= 15, reason="its statistics can be relied on")
def test_old_servers_are_always_read(new_database: NewDatabase) -> None:
    runs = Runs(new_database(*TABLES), **OPTIONS)
    assert [runs.run().activated for _ in range(2)] == [ALL, ALL]


@since(15)
def test_without_counters_everything_is_read(runs: Runs) -> None:
    with psycopg.connect(runs.url, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{connection.info.dbname}" SET track_counts = off')
    assert runs.run().activated == ALL
    assert runs.state["bookmarks"]["a"] == {}
    assert "fingerprints" not in runs.state


@since(15)
def test_a_dry_run_reads_whatever_is_unchanged(runs: Runs) -> None:
    with Output() as output:
        TapMihPostgres(config=runs.config, state=runs.state).run_connection_test()
    assert len(output.messages().records("a")) == 1


def test_a_standby_is_always_read() -> None:
    with primary_and_standby() as (primary, standby):
        with psycopg.connect(primary.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE a (id int)")
            connection.execute("INSERT INTO a VALUES (1)")
            position = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
        assert position is not None
        with psycopg.connect(standby.url(), autocommit=True) as connection:
            while connection.execute("SELECT pg_last_wal_replay_lsn() < %s", position).fetchone() != (False,):
                time.sleep(0.02)
        runs = Runs(standby.url())
        assert [runs.run().activated for _ in range(2)] == [{"a"}, {"a"}]


@since(15)
def test_a_crash_of_the_server_is_no_reason_to_believe_its_counters() -> None:
    """It counts from nothing then, though its postmaster goes on: as many changes as before would look like none."""
    with chosen_server() as server:
        runs = Runs(server.url())
        runs.execute("CREATE TABLE a (id int)", "INSERT INTO a VALUES (1)", "CHECKPOINT")
        runs.run()
        assert runs.run().activated == set()
        with psycopg.connect(server.url()) as victim:
            os.kill(victim.info.backend_pid, 9)
            for _ in range(200):
                try:
                    runs.execute("INSERT INTO a VALUES (2)")
                    break
                except psycopg.OperationalError:
                    time.sleep(0.05)
        assert runs.run().records("a") == [{"id": 1}, {"id": 2}]


@since(15)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_commit_close_to_the_snapshot_isnt_lost(runs: Runs, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    begin_snapshot = Session.begin_snapshot

    def begin(session: Session, tables: Any) -> Any:
        if moment == "before":
            runs.execute("INSERT INTO a VALUES (3)")
        failures = begin_snapshot(session, tables)
        if moment == "after":
            runs.execute("INSERT INTO a VALUES (3)")
        return failures

    runs.execute("INSERT INTO a VALUES (2)")
    with monkeypatch.context() as patched:
        patched.setattr(Session, "begin_snapshot", begin)
        during = runs.run()
    assert len(during.records("a")) == {"before": 3, "after": 2}[moment]
    assert len(runs.run().records("a")) == 3, "counted or not, it's read by now"


# Pure


def test_a_fingerprint_moves_with_everything_in_it() -> None:
    table = [[1, "r", 10, 5, 0, 0]]
    changes: dict[str, Any] = {"reliable": True, "server": ["start"], "tables": {"1": table}}
    before = find_fingerprint(changes, 1, ["SELECT"])
    assert before == find_fingerprint(changes, 1, ["SELECT"])
    others = [
        find_fingerprint(changes, 1, ["SELECT x"]),
        find_fingerprint({**changes, "server": ["later"]}, 1, ["SELECT"]),
        *(
            find_fingerprint({**changes, "tables": {"1": [[*row[:place], 99, *row[place + 1 :]]]}}, 1, ["SELECT"])
            for row in table
            for place in (0, 2, 3, 4, 5)
        ),
        find_fingerprint({**changes, "tables": {"1": [*table, [2, "r", 0, 0, 0, 0]]}}, 1, ["SELECT"]),
    ]
    assert len({before, *others}) == len(others) + 1
    assert None not in others


@pytest.mark.parametrize(
    "changes",
    [
        {"reliable": False, "server": [], "tables": {"1": [[1, "r", 1, 0, 0, 0]]}},
        {"reliable": True, "server": [], "tables": {"1": [[1, "p", None, 0, 0, 0], [2, "f", None, 0, 0, 0]]}},
        {"reliable": True, "server": [], "tables": {}},
        {"reliable": True, "server": [], "tables": None},
    ],
    ids=["unreliable", "foreign partition", "dropped", "nothing"],
)
def test_there_is_no_fingerprint_of_what_isnt_counted(changes: dict[str, Any]) -> None:
    assert find_fingerprint(changes, 1, []) is None
    state: dict[str, Any] = {}
    note_read(state, "a", None, "rows")
    assert state == {"bookmarks": {"a": {}}}
    assert not may_skip(state, "a", None, 12)


def test_after_so_many_runs_an_unchanged_table_is_read_all_the_same() -> None:
    state: dict[str, Any] = {"bookmarks": {"a": {"other": 1, "content": "old"}}}
    note_read(state, "a", "new", "rows")
    assert state["bookmarks"] == {"a": {"other": 1, "content": "rows"}}
    skips = []
    for _ in range(4):
        skips.append(may_skip(state, "a", "new", 3))
        note_skipped(state, "a")
    assert skips == [True, True, False, False]
    assert may_skip(state, "a", "new", 0)


def test_a_fingerprint_counts_with_its_own_bookmark_alone() -> None:
    state: dict[str, Any] = {}
    note_read(state, "a", "new", "rows")
    note_read(state, "b", "new", "rows")
    assert may_skip(state, "a", "new", 0)
    assert not may_skip(state, "a", "newer", 0)
    for bookmarks in ({}, {"a": {}}, {"a": {"content": "other rows"}}):
        assert not may_skip({**state, "bookmarks": bookmarks}, "a", "new", 0)
    note_read(state, "a", None, "rows")
    assert not may_skip(state, "a", "new", 0)
    assert may_skip(state, "b", "new", 0)
    assert state["bookmarks"]["a"] == {}


@pytest.mark.parametrize("member", [None, [], "x", {"a": 1}, {"a": {}}, {"a": {"fingerprint": "x", "skipped": "many"}}])
def test_a_state_that_somebody_has_edited_has_no_fingerprints(member: Any) -> None:
    assert read_kept({"fingerprints": member}) == {}
    assert read_kept({}) == {}


def content(rows: list[bytes], *, ordered: bool, selected: str = "SELECT") -> str:
    made = Content([selected], ordered=ordered)
    for row in rows:
        made.add([row])
    return made.hash


@pytest.mark.parametrize("ordered", [True, False], ids=["with a key", "without"])
def test_the_hash_of_a_content_moves_with_its_rows(ordered: bool) -> None:
    rows = [b"1}\n", b"2}\n", b"2}\n"]
    whole = Content(["SELECT"], ordered=ordered)
    whole.add(rows)
    assert whole.hash == content(rows, ordered=ordered)
    others = [[], rows[:1], rows[:2], [*rows[:2], b"3}\n"], [*rows, b"2}\n"]]
    hashes = {whole.hash, *(content(other, ordered=ordered) for other in others)}
    assert len(hashes) == len(others) + 1
    assert content(rows, ordered=ordered, selected="SELECT x") not in hashes
    assert (content(rows[::-1], ordered=ordered) == whole.hash) is not ordered


# Proof


class Mirror(RuleBasedStateMachine):
    """Writers change two tables, in transactions that overlap with runs; a mirror is kept of what the runs send.

    Counters move when they like, unless a writer flushes them. At the end all are flushed, and one more run must make
    the mirror equal to the tables, whatever was skipped before.
    """

    @initialize()
    def begin(self) -> None:
        self.url = self.database()
        self.writers = [psycopg.connect(self.url) for _ in range(2)]
        self.state: dict[str, Any] = {}
        self.mirror: dict[str, list[Any]] = {}
        self.contents: dict[tuple[str, str], list[Any]] = {}

    @staticmethod
    def database() -> str:
        url = make_database()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE a (id serial, v int)")
            connection.execute("CREATE TABLE p (id serial, v int) PARTITION BY HASH (id)")
            for number in (0, 1):
                connection.execute(
                    f"CREATE TABLE p{number} PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER {number})"
                )
        return url

    @rule(writer=st.sampled_from([0, 1]), table=st.sampled_from("ap"), number=st.integers(0, 9))
    def write(self, writer: int, table: str, number: int) -> None:
        change = ("INSERT INTO {} (v) VALUES (1)", "UPDATE {} SET v = v + 1", "DELETE FROM {} WHERE id % 2 = 0")[
            number % 3
        ]
        connection = self.writers[writer]
        connection.execute("SET LOCAL lock_timeout = '1ms'")
        try:
            with connection.transaction():
                connection.execute(change.format(table))
                if number == 9:
                    connection.execute(f"TRUNCATE {table}")
        except psycopg.errors.LockNotAvailable:
            pass  # the other writer has it

    @rule(writer=st.sampled_from([0, 1]), commits=st.booleans(), flushes=st.booleans())
    def finish(self, writer: int, commits: bool, flushes: bool) -> None:
        self.end(writer, commits, flushes)

    def end(self, writer: int, commits: bool, flushes: bool) -> None:
        connection = self.writers[writer]
        if commits:
            connection.commit()
        else:
            connection.rollback()
        if flushes:
            connection.execute(FLUSH)
            connection.commit()

    @rule(before=st.sampled_from([None, 0, 1]), after=st.sampled_from([None, 0, 1]))
    def sync(self, before: int | None, after: int | None) -> None:
        """Run the tap; writers may commit, and be counted, just before and just after the snapshot is taken."""
        # A writer that has truncated keeps everybody out; the tap would wait for it.
        with psycopg.connect(self.url) as connection:
            locked = connection.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
            ).fetchone()
        if locked != (True,):
            with patch.object(Session, "begin_snapshot", self.interrupted(before, after)):
                self.take(run_in_process(self.config, state=self.state))

    def interrupted(self, before: int | None, after: int | None) -> Callable[..., Any]:
        begin_snapshot = Session.begin_snapshot

        def begin(session: Session, tables: Any) -> Any:
            if before is not None:
                self.end(before, True, True)
            failures = begin_snapshot(session, tables)
            if after is not None:
                self.end(after, True, True)
            return failures

        return begin

    @property
    def config(self) -> dict[str, Any]:
        return {"database_url": self.url, "skip_unchanged": True, "full_pass_every": 0, "tables": "a,p"}

    def take(self, messages: Messages) -> None:
        for stream in messages.activated:
            self.mirror[stream] = messages.records(stream)
        self.state = [message["value"] for message in messages.all if message["type"] == "STATE"][-1]
        for stream, rows in self.mirror.items():
            there = sorted((row["id"], row["v"]) for row in rows)
            content = self.state["bookmarks"][stream]["content"]
            assert self.contents.setdefault((stream, content), there) == there, "another bookmark for other rows"

    def teardown(self) -> None:
        for connection in getattr(self, "writers", ()):
            connection.commit()
            connection.execute(FLUSH)
            connection.commit()
            connection.close()
        if hasattr(self, "writers"):
            self.take(run_in_process(self.config, state=self.state))
            with psycopg.connect(self.url) as connection:
                for stream, rows in self.mirror.items():
                    there = connection.execute(f"SELECT id, v FROM {stream}").fetchall()
                    assert sorted((row["id"], row["v"]) for row in rows) == sorted(there), stream


@since(15)
def test_no_change_is_ever_lost() -> None:
    run_state_machine_as_test(
        Mirror,
        settings=settings(
            max_examples=int(os.environ.get("FRESHNESS_HISTORIES", "8")),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
