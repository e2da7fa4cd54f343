"""Load methods: which stream has which, what they do to the rows that are there, and that nothing comes twice."""

from __future__ import annotations

import pytest

from target_gsheets.methods import LoadMethod, parse_methods
from target_gsheets.proof import Verdict
from tests.target.conftest import Killed, record_message, schema_message, whole_stream

USERS = {"id": "integer", "name": "string"}


def users(*rows, **options):
    return whole_stream("users", USERS, [{"id": number, "name": name} for number, name in rows], **options)


@pytest.mark.parametrize(
    "overrides",
    [
        "events=append-only, *_log=upsert ,events_*=overwrite",
        '{"events": "append-only", "*_log": "upsert", "events_*": "overwrite"}',
        {"events": "append-only", "*_log": "upsert", "events_*": "overwrite"},
    ],
    ids=["pairs", "json", "object"],
)
@pytest.mark.parametrize(
    ("stream", "method"),
    [
        ("events", LoadMethod.APPEND_ONLY),
        ("EVENTS", LoadMethod.APPEND_ONLY),
        ("events_log", LoadMethod.UPSERT),
        ("events_2024", LoadMethod.OVERWRITE),
        ("my.events", LoadMethod.UPSERT),
        ("users", LoadMethod.UPSERT),
    ],
)
def test_the_first_pattern_that_fits_counts(overrides, stream, method):
    config = {"load_method": "upsert", "load_method_overrides": overrides}
    assert parse_methods(config).of(stream) is method


def test_an_equals_sign_may_be_part_of_a_pattern():
    assert parse_methods({"load_method_overrides": "a=b=upsert"}).of("a=b") is LoadMethod.UPSERT


@pytest.mark.parametrize(
    ("method", "verdict", "keyed", "then"),
    [
        ("overwrite", Verdict.WHOLE, True, Verdict.WHOLE),
        ("overwrite", Verdict.UNPROVEN, False, Verdict.UNPROVEN),
        ("overwrite", Verdict.INCREMENTAL, True, Verdict.INCREMENTAL),
        ("overwrite", Verdict.INCREMENTAL, False, Verdict.APPENDED),
        ("upsert", Verdict.WHOLE, True, Verdict.INCREMENTAL),
        ("upsert", Verdict.LIKELY_WHOLE, False, Verdict.INCREMENTAL),
        ("upsert", Verdict.INCREMENTAL, False, Verdict.APPENDED),
        ("upsert", Verdict.SILENT, True, Verdict.SILENT),
        ("append-only", Verdict.WHOLE, True, Verdict.APPENDED),
        ("append-only", Verdict.INCREMENTAL, True, Verdict.APPENDED),
        ("append-only", Verdict.CUT, True, Verdict.CUT),
    ],
)
def test_the_method_and_the_messages_say_what_may_be_done(method, verdict, keyed, then):
    assert parse_methods({"load_method": method}).verdict_of("users", verdict, keyed=keyed) is then


def test_upsert_adds_and_changes_and_removes_nothing(workbook):
    workbook.sync(*users((1, "a"), (2, "b")))
    workbook.sync(*users((2, "B"), (3, "c"), version=2), load_method="upsert")
    assert workbook.values("users") == [[1, "a"], [2, "B"], [3, "c"]]
    workbook.sync(*users(version=3), load_method="upsert")
    assert workbook.values("users") == [[1, "a"], [2, "B"], [3, "c"]]
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_upsert_without_a_key_adds_the_rows_that_are_not_there(workbook):
    log = [{"text": "a"}, {"text": "b"}, {"text": "a"}]
    workbook.sync(*whole_stream("log", {"text": "string"}, log, keys=()), load_method="upsert")
    more = [{"text": "a"}, {"text": "c"}, {"text": "a"}]
    workbook.sync(*whole_stream("log", {"text": "string"}, more, keys=(), version=2), load_method="upsert")
    assert workbook.values("log") == [["a"], ["b"], ["a"], ["c"]]


def test_append_only_takes_every_record_whatever_its_key(workbook):
    workbook.sync(*users((1, "a"), (1, "b")), load_method="append-only")
    workbook.sync(*users((1, "b"), (2, "c"), version=2), load_method="append-only")
    assert workbook.values("users") == [[1, "a"], [1, "b"], [1, "b"], [2, "c"]]


def test_only_the_streams_that_a_pattern_names_are_appended_to(workbook):
    for version in (1, 2):
        events = whole_stream("events", {"n": "integer"}, [{"n": 1}], keys=(), version=version)
        workbook.sync(*users((1, "a"), version=version), *events, load_method_overrides="event*=append-only")
    assert workbook.values("users") == [[1, "a"]]
    assert workbook.values("events") == [[1], [1]]


def test_a_stream_map_s_alias_is_what_a_pattern_goes_by(workbook):
    maps = {"users": {"__alias__": "events", "id": "id", "name": "name"}}
    for version in (1, 2):
        workbook.sync(*users((1, "a"), version=version), stream_maps=maps, load_method_overrides="events=append-only")
    assert workbook.values("events") == [[1, "a"], [1, "a"]]


@pytest.mark.parametrize("kind", ["503", "cut", "truncate", "429"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_was_appended_is_not_appended_again_where_the_answer_was_lost(workbook, kind, when, monkeypatch):
    monkeypatch.setattr("target_gsheets.patience.LONGEST_WAIT_SECONDS", 0.01)
    workbook.sync(*users((1, "a")), load_method="append-only")
    workbook.emulator.set_faults({"kind": kind, "when": when, "method": "spreadsheets.batchUpdate", "nth": 1})
    workbook.sync(*users((1, "a"), (2, "b"), version=2), load_method="append-only")
    assert workbook.values("users") == [[1, "a"], [1, "a"], [2, "b"]]


def test_after_a_kill_only_what_followed_the_last_state_comes_again(workbook):
    def before_the_next_look(number):
        if number == 4:
            raise Killed

    workbook.sync(*users((1, "a")), load_method="append-only")
    workbook.emulator.set_faults({"kind": "cut", "when": "after", "method": "spreadsheets.batchUpdate", "nth": 1})
    with pytest.raises(Killed):
        workbook.sync(*users((2, "b"), version=2), load_method="append-only", between=before_the_next_look)
    assert workbook.states == []
    workbook.emulator.set_faults()
    workbook.sync(*users((2, "b"), version=2), load_method="append-only")
    assert workbook.values("users") == [[1, "a"], [2, "b"], [2, "b"]]


def test_a_new_version_in_mid_stream_appends_only_its_own_records(workbook):
    old = [schema_message("users", USERS), record_message("users", {"id": 1, "name": "old"}, 1)]
    workbook.sync(*old, *users((2, "new"), version=2), load_method="append-only")
    assert workbook.values("users") == [[2, "new"]]


def test_a_stream_that_is_appended_to_may_send_nothing_whatever_its_bookmark(workbook):
    state = {"type": "STATE", "value": {"bookmarks": {"users": {"f": 1}}}}
    workbook.sync(*users((1, "a")), state, load_method="append-only")
    later = {"type": "STATE", "value": {"bookmarks": {"users": {"f": 2}}}}
    workbook.sync(schema_message("users", USERS), later, load_method="append-only")
    assert workbook.states == [later["value"]]
    workbook.reader.del_worksheet(workbook.reader.worksheet("users"))
    workbook.sync(schema_message("users", USERS), later, load_method="append-only")
    assert workbook.states == [{"bookmarks": {}}]


def test_an_answer_that_was_lost_is_known_after_another_run_has_appended_too(workbook, monkeypatch):
    monkeypatch.setattr("target_gsheets.patience.LONGEST_WAIT_SECONDS", 0.01)
    workbook.sync(*users((1, "a")), load_method="append-only")
    workbook.emulator.set_faults({"kind": "cut", "when": "after", "method": "spreadsheets.batchUpdate", "nth": 1})

    def another(number):
        if number == 4:
            workbook.emulator.set_faults()
            workbook.sync(*users((3, "c"), version=3), load_method="append-only")

    workbook.sync(*users((2, "b"), version=2), load_method="append-only", between=another)
    assert sorted(map(tuple, workbook.values("users"))) == [(1, "a"), (2, "b"), (3, "c")]


def test_a_stream_to_append_to_that_sends_no_records_writes_nothing(workbook):
    workbook.sync(*users((1, "a")), load_method="append-only")
    workbook.sync(*users(version=2), load_method="append-only")
    assert workbook.calls == ["spreadsheets.get", "spreadsheets.values.batchGet"]


def test_a_row_that_stays_is_never_taken_for_one_that_lost_its_key(workbook):
    workbook.sync(*users((1, "same"), (2, "b")), load_method="upsert")
    workbook.reader.worksheet("users").update_acell("A3", 99)
    workbook.sync(*users((3, "same"), version=2), load_method="upsert")
    assert workbook.values("users") == [[1, "same"], [99, "b"], [3, "same"]]


def test_the_header_of_an_empty_column_at_the_right_is_put_back(workbook):
    columns = USERS | {"zip": "string"}
    workbook.sync(*whole_stream("users", columns, [{"id": 1, "name": "a"}]), load_method="upsert")
    workbook.reader.worksheet("users").update_acell("C1", "")
    workbook.sync(*whole_stream("users", columns, [{"id": 1, "name": "a"}], version=2), load_method="upsert")
    assert workbook.all_values("users")[0] == ["id", "name", "zip"]


def test_rows_that_do_not_come_again_survive_a_sort_just_before_the_commit(workbook):
    workbook.sync(*users((1, "a"), (2, "b"), (3, "c")), load_method="upsert")
    sheet_id = workbook.sheet_id("users")
    edited = []

    def sort_once(api):
        if api == "spreadsheets.batchUpdate" and not edited:
            edited.append(True)
            grid = {"sheetId": sheet_id, "startRowIndex": 1, "startColumnIndex": 0}
            order = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
            workbook.edit({"sortRange": {"range": grid, "sortSpecs": order}})

    with workbook.emulator.before_each_call(sort_once):
        workbook.sync(*users((1, "A"), version=2), load_method="upsert")
    assert edited
    assert workbook.values("users") == [[3, "c"], [2, "b"], [1, "A"]]


def deletion(number, **more):
    """What a tap that reads a log says of a row that went: its key, and when."""
    return record_message("users", {"id": number, "_sdc_deleted_at": "2026-11-22T10:00:00Z", **more})


INCREMENTAL = schema_message("users", USERS, bookmark_properties=["id"])
STATE = {"type": "STATE", "value": {"bookmarks": {"users": {"lsn": 1}}}}


@pytest.mark.parametrize("hard_delete", [True, "true"])
@pytest.mark.parametrize("with_metadata", [True, False])
def test_a_row_that_was_deleted_goes_if_it_shall(workbook, hard_delete, with_metadata):
    options = {"hard_delete": hard_delete, "add_record_metadata": with_metadata}
    workbook.sync(*users((1, "a"), (2, "b"), (3, "c")), **options)
    more = record_message("users", {"id": 4, "name": "d"})
    workbook.sync(INCREMENTAL, deletion(2), more, deletion(9), STATE, **options)
    assert [row[:2] for row in workbook.values("users")] == [[1, "a"], [3, "c"], [4, "d"]]
    assert ("_sdc_deleted_at" in workbook.all_values("users")[0]) is with_metadata


def test_the_last_word_on_a_row_counts(workbook):
    workbook.sync(*users((1, "a"), (2, "b")), hard_delete=True)
    again = record_message("users", {"id": 1, "name": "again"})
    late = record_message("users", {"id": 2, "name": "late"})
    workbook.sync(INCREMENTAL, deletion(1), again, late, deletion(2), STATE, hard_delete=True)
    assert workbook.values("users") == [[1, "again"]]


def test_a_row_that_was_deleted_stays_as_it_is_unless_it_shall_go(workbook):
    workbook.sync(*users((1, "a"), (2, "b")))
    workbook.sync(INCREMENTAL, deletion(2), STATE)
    assert workbook.values("users") == [[1, "a"], [2, "b"]]


def test_a_row_that_was_deleted_says_when_where_there_is_a_column_for_it(workbook):
    workbook.sync(*users((1, "a"), (2, "b")), add_record_metadata=True)
    workbook.sync(INCREMENTAL, deletion(2, name="b"), STATE, add_record_metadata=True)
    header, *rows = workbook.all_values("users")
    assert [row[header.index("_sdc_deleted_at")] for row in rows] == ["", pytest.approx(46348.41667)]


def test_a_row_that_was_deleted_is_one_more_record_of_what_is_appended_to(workbook):
    workbook.sync(*users((1, "a")), load_method="append-only", hard_delete=True)
    workbook.sync(INCREMENTAL, deletion(1), STATE, load_method="append-only", hard_delete=True)
    assert workbook.values("users") == [[1, "a"], [1, ""]]


def test_an_upsert_that_came_whole_as_a_version_removes_what_did_not_come_if_it_shall(workbook):
    workbook.sync(*users((1, "a"), (2, "b")), load_method="upsert", hard_delete=True)
    workbook.sync(*users((2, "b"), version=2), load_method="upsert", hard_delete=True)
    assert workbook.values("users") == [[2, "b"]]
    cut = [schema_message("users", USERS), record_message("users", {"id": 3, "name": "c"}), STATE]
    workbook.sync(*cut, load_method="upsert", hard_delete=True)
    assert workbook.values("users") == [[2, "b"], [3, "c"]]


def test_a_whole_stream_leaves_deleted_rows_out(workbook):
    workbook.sync(*users((1, "a"), (2, "b")), hard_delete=True)
    gone = record_message("users", {"id": 2, "_sdc_deleted_at": "2026-11-22"}, 2)
    records = [schema_message("users", USERS), record_message("users", {"id": 1, "name": "a"}, 2), gone]
    end = [{"type": "ACTIVATE_VERSION", "stream": "users", "version": 2}, STATE]
    workbook.sync(*records, *end, hard_delete=True)
    assert workbook.values("users") == [[1, "a"]]
    workbook.sync(*records, *end, hard_delete=True)
    assert "spreadsheets.batchUpdate" not in workbook.calls
