"""The status sheet: what it says, when it is written, and that people may do with it what they like."""

from __future__ import annotations

import itertools
import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk.exceptions import InvalidRecord

from target_gsheets.errors import RemoteError
from target_gsheets.marks import StatusMark
from target_gsheets.status import interval_of, serial_of
from tests.target.conftest import record_message, schema_message, whole_stream

USERS = {"id": "integer", "name": "string"}
HEADER = ["Stream", "Last synced", "Rows", "Added", "Changed", "Removed", "Seconds", "Note"]
HOUR = 3_600


@pytest.fixture
def clock(monkeypatch, workbook):
    """A clock that stands still but when it is told to go on, for the target and for Google."""

    class Clock:
        now = 1_790_000_000.0

        def forward(self, seconds):
            self.now += seconds

    found = Clock()
    monkeypatch.setattr("target_gsheets.target.time.time", lambda: found.now)
    monkeypatch.setattr(workbook.emulator.server.store, "clock", lambda: found.now)
    return found


def users(*names, stream="users"):
    return whole_stream(stream, USERS, [{"id": number, "name": name} for number, name in enumerate(names)])


def cut(stream="users"):
    return [schema_message(stream, USERS), record_message(stream, {"id": 1}, 2)]


def sync(workbook, *messages, **config):
    """A run that may fail of its streams; the answer is whether it wrote."""
    workbook.sync(*messages, **config)
    return "spreadsheets.batchUpdate" in workbook.calls


def status(workbook, title="_sync"):
    """The values on top, and the rows of the table by stream, each as a dictionary."""
    rows = workbook.all_values(title)
    at = next(number for number, row in enumerate(rows) if "Last synced" in row)
    top = dict(zip(rows[at - 3], rows[at - 2], strict=False))
    table = [dict(zip(rows[at], row, strict=False)) for row in rows[at + 1 :] if any(cell != "" for cell in row)]
    return top, {row["Stream"]: row for row in table}


def test_the_status_sheet_says_what_became_of_each_stream(workbook, clock):
    workbook.sync(*users("a", "b"), *users("x", stream="posts"))
    clock.forward(60)
    workbook.sync(*users("a", "B", "c"), *users("x", stream="posts"))
    top, streams = status(workbook)
    serial = serial_of(clock.now, ZoneInfo("Etc/GMT"))
    assert top == {"State": "ok", "Last checked": serial, "Alive": "running", "Note": "", "": ""}
    assert list(streams) == ["users", "posts"]
    assert [streams["users"][name] for name in HEADER[:6]] == ["users", serial, 3, 1, 1, 0]
    assert [streams["posts"][name] for name in HEADER[:6]] == ["posts", serial, 1, 0, 0, 0]
    shown = workbook.reader.worksheet("_sync")
    assert shown.acell("B2").value == "2026-09-21 14:14:20"
    link = shown.acell("A5", value_render_option="FORMULA").value
    assert link == f'=HYPERLINK("#gid={workbook.sheet_id("users")}";"users")'
    assert workbook.reader.worksheets()[0].title == "users", "data come first"


def test_a_quiet_run_writes_nothing_until_the_status_is_an_hour_old(workbook, clock):
    workbook.sync(*users("a"))
    for _ in range(11):
        clock.forward(300)
        workbook.sync(*users("a"))
        assert workbook.calls == ["spreadsheets.get", "spreadsheets.values.batchGet"]
    clock.forward(300)
    workbook.sync(*users("a"))
    assert workbook.calls == ["spreadsheets.get", "spreadsheets.values.batchGet", "spreadsheets.batchUpdate"]
    assert status(workbook)[1]["users"]["Last synced"] == serial_of(clock.now, ZoneInfo("Etc/GMT"))
    assert not sync(workbook, *users("a"))
    clock.forward(120)
    assert sync(workbook, *users("a"), status_every=100)


def test_a_stream_that_sent_nothing_was_checked_too(workbook, clock):
    state = {"type": "STATE", "value": {"bookmarks": {"users": {"f": 1}}}}
    workbook.sync(*users("a")[:-1], state)
    clock.forward(HOUR)
    workbook.sync(schema_message("users", USERS), state)
    assert workbook.calls == ["spreadsheets.get", "spreadsheets.values.batchGet", "spreadsheets.batchUpdate"]
    row = status(workbook)[1]["users"]
    assert (row["Last synced"], row["Rows"], row["Added"]) == (serial_of(clock.now, ZoneInfo("Etc/GMT")), 1, 0)


def test_the_workbook_itself_shows_that_the_sync_is_dead(workbook, clock):
    workbook.sync(*users("a"))
    clock.forward(300)
    workbook.sync(*users("b"))
    clock.forward(3 * HOUR)
    assert status(workbook)[0]["Alive"] == "running"
    clock.forward(2)
    assert status(workbook)[0]["Alive"] == "STOPPED"
    workbook.sync(*users("b"))
    assert status(workbook)[0]["Alive"] == "running"


def test_a_sync_of_once_a_day_is_not_called_dead_by_night(workbook, clock):
    workbook.sync(*users("a"))
    clock.forward(24 * HOUR)
    workbook.sync(*users("b"))
    clock.forward(24 * HOUR)
    assert status(workbook)[0]["Alive"] == "running"


def test_a_new_sync_of_once_a_day_is_not_called_dead_before_its_second_run(workbook, clock):
    workbook.sync(*users("a"))
    clock.forward(24 * HOUR)
    assert status(workbook)[0]["Alive"] == "running"
    clock.forward(48 * HOUR + 2)
    assert status(workbook)[0]["Alive"] == "STOPPED"


@given(st.lists(st.integers(0, 10**6), max_size=8), st.integers(0, 10**5))
def test_an_interval_is_never_shorter_than_the_setting_and_the_last_gap(gaps, every):
    mark = StatusMark(1, at=1)
    for gap in gaps:
        now = mark.at + gap
        interval = interval_of(mark, now, every)
        assert interval >= max(every, gap)
        mark = StatusMark(1, at=now, interval=interval)


def test_times_go_by_the_workbook_s_clocks_whatever_the_zone_of_the_data(workbook, clock):
    workbook.edit({"updateSpreadsheetProperties": {"properties": {"timeZone": "Asia/Tokyo"}, "fields": "timeZone"}})
    workbook.sync(*users("a"), timezone="Europe/Paris")
    top, _ = status(workbook)
    assert (top["Last checked"], top["Alive"]) == (serial_of(clock.now, ZoneInfo("Asia/Tokyo")), "running")


def test_another_time_zone_of_the_workbook_stops_no_sync(workbook, clock):
    workbook.sync(*users("a"))
    workbook.edit({"updateSpreadsheetProperties": {"properties": {"timeZone": "Asia/Tokyo"}, "fields": "timeZone"}})
    clock.forward(300)
    assert sync(workbook, *users("a"))
    top, _ = status(workbook)
    assert (top["Last checked"], top["Alive"]) == (serial_of(clock.now, ZoneInfo("Asia/Tokyo")), "running")
    assert not sync(workbook, *users("a"))


def test_a_failure_is_written_once_and_its_end_too(workbook, clock):
    workbook.sync(*users("a"), *users("x", stream="posts"))
    before = status(workbook)[1]["users"]
    clock.forward(60)
    assert sync(workbook, *cut(), *users("x", stream="posts"))
    top, streams = status(workbook)
    assert top["State"] == "failed"
    assert top["Note"].startswith("users: the input ended at line")
    assert "in the middle of this stream" in streams["users"]["Note"]
    assert [streams["users"][name] for name in HEADER[:4]] == [before[name] for name in HEADER[:4]]
    assert (streams["posts"]["Note"], streams["posts"]["Last synced"] > before["Last synced"]) == ("", True)
    clock.forward(60)
    assert not sync(workbook, *cut(), *users("x", stream="posts"))
    assert sync(workbook, *users("a"), *users("x", stream="posts"))
    assert (status(workbook)[0]["State"], status(workbook)[1]["users"]["Note"]) == ("ok", "")


def test_a_tap_that_gives_nothing_is_written_once(workbook, clock):
    workbook.sync(*users("a"))
    for wrote in (True, False):
        clock.forward(60)
        assert sync(workbook) is wrote
        assert status(workbook)[0]["State"] == "nothing received"


def refused(stream, value):
    """A stream of which a record can't be taken."""
    return [schema_message(stream, USERS), record_message(stream, {"id": value})]


def test_another_stream_that_fails_is_news_though_the_run_failed_as_before(workbook, clock):
    a, b = users("a", stream="a"), users("b", stream="b")
    workbook.sync(*a, *b)
    clock.forward(300)
    assert sync(workbook, *cut("a"), *b)
    clock.forward(300)
    assert sync(workbook, *a, *cut("b"))
    top, streams = status(workbook)
    assert (top["State"], top["Note"][:2]) == ("failed", "b:")
    assert (streams["a"]["Note"], "in the middle of this stream" in streams["b"]["Note"]) == ("", True)
    assert not sync(workbook, *a, *cut("b"))


def test_another_reason_is_news_too(workbook, clock):
    workbook.sync(*users("a"))
    assert sync(workbook, *cut())
    with pytest.raises(InvalidRecord):
        workbook.sync(*refused("users", "x"))
    assert "record 1 can't be taken" in status(workbook)[1]["users"]["Note"]


def test_a_failure_that_repeats_with_other_numbers_and_values_is_written_once(workbook, clock):
    workbook.sync(*users("a"))
    for number, wrote in ((1, True), (2, False)):
        clock.forward(300)
        rows = [record_message("users", {"id": row}, 2) for row in range(number)]
        assert sync(workbook, schema_message("users", USERS), *rows) is wrote
    for value, wrote in (("x", True), ("Rob: 'y'", False)):
        clock.forward(300)
        with pytest.raises(InvalidRecord):
            workbook.sync(*refused("users", value))
        assert ("spreadsheets.batchUpdate" in workbook.calls) is wrote


def test_a_note_is_news_in_a_run_that_changes_nothing_and_its_end_waits(workbook, clock):
    unproven = [schema_message("users", USERS), record_message("users", {"id": 0, "name": "a"})]
    workbook.sync(*users("a", "b", "c"))
    for wrote in (True, False):
        clock.forward(300)
        assert sync(workbook, *unproven) is wrote
        assert status(workbook)[1]["users"]["Note"].startswith("2 rows of the sheet are missing")
    assert not sync(workbook, *users("a", "b", "c"))
    clock.forward(HOUR)
    assert sync(workbook, *users("a", "b", "c"))
    assert status(workbook)[1]["users"]["Note"] == ""


def test_the_end_of_a_stream_s_failure_is_news_where_another_goes_on_failing(workbook, clock):
    a, b = users("a", stream="a"), users("b", stream="b")
    workbook.sync(*a, *b)
    assert sync(workbook, *cut("a"), *cut("b"))
    assert sync(workbook, *cut("a"), *b)
    assert (status(workbook)[0]["State"], status(workbook)[1]["b"]["Note"]) == ("failed", "")
    assert not sync(workbook, *cut("a"), *b)


def test_taps_that_share_a_workbook_do_not_take_turns_at_writing_notes(workbook, clock):
    unproven = [schema_message("users", USERS), record_message("users", {"id": 0, "name": "a"})]
    workbook.sync(*users("a", "b"))
    assert sync(workbook, *users("x", stream="posts"))
    assert sync(workbook, *unproven)
    for _ in range(2):
        assert not sync(workbook, *users("x", stream="posts"))
        assert not sync(workbook, *unproven)


def test_what_an_older_version_remembers_of_the_status_is_written_anew_once(workbook):
    workbook.sync(*users("a"))
    (entry,) = workbook.reader.fetch_sheet_metadata({"fields": "developerMetadata"})["developerMetadata"]
    old = {**json.loads(entry["metadataValue"]), "state": "ok"}
    del old["notes"]
    workbook.edit({"updateDeveloperMetadata": {
        "dataFilters": [{"developerMetadataLookup": {"metadataId": entry["metadataId"]}}],
        "developerMetadata": {"metadataValue": json.dumps(old)},
        "fields": "metadataValue",
    }})  # fmt: skip
    assert sync(workbook, *users("a"))
    assert not sync(workbook, *users("a"))
    assert len(workbook.reader.worksheets()) == 3


def test_a_workbook_that_no_run_has_changed_stays_as_it_is(workbook):
    assert not sync(workbook)
    assert not sync(workbook, *cut())
    assert [sheet.title for sheet in workbook.reader.worksheets()] == ["Sheet1"]


def test_with_abort_the_status_says_why_nothing_was_written(workbook):
    workbook.sync(*users("a"))
    workbook.sync(*cut("posts"), *users("b"), on_error="abort")
    assert workbook.values("users") == [[0, "a"]]
    assert status(workbook)[0]["State"] == "failed"


def test_a_run_that_is_refused_says_so(workbook):
    workbook.sync(*users("a"))
    workbook.reader.worksheet("users").update([["my id", "my name"]], "A1")
    with pytest.raises(RemoteError, match="Nothing was written"):
        workbook.sync(*users("b"), on_error="abort")
    top, streams = status(workbook)
    assert (top["State"], "Nothing was written" in top["Note"]) == ("failed", True)
    assert "before this stream was in its sheet" in streams["users"]["Note"]


def test_google_out_of_reach_fails_no_run_that_brings_nothing(workbook, caplog):
    workbook.sync(*users("a"))
    workbook.emulator.set_faults({"kind": "503", "when": "before", "nth": 1, "method": "spreadsheets.get"})
    workbook.sync()
    assert "The status sheet can't be written" in caplog.text


# People


def test_people_s_sorting_columns_rows_and_notes_stay(workbook):
    names = ["users", "posts", "tags"]
    streams = list(itertools.chain.from_iterable(users("a", stream=name) for name in names))
    workbook.sync(*streams)
    sheet = workbook.reader.worksheet("_sync")
    sheet.add_cols(1)
    sheet.update([["whose"], ["Ann"], ["Bob"], ["Cid"]], "J4")
    sheet.sort((1, "asc"), range="A5:J7")
    workbook.edit(*inserted(workbook, "COLUMNS", 2), *inserted(workbook, "ROWS", 4), *inserted(workbook, "ROWS", 0))
    sheet.update([["mine"]], "C7")
    workbook.sync(*users("b"), *users("a", stream="more"), *streams[4:])
    rows = sheet.get_values(value_render_option="UNFORMATTED_VALUE")
    found = {row[0]: (row[3], row[10]) for row in rows[6:]}
    assert found == {"posts": (1, "Bob"), "tags": (1, "Cid"), "users": (1, "Ann"), "more": (1, "")}
    assert rows[6][2] == "mine"
    assert {row[0]: row[4] for row in rows[6:]} == {"posts": 0, "tags": 0, "users": 0, "more": 1}
    assert [row[5] for row in rows[6:] if row[0] == "users"] == [1]
    assert rows[2][:2][0] == "ok"


def inserted(workbook, dimension, at):
    grid = {"sheetId": workbook.sheet_id("_sync"), "dimension": dimension, "startIndex": at, "endIndex": at + 1}
    return [{"insertDimension": {"range": grid}}]


@pytest.mark.parametrize(
    ("cell", "text"),
    [("A5", "my name"), ("C4", "Zeilen"), ("A2", "fine"), ("C2", "x"), ("B1", "x"), ("C5", "many"), ("A4", "x")],
)
def test_what_people_write_over_is_put_back_with_the_next_change(workbook, cell, text):
    workbook.sync(*users("a"), *users("x", stream="posts"))
    sheet = workbook.reader.worksheet("_sync")
    before = sheet.get_values(value_render_option="FORMULA")
    sheet.update([[text]], cell)
    workbook.sync(*users("b"), *users("x", stream="posts"))
    after = sheet.get_values(value_render_option="FORMULA")
    assert [row[:1] for row in after] == [row[:1] for row in before]
    assert (after[0], after[3]) == (before[0], before[3])
    assert after[4][2:6] == [1, 0, 1, 0]


@pytest.mark.parametrize("below", [0, 2], ids=["at-once", "after-two-blank-rows"])
def test_the_sums_that_people_write_below_the_table_stay_when_a_stream_comes(workbook, below):
    workbook.sync(*users("a"), *users("x", stream="posts"))
    sheet = workbook.reader.worksheet("_sync")
    sheet.add_rows(4)
    sums = [f"=SUM({column}5:{column}6)" for column in "CDEFG"]
    sheet.update([["Total", "=B5", *sums]], f"A{7 + below}", value_input_option="USER_ENTERED")
    workbook.sync(*users("a"), *users("x", stream="posts"), *users("y", "z", stream="tags"))
    table = sheet.get_values("A5:D7", value_render_option="UNFORMATTED_VALUE")
    assert [(row[0], row[2], row[3]) for row in table] == [("users", 1, 0), ("posts", 1, 0), ("tags", 2, 2)]
    total = sheet.get_values(value_render_option="FORMULA")[7 + below]
    assert total[:7] == ["Total", "=B5", *sums]
    workbook.sync(*users("b"), *users("x", stream="posts"), *users("y", "z", stream="tags"))
    assert sheet.get_values(value_render_option="FORMULA")[7 + below] == total


@pytest.mark.parametrize("column", range(8), ids=HEADER)
def test_a_column_that_somebody_deleted_comes_back_as_it_looked(workbook, clock, column):
    workbook.sync(*users("a"))
    workbook.sync(*users("a"), status_every=0)
    before = looks_of(workbook)
    grid = {"sheetId": workbook.sheet_id("_sync"), "dimension": "COLUMNS"}
    workbook.edit({"deleteDimension": {"range": {**grid, "startIndex": column, "endIndex": column + 1}}})
    workbook.sync(*users("a"), status_every=0)
    assert looks_of(workbook) == before


def looks_of(workbook):
    """What people see of the status: texts (not how many seconds), formats, widths of columns, what turns red."""
    cells = "columnMetadata.pixelSize,rowData.values(formattedValue,userEnteredFormat(wrapStrategy,textFormat.bold))"
    fields = f"sheets(conditionalFormats(ranges,booleanRule.condition),data({cells}))"
    asked = {"ranges": "_sync!A1:H5", "fields": fields}
    (sheet,) = workbook.reader.fetch_sheet_metadata(asked)["sheets"]
    (data,) = sheet["data"]
    rules = sorted(map(json.dumps, sheet["conditionalFormats"]))
    rows = [
        [(cell.get("formattedValue"), cell.get("userEnteredFormat") or None) for cell in row.get("values", ())]
        for row in data["rowData"]
    ]
    seconds = HEADER.index("Seconds")
    rows[4][seconds] = (float(rows[4][seconds][0]) < 60, rows[4][seconds][1])
    return rows, data["columnMetadata"], rules


def test_a_table_that_was_cleared_is_written_above_what_people_left(workbook):
    workbook.sync(*users("a"))
    sheet = workbook.reader.worksheet("_sync")
    sheet.batch_clear(["A1:I10"])
    sheet.update([["mine"]], "A1")
    workbook.sync(*users("b"))
    _, streams = status(workbook)
    assert streams["users"]["Changed"] == 1
    assert "mine" in sheet.col_values(1)


def test_what_stands_below_a_table_whose_header_was_cleared_stays(workbook):
    workbook.sync(*users("a"), *users("x", stream="posts"))
    sheet = workbook.reader.worksheet("_sync")
    sheet.batch_clear(["A4:H4"])
    sheet.update([["Total", "=SUM(C5:C6)"]], "A7", value_input_option="USER_ENTERED")
    workbook.sync(*users("b"), *users("x", stream="posts"), *users("y", stream="tags"))
    assert [row[2:5] for row in workbook.all_values("_sync")[4:7]] == [[1, 0, 1], [1, 0, 0], [1, 1, 0]]
    names = sheet.col_values(1)
    assert names[4:7] == ["users", "posts", "tags"]
    assert names[names.index("Total") - 2 :] == ["users", "posts", "Total"]


def test_a_status_sheet_that_was_deleted_is_made_again_at_once(workbook):
    workbook.sync(*users("a"))
    workbook.edit({"deleteSheet": {"sheetId": workbook.sheet_id("_sync")}})
    assert sync(workbook, *users("a"))
    assert status(workbook)[1]["users"]["Rows"] == 1
    assert not sync(workbook, *users("a"))


def test_a_renamed_status_sheet_is_found_and_a_link_follows_a_new_tab(workbook):
    workbook.sync(*users("a"))
    workbook.reader.worksheet("_sync").update_title("État")
    workbook.edit({"deleteSheet": {"sheetId": workbook.sheet_id("users")}})
    workbook.sync(*users("a"))
    link = workbook.reader.worksheet("État").acell("A5", value_render_option="FORMULA").value
    assert link == f'=HYPERLINK("#gid={workbook.sheet_id("users")}";"users")'
    assert len(workbook.reader.worksheets()) == 3


def names_of(workbook):
    """What stands in the column of the streams: links and names."""
    return workbook.reader.worksheet("_sync").get("A5:A7", value_render_option="FORMULA", pad_values=True)


def test_a_row_links_to_no_sheet_that_was_deleted(workbook):
    workbook.sync(*users("a"), *users("x", stream="posts"), *users("y", stream="tags"))
    before = names_of(workbook)
    workbook.sync(*users("a"), *users("y", stream="tags"), on_removed_stream="delete")
    assert names_of(workbook) == [before[0], ["posts"], before[2]]
    assert not sync(workbook, *users("a"), *users("y", stream="tags"), on_removed_stream="delete")
    workbook.sync(*users("a"), *users("x", stream="posts"), *users("y", stream="tags"))
    link = f'=HYPERLINK("#gid={workbook.sheet_id("posts")}";"posts")'
    assert names_of(workbook) == [before[0], [link], before[2]]


def test_a_row_links_to_no_tab_that_somebody_deleted_and_again_to_the_next(workbook):
    workbook.sync(*users("a"), *users("x", stream="posts"))
    before = names_of(workbook)
    workbook.edit({"deleteSheet": {"sheetId": workbook.sheet_id("posts")}})
    workbook.sync(*users("b"))
    assert names_of(workbook)[:2] == [before[0], ["posts"]]
    workbook.sync(*users("c"), *cut("posts"))
    assert names_of(workbook)[:2] == [before[0], ["posts"]]
    workbook.sync(*users("c"), *users("x", stream="posts"))
    link = f'=HYPERLINK("#gid={workbook.sheet_id("posts")}";"posts")'
    assert names_of(workbook)[:2] == [before[0], [link]]


def test_a_status_sheet_that_is_forbidden_to_us_doesn_t_stop_the_sync(workbook, caplog):
    workbook.sync(*users("a"))
    protection = {"range": {"sheetId": workbook.sheet_id("_sync")}, "editors": {"users": ["owner@example.com"]}}
    account = workbook.share_with("reader")
    workbook.edit({"addProtectedRange": {"protectedRange": protection}})
    workbook.sync(*users("b"), **account)
    assert workbook.values("users") == [[0, "b"]]
    assert "The status sheet can't be written, and isn't in this run" in caplog.text


# Settings


def test_without_a_status_sheet_people_see_none(workbook, clock):
    workbook.sync(*users("a"), status_sheet="off")
    assert [sheet.title for sheet in workbook.reader.worksheets(exclude_hidden=True)] == ["users", "Sheet1"]
    clock.forward(2 * HOUR)
    assert not sync(workbook, *users("a"), status_sheet="off")
    assert not sync(workbook, *cut(), status_sheet="off")
    assert sync(workbook, *users("a"))
    assert status(workbook)[0]["State"] == "ok"
    assert sync(workbook, *users("a"), status_sheet="off")
    assert "_sync" not in [sheet.title for sheet in workbook.reader.worksheets(exclude_hidden=True)]
    assert not sync(workbook, *users("a"), status_sheet="off")


def test_a_title_of_its_own_is_taken_where_the_sheet_is_made(workbook):
    workbook.sync(*users("a"), status_sheet="Stand der Dinge")
    assert status(workbook, "Stand der Dinge")[0]["State"] == "ok"


def test_a_stream_may_be_called_like_the_status_sheet(workbook):
    workbook.sync(*users("a", stream="_sync"), *users("b", stream='say "hi"'))
    workbook.sync(*users("b", stream="_sync"), *users("b", stream='say "hi"'))
    tables = [workbook.all_values(sheet.title) for sheet in workbook.reader.worksheets()]
    assert tables.count([["id", "name"], [0, "b"]]) == 2
    (table,) = [rows for rows in tables if rows[0][:1] == ["State"]]
    assert [(row[0], row[4]) for row in table[4:]] == [("_sync", 1), ('say "hi"', 0)]


def test_long_notes_of_streams_go_on_in_further_lines(workbook):
    workbook.sync(*users("a"))
    workbook.sync(*users("a"), *users("x", stream="posts"))
    asked = {"ranges": "_sync!H5:H6", "fields": "sheets.data.rowData.values.userEnteredFormat.wrapStrategy"}
    rows = workbook.reader.fetch_sheet_metadata(asked)["sheets"][0]["data"][0]["rowData"]
    assert [row["values"][0]["userEnteredFormat"] for row in rows] == [{"wrapStrategy": "WRAP"}] * 2
