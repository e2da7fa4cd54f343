from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from tap_mih_postgres.errors import SettingsError, StreamsFailedError
from tap_mih_postgres.tap import TapMihPostgres
from tests.tap.conftest import NewDatabase
from tests.tap.databases import since
from tests.tap.runs import Messages, Output, discover, run_in_process

Sync = Callable[..., Messages]

USERS = (
    "CREATE TABLE users (id int PRIMARY KEY, name text, secret text)",
    "INSERT INTO users VALUES (2, 'Zoë', 's2'), (1, 'Ann', 's1')",
)


def test_the_proof_follows_the_rows_and_a_state_ends_the_stream(sync: Sync) -> None:
    before = int(time.time() * 1000)
    run = sync(*USERS, "CREATE TABLE posts (id int)")
    assert [message["type"] for message in run.all] == [
        *("SCHEMA", "ACTIVATE_VERSION", "STATE"),
        *("SCHEMA", "RECORD", "RECORD", "ACTIVATE_VERSION", "STATE"),
    ]
    versions = {message["version"] for message in run.all if "version" in message}
    assert len(versions) == 1
    assert before <= versions.pop() <= time.time() * 1000
    assert run.all[-1]["value"] == {"bookmarks": {"posts": {}, "users": {}}}


def test_a_record_says_when_its_snapshot_was_taken(sync: Sync) -> None:
    moments = {message.get("time_extracted") for message in sync(*USERS).of("users") if message["type"] == "RECORD"}
    assert len(moments) == 1
    assert str(moments.pop()).endswith("Z")


def test_rows_come_in_the_order_of_the_key(sync: Sync) -> None:
    assert [record["id"] for record in sync(*USERS).records("users")] == [1, 2]


def test_a_state_of_before_comes_back_even_if_nothing_in_it_changes(new_database: NewDatabase) -> None:
    state = {"bookmarks": {"users": {"mark": 1}}}
    run = run_in_process({"database_url": new_database(*USERS)}, state=state)
    assert run.all[-1] == {"type": "STATE", "value": state}


def test_many_rows_arrive_whole(sync: Sync) -> None:
    run = sync("CREATE TABLE t AS SELECT i AS id, repeat('é😀', i % 50) AS x FROM generate_series(1, 30000) AS i")
    assert run.records("t") == [{"id": i, "x": "é😀" * (i % 50)} for i in range(1, 30001)]


@pytest.mark.parametrize("statement", ["CREATE TABLE t ()", "CREATE TABLE t (a int)"], ids=["no columns", "no rows"])
def test_a_table_without_rows_still_activates_its_version(sync: Sync, statement: str) -> None:
    assert sync(statement).kinds("t") == ["SCHEMA", "ACTIVATE_VERSION"]


def test_rows_without_columns_are_rows(sync: Sync) -> None:
    run = sync("CREATE TABLE t ()", "INSERT INTO t SELECT FROM generate_series(1, 3)")
    assert run.records("t") == [{}, {}, {}]


# Selection


def chosen(catalog: dict[str, Any], *crumbs: tuple[str, ...], selected: bool) -> dict[str, Any]:
    for entry in catalog["streams"]:
        for row in entry["metadata"]:
            if tuple(row["breadcrumb"]) in crumbs:
                row["metadata"]["selected"] = selected
    return catalog


@since(18)
def test_a_column_that_isnt_selected_is_neither_read_nor_described(new_database: NewDatabase) -> None:
    # A generated column that can't be computed shows that it isn't even read.
    url = new_database(*USERS, "ALTER TABLE users ADD broken int GENERATED ALWAYS AS (1 / (id - 1)) VIRTUAL")
    catalog = discover({"database_url": url})
    catalog = chosen(catalog, ("properties", "secret"), ("properties", "broken"), ("properties", "id"), selected=False)
    run = run_in_process({"database_url": url}, catalog=catalog)
    assert run.records("users") == [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Zoë"}]
    assert list(run.schema("users")["properties"]) == ["id", "name"]


def test_a_field_of_a_composite_that_isnt_selected_isnt_sent(new_database: NewDatabase) -> None:
    url = new_database("CREATE TYPE p AS (a int, b int)", "CREATE TABLE t (v p)", "INSERT INTO t VALUES ('(1,2)')")
    catalog = chosen(discover({"database_url": url}), ("properties", "v", "properties", "a"), selected=False)
    run = run_in_process({"database_url": url}, catalog=catalog)
    assert run.records("t") == [{"v": {"b": 2}}]
    assert list(run.schema("t")["properties"]["v"]["properties"]) == ["b"]
    assert run.kinds("t") == ["SCHEMA", "RECORD", "ACTIVATE_VERSION"]


def test_a_stream_that_isnt_selected_isnt_read(new_database: NewDatabase) -> None:
    url = new_database(*USERS, "CREATE TABLE posts (id int)")
    catalog = discover({"database_url": url})
    catalog["streams"][0]["metadata"][-1]["metadata"]["selected"] = False
    assert catalog["streams"][0]["tap_stream_id"] == "posts"
    assert run_in_process({"database_url": url}, catalog=catalog).streams == {"users"}


def test_a_column_that_the_catalog_doesnt_know_was_chosen_by_nobody(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    url = new_database(*USERS)
    catalog = discover({"database_url": url})
    entry = catalog["streams"][0]
    del entry["schema"]["properties"]["secret"]
    entry["metadata"] = [row for row in entry["metadata"] if row["breadcrumb"] != ["properties", "secret"]]
    entry["metadata"].append({"breadcrumb": ["properties", "gone"], "metadata": {"selected": True}})
    run = run_in_process({"database_url": url}, catalog=catalog)
    assert list(run.schema("users")["properties"]) == ["id", "name"]
    assert all(set(record) == {"id", "name"} for record in run.records("users"))
    assert "new since the catalog was made: 'secret'" in caplog.text
    assert "not in the table: 'gone'" in caplog.text


def test_a_catalog_that_knows_no_column_means_all_of_them(new_database: NewDatabase) -> None:
    metadata = [{"breadcrumb": [], "metadata": {"selected": True}}]
    catalog = {"streams": [{"tap_stream_id": "users", "schema": {}, "metadata": metadata}]}
    run = run_in_process({"database_url": new_database(*USERS)}, catalog=catalog)
    assert run.records("users")[0] == {"id": 1, "name": "Ann", "secret": "s1"}


def test_types_are_those_of_now_whatever_an_older_catalog_says(new_database: NewDatabase) -> None:
    url = new_database(*USERS)
    catalog = discover({"database_url": url})
    catalog["streams"][0]["schema"]["properties"]["name"] = {"type": "integer"}
    run = run_in_process({"database_url": url}, catalog=catalog)
    assert run.schema("users")["properties"]["name"] == {"type": ["string", "null"], "x-sql-datatype": "text"}


def test_a_catalog_may_give_a_key_to_a_table_without_one(new_database: NewDatabase) -> None:
    url = new_database("CREATE TABLE t (a int, b int)")
    catalog = discover({"database_url": url})
    catalog["streams"][0]["key_properties"] = ["a"]
    (schema, *_) = run_in_process({"database_url": url}, catalog=catalog).of("t")
    assert schema["key_properties"] == ["a"]


def test_a_selected_stream_that_isnt_there_fails_by_name_and_the_others_go_on(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    url = new_database(*USERS, "CREATE TABLE posts (id int)")
    catalog = discover({"database_url": url})
    catalog["streams"][0]["tap_stream_id"] = catalog["streams"][0]["stream"] = "gone"
    with Output() as output, pytest.raises(StreamsFailedError, match=r"1 of 2 streams.*'gone'"):
        TapMihPostgres(config={"database_url": url}, catalog=catalog).sync_all()
    assert output.messages().activated == {"users"}
    assert "'gone' can't be read: the catalog selects it" in caplog.text


def test_replication_that_we_cant_do_isnt_replaced_in_silence(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    url = new_database(*USERS)
    catalog = discover({"database_url": url})
    catalog["streams"][0].update(replication_method="LOG_BASED")
    with Output() as output, pytest.raises(StreamsFailedError):
        TapMihPostgres(config={"database_url": url}, catalog=catalog).sync_all()
    assert output.messages().all == []
    assert "LOG_BASED" in caplog.text


# What the SDK can do to records


def test_stream_maps_work_as_in_any_tap(sync: Sync) -> None:
    maps = {"users": {"name": "name.upper()", "secret": None, "__alias__": "people"}, "posts": None}
    run = sync(*USERS, "CREATE TABLE posts (id int)", stream_maps=maps)
    assert run.streams == run.activated == {"people"}
    assert run.records("people") == [{"id": 1, "name": "ANN"}, {"id": 2, "name": "ZOË"}]
    assert {message["version"] for message in run.of("people") if "version" in message} != {None}
    assert run.kinds("people") == ["SCHEMA", "RECORD", "RECORD", "ACTIVATE_VERSION"]
    assert run.all[-1]["type"] == "STATE"


def test_records_that_a_map_touches_keep_their_decimals(sync: Sync) -> None:
    number = "12345678901234567890.1234567890"
    run = sync(
        "CREATE TABLE t (a numeric, b int)", f"INSERT INTO t VALUES ({number}, 1)", stream_maps={"t": {"b": "b + 1"}}
    )
    assert str(run.records("t")[0]["a"]) == number
    assert run.records("t")[0]["b"] == 2


@pytest.mark.parametrize("expression", ["1 / (id - 2)", "nosuch(name)", "name.nosuch()", "int(name)"])
def test_a_stream_map_that_fails_on_a_record_fails_its_stream_by_name_and_the_others_go_on(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture, expression: str
) -> None:
    url = new_database(*USERS, "CREATE TABLE z (id int)", "INSERT INTO z VALUES (1)")
    config = {"database_url": url, "stream_maps": {"users": {"made": expression}}}
    with Output() as output, pytest.raises(StreamsFailedError, match="'users'"):
        TapMihPostgres(config=config).sync_all()
    assert output.messages().activated == {"z"}
    assert "stream 'users' can't be read: its stream map fails" in caplog.text


def test_flattening_works_as_in_any_tap(sync: Sync) -> None:
    run = sync(
        "CREATE TYPE p AS (a int, b bytea)",
        "CREATE TABLE t (v p)",
        "INSERT INTO t VALUES (ROW(1, '\\x00'))",
        flattening_enabled=True,
        flattening_max_depth=1,
    )
    assert run.records("t") == [{"v__a": 1, "v__b": "AA=="}]
    assert list(run.schema("t")["properties"]) == ["v__a", "v__b"]


def test_batches_work_as_in_any_tap(new_database: NewDatabase, tmp_path: Path) -> None:
    config = {
        "database_url": new_database(*USERS),
        "batch_config": {
            "encoding": {"format": "jsonl", "compression": "gzip"},
            "storage": {"root": tmp_path.as_uri()},
        },
    }
    run = run_in_process(config)
    (batch,) = [message for message in run.of("users") if message["type"] == "BATCH"]
    rows = [
        json.loads(line)
        for file in batch["manifest"]
        for line in gzip.decompress(Path(urlparse(file).path).read_bytes()).splitlines()
    ]
    assert [row["name"] for row in rows] == ["Ann", "Zoë"]
    assert "ACTIVATE_VERSION" not in run.kinds("users"), "batches carry no version"


def test_batches_that_stream_maps_wouldnt_reach_are_refused(new_database: NewDatabase) -> None:
    config = {"database_url": new_database(), "batch_config": {"encoding": {}}, "stream_maps": {"a": None}}
    with pytest.raises(SettingsError, match=r"'batch_config'.*'stream_maps'"):
        TapMihPostgres(config=config)


def test_a_dry_run_sends_a_few_rows_and_no_proof(new_database: NewDatabase) -> None:
    tap = TapMihPostgres(config={"database_url": new_database(*USERS)})
    with Output() as output:
        tap.run_connection_test()
    assert [record["id"] for record in output.messages().records("users")] == [1]
    assert output.messages().activated == set()


def test_bytes_are_base64_in_one_line(sync: Sync) -> None:
    run = sync("CREATE TABLE t (v bytea)", "INSERT INTO t VALUES (decode(repeat('00ff41', 200), 'hex'))")
    assert base64.b64decode(run.records("t")[0]["v"], validate=True) == b"\x00\xff\x41" * 200
