"""What two features do to each other, and what nobody expects of a tap or of people."""

from __future__ import annotations

import contextlib
import io
import json

import pytest

from target_gsheets.errors import ConfigurationError, LimitError
from target_gsheets.target import TargetGSheets
from tests.target.conftest import record_message, schema_message, whole_stream

PROPS = {"id": "integer", "name": "string"}
ROWS = [{"id": number, "name": f"n{number}"} for number in range(1, 6)]


def whole(*streams, rows=ROWS):
    messages = [message for stream in streams for message in whole_stream(stream, PROPS, rows)[:-1]]
    return [*messages, {"type": "STATE", "value": {"bookmarks": {stream: {"v": 1} for stream in streams}}}]


def events(ids, before, after, keys=()):
    return [
        {"type": "STATE", "value": before},
        schema_message("events", PROPS, keys, bookmark_properties=["id"]),
        *(record_message("events", {"id": number, "name": "x"}) for number in ids),
        {"type": "STATE", "value": after},
    ]


def at(number):
    return {"bookmarks": {"events": {"replication_key_value": number}}}


@pytest.mark.parametrize(
    ("keys", "config"), [((), {}), (("id",), {"load_method": "append-only"})], ids=["keyless", "append-only"]
)
@pytest.mark.parametrize("loss", ["deleted", "cleared"])
def test_what_is_appended_to_a_sheet_that_was_lost_comes_once(workbook, keys, config, loss):
    workbook.sync(*events([1, 2, 3], {}, at(3), keys), **config)
    if loss == "deleted":
        workbook.edit({"deleteSheet": {"sheetId": workbook.sheet_id("events")}})
    else:
        workbook.reader.worksheet("events").clear()
    workbook.sync(*events([4, 5], at(3), at(5), keys), **config)
    workbook.sync(*events([1, 2, 3, 4, 5], workbook.states[-1], at(5), keys), **config)
    assert sorted(row[0] for row in workbook.values("events")) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("policy", ["delete", "keep"])
def test_a_column_of_people_s_left_of_ours_under_the_same_name_stays_when_ours_goes(workbook, policy):
    workbook.sync(*whole_stream("t", {"id": "integer", "a": "string"}, [{"id": 1, "a": "x"}]))
    columns = {"sheetId": workbook.sheet_id("t"), "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    workbook.edit({"insertDimension": {"range": columns, "inheritFromBefore": False}})
    workbook.reader.worksheet("t").update([["a"], ["mine"]], "A1")
    workbook.sync(*whole_stream("t", {"id": "integer"}, [{"id": 1}]), on_removed_column=policy)
    workbook.sync(*whole_stream("t", {"id": "integer"}, [{"id": 1}]))
    assert "mine" in [cell for row in workbook.values("t") for cell in row]


def test_a_stream_map_that_fails_tells_no_value(workbook, caplog):
    masked = {"users": {"name": None, "number": "int(name)"}}
    workbook.sync(*whole_stream("users", PROPS, [{"id": 1, "name": "12"}]), stream_maps=masked)
    with pytest.raises(ValueError, match="invalid literal"):
        workbook.sync(*whole_stream("users", PROPS, [{"id": 1, "name": "4111-1111"}]), stream_maps=masked)
    assert "4111-1111" not in str(workbook.all_values("_sync"))
    assert "4111-1111" not in caplog.text


def test_a_status_sheet_that_is_protected_and_turned_off_doesn_t_stop_the_sync(workbook):
    workbook.sync(*whole("users"))
    protection = {"range": {"sheetId": workbook.sheet_id("_sync")}, "editors": {"users": ["owner@example.com"]}}
    account = workbook.share_with("reader")
    workbook.edit({"addProtectedRange": {"protectedRange": protection}})
    workbook.sync(*whole("users", rows=ROWS[:3]), **account, status_sheet="off")
    assert len(workbook.values("users")) == 3


def test_a_copy_of_a_tab_that_was_hidden_doesn_t_make_every_run_write(workbook):
    workbook.sync(*whole("a", "b"))
    workbook.sync(*whole("a"), on_removed_stream="hide")
    workbook.edit({"duplicateSheet": {"sourceSheetId": workbook.sheet_id("b"), "newSheetName": "my copy of b"}})
    for _ in range(3):
        workbook.sync(*whole("a", "b"), on_removed_stream="hide")
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_rows_that_a_tap_says_were_deleted_are_not_told_as_kept(workbook):
    workbook.sync(*whole_stream("t", PROPS, ROWS))
    deleted = {**ROWS[0], "_sdc_deleted_at": "2026-01-01T00:00:00Z"}
    messages = [schema_message("t", PROPS), *(record_message("t", row) for row in [*ROWS[1:], deleted])]
    workbook.sync(*messages, hard_delete=True)
    assert len(workbook.values("t")) == 4
    row = dict(zip(*workbook.all_values("_sync")[3:5], strict=True))
    assert (row["Rows"], row["Note"]) == (4, "")


@pytest.mark.parametrize("messages", ["quiet", "records"])
def test_a_full_workbook_hides_no_reason_and_fails_no_quiet_run(workbook, messages):
    for title, rows, columns in (("big", 99_700, 100), ("more", 3_990, 1)):
        grid = {"rowCount": rows, "columnCount": columns}
        workbook.edit({"addSheet": {"properties": {"title": title, "gridProperties": grid}}})
    if messages == "quiet":
        workbook.sync(schema_message("a", PROPS), {"type": "STATE", "value": {"bookmarks": {}}})
    else:
        with pytest.raises(
            LimitError, match=r"The largest tabs are 'big' \(9,970,000 cells\), 'Sheet1' \(26,000 cells\)"
        ):
            workbook.sync(*whole("a"))


def test_a_stream_that_is_too_wide_stops_no_other(workbook):
    properties = {"id": "integer", **{f"c{number}": "string" for number in range(18_277)}}
    target = workbook.sync(*whole_stream("wide", properties, [{"id": 1}]), *whole("users"))
    assert target.intake.failed == {
        "wide": "it needs 18,279 columns, and a sheet holds 18,278: leave some out in the tap's selection"
    }
    assert workbook.titles() == ["users", "Sheet1"]
    assert len(workbook.values("users")) == 5


def test_a_new_version_of_the_same_rows_costs_no_write(workbook):
    for version in (1, 2, 3):
        bookmark = {"version": version, "last_replication_method": "FULL_TABLE"}
        state = {"type": "STATE", "value": {"bookmarks": {"t": bookmark}}}
        workbook.sync(*whole_stream("t", PROPS, ROWS, version=version)[:-1], state)
    assert workbook.calls == ["spreadsheets.get", "spreadsheets.values.batchGet"]
    assert workbook.states == [state["value"]]


@pytest.mark.parametrize("adopt", [False, True])
def test_a_long_title_that_is_taken_is_cut_as_google_counts(workbook, adopt):
    title = "😀" * 50
    workbook.edit({"addSheet": {"properties": {"title": title}}})
    workbook.reader.worksheet(title).update([["people's"]], "A1")
    workbook.sync(*whole("😀" * 60), adopt_existing=adopt)
    made = [sheet.title for sheet in workbook.reader.worksheets() if sheet.title not in {title, "Sheet1", "_sync"}]
    assert made == ["😀" * 45 + " (before)" if adopt else "😀" * 48 + " (2)"]


def deep(depth):
    record = '{"type":"RECORD","stream":"t","version":1,"record":{"id":1,"o":%s}}' % ("[" * depth + "]" * depth)
    schema = {"type": "object", "properties": {"id": {"type": "integer"}, "o": {}}}
    return [json.dumps({"type": "SCHEMA", "stream": "t", "schema": schema, "key_properties": ["id"]}), record]


@pytest.mark.parametrize(
    "lines",
    [
        [json.dumps({"type": "SCHEMA", "stream": "t", "schema": {"properties": None}, "key_properties": []})],
        [json.dumps({"type": "SCHEMA", "stream": "t", "schema": {"properties": []}, "key_properties": []})],
        *(deep(depth) for depth in range(930, 975, 3)),
    ],
)
def test_what_a_tap_may_get_wrong_is_no_traceback(workbook, lines):
    target = TargetGSheets(config=workbook.config)
    others = [json.dumps(message) for message in whole("users")]
    target.read(io.BytesIO("".join(line + "\n" for line in [*others[:-1], *lines]).encode()))
    with contextlib.suppress(RecursionError):  # said already, and kept for the exit status
        target.process_endofpipe()
    assert target.intake.is_flawed
    assert len(workbook.values("users")) == 5


@pytest.mark.parametrize("path", ["/", "."])
def test_a_report_path_without_a_file_is_refused(workbook, path):
    with pytest.raises(ConfigurationError, match="'report_path' must name a file"):
        workbook.sync(*whole("t"), report_path=path)


def test_a_dry_run_says_which_sheets_would_be_deleted(workbook, capsys):
    workbook.sync(*whole("a", "b"))
    target = TargetGSheets(config={**workbook.config, "on_removed_stream": "delete"})
    target.is_dry = True
    target.read(io.StringIO("".join(json.dumps(message) + "\n" for message in whole("a"))))
    target.process_endofpipe()
    said = capsys.readouterr().out
    workbook.sync(*whole("a"), on_removed_stream="delete")
    assert "b" not in workbook.titles()
    assert any(line.startswith("b:") for line in said.splitlines())
    assert "b: its sheet 'b' would be deleted" in said
    assert "1 write with" in said


def replaced(workbook, before, after, **config):
    """A stream whose columns are all others than they were; why it failed, if it did."""
    (old,), (new,) = before, after
    workbook.sync(*whole_stream("t", {old: "string"}, [{old: "x"}, {old: "y"}], keys=()), **config)
    target = workbook.sync(*whole_stream("t", {new: "string"}, [{new: "x"}], keys=()), **config)
    return target.intake.failed.get("t")


def test_a_stream_whose_columns_were_all_replaced_is_written_anew(workbook):
    assert replaced(workbook, ["name"], ["title"]) is None
    assert workbook.all_values("t") == [["title"], ["x"]]
    workbook.sync(*whole_stream("t", {"title": "string"}, [{"title": "x"}], keys=()))
    assert "spreadsheets.batchUpdate" not in workbook.calls


@pytest.mark.parametrize("config", [{"on_removed_column": "keep"}, {"max_delete_ratio": 0.9}], ids=str)
def test_a_stream_whose_columns_were_all_replaced_fails_where_nothing_may_go(workbook, config):
    assert "the source has replaced every column of the sheet 't'" in replaced(workbook, ["name"], ["title"], **config)
    assert workbook.all_values("t")[:2] == [["name"], ["x"]]


def test_a_stream_whose_columns_were_all_replaced_fails_where_people_wrote_beside_them(workbook):
    workbook.sync(*whole_stream("t", {"name": "string"}, [{"name": "x"}], keys=()))
    workbook.reader.worksheet("t").add_cols(2)
    workbook.reader.worksheet("t").update([["mine"]], "C2")
    assert "take what you wrote beside them elsewhere" in replaced(workbook, ["name"], ["title"])


@pytest.mark.parametrize("empty", [None, ""], ids=["null", "empty"])
def test_rows_without_a_key_come_and_go_and_those_of_people_s_stay(workbook, empty):
    def sync(*names):
        records = [{"id": empty, "name": name} for name in names]
        properties = {"id": {"type": ["integer", "string", "null"]}, "name": "string"}
        return workbook.sync(*whole_stream("t", properties, [*records, {"id": 1, "name": "x"}]))

    sync("a")
    workbook.reader.worksheet("t").add_rows(2)
    workbook.reader.worksheet("t").update([["", "mine"]], "A5")
    for name in "bc":
        target = sync(name)
    assert sorted(map(str, workbook.values("t"))) == sorted(map(str, [["", "c"], [1, "x"], ["", ""], ["", "mine"]]))
    (plan, _) = target._outcome.plans["t"]
    assert (plan.rows, plan.added, plan.removed) == (2, 1, 1)
    sync("c")
    assert "spreadsheets.batchUpdate" not in workbook.calls
    sync()
    assert ["", "c"] not in workbook.values("t")
    assert ["", "mine"] in workbook.values("t")


def test_records_without_a_key_are_told(workbook, caplog):
    workbook.sync(*whole_stream("t", PROPS, [{"id": None, "name": "a"}]))
    assert "1 records have an empty key" in caplog.text


def test_the_original_of_a_tab_that_was_copied_is_mirrored_wherever_it_stands(workbook):
    workbook.sync(*whole_stream("users", PROPS, [{"id": 1, "name": "a"}]))
    sheet_id = workbook.sheet_id("users")
    title = {"properties": {"sheetId": sheet_id, "title": "Customers"}, "fields": "title"}
    copied = {"sourceSheetId": sheet_id, "newSheetName": "users", "insertSheetIndex": 0}
    workbook.edit({"updateSheetProperties": title}, {"duplicateSheet": copied})
    for version, name in enumerate("bc"):
        workbook.sync(*whole_stream("users", PROPS, [{"id": 1, "name": name}], version=version))
    assert workbook.values("Customers") == [[1, "c"]]
    assert workbook.values("users") == [[1, "a"]]
