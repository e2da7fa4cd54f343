"""A run in figures: the table for people and the metrics for Prometheus."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from db_sync.report import (
    NOT_REACHED,
    Ended,
    log_fields,
    parse_report,
    parse_sizes,
    recall,
    render_metrics,
    render_table,
    sizes,
)

import target_gsheets.report

STREAMS = [
    {"stream": "public-User", "sheet": "User", "rows": 1400, "columns": 10, "added": 2, "changed": 1, "removed": 3,
     "changed_cells": 4},
    {"stream": "public-Tag", "sheet": "Tag", "rows": 12, "columns": 3, "added": 0, "changed": 0, "removed": 0,
     "note": "unchanged"},
    {"stream": "public-Bad", "sheet": None, "rows": None, "columns": None, "error": "A value is too long."},
]  # fmt: skip
REPORT: dict[str, Any] = {
    "event": "run_report",
    "run": "0123456789ab",
    "state": "failed",
    "calls": {"reads": 90, "writes": 3, "refused": 1},
    "cells": 52_000,
    "streams": STREAMS,
    "error": "One stream failed.",
}


def test_the_table_shows_every_sheet_with_its_changes() -> None:
    assert render_table(Ended(1, 12.34, 0, REPORT)).splitlines() == [
        "Failed: One stream failed.",
        "",
        "sheet        rows  columns  changes",
        "User        1,400       10  +2 ~1 -3",
        "Tag            12        3  -         unchanged",
        "public-Bad                  failed    A value is too long.",
        "",
        "3 sheets, 1,412 rows (1 not counted); 90 reads and 3 writes, 1 refused; 12.3 s",
    ]


SILENT = {"stream": "public-User", "sheet": None, "rows": 1400, "columns": 10, "note": NOT_REACHED}
CUT = {"stream": "public-Tag", "sheet": None, "rows": None, "columns": None, "error": NOT_REACHED}


@pytest.mark.parametrize(
    ("streams", "lines"),
    [
        ([SILENT, CUT], ["2 sheets not reached; 1 read and 0 writes; 12.3 s"]),
        (
            [STREAMS[1], CUT],
            [
                "sheet  rows  columns  changes",
                "Tag      12        3  -        unchanged",
                "",
                "1 sheet, 12 rows, 1 sheet not reached; 1 read and 0 writes; 12.3 s",
            ],
        ),
        (
            [STREAMS[2]],
            [
                "sheet       rows  columns  changes",
                "public-Bad                 failed   A value is too long.",
                "",
                "1 sheet; 1 read and 0 writes; 12.3 s",
            ],
        ),
        ([], ["0 sheets, 0 rows; 1 read and 0 writes; 12.3 s"]),
    ],
    ids=["none", "some", "unknown", "nothing came"],
)
def test_a_failure_is_said_first_and_what_it_kept_from_being_reached_is_only_counted(
    streams: list[dict[str, Any]], lines: list[str]
) -> None:
    report = {**REPORT, "streams": streams, "calls": {"reads": 1}, "error": "There is no workbook."}
    assert render_table(Ended(1, 12.34, 0, report)).splitlines() == ["Failed: There is no workbook.", "", *lines]


def test_the_target_says_in_the_same_words_what_was_not_reached() -> None:
    assert target_gsheets.report.NOT_REACHED == NOT_REACHED


def test_a_sheet_that_was_not_read_has_the_size_that_it_had_before() -> None:
    unread = {"stream": "public-User", "rows": None, "columns": None, "note": "unchanged"}
    known = {"public-User": {"rows": 400, "columns": 10}, "public-Gone": {"rows": 1, "columns": 1}}
    report = recall({**REPORT, "streams": [unread, STREAMS[1]]}, known)
    ended = Ended(0, 1.0, 0, report)
    assert sizes(ended) == {"public-User": {"rows": 400, "columns": 10}, "public-Tag": {"rows": 12, "columns": 3}}
    assert ended.total("rows") == 412
    assert recall(None, known) is None
    assert sizes(Ended(0, 1.0, 0, recall({**REPORT, "streams": [unread]}, {}))) == {
        "public-User": {"rows": None, "columns": None}
    }


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_sizes_that_cannot_be_read_are_none(text: str) -> None:
    assert parse_sizes(text) == {}


def test_without_a_report_the_table_says_where_to_look() -> None:
    assert "Exit status 1" in render_table(Ended(1, 2.0, 0, None))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"event": "other"}'])
def test_what_is_no_report_is_none(text: str) -> None:
    assert parse_report(text) is None
    assert parse_report(json.dumps(REPORT)) == REPORT


def test_the_log_line_holds_the_report() -> None:
    fields = log_fields(Ended(1, 12.34, 0, REPORT))
    assert (fields["run"], fields["status"], fields["streams"]) == ("0123456789ab", 1, STREAMS)
    assert "event" not in fields, "the line's own"


def samples(text: str) -> dict[str, float]:
    """Read the exposition format strictly: a sample follows the HELP and TYPE of its own metric."""
    found, named = {}, ""
    for line in text.splitlines():
        if comment := re.fullmatch(r"# (HELP|TYPE) (\w+) .+", line):
            named = comment[2]
            continue
        sample = re.fullmatch(r'(\w+)\{workbook="w"((?:,\w+="(?:[^"\\]|\\.)*")*)\} (\S+)', line)
        assert sample, line
        assert sample[1] == named
        found[f"{sample[1].removeprefix('db_sync_')}{sample[2]}"] = float(sample[3])
    return found


def test_the_metrics_are_those_of_the_run() -> None:
    found = samples(render_metrics(Ended(1, 90.0, 1_763_850_000.5, REPORT), "w", 1_763_849_000.25))
    assert found == {
        "last_success_timestamp_seconds": 1_763_849_000.25,
        "last_run_timestamp_seconds": 1_763_850_000.5,
        "last_run_success": 0,
        "last_run_seconds": 90,
        'rows,stream="public-User"': 1400,
        'rows,stream="public-Tag"': 12,
        'last_run_changed_rows,change="added"': 2,
        'last_run_changed_rows,change="changed"': 1,
        'last_run_changed_rows,change="removed"': 3,
        "last_run_changed_cells": 4,
        'last_run_api_calls,kind="reads"': 90,
        'last_run_api_calls,kind="writes"': 3,
        'last_run_api_calls,kind="refused"': 1,
        'quota_used_ratio,kind="reads"': 1,
        'quota_used_ratio,kind="writes"': pytest.approx(3 / 90),
        "workbook_cells": 52_000,
        "workbook_cells_limit": 10_000_000,
    }


def test_a_run_without_a_report_still_says_when_it_ended() -> None:
    found = samples(render_metrics(Ended(0, 2.0, 5.0, None), "w", None))
    assert set(found) == {"last_run_timestamp_seconds", "last_run_success", "last_run_seconds"}


def test_a_stream_s_name_is_escaped() -> None:
    report = {**REPORT, "streams": [{"stream": 'a"b\\c\nd', "rows": 1}]}
    assert 'rows,stream="a\\"b\\\\c\\nd"' in samples(render_metrics(Ended(0, 2.0, 5.0, report), "w", None))
