"""Commits among other runs, people and faults: who wins, what is staged, what is looked at again."""

from __future__ import annotations

import logging

import pytest

from target_gsheets.errors import RefusedError, RemoteError
from tests.target.conftest import Killed, whole_stream

USERS = {"id": "integer", "name": "string"}


def users(*rows, **options):
    return whole_stream("users", USERS, [{"id": number, "name": name} for number, name in rows], **options)


def rows_of(name, count=40):
    return [(number, name * 500) for number in range(count)]


def once(number, work):
    """Do something before the call of this number, and only then."""

    def between(now):
        if now == number:
            work()

    return between


def tokens(workbook):
    (sheet,) = [found for found in workbook.emulator.workbook(workbook.spreadsheet_id).sheets if found.title == "_sync"]
    return [found["description"] for found in sheet.items("protectedRanges")]


def hidden(workbook):
    return [found.title for found in workbook.emulator.workbook(workbook.spreadsheet_id).sheets if found.hidden]


# Two runs at once


def test_every_commit_leaves_one_token_that_names_its_run(workbook):
    seen = set()
    for name in "abc":
        workbook.sync(*users((1, name)))
        (token,) = tokens(workbook)
        seen.add(token)
    assert len(seen) == 3
    assert all(token.startswith("target-gsheets: run ") for token in seen)
    assert hidden(workbook) == []


@pytest.mark.parametrize("first", [True, False], ids=["on-a-new-workbook", "on-one-generation"])
def test_of_two_runs_at_once_the_second_looks_again(workbook, first):
    if not first:
        workbook.sync(*users((0, "old")))
    before_the_commit = 2 if first else 3
    other = once(before_the_commit, lambda: workbook.sync(*users((1, "b"), (2, "c"), version=2)))
    workbook.sync(*users((1, "a"), (2, "c"), version=3), between=other)
    again = ["spreadsheets.get", "spreadsheets.values.batchGet", "spreadsheets.batchUpdate"]
    assert workbook.calls[-4:] == ["spreadsheets.batchUpdate", *again], "refused, and then from the beginning"
    assert workbook.visible()["users"] == [("id", "name"), (1, "a"), (2, "c")]
    assert sorted(workbook.titles()) == ["Sheet1", "users"]
    assert len(tokens(workbook)) == 1


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_run_that_is_overtaken_before_any_of_its_calls_ends_well(workbook, call):
    """Found by a history: the refused request was taken for one of a stream."""
    workbook.sync(*users((7, "first")))
    other = once(call, lambda: workbook.sync(*users((7, "a"), version=2)))
    workbook.sync(*users((7, "b"), version=1), between=other)
    assert workbook.visible()["users"] == [("id", "name"), (7, "b")]


def test_two_runs_with_the_same_rows_write_them_once(workbook):
    rows = users((1, "a"), (2, "b"))
    workbook.sync(*rows, between=once(2, lambda: workbook.sync(*rows)))
    assert workbook.visible()["users"] == [("id", "name"), (1, "a"), (2, "b")]
    assert workbook.titles() == ["users", "Sheet1"]


def test_a_run_that_loses_its_hidden_sheets_to_another_one_begins_again(workbook):
    big, small = users(*rows_of("a")), users(*rows_of("b", 3), version=2)
    workbook.sync(*big, between=once(3, lambda: workbook.sync(*small)), max_request_bytes=10_000)
    assert workbook.values("users") == [list(row) for row in rows_of("a")]
    assert hidden(workbook) == []


def test_a_token_that_somebody_removed_is_made_anew(workbook):
    workbook.sync(*users((1, "a")))
    (sheet,) = [found for found in workbook.emulator.workbook(workbook.spreadsheet_id).sheets if found.title == "_sync"]
    workbook.edit({"deleteProtectedRange": {"protectedRangeId": sheet.items("protectedRanges")[0]["protectedRangeId"]}})
    workbook.sync(*users((1, "b"), version=2))
    assert workbook.values("users") == [[1, "b"]]
    assert len(tokens(workbook)) == 1
    assert workbook.calls.count("spreadsheets.batchUpdate") == 2


def test_of_several_tokens_the_next_commit_leaves_one(workbook):
    workbook.sync(*users((1, "a")))
    protection = {"range": {"sheetId": workbook.sheet_id("_sync")}, "description": "target-gsheets: run x"}
    theirs = {"range": {"sheetId": workbook.sheet_id("_sync")}, "description": "mine", "warningOnly": True}
    workbook.edit({"addProtectedRange": {"protectedRange": {**protection, "warningOnly": True}}},
                  {"addProtectedRange": {"protectedRange": theirs}})  # fmt: skip
    workbook.sync(*users((1, "b"), version=2))
    assert len([token for token in tokens(workbook) if token.startswith("target-gsheets")]) == 1
    assert "mine" in tokens(workbook)


@pytest.mark.parametrize("person", ["deletes", "renames", "copies"])
def test_what_people_do_to_the_sheet_of_the_token_does_no_harm(workbook, person):
    workbook.sync(*users((1, "a")))
    sheet_id = workbook.sheet_id("_sync")
    workbook.edit({
        "deletes": {"deleteSheet": {"sheetId": sheet_id}},
        "renames": {"updateSheetProperties": {"properties": {"sheetId": sheet_id, "title": "Sync"}, "fields": "title"}},
        "copies": {"duplicateSheet": {"sourceSheetId": sheet_id}},
    }[person])  # fmt: skip
    for name in "bc":
        workbook.sync(*users((1, name), version=2))
        assert workbook.values("users") == [[1, name]]
    assert hidden(workbook) == []
    status = [found for found in workbook.reader.worksheets() if "ync" in found.title]
    assert len(status) == (2 if person == "copies" else 1)
    assert next(found.acell("F5", value_render_option="UNFORMATTED_VALUE").value for found in status) == 0


# Lost answers


def test_a_commit_whose_answer_was_lost_is_known_by_its_token_and_reported(workbook, caplog):
    caplog.set_level(logging.INFO)
    workbook.sync(*users((1, "a")))
    workbook.emulator.set_faults({"kind": "cut", "when": "after", "method": "spreadsheets.batchUpdate", "nth": 1})
    workbook.sync(*users((1, "A"), (2, "b"), version=2))
    assert "users: 2 rows, 1 added, 1 changed, 0 removed" in caplog.text


def test_what_another_run_wrote_meanwhile_is_not_reported_as_ours(workbook, caplog):
    workbook.sync(*users((1, "a")))
    rows = users((1, "A"), (2, "b"), version=2)
    other = once(3, lambda: workbook.sync(*rows))
    caplog.set_level(logging.INFO)
    workbook.sync(*rows, between=other)
    lines = [record.message for record in caplog.records if record.message.startswith("users:")]
    assert lines == ["users: 2 rows, 1 added, 1 changed, 0 removed", "users: 2 rows, 0 added, 0 changed, 0 removed"]


# Big changes


def watch(workbook):
    """What a reader sees before each call of a sync, and after it."""
    seen = []

    def look(_number):
        now = workbook.visible()
        if not seen or seen[-1] != now:
            seen.append(now)

    return seen, look


def test_big_new_sheets_are_filled_while_hidden_and_appear_at_once(workbook):
    seen, look = watch(workbook)
    streams = [
        whole_stream(name, USERS, [{"id": number, "name": f"={name}'"} for number in range(400)]) for name in "ab"
    ]
    workbook.sync(*(message for stream in streams for message in stream), between=look, max_request_bytes=10_000)
    look(0)
    assert [sorted(view) for view in seen] == [["Sheet1"], ["Sheet1", "a", "b"]]
    assert seen[-1]["a"] == [("id", "name"), *((number, "=a'") for number in range(400))]
    assert workbook.titles() == ["a", "b", "Sheet1"]
    assert hidden(workbook) == []
    assert workbook.reader.worksheet("a").frozen_row_count == 1
    workbook.sync(*(message for stream in streams for message in stream))
    assert workbook.calls == ["spreadsheets.get", "spreadsheets.values.batchGet"]


HARD = ["=1+1", "007", "+33 6", "'x", "1e5", "TRUE", "2020-01-01", " a ", "a\nb", "été 🎉", "50%", None, "x" * 300]


@pytest.mark.parametrize("before", [0, 3, 300], ids=["empty", "shorter", "as-long"])
def test_a_big_change_is_copied_over_at_once_and_texts_stay_texts(workbook, before):
    kinds = {"id": "integer", "name": "string", "paid": "boolean", "at": {"type": "string", "format": "date"}}

    def stream(count, version, shift):
        records = [
            {
                "id": n,
                "name": HARD[(n + shift) % len(HARD)],
                "paid": (n + shift) % 2 == 0,
                "at": f"20{10 + shift}-01-01",
            }
            for n in range(count)
        ]
        return whole_stream("t", kinds, records, version=version)

    workbook.sync(*stream(before, 1, 0))
    color = {"userEnteredFormat": {"backgroundColor": {"red": 1}}}
    grid = {"sheetId": workbook.sheet_id("t"), "startRowIndex": 1, "endRowIndex": 2}
    workbook.edit({"repeatCell": {"range": grid, "cell": color, "fields": "userEnteredFormat.backgroundColor"}})
    seen, look = watch(workbook)
    workbook.sync(*stream(300, 2, 1), between=look, max_request_bytes=10_000)
    look(0)
    assert len(seen) == 2
    expected = [[n, HARD[(n + 1) % 13] or "", (n + 1) % 2 == 0, 40544] for n in range(300)]
    assert workbook.values("t") == expected
    assert workbook.reader.worksheet("t").get_values("D2:D2") == [["2011-01-01"]]
    assert hidden(workbook) == []
    if before:
        sheet = workbook.emulator.workbook(workbook.spreadsheet_id).sheets[0]
        assert sheet.formats.get(1, 0)["backgroundColor"] == {"red": 1}
    workbook.sync(*stream(300, 3, 1))
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_a_dead_run_s_hidden_sheets_go_with_the_next_commit(workbook):
    big = users(*rows_of("a"))
    with pytest.raises(Killed):
        workbook.sync(*big, between=once(4, kill), max_request_bytes=10_000)
    assert len(hidden(workbook)) == 1
    assert workbook.titles() == ["Sheet1"]
    workbook.sync(*big)
    assert hidden(workbook) == []
    assert workbook.values("users") == [list(row) for row in rows_of("a")]


def kill():
    raise Killed


def test_a_dead_run_s_hidden_sheets_go_after_an_hour_even_if_nothing_changed(workbook, monkeypatch):
    workbook.sync(*users((1, "a")))
    with pytest.raises(Killed):
        workbook.sync(*users(*rows_of("a"), version=2), between=once(5, kill), max_request_bytes=10_000)
    left = hidden(workbook)
    assert left
    workbook.sync(*users((1, "a"), version=3))
    assert (workbook.calls.count("spreadsheets.batchUpdate"), hidden(workbook)) == (0, left)
    monkeypatch.setattr("target_gsheets.hidden_sheets.STALE_SECONDS", -5)
    workbook.sync(*users((1, "a"), version=4))
    assert hidden(workbook) == []


def fill_up(workbook, room):
    """Leave room for so many cells, and no more."""
    sheets = workbook.emulator.workbook(workbook.spreadsheet_id).sheets
    cells = 10_000_000 - room - sum(sheet.row_count * sheet.column_count for sheet in sheets)
    grid = {"rowCount": cells, "columnCount": 1, "frozenRowCount": 0}
    workbook.edit({"addSheet": {"properties": {"title": "Full", "gridProperties": grid}}})


@pytest.mark.parametrize("max_request_bytes", [1_000, 2_000_000])
def test_a_full_workbook_takes_new_rows_where_as_many_go(workbook, max_request_bytes):
    workbook.sync(*users(*((number, "x" * 50) for number in range(40))))
    fill_up(workbook, 0)
    rows = [(-1 - number, "y" * 50) for number in range(40)]
    workbook.sync(*users(*rows, version=2), max_request_bytes=max_request_bytes)
    assert workbook.values("users") == [list(row) for row in rows]


@pytest.mark.parametrize(("keys", "room"), [(("id",), 20), ((), 40 * 3 + 20)], ids=["keyed", "keyless"])
def test_without_room_to_stage_no_reader_ever_sees_an_empty_sheet(workbook, monkeypatch, caplog, keys, room):
    monkeypatch.setattr("target_gsheets.limits.MAX_COMMIT_BYTES", 9_000)
    monkeypatch.setattr("target_gsheets.blocks.MAX_CHUNK_BYTES", 5_000)
    workbook.sync(*users(*rows_of("a"), keys=keys))
    fill_up(workbook, room)
    seen, look = watch(workbook)
    workbook.sync(*users(*rows_of("b"), version=2, keys=keys), between=look, max_request_bytes=10_000)
    look(0)
    assert len(seen) > 2
    assert all(len([row for row in view["users"] if row and row[0] is not None]) >= 41 for view in seen)
    assert workbook.values("users") == [list(row) for row in rows_of("b")]
    assert "too large for one request: they go in" in caplog.text


def test_rows_that_would_be_appended_in_several_requests_are_refused_rather_than_doubled(workbook, monkeypatch):
    monkeypatch.setattr("target_gsheets.limits.MAX_COMMIT_BYTES", 9_000)
    monkeypatch.setattr("target_gsheets.blocks.MAX_CHUNK_BYTES", 5_000)
    posts = whole_stream("posts", {"id": "integer"}, [{"id": 1}])
    method = {"load_method_overrides": "users=append-only", "max_request_bytes": 10_000}
    workbook.sync(*users(*rows_of("a")), *posts, **method)
    fill_up(workbook, 40 * 3 + 20)
    workbook.emulator.set_faults({"kind": "cut", "when": "after", "method": "spreadsheets.batchUpdate", "nth": 2})
    posts = whole_stream("posts", {"id": "integer"}, [{"id": 2}], version=2)
    target = workbook.sync(*users(*rows_of("b"), version=2), *posts, **method)
    assert "no room in the workbook" in target.intake.failed["users"]
    assert workbook.values("users") == [list(row) for row in rows_of("a")]
    assert workbook.values("posts") == [[2]]
    assert workbook.states == [{"bookmarks": {"posts": {}}}]


def test_a_change_by_somebody_while_a_big_one_is_prepared_is_seen(workbook):
    workbook.sync(*users(*rows_of("a")))
    workbook.reader.worksheet("users").add_cols(2)
    insert = {"sheetId": workbook.sheet_id("users"), "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    person = once(5, lambda: workbook.edit({"insertDimension": {"range": insert}}))
    workbook.sync(*users(*rows_of("b"), version=2), between=person, max_request_bytes=10_000)
    found = workbook.visible()["users"]
    assert found[1] in {(), (None,), (None, None)}
    assert [row[:2] for row in found[2:]] == rows_of("b")


# People between our read and our commit


def test_what_a_commit_wrote_to_the_wrong_rows_heals_at_once(workbook):
    workbook.sync(*users(*((number, f"n{number}") for number in range(10))))
    workbook.edit({"appendDimension": {"sheetId": workbook.sheet_id("users"), "dimension": "COLUMNS", "length": 1}})
    notes = [[f"on {number}"] for number in range(10)]
    workbook.emulator.type_in(workbook.spreadsheet_id, "users!C2", notes)
    insert = {"sheetId": workbook.sheet_id("users"), "dimension": "ROWS", "startIndex": 3, "endIndex": 4}
    person = once(3, lambda: workbook.edit({"insertDimension": {"range": insert}}))
    wanted = [(number, "changed" if number == 7 else f"n{number}") for number in range(10)]
    workbook.sync(*users(*wanted, version=2), between=person)
    found = [row for row in workbook.visible()["users"][1:] if row and row[0] is not None]
    assert [row[:2] for row in found] == wanted
    assert [row[2] for row in found] == [f"on {number}" for number in range(10)]
    assert workbook.calls.count("spreadsheets.batchUpdate") == 2


def test_a_commit_that_shows_what_was_expected_is_not_looked_at_again(workbook):
    workbook.sync(*users(*((number, "x") for number in range(10))))
    workbook.sync(*users(*((number, "y") for number in range(5, 15)), version=2))
    assert workbook.calls == ["spreadsheets.get", "spreadsheets.values.batchGet", "spreadsheets.batchUpdate"]


@pytest.mark.parametrize("moment", [2, 3], ids=["between-the-reads", "before-the-commit"])
def test_a_tab_renamed_under_our_hands_is_found_again(workbook, moment):
    workbook.sync(*users((1, "a")))
    properties = {"sheetId": workbook.sheet_id("users"), "title": "Clients"}
    rename = {"updateSheetProperties": {"properties": properties, "fields": "title"}}
    workbook.sync(*users((1, "b"), version=2), between=once(moment, lambda: workbook.edit(rename)))
    assert workbook.values("Clients") == [[1, "b"]]
    assert workbook.titles() == ["Clients", "Sheet1"]


def test_a_tab_deleted_before_the_commit_is_made_anew(workbook):
    workbook.sync(*users((1, "a")))
    delete = {"deleteSheet": {"sheetId": workbook.sheet_id("users")}}
    workbook.sync(*users((1, "b"), version=2), between=once(3, lambda: workbook.edit(delete)))
    assert workbook.values("users") == [[1, "b"]]


# Refusals


@pytest.fixture
def guarded(workbook):
    """Two sheets, one of them protected from the account that syncs; and that account's settings."""
    workbook.sync(*users((1, "a")), *whole_stream("posts", {"id": "integer"}, [{"id": 1}]))
    protection = {"range": {"sheetId": workbook.sheet_id("users")}}
    workbook.edit({"addProtectedRange": {"protectedRange": protection}})
    return workbook.share_with("robot")


CHANGED = [*users((1, "b"), version=2), *whole_stream("posts", {"id": "integer"}, [{"id": 2}], version=2)]


def test_a_stream_whose_sheet_is_protected_fails_alone(workbook, guarded):
    target = workbook.sync(*CHANGED, **guarded)
    assert "protected" in target.intake.failed["users"]
    assert (workbook.values("users"), workbook.values("posts")) == ([[1, "a"]], [[2]])
    assert workbook.states == [{"bookmarks": {"posts": {}}}]


def test_with_abort_a_refused_stream_stops_everything(workbook, guarded):
    with pytest.raises(RefusedError, match="protected"):
        workbook.sync(*CHANGED, **guarded, on_error="abort")
    assert (workbook.values("users"), workbook.values("posts")) == ([[1, "a"]], [[1]])
    assert workbook.states == []


def test_with_abort_a_damaged_sheet_stops_everything(workbook):
    workbook.sync(*users((1, "a")))
    column = {"sheetId": workbook.sheet_id("users"), "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    workbook.edit({"deleteDimension": {"range": column}})
    with pytest.raises(RemoteError, match=r"Nothing was written.*'on_error' is 'abort'.*users: the first row"):
        workbook.sync(*CHANGED, on_error="abort")
    assert workbook.titles() == ["users", "Sheet1"]
