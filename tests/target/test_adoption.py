"""Sheets that were there before us, under the title of a stream."""

from __future__ import annotations

import pytest

from tests.target.conftest import whole_stream


def users(*rows, **options):
    records = [{"id": number, "name": name} for number, name in rows]
    return whole_stream("users", {"id": "integer", "name": "string"}, records, **options)


def somebody_s(workbook, rows, title="users"):
    sheet = workbook.reader.add_worksheet(title, 30, 8)
    sheet.update(rows, "A1")
    return sheet


def hidden(workbook):
    """The hidden tabs but the token's, with their values."""
    sheets = workbook.emulator.workbook(workbook.spreadsheet_id).sheets
    return {
        sheet.title: workbook.all_values(sheet.title) for sheet in sheets if sheet.hidden and sheet.title != "_sync"
    }


OLD = [["name", "phone"], ["Ann", "007"], ["Bob", ""]]


def test_a_sheet_of_somebody_s_stays_beside_the_stream_s(workbook):
    somebody_s(workbook, OLD)
    workbook.sync(*users((1, "a")))
    assert workbook.all_values("users") == OLD
    assert workbook.values("users (2)") == [[1, "a"]]


@pytest.mark.parametrize("max_request_bytes", [2_000_000, 1_000], ids=["at-once", "staged"])
def test_a_sheet_is_taken_over_if_it_shall_and_what_it_held_is_kept(workbook, max_request_bytes, caplog):
    sheet = somebody_s(workbook, OLD)
    rows = [(number, "x" * 50) for number in range(100)]
    workbook.sync(*users(*rows), adopt_existing=True, max_request_bytes=max_request_bytes)
    assert workbook.values("users") == [list(row) for row in rows]
    assert workbook.sheet_id("users") == sheet.id
    assert hidden(workbook) == {"users (before)": OLD}
    assert "The sheet 'users' was there with other columns." in caplog.text
    workbook.sync(*users(*rows, version=2), adopt_existing=True)
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_nothing_of_the_old_sheet_shows_through(workbook):
    sheet = somebody_s(workbook, OLD)
    sheet.format("A1:B9", {"numberFormat": {"type": "PERCENT", "pattern": "0%"}})
    sheet.merge_cells("A2:B3")
    sheet.hide_columns(0, 1)
    sheet.insert_note("A2", "old")
    workbook.sync(*users((1, "a"), (2, "b")), adopt_existing=True)
    assert workbook.all_values("users") == [["id", "name"], [1, "a"], [2, "b"]]
    asked = {"ranges": "users!A1:B3", "fields": "sheets(merges,data(columnMetadata.hiddenByUser,rowData.values.note))"}
    (found,) = workbook.reader.fetch_sheet_metadata(params=asked)["sheets"]
    assert "merges" not in found
    assert "old" not in str(found)
    assert "hiddenByUser" not in str(found)


@pytest.mark.parametrize("kind", ["503", "cut", "truncate"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_the_copy_is_made_once_even_where_the_answer_was_lost(workbook, kind, when, monkeypatch):
    monkeypatch.setattr("target_gsheets.patience.LONGEST_WAIT_SECONDS", 0.01)
    somebody_s(workbook, OLD)
    workbook.emulator.set_faults({"kind": kind, "when": when, "method": "spreadsheets.batchUpdate", "nth": 1})
    workbook.sync(*users((1, "a")), adopt_existing=True)
    assert hidden(workbook) == {"users (before)": OLD}
    assert workbook.values("users") == [[1, "a"]]


def test_a_copy_is_not_made_again_of_a_sheet_that_lost_its_mark(workbook):
    sheet = somebody_s(workbook, OLD)
    workbook.sync(*users((1, "a")), adopt_existing=True)
    entry = {"developerMetadataLookup": {"metadataKey": "target-gsheets", "metadataLocation": {"sheetId": sheet.id}}}
    workbook.edit({"deleteDeveloperMetadata": {"dataFilter": entry}})
    sheet.update_acell("B1", "else")
    workbook.sync(*users((1, "a"), version=2), adopt_existing=True)
    assert hidden(workbook) == {"users (before)": OLD}
    assert workbook.values("users") == [[1, "a"]]


def test_another_sheet_s_old_content_is_kept_as_well(workbook):
    somebody_s(workbook, OLD)
    workbook.sync(*users((1, "a")), adopt_existing=True)
    workbook.reader.del_worksheet(workbook.reader.worksheet("users"))
    somebody_s(workbook, [["else"]])
    workbook.sync(*users((1, "a"), version=2), adopt_existing=True)
    assert hidden(workbook) == {"users (before)": OLD, "users (before) (2)": [["else"]]}


@pytest.mark.parametrize("header", [["id", "name"], ["note", "name", "id"]], ids=["same", "more"])
def test_a_sheet_with_all_columns_is_taken_over_as_it_is(workbook, header):
    somebody_s(workbook, [header])
    workbook.sync(*users((1, "a")), adopt_existing=True)
    assert workbook.all_values("users")[0] == header
    assert hidden(workbook) == {}


def test_rows_of_somebody_s_under_the_stream_s_columns_are_kept_in_a_copy(workbook, caplog):
    old = [["id", "name"], [100, "precious"], [1, "a"]]
    somebody_s(workbook, old)
    workbook.sync(*users((1, "a")))
    assert workbook.values("users") == [[1, "a"]]
    assert hidden(workbook) == {"users (before)": old}
    assert "The sheet 'users' was there with other rows. What it held is kept in a hidden copy." in caplog.text
    workbook.sync(*users(version=2))
    assert [*hidden(workbook)] == ["users (before)"]


def test_a_sheet_of_another_stream_is_not_taken_over(workbook):
    workbook.sync(*users((1, "a")))
    workbook.sync(*whole_stream("USERS", {"n": "integer"}, [{"n": 1}], keys=["n"]), adopt_existing=True)
    assert workbook.values("users") == [[1, "a"]]
    assert workbook.values("USERS (2)") == [[1]]


def test_a_stream_may_have_the_name_of_our_hidden_sheet(workbook):
    workbook.sync(*whole_stream("_sync", {"n": "integer"}, [{"n": 1}], keys=["n"]))
    assert workbook.titles() == ["_sync (2)", "Sheet1"]
    workbook.sync(*whole_stream("_sync", {"n": "integer"}, [{"n": 1}], keys=["n"], version=2), adopt_existing=True)
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_a_sheet_is_made_under_a_title_of_one_s_own(workbook):
    workbook.sync(*users((1, "a")), sheet_title="Shop: {stream}")
    assert workbook.titles() == ["Shop: users", "Sheet1"]
    workbook.sync(*users((1, "a"), version=2), sheet_title="{stream}")
    assert workbook.titles() == ["Shop: users", "Sheet1"]
    assert "spreadsheets.batchUpdate" not in workbook.calls
