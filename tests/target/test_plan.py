"""A plan says what will be sent, and can be read without sending it."""

from __future__ import annotations

import itertools

import pytest

from target_gsheets.cells import Losses, NumberFormat
from target_gsheets.plan import make_plan
from target_gsheets.proof import Verdict
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Content, Mark, Sheet, Workbook

DATE = NumberFormat("DATE", "yyyy-mm-dd")


def wanted(rows, *, columns=("id", "name"), formats=None, keys=("id",), verdict=Verdict.WHOLE, stream="users"):
    return WantedSheet(
        stream=stream,
        title=stream,
        verdict=verdict,
        columns=tuple(columns),
        formats=tuple(formats or [None] * len(columns)),
        keys=tuple(keys),
        rows=tuple(rows),
        losses=Losses(),
    )


def sheet(row_count=4, column_count=3, *, title="users", stream="users", columns=("id", "name"), sheet_id=7):
    mark = Mark(stream, tuple(columns), 99) if stream else None
    return Sheet(sheet_id, title, row_count, column_count, 1, mark)


def plan_of(sheets, *sheets_wanted):
    """Plan for a workbook given as (sheet, header, rows) triples."""
    workbook = Workbook("W", "UTC", tuple(found for found, _, _ in sheets))
    contents = {found.sheet_id: Content(header, rows) for found, header, rows in sheets}
    ids = itertools.count(1000)
    return make_plan(workbook, contents, sheets_wanted, lambda: next(ids))


def kinds(plan):
    return [next(iter(request)) for commit in plan.commits for request in commit]


def test_a_missing_sheet_is_made_filled_and_marked_in_one_commit():
    plan = plan_of([], wanted([(1, "a"), (2, "b")], formats=[None, DATE]))
    assert kinds(plan) == [
        "addSheet", "updateCells", "repeatCell", "repeatCell", "updateCells", "createDeveloperMetadata",
    ]  # fmt: skip
    assert len(plan.commits) == 1
    grid = plan.commits[0][0]["addSheet"]["properties"]["gridProperties"]
    assert grid == {"rowCount": 4, "columnCount": 3, "frozenRowCount": 1}
    assert (plan.sheets[0].rows, plan.sheets[0].added) == (2, 2)


def test_our_sheets_come_before_the_blank_one_of_a_new_workbook():
    default = (sheet(1000, 26, title="Sheet1", stream=None), [], [])
    plan = plan_of([default], wanted([], stream="a"), wanted([], stream="b"))
    added = [request["addSheet"]["properties"] for request in plan.commits[0] if "addSheet" in request]
    assert [(properties["title"], properties["index"]) for properties in added] == [("a", 0), ("b", 1)]


def test_new_sheets_come_behind_what_people_have():
    plan = plan_of([(sheet(20, 5, title="Notes", stream=None), ["mine"], [])], wanted([]))
    assert "index" not in plan.commits[0][0]["addSheet"]["properties"]


def test_an_equal_sheet_needs_no_commit():
    plan = plan_of([(sheet(), ["id", "name"], [[1, "a"], [2, "b"]])], wanted([(1, "a"), (2, "b")]))
    assert plan.commits == ()


def test_a_changed_cell_is_the_only_thing_sent():
    plan = plan_of([(sheet(), ["id", "name"], [[1, "a"], [2, "b"]])], wanted([(1, "a"), (2, "B")]))
    assert plan.commits == (
        (
            {
                "updateCells": {
                    "start": {"sheetId": 7, "rowIndex": 2, "columnIndex": 1},
                    "rows": [{"values": [{"userEnteredValue": {"stringValue": "B"}}]}],
                    "fields": "userEnteredValue",
                }
            },
        ),
    )
    assert (plan.sheets[0].changed, plan.sheets[0].added, plan.sheets[0].removed) == (1, 0, 0)


def test_removals_go_from_the_bottom_up_and_additions_come_after_the_last_row():
    rows = [[number, "x"] for number in range(1, 7)]
    plan = plan_of([(sheet(8), ["id", "name"], rows)], wanted([(1, "x"), (4, "x"), (9, "new")]))
    ranges = [request["deleteDimension"]["range"] for request in plan.commits[0] if "deleteDimension" in request]
    assert [(found["startIndex"], found["endIndex"]) for found in ranges] == [(5, 7), (2, 4)]
    insertion = next(request["insertDimension"] for request in plan.commits[0] if "insertDimension" in request)
    assert (insertion["range"]["startIndex"], insertion["inheritFromBefore"]) == (3, True)


def test_a_grid_without_its_margin_gets_one_before_rows_come_or_go():
    plan = plan_of([(sheet(row_count=2), ["id", "name"], [[1, "a"]])], wanted([]))
    assert kinds(plan) == ["appendDimension", "deleteDimension"]


def test_peoples_columns_between_ours_are_written_around():
    now = (sheet(4, 4), ["id", "note", "name"], [[1, "mine", "a"]])
    plan = plan_of([now], wanted([(1, "a"), (2, "b")]))
    starts = [request["updateCells"]["start"] for request in plan.commits[0] if "updateCells" in request]
    assert [(start["rowIndex"], start["columnIndex"]) for start in starts] == [(2, 0), (2, 2)]


def test_a_blank_sheet_with_the_title_is_taken_over_and_never_shrunk():
    plan = plan_of([(sheet(1000, 26, stream=None), [], [])], wanted([(1, "a")]))
    assert kinds(plan)[0] == "updateSheetProperties"
    grid = plan.commits[0][0]["updateSheetProperties"]["properties"]["gridProperties"]
    assert (grid["rowCount"], grid["columnCount"]) == (1000, 26)


def test_a_renamed_tab_is_found_by_its_mark():
    now = (sheet(title="Clients"), ["id", "name"], [[1, "a"]])
    plan = plan_of([now], wanted([(1, "a")]))
    assert (plan.commits, plan.sheets[0].title) == ((), "Clients")


def test_a_title_that_another_stream_has_is_not_taken():
    plan = plan_of([(sheet(title="USERS", stream="other"), ["id"], [])], wanted([(1, "a")]))
    assert plan.commits[0][0]["addSheet"]["properties"]["title"] == "users (2)"


def test_a_column_that_left_the_source_goes_and_the_mark_follows():
    now = (sheet(4, 5, columns=("id", "old", "name")), ["id", "old", "name", "note"], [[1, "o", "a", "n"]])
    plan = plan_of([now], wanted([(1, "a")]))
    assert kinds(plan) == ["deleteDimension", "updateDeveloperMetadata"]


@pytest.mark.parametrize(
    ("verdict", "removed", "kept"),
    [(Verdict.WHOLE, 3, 0), (Verdict.LIKELY_WHOLE, 0, 3), (Verdict.PARTIAL, 0, 0)],
    ids=["whole", "likely", "partial"],
)
def test_without_proof_most_of_a_sheet_is_not_removed(verdict, removed, kept):
    rows = [[number, "x"] for number in range(4)]
    plan = plan_of([(sheet(6), ["id", "name"], rows)], wanted([(0, "x")], verdict=verdict))
    assert (plan.sheets[0].removed, plan.sheets[0].kept) == (removed, kept)


def test_a_likely_whole_stream_loses_a_few_rows():
    rows = [[number, "x"] for number in range(4)]
    plan = plan_of(
        [(sheet(6), ["id", "name"], rows)], wanted([(0, "x"), (1, "x"), (2, "x")], verdict=Verdict.LIKELY_WHOLE)
    )
    assert plan.sheets[0].removed == 1
