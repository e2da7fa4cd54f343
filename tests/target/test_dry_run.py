"""--dry-run says what a run would do, does none of it, and ends as the run would."""

from __future__ import annotations

import json
import re
import subprocess
from contextlib import suppress

import pytest
from singer_sdk.exceptions import InvalidRecord

from target_gsheets.cells import NumberFormat
from target_gsheets.errors import LimitError, RemoteError
from target_gsheets.preview import cell_text
from tests.target.conftest import record_message, schema_message, whole_stream
from tests.target.test_cli import COMMAND, USERS, lines_of

TAGS = {"id": "integer", "at": {"type": ["string", "null"], "format": "date"}}
NO_CHANGE = "Nothing came that changes a sheet."
BOOKMARK = {"type": "STATE", "value": {"bookmarks": {"people": {"at": 1}}}}
END_WITHOUT_WRITES = [
    "",
    "The workbook 'Test' would have 26,000 of 10,000,000 cells.",
    "0 writes with 0 requests and about 0.0 kB would follow. Nothing was written.",
]
PEOPLE = [{"id": number, "name": f"name {number}"} for number in range(1, 201)]


@pytest.fixture
def dry_run(workbook, tmp_path):
    """Run `target-gsheets --dry-run` as a command; the workbook must be as it was, and no STATE may be passed on."""

    def run_command(messages, **changes):
        path = tmp_path / "config.json"
        path.write_text(json.dumps({**workbook.config, **changes}))
        before = workbook.emulator.workbook(workbook.spreadsheet_id)
        workbook.emulator.forget_calls()
        command = [COMMAND, "--dry-run", "--config", str(path)]
        done = subprocess.run(
            command, input=lines_of(messages), capture_output=True, text=True, timeout=60, check=False
        )
        assert workbook.emulator.workbook(workbook.spreadsheet_id) is before, "a write would have made another"
        made = {call["method"] for call in workbook.emulator.calls() if call["api"] != "oauth.token"}
        assert made <= {"GET"}
        assert "bookmarks" not in done.stdout
        assert "Traceback" not in done.stderr
        return done

    return run_command


def test_new_sheets_are_announced_with_their_size_and_first_rows(dry_run, workbook):
    messages = [*whole_stream("people", USERS, PEOPLE), *whole_stream("tags", TAGS, [{"id": 1, "at": "2026-01-31"}])]
    done = dry_run(messages)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[:5] == [
        "people: a new sheet of 200 rows and 2 columns",
        "  + id 1, name 'name 1'",
        "  + id 2, name 'name 2'",
        "  + id 3, name 'name 3'",
        "  + … 197 more rows",
    ]
    assert lines[5:7] == ["tags: a new sheet of 1 rows and 2 columns", "  + id 1, at 2026-01-31"]
    workbook.sync(*messages)
    grids = [sheet["properties"]["gridProperties"] for sheet in workbook.reader.fetch_sheet_metadata()["sheets"]]
    cells = sum(grid["rowCount"] * grid["columnCount"] for grid in grids)
    assert lines[-2] == f"The workbook 'Test' would have {cells:,} of 10,000,000 cells."
    assert re.fullmatch(r"1 write with \d+ requests and about [\d.]+ kB would follow. Nothing was written.", lines[-1])


def test_rows_cells_and_columns_that_change_are_shown_where_they_stand(dry_run, workbook):
    properties = {"id": "integer", "gone": "string", "name": "string"}
    rows = [{"id": number, "gone": "x", "name": f"n{number}"} for number in range(1, 21)]
    workbook.sync(*whole_stream("people", properties, rows))
    sheet = workbook.sheet_id("people")
    # People's own column between ours, and rows sorted the other way round.
    workbook.edit(
        {"insertDimension": {"range": {"sheetId": sheet, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}}},
        {"sortRange": {
            "range": {"sheetId": sheet, "startRowIndex": 1, "endRowIndex": 21},
            "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}],
        }},
    )  # fmt: skip
    workbook.emulator.type_in(workbook.spreadsheet_id, "people!B1", [["mine"], ["keep"]])
    now = [{"id": number, "name": f"n{number}", "new": number} for number in range(2, 23)]
    now[0]["name"], now[1]["name"] = "two", "a" * 99
    done = dry_run(whole_stream("people", {"id": "integer", "name": "string", "new": "integer"}, now))
    assert done.returncode == 0
    assert done.stdout.splitlines()[:8] == [
        "people: +2 ~19 -1, then 21 rows",
        "  + columns new",
        "  - columns gone",
        "  + id 21, name 'n21', new 21",
        "  + id 22, name 'n22', new 22",
        f"  ~ row 19, name: 'n3' -> '{'a' * 40}…'",
        "  ~ row 20, name: 'n2' -> 'two'",
        "  - row 21: id 1, name 'n1'",
    ]


def test_a_run_without_changes_announces_none(dry_run, workbook):
    messages = whole_stream("people", USERS, PEOPLE)
    workbook.sync(*messages)
    done = dry_run(messages)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "people: as it is, 200 rows"
    assert "0 writes with 0 requests and about 0.0 kB would follow." in done.stdout


def test_a_removal_that_is_refused_fails_as_the_run_would(dry_run, workbook):
    workbook.sync(*whole_stream("people", USERS, PEOPLE))
    fewer = whole_stream("people", USERS, PEOPLE[:50], version=2)
    done = dry_run([*fewer, *whole_stream("tags", TAGS, [])], max_delete_ratio=0.5)
    assert done.returncode == 1
    assert re.search(r"^people: REFUSED: .*max_delete_ratio", done.stdout, re.M)
    assert "tags: a new sheet of 0 rows and 2 columns" in done.stdout
    assert "ERROR" in done.stderr


def test_rows_that_would_be_kept_for_want_of_proof_are_named(dry_run, workbook):
    workbook.sync(*whole_stream("people", USERS, PEOPLE))
    messages = [schema_message("people", USERS), *(record_message("people", person) for person in PEOPLE[:7])]
    done = dry_run([*messages, {"type": "STATE", "value": {"bookmarks": {"people": {"at": 7}}}}])
    assert done.returncode == 0
    assert "! 193 rows of the sheet are missing from what the tap sent. They were kept" in done.stdout


def test_a_workbook_that_would_be_too_large_fails_as_the_run_would(dry_run, workbook):
    grid = {"rowCount": 9_999_000, "columnCount": 1}
    for name in ("columnCount", "rowCount"):
        properties = {"sheetId": 0, "gridProperties": {name: grid[name]}}
        workbook.edit({"updateSheetProperties": {"properties": properties, "fields": f"gridProperties.{name}"}})
    messages = whole_stream("people", USERS, PEOPLE * 3, keys=())
    done = dry_run(messages)
    assert (done.returncode, done.stdout) == (1, "")
    assert "The workbook would grow to 10,000,860 cells, and Google allows 10,000,000. Nothing was" in done.stderr
    with pytest.raises(LimitError) as refused:
        workbook.sync(*messages)
    assert str(refused.value) in done.stderr


def test_a_stream_that_was_cut_short_fails_as_in_a_run(dry_run):
    done = dry_run(whole_stream("people", USERS, PEOPLE)[:-2])
    assert (done.returncode, done.stdout.splitlines()) == (1, [NO_CHANGE, *END_WITHOUT_WRITES])
    assert "people: the input ended at line 201, in the middle of this stream" in done.stderr


def test_a_refused_sheet_refuses_all_of_it_with_abort_as_in_the_run(dry_run, workbook):
    workbook.sync(*whole_stream("people", USERS, PEOPLE), *whole_stream("tags", TAGS, [{"id": 1}]))
    fewer = whole_stream("people", USERS, PEOPLE[:50], version=2)
    messages = [*fewer, *whole_stream("tags", TAGS, [{"id": 2}], version=2)]
    done = dry_run(messages, max_delete_ratio=0.5, on_error="abort")
    assert (done.returncode, done.stdout) == (1, "")
    with pytest.raises(RemoteError, match="Nothing was written") as refused:
        workbook.sync(*messages, max_delete_ratio=0.5, on_error="abort")
    assert str(refused.value) in done.stderr


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [schema_message("people", USERS)],
        [schema_message("people", USERS), BOOKMARK],
        [*whole_stream("people", USERS, PEOPLE[:7])[:-1], BOOKMARK],
        whole_stream("people", USERS, PEOPLE[:7])[:-2],
        [schema_message("people", USERS), record_message("people", {"id": "x"})],
    ],
    ids=["nothing", "schema", "schema-and-bookmark", "unchanged", "cut", "refused"],
)
@pytest.mark.parametrize("changes", [{}, {"status_every": 0}, {"on_error": "abort"}], ids=["", "due", "abort"])
def test_the_writes_of_a_run_that_changes_no_row_are_announced_too(dry_run, workbook, messages, changes):
    people = [*whole_stream("people", USERS, PEOPLE[:7])[:-1], BOOKMARK]
    workbook.sync(*people)
    done = dry_run(messages, **changes)
    told = re.search(r"^(\d+) writes? with ([\d,]+) requests and about ([\d.,]+) kB", done.stdout, re.M)
    with suppress(InvalidRecord):
        workbook.sync(*messages, **changes)
    assert int(told[1]) == workbook.calls.count("spreadsheets.batchUpdate")
    assert ("Of the sheets only the status sheet would be written." in done.stdout) is (told[1] == "1")
    assert (NO_CHANGE in done.stdout) is (messages != people)


def test_without_a_status_sheet_a_run_that_changes_no_row_announces_nothing(dry_run, workbook):
    workbook.sync(*whole_stream("people", USERS, PEOPLE[:7]))
    done = dry_run([schema_message("people", USERS)], status_sheet="off")
    assert (done.returncode, done.stdout) == (0, f"{NO_CHANGE}\n")


def test_the_cells_that_are_announced_are_those_of_the_run(dry_run, workbook):
    names = ["a", "b", "c", "d"]
    workbook.sync(*(message for name in names for message in whole_stream(name, TAGS, [{"id": 1}])))
    messages = [message for name in "abcefghi" for message in whole_stream(name, TAGS, [{"id": 1}])]
    done = dry_run(messages, on_removed_stream="delete")
    workbook.sync(*messages, on_removed_stream="delete")
    assert "d" not in workbook.titles()
    sheets = workbook.emulator.workbook(workbook.spreadsheet_id).sheets
    cells = sum(sheet.row_count * sheet.column_count for sheet in sheets)
    assert f"The workbook 'Test' would have {cells:,} of 10,000,000 cells." in done.stdout


def test_no_report_is_written_by_a_dry_run(dry_run, tmp_path):
    path = tmp_path / "report.json"
    done = dry_run(whole_stream("people", USERS, PEOPLE), report_path=str(path))
    assert (done.returncode, path.exists()) == (0, False)
    assert "run_report" not in done.stderr


@pytest.mark.parametrize("max_request_bytes", [2_000_000, 3_000], ids=["one-request", "staged"])
@pytest.mark.parametrize("before", [[], PEOPLE[:150]], ids=["new", "changed"])
def test_the_writes_that_are_announced_are_those_that_the_run_makes(dry_run, workbook, before, max_request_bytes):
    if before:
        workbook.sync(*whole_stream("people", USERS, [{**person, "name": "old"} for person in before]))
    messages = whole_stream("people", USERS, PEOPLE)
    done = dry_run(messages, max_request_bytes=max_request_bytes)
    told = re.search(r"^(\d+) writes? with ([\d,]+) requests and about ([\d.,]+) kB", done.stdout, re.M)
    workbook.sync(*messages, max_request_bytes=max_request_bytes)
    writes = [call for call in workbook.emulator.calls() if call["method"] == "POST" and call["api"] != "oauth.token"]
    assert int(told[1]) == len(writes)
    assert float(told[3]) * 1000 == pytest.approx(sum(call["request_bytes"] for call in writes), rel=0.2, abs=2_000)


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (None, None, "(empty)"),
        ("=1+1", None, "'=1+1'"),
        ("x" * 50, None, f"'{'x' * 40}…'"),
        (True, None, "True"),
        (46023, NumberFormat("DATE", "yyyy-mm-dd"), "2026-01-01"),
        (46023 + 1 / 24, NumberFormat("DATE_TIME", ""), "2026-01-01 01:00:00"),
        (0.5, NumberFormat("TIME", ""), "12:00:00"),
        (1.5, NumberFormat("NUMBER", "0.0"), "1.5"),
    ],
)
def test_a_cell_is_named_as_a_reader_would(cell, kind, text):
    assert cell_text(cell, kind) == text


def test_a_sheet_to_be_taken_over_and_a_title_by_template_are_announced(workbook, dry_run):
    workbook.reader.add_worksheet("Shop people", 9, 9).update([["phone", "fax"], ["1", "2"]], "A1")
    done = dry_run(whole_stream("people", USERS, PEOPLE[:1]), sheet_title="Shop {stream}", adopt_existing=True)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:3] == [
        "people (sheet 'Shop people'): +1 ~0 -0, then 1 rows",
        "  + columns id, name",
        "  + id 1, name 'name 1'",
    ]
    assert "What it held is kept in a hidden copy." in done.stdout
