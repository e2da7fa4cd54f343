"""The target against the emulator, read back by gspread: what arrives, what it costs, and what stays alone."""

from __future__ import annotations

import pytest
from singer_sdk.exceptions import InvalidRecord, RecordsWithoutSchemaException

from target_gsheets.errors import AccessError, RemoteError
from tests.target.conftest import record_message, schema_message, whole_stream

USERS = {"id": "integer", "name": "string"}


def users(*rows, **options):
    return whole_stream("users", USERS, [{"id": number, "name": name} for number, name in rows], **options)


def test_a_stream_becomes_a_sheet_with_a_bold_frozen_header(workbook):
    workbook.sync(*users((1, "007"), (2, "=1+1"), (3, None)))
    assert workbook.all_values("users") == [["id", "name"], [1, "007"], [2, "=1+1"], [3, ""]]
    sheet = workbook.reader.worksheet("users")
    assert sheet.frozen_row_count == 1
    header = workbook.reader.fetch_sheet_metadata(
        {"ranges": "users!A1:B2", "fields": "sheets.data.rowData.values.userEnteredFormat.textFormat"}
    )["sheets"][0]["data"][0]["rowData"]
    assert [cell["userEnteredFormat"]["textFormat"] for cell in header[0]["values"]] == [{"bold": True}] * 2
    assert not any("textFormat" in cell.get("userEnteredFormat", {}) for cell in header[1]["values"])


def test_a_first_sync_costs_one_read_and_one_write_for_all_sheets(workbook):
    workbook.sync(*users((1, "a")), *whole_stream("posts", {"id": "integer"}, [{"id": 1}]))
    assert workbook.calls == ["spreadsheets.get", "spreadsheets.batchUpdate"]


def test_an_unchanged_sync_costs_two_reads_and_no_write(workbook):
    workbook.sync(*users((1, "a"), (2, "b")))
    workbook.sync(*users((1, "a"), (2, "b"), version=2))
    assert workbook.calls == ["spreadsheets.get", "spreadsheets.values.batchGet"]


def test_a_changed_row_costs_one_small_write(workbook):
    rows = [(number, "x" * 50) for number in range(2000)]
    workbook.sync(*users(*rows))
    workbook.sync(*users(*rows[:-1], (1999, "new")))
    writes = [call for call in workbook.emulator.calls() if call["method"] == "POST" and "batchUpdate" in call["path"]]
    assert [write["request_bytes"] < 1_800 for write in writes] == [True]
    assert workbook.values("users")[-1] == [1999, "new"]


def test_rows_that_left_the_source_leave_the_sheet(workbook):
    workbook.sync(*users(*((number, "x") for number in range(10))))
    workbook.sync(*users((0, "x"), (5, "y"), (11, "new")))
    assert workbook.values("users") == [[0, "x"], [5, "y"], [11, "new"]]


def test_an_emptied_table_empties_its_sheet_but_for_the_header(workbook):
    workbook.sync(*users((1, "a"), (2, "b")))
    workbook.sync(*users())
    assert workbook.all_values("users") == [["id", "name"]]
    workbook.sync(*users((3, "c")))
    assert workbook.values("users") == [[3, "c"]]


def test_the_state_leaves_after_the_commit_and_is_all_that_leaves(workbook):
    workbook.sync(*users((1, "a")))
    assert workbook.states == [{"bookmarks": {"users": {}}}]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["503", "500", "cut", "truncate", "html", "429"])
def test_a_failed_write_is_looked_at_again_and_never_doubled(workbook, kind, when, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    workbook.sync(*users((1, "a")))
    workbook.emulator.set_faults({"kind": kind, "when": when, "method": "spreadsheets.batchUpdate", "nth": 1})
    workbook.sync(*users((1, "A"), (2, "b")))
    assert workbook.values("users") == [[1, "A"], [2, "b"]]
    assert workbook.states == [{"bookmarks": {"users": {}}}]
    assert workbook.calls.count("spreadsheets.get") == 2
    assert workbook.calls.count("spreadsheets.batchUpdate") == (1 if when == "after" else 2)


def test_a_lasting_outage_ends_with_a_sentence_and_without_state(workbook):
    workbook.emulator.set_faults({"kind": "503", "when": "before", "probability": 1.0, "seed": 1})
    with pytest.raises(RemoteError, match=r"Gave up after 1 seconds.*'retry_seconds'"):
        workbook.sync(*users((1, "a")), retry_seconds=1)
    assert workbook.states == []


def test_a_stream_cut_short_leaves_its_sheet_and_the_others_commit(workbook):
    workbook.sync(*users((1, "a"), (2, "b")))
    cut = [schema_message("users", USERS), record_message("users", {"id": 1, "name": "changed"}, 2)]
    target = workbook.sync(*whole_stream("posts", {"id": "integer"}, [{"id": 7}]), *cut)
    assert "the input ended at line 6, in the middle of this stream, after 1 records" in target.intake.failed["users"]
    assert workbook.values("users") == [[1, "a"], [2, "b"]]
    assert workbook.values("posts") == [[7]]
    assert workbook.states == [{"bookmarks": {"posts": {}}}]


def test_a_stream_with_a_bad_record_fails_alone(workbook):
    bad = [schema_message("bad", USERS), record_message("bad", {"id": "x", "name": 1}, 1)]
    with pytest.raises(InvalidRecord, match="id: its value is not of types"):
        workbook.sync(*bad, {"type": "ACTIVATE_VERSION", "stream": "bad", "version": 1}, *users((1, "a")))
    assert workbook.titles() == ["users", "Sheet1"]


def state_of(**bookmarks):
    return {"type": "STATE", "value": {"bookmarks": bookmarks}}


def with_bookmark(bookmark, *rows, **options):
    """A whole stream of users that comes with a bookmark."""
    return [*users(*rows, **options), state_of(users=bookmark)]


def test_a_schema_alone_changes_nothing(workbook):
    workbook.sync(*with_bookmark({"f": 1}, (1, "a")))
    workbook.sync(schema_message("users", USERS), state_of(users={"f": 1}))
    assert workbook.calls == ["spreadsheets.get"]
    assert workbook.states == [{"bookmarks": {"users": {"f": 1}}}]
    assert workbook.values("users") == [[1, "a"]]


def test_a_schema_alone_without_a_bookmark_asks_only_whether_the_status_is_due(workbook):
    silent = [schema_message("users", USERS), state_of()]
    workbook.sync(*silent)
    assert (workbook.calls, workbook.states) == (["spreadsheets.get"], [{"bookmarks": {}}])
    assert workbook.titles() == ["Sheet1"]
    workbook.sync(*silent, status_sheet="off")
    assert (workbook.calls, workbook.states) == ([], [{"bookmarks": {}}])


def test_a_stream_that_sends_nothing_must_come_whole_where_its_sheet_is_missing(workbook, caplog):
    workbook.sync(*with_bookmark({"f": 1}, (1, "a")), *whole_stream("posts", {"id": "integer"}, [{"id": 1}]))
    workbook.reader.del_worksheet(workbook.reader.worksheet("users"))
    silent = [schema_message("users", USERS), state_of(users={"f": 1}, other={"g": 1})]
    workbook.sync(*silent)
    assert workbook.states == [{"bookmarks": {"other": {"g": 1}}}]
    assert "The tap sent nothing of these, but their sheets aren't as it left them: users." in caplog.text
    posts = [schema_message("posts", {"id": "integer"}), record_message("posts", {"id": 2}, 2)]
    workbook.sync(*posts, {"type": "ACTIVATE_VERSION", "stream": "posts", "version": 2}, *silent)
    assert workbook.states == [{"bookmarks": {"other": {"g": 1}}}], "beside other streams as well"
    assert workbook.values("posts") == [[2]]


@pytest.mark.parametrize("bookmark", [{"f": 2}, {"f": 1, "g": 0}], ids=["other", "more"])
def test_a_stream_that_sends_nothing_must_come_whole_where_its_rows_came_with_another_bookmark(workbook, bookmark):
    workbook.sync(*with_bookmark({"f": 1}, (1, "a")))
    workbook.sync(schema_message("users", USERS), state_of(users=bookmark))
    assert workbook.states == [{"bookmarks": {}}]
    workbook.sync(*with_bookmark(bookmark, (1, "a"), version=2))
    workbook.sync(schema_message("users", USERS), state_of(users=bookmark))
    assert workbook.states == [{"bookmarks": {"users": bookmark}}]


def test_an_incremental_stream_whose_bookmark_moves_on_without_a_row_keeps_it(workbook):
    schema = schema_message("users", USERS, bookmark_properties=["id"])
    workbook.sync(schema, record_message("users", {"id": 1}), state_of(users={"at": 1}))
    workbook.sync(schema, state_of(users={"at": 2}))
    assert workbook.states == [{"bookmarks": {"users": {"at": 2}}}]
    workbook.sync(schema, record_message("users", {"id": 1}), state_of(users={"at": 3}))
    assert "spreadsheets.batchUpdate" not in workbook.calls
    workbook.reader.del_worksheet(workbook.reader.worksheet("users"))
    workbook.sync(schema, state_of(users={"at": 4}))
    assert workbook.states == [{"bookmarks": {}}]


def test_the_bookmark_of_a_stream_that_failed_isn_t_remembered(workbook):
    workbook.sync(*with_bookmark({"f": 1}, (1, "a")))
    cut = [schema_message("users", USERS), record_message("users", {"id": 1, "name": "b"}, 2), state_of(users={"f": 2})]
    workbook.sync(*cut)
    assert workbook.states == [{"bookmarks": {}}]
    workbook.sync(schema_message("users", USERS), state_of(users={"f": 1}))
    assert workbook.states == [{"bookmarks": {"users": {"f": 1}}}]


def test_an_incremental_stream_is_upserted(workbook):
    workbook.sync(*users((1, "a"), (2, "b")))
    incremental = schema_message("users", USERS, bookmark_properties=["id"])
    state = {"type": "STATE", "value": {"bookmarks": {"users": {"replication_key_value": 3}}}}
    workbook.sync(
        incremental, record_message("users", {"id": 2, "name": "B"}), record_message("users", {"id": 3}), state
    )
    assert workbook.values("users") == [[1, "a"], [2, "B"], [3, ""]]


def test_what_people_do_survives_and_their_overwriting_heals(workbook):
    workbook.sync(*users((1, "a"), (2, "b"), (3, "c")))
    sheet = workbook.reader.worksheet("users")
    sheet.add_cols(1)
    sheet.update([["note"], ["first"], ["second"], ["third"]], "C1")
    sheet.sort((1, "des"), range="A2:C4")
    sheet.update_acell("B2", "overwritten")
    sheet.update_title("Clients")
    workbook.sync(*users((1, "a"), (3, "c"), (4, "d")))
    assert workbook.all_values("Clients") == [
        ["id", "name", "note"],
        [3, "c", "third"],
        [1, "a", "first"],
        [4, "d", ""],
    ]
    workbook.sync(*users((1, "a"), (3, "c"), (4, "d")))
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_columns_that_come_and_go_leave_peoples_columns_alone(workbook):
    workbook.sync(*users((1, "a")))
    sheet = workbook.reader.worksheet("users")
    sheet.update([["note"], ["mine"]], "C1")
    changed = {"id": "integer", "mail": "string"}
    workbook.sync(*whole_stream("users", changed, [{"id": 1, "mail": "m"}]))
    assert workbook.all_values("users") == [["id", "mail", "note"], [1, "m", "mine"]]


def test_a_sheet_of_people_s_with_the_title_and_other_columns_stays_theirs(workbook):
    sheet = workbook.reader.add_worksheet("users", 5, 3)
    sheet.update([["name", "phone"], ["mine", 1]])
    for version in (1, 2):
        workbook.sync(*users((1, "a"), version=version))
        assert workbook.all_values("users") == [["name", "phone"], ["mine", 1]]
        assert workbook.values("users (2)") == [[1, "a"]]


def append(*texts, **options):
    lines = [record_message("log", {"text": text}) for text in texts]
    schema = schema_message("log", {"text": "string"}, (), bookmark_properties=["text"])
    return [schema, *lines, {"type": "STATE", "value": {"bookmarks": {"log": {"at": len(texts)}}}}]


def test_an_incremental_stream_without_a_key_is_appended_to_whatever_is_there(workbook):
    workbook.sync(*append("a", "b", "b"))
    workbook.sync(*append("b", "c"))
    workbook.sync(*append("c"))
    assert [row[0] for row in workbook.values("log")] == ["a", "b", "b", "b", "c", "c"]


@pytest.mark.parametrize("nth", [1, 2])
def test_an_append_whose_answer_was_lost_isn_t_repeated(workbook, nth, monkeypatch):
    monkeypatch.setattr("target_gsheets.patience.LONGEST_WAIT_SECONDS", 0.01)
    workbook.sync(*append("a"))
    fault = {"kind": "cut", "when": "after", "method": "spreadsheets.batchUpdate"}
    workbook.emulator.set_faults({**fault, "nth": nth}, {**fault, "nth": 1})
    workbook.sync(*append("a", "b"))
    assert [row[0] for row in workbook.values("log")] == ["a", "a", "b"]


def test_a_sheet_with_the_title_is_taken_over(workbook):
    sheet = workbook.reader.add_worksheet("users", 5, 3)
    sheet.update([["name", "id"], ["old", 1], ["gone", 9]])
    workbook.sync(*users((1, "a"), (2, "b")))
    assert workbook.all_values("users") == [["name", "id"], ["a", 1], ["b", 2]]
    assert sheet.id == workbook.reader.worksheet("users").id


def test_dates_are_numbers_with_a_format_in_the_zone(workbook):
    moment = {"type": "string", "format": "date-time"}
    stream = whole_stream("t", {"id": "integer", "at": moment}, [{"id": 1, "at": "2024-07-01T10:00:00Z"}])
    workbook.sync(*stream, timezone="Europe/Paris")
    assert workbook.values("t") == [[1, 45474.5]]
    assert workbook.reader.worksheet("t").get_values() == [["id", "at"], ["1", "2024-07-01 12:00:00"]]


def test_numbers_are_exact(workbook):
    records = [{"id": 1, "n": 9007199254740993}, {"id": 2, "n": 0.1}, {"id": 3, "n": 12345}]
    workbook.sync(*whole_stream("t", {"id": "integer", "n": "number"}, records))
    assert workbook.values("t") == [[1, "9007199254740993"], [2, 0.1], [3, 12345]]


@pytest.mark.parametrize("keys", [("id",), ()], ids=["keyed", "keyless"])
def test_a_hard_day_ends_equal(workbook, keys):
    first = [{"id": number, "name": f"n{number % 7}"} for number in range(60)]
    second = [{"id": number, "name": f"m{number % 5}"} for number in range(0, 90, 2)]
    workbook.sync(*whole_stream("users", USERS, first, keys=keys))
    workbook.sync(*whole_stream("users", USERS, second, keys=keys))
    assert sorted(workbook.values("users")) == sorted([record["id"], record["name"]] for record in second)


def test_a_workbook_of_somebody_else_names_whom_to_share_it_with(workbook):
    workbook.emulator.server.foreign |= {"someone-elses"}  # type: ignore[misc]
    with pytest.raises(AccessError, match=r"share it as editor with .*gserviceaccount.com"):
        workbook.sync(*users((1, "a")), spreadsheet_id="someone-elses")


def test_an_unknown_workbook_is_named(workbook):
    with pytest.raises(AccessError, match=r"no workbook with the id 'unknown'.*'spreadsheet_id'"):
        workbook.sync(*users((1, "a")), spreadsheet_id="unknown")


def test_a_refused_token_names_the_setting(workbook):
    key = {**workbook.emulator.credentials, "client_email": "stranger@project.iam.gserviceaccount.com"}
    with pytest.raises(AccessError, match=r"stranger@.* of 'credentials_json' is disabled or doesn't exist"):
        workbook.sync(*users((1, "a")), credentials_json=key)


def test_a_state_with_a_decimal_is_passed_on_as_it_came(workbook):
    state = {"bookmarks": {"users": {"replication_key_value": 1.5}}}
    workbook.sync(*users((1, "a")), {"type": "STATE", "value": state})
    assert workbook.states == [state]


def test_a_change_of_more_than_ten_megabytes_goes_in_several_commits(workbook):
    workbook.sync(*users(*((number, "x") for number in range(6000))))
    rows = [(number, "y" * 2000) for number in range(6000)]
    workbook.sync(*users(*rows))
    assert workbook.calls.count("spreadsheets.batchUpdate") == 2
    assert workbook.values("users") == [list(row) for row in rows]


@pytest.mark.parametrize("kind", ["503", "cut"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_lost_answer_between_two_commits_heals(workbook, kind, nth):
    rows = [(number, "y" * 2000) for number in range(6000)]
    workbook.emulator.set_faults({"kind": kind, "when": "after", "method": "spreadsheets.batchUpdate", "nth": nth})
    workbook.sync(*users(*rows))
    assert workbook.values("users") == [list(row) for row in rows]


def test_a_record_before_its_schema_keeps_its_bookmark_back(workbook):
    state = {"type": "STATE", "value": {"bookmarks": {"users": {"at": 1}, "posts": {}}}}
    with pytest.raises(RecordsWithoutSchemaException):
        workbook.sync(record_message("users", {"id": 1}), *whole_stream("posts", {"id": "integer"}, [{"id": 1}]), state)
    assert workbook.states == [{"bookmarks": {"posts": {}}}]


def test_keys_that_look_alike_in_the_sheet_settle(workbook):
    moment = {"type": "string", "format": "date-time"}
    records = [{"at": "2024-10-27T00:30:00Z", "n": 1}, {"at": "2024-10-27T01:30:00Z", "n": 2}]
    stream = whole_stream("t", {"at": moment, "n": "integer"}, records, keys=["at"])
    workbook.sync(*stream, timezone="Europe/Paris")
    workbook.sync(*stream, timezone="Europe/Paris")
    assert "spreadsheets.batchUpdate" not in workbook.calls
    assert [row[1] for row in workbook.values("t")] == [1, 2]


def test_a_stream_that_a_map_removes_touches_nothing(workbook):
    workbook.sync(*users((1, "a")))
    workbook.sync(*users((2, "b")), stream_maps={"users": None})
    assert workbook.values("users") == [[1, "a"]]


def test_a_stream_map_may_give_a_stream_another_name(workbook):
    workbook.sync(*users((1, "a")), stream_maps={"users": {"__alias__": "clients", "name": "name"}})
    assert workbook.titles() == ["clients", "Sheet1"]


def test_two_streams_under_one_name_are_refused(workbook):
    maps = {"users": {"__alias__": "all"}, "posts": {"__alias__": "all"}}
    target = workbook.sync(*users((1, "a")), *whole_stream("posts", USERS, [{"id": 2}]), stream_maps=maps)
    assert target.intake.broken
    assert workbook.titles() == ["all", "Sheet1"]
    assert workbook.values("all") == [[1, "a"]]


def test_an_expression_that_fails_fails_its_stream(workbook):
    maps = {"users": {"half": "1 / (id - 1)"}}
    with pytest.raises(ZeroDivisionError):
        workbook.sync(*users((1, "a")), *whole_stream("posts", {"id": "integer"}, [{"id": 7}]), stream_maps=maps)
    assert workbook.titles() == ["posts", "Sheet1"]


def test_batches_are_refused_rather_than_lost(workbook):
    encoding = {"format": "jsonl", "compression": "gzip"}
    batch = {"type": "BATCH", "stream": "users", "encoding": encoding, "manifest": ["file://x"]}
    state = {"type": "STATE", "value": {"bookmarks": {"users": {"at": 1}}}}
    target = workbook.sync(schema_message("users", USERS), batch, state)
    assert target.intake.broken
    assert workbook.states == []


def test_a_column_without_a_name_and_a_column_called_2024_settle(workbook):
    properties = {"": "integer", "2024": "string", "x": True}
    stream = whole_stream("t", properties | {"x": {}}, [{"": 1, "2024": "a", "x": "y"}], keys=[])
    workbook.sync(*stream)
    workbook.reader.worksheet("t").update([[2024]], "B1")
    workbook.sync(*stream)
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_a_schema_may_be_just_true(workbook):
    message = {"type": "SCHEMA", "stream": "t", "schema": {"properties": {"a": True}}, "key_properties": []}
    end = [{"type": "ACTIVATE_VERSION", "stream": "t", "version": 1}, {"type": "STATE", "value": {"bookmarks": {}}}]
    workbook.sync(message, record_message("t", {"a": "x"}, 1), record_message("t", {"a": 2}, 1), *end)
    assert workbook.values("t") == [["x"], [2]]


def test_metadata_columns_work_as_in_other_targets(workbook):
    workbook.sync(*users((1, "a")), add_record_metadata=True)
    header, row = workbook.all_values("users")
    assert header[:2] == ["id", "name"]
    assert row[header.index("_sdc_table_version")] == 1


def test_a_new_version_in_mid_stream_makes_the_older_rows_void(workbook):
    old = [schema_message("users", USERS), record_message("users", {"id": 1, "name": "old"}, 1)]
    workbook.sync(*old, *users((2, "new"), version=2))
    assert workbook.values("users") == [[2, "new"]]


def test_columns_are_as_wide_as_their_first_rows_within_reason(workbook):
    moment = {"type": "string", "format": "date-time"}
    record = {"id": 1, "at": "2024-07-01T10:00:00Z", "text": "x" * 500, "role": "CUSTOMER", "no": None}
    texts = dict.fromkeys(("text", "role", "no"), "string")
    workbook.sync(*whole_stream("t", {"id": "integer", "at": moment, **texts}, [record]))
    answer = workbook.reader.fetch_sheet_metadata({"ranges": "t", "fields": "sheets.data.columnMetadata.pixelSize"})
    widths = [column["pixelSize"] for column in answer["sheets"][0]["data"][0]["columnMetadata"]]
    assert widths == [60, 153, 320, 98, 60, 100]


def test_an_emulator_that_wants_credentials_says_where_they_are(workbook):
    with pytest.raises(AccessError, match="/_emulator/credentials"):
        workbook.sync(*users((1, "a")), credentials_json="")


def incremental(*numbers, bookmark, resumed=None, stream="users"):
    """What a tap sends of an incremental stream; `resumed` is the bookmark that it began with, if it says so."""
    schema = schema_message(stream, USERS, bookmark_properties=["id"])
    began = [state_of(**{stream: resumed})] if resumed else []
    records = [record_message(stream, {"id": number, "name": "a"}) for number in numbers]
    return [*began, schema, *records, state_of(**{stream: bookmark})]


@pytest.mark.parametrize("status_sheet", ["_sync", "off"])
@pytest.mark.parametrize("resumed", [None, {"at": 2}], ids=["silent-tap", "sdk-tap"])
@pytest.mark.parametrize("loss", ["sheet", "every-sheet", "cells"])
def test_an_incremental_stream_whose_rows_were_deleted_comes_back_whole(workbook, loss, resumed, status_sheet, caplog):
    workbook.sync(*incremental(1, 2, bookmark={"at": 2}), status_sheet=status_sheet)
    sheets = workbook.reader.worksheets()
    if loss == "cells":
        workbook.reader.worksheet("users").clear()
    else:
        gone = [sheet for sheet in sheets if sheet.title != "Sheet1" and (loss != "sheet" or sheet.title == "users")]
        workbook.edit(*({"deleteSheet": {"sheetId": sheet.id}} for sheet in gone))
    workbook.sync(*incremental(3, bookmark={"at": 3}, resumed=resumed), status_sheet=status_sheet)
    assert workbook.states == [{"bookmarks": {}}]
    assert "but the older ones were deleted: users. The next run brings all their rows." in caplog.text
    workbook.sync(*incremental(1, 2, 3, bookmark={"at": 3}), status_sheet=status_sheet)
    assert workbook.states == [{"bookmarks": {"users": {"at": 3}}}]
    assert sorted(row[0] for row in workbook.values("users")) == [1, 2, 3]
    workbook.sync(*incremental(4, bookmark={"at": 4}, resumed=resumed), status_sheet=status_sheet)
    assert workbook.states == [{"bookmarks": {"users": {"at": 4}}}]


def test_a_sheet_that_began_in_the_middle_is_asked_for_until_it_comes_whole(workbook):
    workbook.sync(*incremental(1, 2, bookmark={"at": 2}))
    workbook.edit({"deleteSheet": {"sheetId": workbook.sheet_id("users")}})
    workbook.sync(*incremental(3, bookmark={"at": 3}, resumed={"at": 2}))
    again = incremental(4, bookmark={"at": 4}, resumed={"at": 2})  # nobody kept the STATE of the last run
    for messages in (again, again, incremental(bookmark={"at": 4}, resumed={"at": 2})):
        workbook.sync(*messages)
        assert workbook.states[-1] == {"bookmarks": {}}
    workbook.sync(*incremental(1, 2, 3, 4, bookmark={"at": 4}))
    workbook.sync(*incremental(bookmark={"at": 4}, resumed={"at": 4}))
    assert workbook.states == [{"bookmarks": {"users": {"at": 4}}}]


def test_the_first_run_of_an_incremental_stream_keeps_its_bookmark(workbook):
    workbook.sync(*whole_stream("posts", {"id": "integer"}, [{"id": 1}]))
    workbook.sync(*incremental(1, 2, bookmark={"at": 2}))
    assert workbook.states == [{"bookmarks": {"users": {"at": 2}}}]


def test_a_lost_answer_doesn_t_hide_that_an_incremental_stream_must_come_whole(workbook, monkeypatch):
    monkeypatch.setattr("target_gsheets.patience.LONGEST_WAIT_SECONDS", 0.01)
    workbook.sync(*incremental(1, 2, bookmark={"at": 2}))
    workbook.edit({"deleteSheet": {"sheetId": workbook.sheet_id("users")}})
    workbook.emulator.set_faults({"kind": "cut", "when": "after", "nth": 1, "method": "spreadsheets.batchUpdate"})
    workbook.sync(*incremental(3, bookmark={"at": 3}))
    assert workbook.states == [{"bookmarks": {}}]


@pytest.mark.parametrize("name", ["", " ", "(no name)"])
def test_a_column_without_a_name_is_a_column_like_others(workbook, name):
    records = [{"id": 1, name: "a"}, {"id": 2, name: "b"}]
    workbook.sync(*whole_stream("cities", {"id": "integer", name: "string"}, records))
    assert workbook.values("cities") == [[1, "a"], [2, "b"]]


def test_a_stream_without_a_name_that_fails_fails_alone(workbook):
    records = [{"id": 1, "name": "a"}]
    workbook.sync(*whole_stream("", USERS, records), *whole_stream("users", USERS, records))
    protection = {"range": {"sheetId": workbook.sheet_id("(no name)")}}
    account = workbook.share_with("nameless")
    workbook.edit({"addProtectedRange": {"protectedRange": protection}})
    more = [*records, {"id": 2, "name": "b"}]
    target = workbook.sync(*whole_stream("", USERS, more), *whole_stream("users", USERS, more), **account)
    assert [*target.intake.failed] == [""]
    assert workbook.values("users") == [[1, "a"], [2, "b"]]
