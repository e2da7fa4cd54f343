"""The whole way through a real pipe: the workbook is what Postgres says, and a run writes only what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from demo import seed
from demo.emulator import Call
from tests.pipeline.conftest import Mirror
from tests.pipeline.expected import actual_table, expected_table, moment_columns

PARIS = ZoneInfo("Europe/Paris")
PRISMAS_OWN = {("public", "_prisma_migrations"), ("prisma", "Studio")}
APPLICATION = sorted({*seed.TABLES, ("public", "Coupon")} - PRISMAS_OWN)


def stream_of(schema: str, table: str) -> str:
    """The first schema of the search path goes without saying."""
    return table if schema == "public" else f"{schema}-{table}"


@dataclass(frozen=True)
class Shop:
    """The demo's database after its first sync, and what that took."""

    mirror: Mirror
    empty: list[str]
    first_calls: list[Call]


@pytest.fixture(scope="module")
def shop(open_mirror: Callable[[], Mirror]) -> Shop:
    mirror = open_mirror()
    seed.fill(mirror.connection)
    empty = list(mirror.sheets())
    mirror.sync()
    return Shop(mirror, empty, mirror.calls)


@pytest.fixture(scope="module")
def sheets(shop: Shop) -> dict[str, list[list[object]]]:
    return shop.mirror.sheets()


@pytest.mark.parametrize(("schema", "table"), APPLICATION, ids=lambda value: value)
def test_a_sheet_holds_exactly_the_rows_of_its_table(
    shop: Shop, sheets: dict[str, list[list[object]]], schema: str, table: str
) -> None:
    connection = shop.mirror.connection
    expected = expected_table(connection, schema, table, PARIS)
    actual = actual_table(sheets[stream_of(schema, table)], moment_columns(connection, schema, table))
    assert actual.header == expected.header
    assert actual.rows == expected.rows


def test_there_is_a_sheet_for_every_table_but_those_of_prisma(
    shop: Shop, sheets: dict[str, list[list[object]]]
) -> None:
    assert set(sheets) - set(shop.empty) == {stream_of(*name) for name in APPLICATION}


def test_a_first_sync_of_fifteen_tables_takes_few_calls(shop: Shop) -> None:
    assert len(shop.first_calls) <= 6


def test_a_header_is_bold_and_frozen(shop: Shop) -> None:
    fields = (
        "sheets(properties(title,gridProperties.frozenRowCount),data.rowData.values.userEnteredFormat.textFormat.bold)"
    )
    answer = shop.mirror.spreadsheet.fetch_sheet_metadata({"fields": fields, "ranges": ["'User'!A1:J1"]})
    user = next(sheet for sheet in answer["sheets"] if sheet["properties"]["title"] == "User")
    assert user["properties"]["gridProperties"]["frozenRowCount"] == 1
    header = user["data"][0]["rowData"][0]["values"]
    assert [cell["userEnteredFormat"]["textFormat"]["bold"] for cell in header] == [True] * 10


def test_the_note_on_a_header_says_the_type_in_postgres_words(mirror: Mirror) -> None:
    mirror.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
    mirror.execute("CREATE TABLE day (id bigint PRIMARY KEY, at timestamp(3), cost numeric(10,2), moods mood[])")
    mirror.sync()
    notes = [note.splitlines()[0] for note in mirror.spreadsheet.worksheet("day").get_notes()[0]]
    assert notes == [
        f"Type at the source: {name}."
        for name in ("bigint", "timestamp(3) without time zone", "numeric(10,2)", "mood[]")
    ]


def test_a_run_without_changes_writes_nothing(shop: Shop) -> None:
    shop.mirror.sync()
    assert shop.mirror.calls != []
    assert shop.mirror.writes == []


def test_a_changed_row_is_one_small_write(shop: Shop) -> None:
    mirror = shop.mirror
    mirror.execute("""UPDATE "Order" SET "note" = '=1+1' WHERE "id" = (SELECT max("id") FROM "Order")""")
    mirror.sync()
    assert [call.api for call in mirror.writes] == ["spreadsheets.batchUpdate"]
    assert mirror.writes[0].request_bytes < 10_000
    actual = actual_table(mirror.sheets()["Order"], moment_columns(mirror.connection, "public", "Order"))
    assert actual == expected_table(mirror.connection, "public", "Order", PARIS)


def test_inserted_updated_and_deleted_rows_of_several_tables_are_one_write(shop: Shop) -> None:
    mirror = shop.mirror
    seed.change(mirror.connection)
    mirror.sync()
    assert len(mirror.writes) == 1
    sheets = mirror.sheets()
    for table in ("Product", "User", "Feedback"):
        actual = actual_table(sheets[table], moment_columns(mirror.connection, "public", table))
        assert actual == expected_table(mirror.connection, "public", table, PARIS)


def test_an_emptied_table_empties_its_sheet(mirror: Mirror) -> None:
    mirror.execute("CREATE TABLE note (id int PRIMARY KEY, text text)", "INSERT INTO note VALUES (1, 'a'), (2, 'b')")
    mirror.sync()
    mirror.execute("TRUNCATE note")
    mirror.sync()
    assert mirror.sheets()["note"] == [["id", "text"]]


def test_a_table_without_a_key_keeps_equal_rows(mirror: Mirror) -> None:
    mirror.execute("CREATE TABLE log (level text, text text)")
    mirror.execute("INSERT INTO log VALUES ('a', 'b'), ('a', 'b'), (NULL, 'c')")
    mirror.sync()
    assert sorted(mirror.sheets()["log"][1:]) == [["", "c"], ["a", "b"], ["a", "b"]]
    mirror.execute("DELETE FROM log WHERE ctid = (SELECT min(ctid) FROM log)")
    mirror.sync()
    assert sorted(mirror.sheets()["log"][1:]) == [["", "c"], ["a", "b"]]


def test_side_columns_stay_on_their_row_when_others_go(mirror: Mirror) -> None:
    mirror.execute("CREATE TABLE task (id int PRIMARY KEY, title text)")
    mirror.execute("INSERT INTO task SELECT n, 'task ' || n FROM generate_series(1, 5) n")
    mirror.sync()
    mirror.spreadsheet.worksheet("task").update([["remark"], ["one"], ["two"], ["three"]], "C1")
    mirror.execute("DELETE FROM task WHERE id = 2", "UPDATE task SET title = 'changed' WHERE id = 3")
    mirror.sync()
    rows = {row[0]: row[1:] for row in mirror.sheets()["task"][1:]}
    assert rows == {1: ["task 1", "one"], 3: ["changed", "three"], 4: ["task 4"], 5: ["task 5"]}
