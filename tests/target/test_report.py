"""The report of a run: one object, on the log's last line and in a file."""

from __future__ import annotations

import itertools
import json
import re
import stat

import pytest

from target_gsheets.report import NOT_REACHED, Progress, Stopwatch
from tests.target.conftest import record_message, schema_message, whole_stream
from tests.target.test_cli import lines_of, run  # noqa: F401  a fixture

USERS = {"id": "integer", "name": "string"}
POSTS = {"id": "integer"}


@pytest.fixture
def report_of(run, tmp_path):  # noqa: F811
    """Run the command and read its report, which the log and the file must have alike."""

    def run_and_read(messages, status=0, **changes):
        path = tmp_path / "report.json"
        done = run(messages if isinstance(messages, str) else lines_of(messages), report_path=str(path), **changes)
        assert done.returncode == status
        (line,) = [line for line in done.stderr.splitlines() if '"run_report"' in line]
        report = json.loads(line[line.index("{") :])
        assert json.loads(path.read_text()) == report
        assert stat.S_IMODE(path.stat().st_mode) == 0o644
        assert [each.name for each in tmp_path.glob(".report*")] == []
        return report

    return run_and_read


def test_a_good_run_reports_what_it_did_and_what_it_cost(report_of, workbook):
    workbook.emulator.forget_calls()
    posts = [*whole_stream("posts", POSTS, [{"id": 1}, {"id": 2}]), schema_message("tags", POSTS)]
    report = report_of([*whole_stream("users", USERS, [{"id": 1, "name": "a"}]), *posts])
    made = workbook.emulator.calls()
    users, posts, tags = report["streams"]
    assert report["event"] == "run_report"
    assert re.fullmatch("[0-9a-f]{12}", report["run"])
    assert (report["state"], report["error"], report["spreadsheet_id"]) == ("ok", None, workbook.spreadsheet_id)
    assert report["started"] < report["finished"]
    assert report["calls"] == {"reads": 1, "writes": 1, "refused": 0}
    assert report["bytes_sent"] == max(call["request_bytes"] for call in made)
    assert report["bytes_received"] > 100
    assert report["cells"] == cells_of(workbook)
    assert users == {
        "stream": "users",
        "sheet": "users",
        "sheet_id": workbook.sheet_id("users"),
        "rows": 1,
        "columns": 2,
        "added": 1,
        "changed": 0,
        "removed": 0,
        "changed_cells": 0,
        "seconds": users["seconds"],
        "note": "",
        "error": None,
    }
    assert (posts["rows"], posts["columns"], posts["added"]) == (2, 1, 2)
    assert (tags["stream"], tags["rows"], tags["note"]) == ("tags", None, "unchanged")


def cells_of(workbook):
    """How many cells the workbook's grids have now."""
    sheets = workbook.emulator.workbook(workbook.spreadsheet_id).sheets
    return sum(sheet.row_count * sheet.column_count for sheet in sheets)


def test_the_cells_are_those_of_the_workbook_after_each_kind_of_run(report_of, workbook):
    names = ["a", "b", "c", "d"]
    tables = {name: whole_stream(name, POSTS, [{"id": 1}]) for name in [*names, *"efghijkl"]}
    bad = [schema_message("a", POSTS), record_message("a", {"id": "x"})]
    runs = [
        (bad, {"status": 1}),  # in a workbook that no run has changed
        (itertools.chain(*map(tables.get, names)), {}),
        (itertools.chain(*tables.values()), {}),  # more streams than the status sheet has room for
        (itertools.chain(*tables.values()), {}),  # nothing changes
        (itertools.chain(*(tables[name] for name in "abcdefgh")), {"on_removed_stream": "delete"}),
        (bad, {"status": 1}),
        ([], {}),
    ]
    for messages, options in runs:
        assert report_of(list(messages), **options)["cells"] == cells_of(workbook)


def test_the_hidden_copy_of_a_sheet_that_is_taken_over_counts_among_the_cells(report_of, workbook):
    workbook.reader.add_worksheet("users", 9, 9).update([["phone", "fax"], ["1", "2"]], "A1")
    report = report_of(whole_stream("users", USERS, [{"id": 1}]), adopt_existing=True)
    assert report["cells"] == cells_of(workbook)


@pytest.mark.parametrize(
    "changes", [{"on_error": "abort", "max_delete_ratio": 0.01}, {"retry_seconds": 0}], ids=["abort", "google"]
)
def test_a_run_that_failed_as_a_whole_reports_no_cells_though_it_says_so_in_the_workbook(report_of, workbook, changes):
    report_of(whole_stream("users", USERS, [{"id": number} for number in range(200)]))
    if "retry_seconds" in changes:
        workbook.emulator.set_faults({"kind": "503", "when": "before", "nth": 1, "method": "spreadsheets.batchUpdate"})
    report = report_of(whole_stream("users", USERS, [{"id": number} for number in range(2)]), status=1, **changes)
    assert (report["state"], report["cells"]) == ("failed", None)
    assert workbook.reader.worksheet("_sync").acell("A2").value == "failed"


def test_a_run_that_is_refused_for_its_input_reports_no_cells(report_of):
    report_of(whole_stream("users", USERS, [{"id": 1}]))
    bad = [schema_message("posts", POSTS), record_message("posts", {"id": "x"})]
    assert report_of(bad, status=1, on_error="abort")["cells"] is None


def test_a_run_without_a_message_reports_nothing(report_of):
    report = report_of([])
    assert (report["state"], report["streams"]) == ("nothing", [])


def test_a_failed_stream_is_named_beside_one_that_committed(report_of):
    bad = [schema_message("posts", POSTS), record_message("posts", {"id": "x"})]
    report = report_of([*whole_stream("users", USERS, [{"id": 1, "name": "a"}]), *bad], status=1)
    users, posts = report["streams"]
    assert (report["state"], users["rows"], users["error"]) == ("failed", 1, None)
    assert report["error"].startswith("posts: record 1 can't be taken")
    assert "record 1 can't be taken" in posts["error"]


def test_a_bad_line_is_the_run_s_error(report_of):
    report = report_of(lines_of(whole_stream("users", USERS, [{"id": 1}])) + "{bad\n", status=1)
    assert report["state"] == "failed"
    assert "Line 5 of the input is not JSON" in report["error"]
    assert report["streams"][0]["rows"] == 1


def test_a_run_that_google_refused_reports_its_calls_and_no_rows(report_of, workbook):
    workbook.emulator.set_faults({"kind": "429", "when": "before", "nth": 1, "method": "spreadsheets.get"})
    report = report_of(whole_stream("users", USERS, [{"id": 1}]), status=1, retry_seconds=0)
    assert report["calls"] == {"reads": 2, "writes": 0, "refused": 1}
    assert (report["state"], report["streams"][0]["rows"]) == ("failed", None)
    assert "429" in report["error"]


def test_a_run_that_failed_before_the_workbook_calls_no_stream_unchanged(report_of):
    silent = [schema_message("posts", POSTS), {"type": "STATE", "value": {"bookmarks": {}}}]
    report = report_of(
        [*whole_stream("users", USERS, [{"id": 1}]), *silent], status=1, spreadsheet_id="1unknown", retry_seconds=0
    )
    users, posts = report["streams"]
    assert (users["error"], posts["note"]) == (NOT_REACHED, NOT_REACHED)


def test_the_rows_of_an_incremental_stream_are_those_of_its_sheet(report_of):
    first = whole_stream("users", USERS, [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])
    report_of(first)
    schema = schema_message("users", USERS, bookmark_properties=["id"])
    report = report_of([schema, record_message("users", {"id": 2, "name": "B"}), record_message("users", {"id": 3})])
    (users,) = report["streams"]
    assert (users["rows"], users["added"], users["changed"], users["changed_cells"]) == (3, 1, 1, 1)


def test_the_changed_cells_are_those_of_changed_rows(report_of):
    wide = dict.fromkeys(("id", "a", "b", "c"), "string")
    rows = [{"id": "1", "a": "x", "b": "x", "c": "x"}, {"id": "2", "a": "x", "b": "x", "c": "x"}]
    report_of(whole_stream("wide", wide, rows))
    changed = [{**rows[0], "a": "y", "c": None}, {**rows[1], "b": "y"}, {"id": "3", "a": "x"}]
    (stream,) = report_of(whole_stream("wide", wide, changed))["streams"]
    assert (stream["added"], stream["changed"], stream["changed_cells"]) == (1, 2, 3)


def test_a_report_that_can_t_be_written_is_a_warning(run, tmp_path):  # noqa: F811
    path = tmp_path / "missing" / "report.json"
    done = run(lines_of(whole_stream("users", USERS, [{"id": 1}])), report_path=str(path))
    assert done.returncode == 0
    assert f"The report can't be written to 'report_path', {path}: No such file" in done.stderr


def test_a_report_path_that_is_a_folder_is_a_warning_and_nothing_is_left_behind(run, tmp_path):  # noqa: F811
    folder = tmp_path / "reports"
    folder.mkdir()
    done = run(lines_of(whole_stream("users", USERS, [{"id": 1}])), report_path=str(folder))
    assert done.returncode == 0
    assert f"The report can't be written to 'report_path', {folder}: Is a directory" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "reports"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"timezone": "Paris"}, "'timezone' is 'Paris'"),
        ({"spreadsheet_id": ""}, "'spreadsheet_id' is not set"),
        ({"spreadsheet_id": 5}, "'spreadsheet_id' must be of type string."),
        ({"credentials_json": "{"}, "'credentials_json' does not hold JSON"),
        ({"stream_maps": {"users": {"x": "foo("}}}, "foo("),
        ({"batch_size_rows": "many"}, "'batch_size_rows' is 'many'"),
    ],
)
def test_a_run_whose_settings_are_refused_reports_that(report_of, workbook, changes, words):
    report_of(whole_stream("users", USERS, [{"id": 1}]))
    report = report_of(whole_stream("users", USERS, [{"id": 1}]), status=1, **changes)
    assert (report["state"], report["streams"]) == ("failed", [])
    assert words in report["error"]


def test_a_run_whose_report_path_is_refused_reports_to_the_log(run):  # noqa: F811
    done = run("", report_path="/")
    assert done.returncode == 1
    assert done.stderr.count("'report_path' must name a file") == 2
    assert '"state": "failed"' in done.stderr


def test_time_goes_to_the_stream_whose_messages_came():
    watch = Stopwatch(0.0)
    watch.see(1, "a")  # its SCHEMA
    watch.see(4, "a", ends=True)
    watch.see(5, "b")
    watch.see(6, "c")
    watch.see(8, "b", ends=True)
    watch.see(9)
    assert watch.seconds == {"a": 4, "b": 4}


def test_a_long_run_says_every_ten_seconds_where_it_is():
    progress = Progress(100.0)
    times = [105.0, 110.0, 119.9, 120.0, 145.0, 150.0]
    assert [time for time in times if progress.is_due(time)] == [110.0, 120.0, 145.0]


def test_the_lines_of_a_long_run_tell_of_records_and_calls(workbook, caplog, monkeypatch):
    monkeypatch.setattr("target_gsheets.report.PROGRESS_SECONDS", 0)
    caplog.set_level("INFO")
    workbook.sync(*whole_stream("users", USERS, [{"id": number, "name": "a"} for number in range(5_000)]))
    assert "Reading users: " in caplog.text
    assert "Still at work: 1 read, 1 write so far." in caplog.text
