"""Incremental streams send what is new, once if they can and twice if they must, and never miss a row."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mih_postgres.errors import StreamsFailedError
from tap_mih_postgres.incremental import Bookmark
from tap_mih_postgres.tap import TapMihPostgres
from tests.tap.conftest import NewDatabase
from tests.tap.runs import Messages, Output, discover, run_in_process

EVENTS = (
    "CREATE TABLE events (id serial PRIMARY KEY, at timestamptz)",
    "INSERT INTO events (at) VALUES (NULL), (now())",
)


@pytest.fixture(scope="module")
def typed_url(new_database: NewDatabase) -> str:
    return new_database(
        "CREATE EXTENSION citext",
        "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')",
        "CREATE DOMAIN level AS int",
        "CREATE TYPE pair AS (x int, y text)",
    )


class Runs:
    """Runs of one configuration, each with the STATE of the one before."""

    def __init__(self, url: str, **config: Any) -> None:
        self.url = url
        self.config = {"database_url": url, "incremental_lag_seconds": 0, **config}
        self.state: dict[str, Any] = {}

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def run(self, **options: Any) -> Messages:
        messages = run_in_process(self.config, state=self.state, **options)
        self.state = [message["value"] for message in messages.all if message["type"] == "STATE"][-1]
        return messages

    def ids(self, stream: str = "events") -> list[Any]:
        return [record["id"] for record in self.run().records(stream)]


def test_only_what_is_new_is_sent_and_ties_are_sent_again(new_database: NewDatabase) -> None:
    runs = Runs(new_database(*EVENTS), replication="events=id")
    assert runs.ids() == [1, 2]
    runs.execute("INSERT INTO events DEFAULT VALUES")
    assert runs.ids() == [2, 3]
    assert runs.ids() == [3]
    assert runs.state["bookmarks"]["events"] == {"replication_key": "id", "replication_key_value": "3"}


def test_rows_with_the_value_of_the_bookmark_are_found(new_database: NewDatabase) -> None:
    runs = Runs(
        new_database("CREATE TABLE t (id int, day date)", "INSERT INTO t VALUES (1, '2024-01-01')"), replication="t=day"
    )
    assert runs.ids("t") == [1]
    runs.execute("INSERT INTO t VALUES (2, '2024-01-01'), (0, '2023-12-31')")
    assert sorted(runs.ids("t")) == [1, 2]


def test_nulls_come_first_and_once(new_database: NewDatabase) -> None:
    runs = Runs(
        new_database("CREATE TABLE t (id int, n int)", "INSERT INTO t VALUES (1, 5), (2, NULL), (3, 4)"),
        replication="t=n",
    )
    assert runs.ids("t") == [2, 3, 1]
    assert runs.ids("t") == [1]


def test_a_stream_says_how_it_is_replicated_and_proves_nothing(new_database: NewDatabase) -> None:
    messages = Runs(new_database(*EVENTS), replication="events=id").run()
    schema, *records = messages.of("events")
    assert schema["bookmark_properties"] == ["id"]
    assert {record["type"] for record in records} == {"RECORD"}
    assert not any("version" in record for record in records), "a version would promise an activation"


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("smallint", ["1", "2", "3"]),
        ("numeric", ["1.10", "12345678901234567890.1", "NaN"]),
        ("double precision", ["-Infinity", "0.1", "0.30000000000000004"]),
        ("text", ["a'b", "a\\b", "é"]),
        ("char(3)", ["a", "b ", "c"]),
        ("date", ["0044-03-15 BC", "2024-01-01", "infinity"]),
        ("timestamp(3)", ["2024-01-01", "2024-01-01 00:00:00.001", "2024-01-02"]),
        ("timestamptz", ["2024-01-01 12:00+05", "2024-01-01 12:00+00", "2024-01-01 12:00-05"]),
        ("interval", ["1 day", "25 hours", "1 mon"]),
        ("uuid", [f"01890a5d-ac96-774b-bcce-b302099a805{digit}" for digit in "789"]),
        ("mood", ["sad", "ok", "happy"]),
        ("citext", ["a", "B", "c"]),
        ("level", ["1", "2", "3"]),
        ("bytea", ["\\x00", "\\x01", "\\xff"]),
        ("int[]", ["{1}", "{1,2}", "{2}"]),
        ("inet", ["10.0.0.1", "10.0.0.2", "::1"]),
        ("pair", ["(1,a)", "(1,b)", "(2,a)"]),
        ("int4range", ["[1,2)", "[1,3)", "[2,3)"]),
    ],
)  # fmt: skip
def test_any_type_that_has_an_order_will_do(typed_url: str, type_: str, values: list[str]) -> None:
    runs = Runs(typed_url, replication="t=v")
    runs.execute("DROP TABLE IF EXISTS t")
    runs.execute(f"CREATE TABLE t (id int, v {type_})")
    expected = []
    for number, value in enumerate(values):
        runs.execute(f"INSERT INTO t VALUES ({number}, $v${value}$v$)")
        expected.append(runs.ids("t"))
    assert expected == [[0], [0, 1], [1, 2]]


@pytest.mark.parametrize(
    ("replication", "keys"),
    [
        pytest.param("*=at", {"a": "at", "b": None, "audit-c": "at"}, id="where there is such a column"),
        pytest.param("public.a=FULL_TABLE,*=id", {"a": None, "b": "id", "audit-c": "id"}, id="an exception"),
        pytest.param("*=nope,audit.*=at,*=id", {"a": "id", "b": "id", "audit-c": "at"}, id="the first that fits"),
        pytest.param({}, {"a": None, "b": None, "audit-c": None}, id="none"),
    ],
)
def test_settings_choose_replication_by_patterns(
    new_database: NewDatabase, replication: object, keys: dict[str, str | None]
) -> None:
    url = new_database(
        "CREATE SCHEMA audit",
        "CREATE TABLE a (id int, at date)",
        "CREATE TABLE b (id int)",
        "CREATE TABLE audit.c (id int, at date)",
    )
    catalog = discover({"database_url": url, "replication": replication})
    found = {entry["tap_stream_id"]: entry for entry in catalog["streams"]}
    assert {name: entry.get("replication_key") for name, entry in found.items()} == keys
    for name, key in keys.items():
        method = found[name]["replication_method"]
        assert method == "INCREMENTAL" if key else method in {"", "FULL_TABLE"}


def test_the_catalog_has_the_last_word(new_database: NewDatabase) -> None:
    runs = Runs(new_database(*EVENTS))
    catalog = discover(runs.config)
    catalog["streams"][0]["metadata"][-1]["metadata"]["replication-key"] = "id"  # as Meltano's metadata does
    assert [len(runs.run(catalog=catalog).records("events")) for _ in range(2)] == [2, 1]
    runs.config["replication"] = "events=id"
    catalog["streams"][0].update(replication_method="FULL_TABLE")
    messages = runs.run(catalog=catalog)
    assert (len(messages.records("events")), messages.activated) == (2, {"events"})
    assert "bookmark_properties" not in messages.of("events")[0]


def test_a_bookmark_for_another_key_is_none_and_those_of_other_taps_count(new_database: NewDatabase) -> None:
    runs = Runs(new_database(*EVENTS), replication="events=id")
    runs.state = {"bookmarks": {"events": {"replication_key": "at", "replication_key_value": "2999-01-01"}}}
    assert runs.ids() == [1, 2]
    runs.state = {"bookmarks": {"events": {"replication_key": "id", "replication_key_value": 2}}}
    assert runs.ids() == [2]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"replication": "t=v"}, "'t' can't be read: its replication key has no order"),
        ({"replication": "t=id", "masked_columns": "id=redact"}, "'t' can't be read: its replication key 'id'"),
    ],
    ids=["no order", "masked"],
)
def test_a_replication_key_that_wont_do_fails_its_stream(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture, config: dict[str, Any], said: str
) -> None:
    url = new_database("CREATE TABLE t (id int, v json)", "CREATE TABLE other (a int)")
    with Output() as output, pytest.raises(StreamsFailedError, match="'t'"):
        TapMihPostgres(config={"database_url": url, **config}).sync_all()
    assert output.messages().streams == output.messages().activated == {"other"}
    assert said in caplog.text


def test_a_stream_that_failed_keeps_its_bookmark(new_database: NewDatabase) -> None:
    runs = Runs(new_database(*EVENTS), replication="events=id")
    runs.ids()
    before = runs.state
    runs.execute("INSERT INTO events DEFAULT VALUES")
    with Output() as output, pytest.raises(StreamsFailedError):
        TapMihPostgres(config={**runs.config, "max_rows_per_table": 1}, state=before).sync_all()
    states = [message["value"] for message in output.messages().all if message["type"] == "STATE"]
    assert all(state == before for state in states)


def test_a_row_that_is_committed_late_is_found(new_database: NewDatabase) -> None:
    url = new_database(*EVENTS)
    runs = Runs(url, replication="events=id", incremental_lag_seconds=1)
    with psycopg.connect(url) as slow:
        slow.execute("INSERT INTO events DEFAULT VALUES")  # takes the number 3
        runs.execute("INSERT INTO events DEFAULT VALUES")
        assert runs.ids() == [1, 2, 4]
        assert "replication_key_value" not in runs.state["bookmarks"]["events"]
        slow.commit()
    runs.state["bookmarks"]["events"]["candidate"]["seen"] -= 1  # a second later
    assert runs.ids() == [1, 2, 3, 4]
    assert runs.ids() == [4]


# Moments in seconds: when a transaction takes its number, how long it lasts; and when there are runs.
MOMENTS = st.floats(0, 100, allow_nan=False)


@given(
    transactions=st.lists(st.tuples(MOMENTS, st.floats(0, 10)), max_size=12),
    runs=st.lists(MOMENTS, min_size=1, max_size=12),
)
def test_no_row_is_missed_whose_transaction_is_no_longer_than_the_lag(
    transactions: list[tuple[float, float]], runs: list[float]
) -> None:
    rows = [(number, begun + lasts) for number, (begun, lasts) in enumerate(sorted(transactions))]
    bookmark = Bookmark("id")
    sent: set[int] = set()
    for now in [*sorted(runs), 200.0]:
        visible = [number for number, committed in rows if committed < now]
        sent |= {number for number in visible if bookmark.value is None or number >= int(bookmark.value)}
        bookmark = bookmark.advanced(str(max(visible)) if visible else None, now, 10)
        bookmark = Bookmark.from_state(bookmark.to_state(), "id")
    assert sent == {number for number, _ in rows}
