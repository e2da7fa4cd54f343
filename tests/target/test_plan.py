"""A plan says what will be sent, and can be read without sending it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest

from target_gsheets.blocks import MAX_CHUNK_BYTES, encoded_length
from target_gsheets.cells import Losses, NumberFormat
from target_gsheets.diff import keys_digest
from target_gsheets.limits import MAX_COMMIT_REQUESTS, Commit, pack
from target_gsheets.marks import ColumnMark, StreamMark
from target_gsheets.plan import Plan, make_plan
from target_gsheets.proof import Guards, Verdict
from target_gsheets.staging import commit_requests, unstaged
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Content, Sheet, Workbook, find_sheet

DATE = NumberFormat("DATE", "yyyy-mm-dd")


def wanted(rows, *, columns=("id", "name"), formats=None, keys=(0,), verdict=Verdict.WHOLE, stream="users"):
    return WantedSheet(
        stream=stream,
        title=stream,
        verdict=verdict,
        columns=tuple(columns),
        formats=tuple(formats or [None] * len(columns)),
        widths=(100,) * len(columns),
        notes=("a note",) * len(columns),
        keys=tuple(keys),
        rows=tuple(rows),
        losses=Losses(),
    )


def sheet(row_count=4, column_count=3, *, title="users", stream="users", columns=("id", "name"), sheet_id=7):
    mark = StreamMark(stream, tuple(map(ColumnMark, columns)), "as it was", metadata_id=99) if stream else None
    return Sheet(sheet_id, title, row_count, column_count, 1 if stream else 0, note=mark)


@dataclass(frozen=True)
class Planned:
    """A plan, and the commits that it comes to."""

    plan: Plan

    @property
    def sheets(self):
        return self.plan.sheets

    @property
    def failed(self):
        return self.plan.failed

    @property
    def commits(self) -> tuple[Commit, ...]:
        steps = unstaged(self.plan.sheets).steps
        requests = ((owner, request) for owner, step in steps for request in commit_requests(step, {}))
        return tuple(pack(requests, MAX_COMMIT_REQUESTS))


def plan_of(sheets, *sheets_wanted, guards=Guards()):  # noqa: B008  it is frozen
    """Plan for a workbook given as (sheet, header, rows) triples; their keys are as we left them."""
    sheets = [(with_digest(found, rows), header, rows) for found, header, rows in sheets]
    titles = frozenset(found.title.casefold() for found, _, _ in sheets)
    workbook = Workbook("W", "UTC", tuple(found for found, _, _ in sheets), titles)
    pairs = [(each, find_sheet(workbook, each.stream, each.title)) for each in sheets_wanted]
    contents = {found.sheet_id: Content(header, rows) for found, header, rows in sheets}
    ids = itertools.count(1000)
    return Planned(make_plan(workbook, contents, pairs, lambda: next(ids), guards))


def with_digest(sheet, rows):
    """The sheet with the digest of the keys in its first column."""
    if sheet.mark is None or any(not row for row in rows):
        return sheet
    return replace(sheet, note=replace(sheet.mark, keys=keys_digest(rows, (0,) if sheet.mark.columns else ())))


def kinds(plan):
    return [next(iter(request)) for commit in plan.commits for request in commit.requests]


def requests_of(plan, kind):
    return [request[kind] for commit in plan.commits for request in commit.requests if kind in request]


def test_a_missing_sheet_is_made_filled_and_marked_in_one_commit():
    plan = plan_of([], wanted([(1, "a"), (2, "b")], formats=[None, DATE]))
    assert kinds(plan) == [
        "addSheet", "updateCells", "repeatCell", "updateCells", "updateDimensionProperties", "repeatCell",
        "updateDimensionProperties", "createDeveloperMetadata",
    ]  # fmt: skip
    assert len(plan.commits) == 1
    grid = plan.commits[0].requests[0]["addSheet"]["properties"]["gridProperties"]
    assert grid == {"rowCount": 4, "columnCount": 3, "frozenRowCount": 1}
    assert (plan.sheets[0].rows, plan.sheets[0].added) == (2, 2)


def test_our_sheets_come_before_the_blank_one_of_a_new_workbook():
    default = (sheet(1000, 26, title="Sheet1", stream=None), [], [])
    plan = plan_of([default], wanted([], stream="a"), wanted([], stream="b"))
    added = [request["addSheet"]["properties"] for request in plan.commits[0].requests if "addSheet" in request]
    assert [(properties["title"], properties["index"]) for properties in added] == [("a", 0), ("b", 1)]


def test_new_sheets_come_behind_what_people_have():
    plan = plan_of([(sheet(20, 5, title="Notes", stream=None), ["mine"], [])], wanted([]))
    assert "index" not in plan.commits[0].requests[0]["addSheet"]["properties"]


def test_an_equal_sheet_needs_no_commit():
    plan = plan_of([(sheet(), ["id", "name"], [[1, "a"], [2, "b"]])], wanted([(1, "a"), (2, "b")]))
    assert plan.commits == ()


def test_a_changed_cell_is_the_only_thing_sent():
    plan = plan_of([(sheet(), ["id", "name"], [[1, "a"], [2, "b"]])], wanted([(1, "a"), (2, "B")]))
    assert [commit.requests for commit in plan.commits] == [
        (
            {
                "updateCells": {
                    "start": {"sheetId": 7, "rowIndex": 2, "columnIndex": 1},
                    "rows": [{"values": [{"userEnteredValue": {"stringValue": "B"}}]}],
                    "fields": "userEnteredValue",
                }
            },
        ),
    ]
    assert (plan.sheets[0].changed, plan.sheets[0].added, plan.sheets[0].removed) == (1, 0, 0)


def test_removals_go_from_the_bottom_up_and_additions_come_after_the_last_row():
    rows = [[number, "x"] for number in range(1, 7)]
    plan = plan_of([(sheet(8), ["id", "name"], rows)], wanted([(1, "x"), (4, "x"), (9, "new")]))
    ranges = [
        request["deleteDimension"]["range"] for request in plan.commits[0].requests if "deleteDimension" in request
    ]
    # The new row comes in below the fourth; two of those to remove were below it and have moved.
    assert [(found["startIndex"], found["endIndex"]) for found in ranges] == [(6, 8), (2, 4)]
    insertion = next(request["insertDimension"] for request in plan.commits[0].requests if "insertDimension" in request)
    assert (insertion["range"]["startIndex"], insertion["inheritFromBefore"]) == (5, True)
    assert kinds(plan).index("insertDimension") < kinds(plan).index("deleteDimension")


def test_a_grid_without_its_margin_gets_one_before_rows_come_or_go():
    plan = plan_of([(sheet(row_count=2), ["id", "name"], [[1, "a"]])], wanted([]))
    assert kinds(plan) == ["appendDimension", "deleteDimension", "updateDeveloperMetadata"]


def test_peoples_columns_between_ours_are_written_around():
    now = (sheet(4, 4), ["id", "note", "name"], [[1, "mine", "a"]])
    plan = plan_of([now], wanted([(1, "a"), (2, "b")]))
    starts = [request["updateCells"]["start"] for request in plan.commits[0].requests if "updateCells" in request]
    assert [(start["rowIndex"], start["columnIndex"]) for start in starts] == [(2, 0), (2, 2)]


def test_a_blank_sheet_of_the_usual_size_is_taken_over_and_not_shrunk():
    plan = plan_of([(sheet(1000, 26, stream=None), [], [])], wanted([(1, "a")]))
    assert requests_of(plan, "updateSheetProperties") == [
        {
            "properties": {"sheetId": 7, "gridProperties": {"frozenRowCount": 1}},
            "fields": "gridProperties.frozenRowCount",
        }
    ]
    assert plan.sheets[0].grid_cells == 26_000


@pytest.mark.parametrize(
    ("grid", "rows", "sizes"),
    [((9000, 100), 1, [("columnCount", 26), ("rowCount", 1000)]), ((2, 1), 5, [("rowCount", 7), ("columnCount", 3)])],
    ids=["shrinks", "grows"],
)
def test_a_blank_sheet_is_brought_to_size_one_dimension_at_a_time(grid, rows, sizes):
    plan = plan_of([(sheet(*grid, stream=None), [], [])], wanted([(1, "a")] * rows))
    resized = [found["properties"]["gridProperties"] for found in requests_of(plan, "updateSheetProperties")]
    assert [size for found in resized for size in found.items() if size[0] != "frozenRowCount"] == sizes


def test_blank_cells_beyond_the_usual_size_are_cut_off_with_the_next_change_columns_first():
    now = (sheet(5000, 200), ["id", "name"], [[1, "a"]])
    assert kinds(plan_of([now], wanted([(1, "a")]))) == []
    plan = plan_of([now], wanted([(1, "b")]))
    cut = [(found["range"]["dimension"], found["range"]["startIndex"], found["range"]["endIndex"])
           for found in requests_of(plan, "deleteDimension")]  # fmt: skip
    assert cut == [("COLUMNS", 26, 200), ("ROWS", 1000, 5000)]
    assert plan.sheets[0].grid_cells == 26_000


def test_a_renamed_tab_is_found_by_its_mark():
    now = (sheet(title="Clients"), ["id", "name"], [[1, "a"]])
    plan = plan_of([now], wanted([(1, "a")]))
    assert (plan.commits, plan.sheets[0].title) == ((), "Clients")


def test_a_title_that_another_stream_has_is_not_taken():
    plan = plan_of([(sheet(title="USERS", stream="other"), ["id"], [])], wanted([(1, "a")]))
    assert plan.commits[0].requests[0]["addSheet"]["properties"]["title"] == "users (2)"


def test_a_column_that_left_the_source_goes_and_the_mark_follows():
    now = (sheet(4, 5, columns=("id", "old", "name")), ["id", "old", "name", "note"], [[1, "o", "a", "n"]])
    plan = plan_of([now], wanted([(1, "a")]))
    assert kinds(plan) == ["deleteDimension", "updateDeveloperMetadata"]


@pytest.mark.parametrize(
    ("verdict", "removed", "kept"),
    [(Verdict.WHOLE, 3, 0), (Verdict.LIKELY_WHOLE, 0, 3), (Verdict.UNPROVEN, 0, 3), (Verdict.INCREMENTAL, 0, 0)],
    ids=["whole", "likely", "unproven", "incremental"],
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


@pytest.mark.parametrize(
    ("header", "keys"),
    [(["name"], (0,)), ([1, "a"], ()), ([None, None], ())],
    ids=["deleted-key", "deleted-header", "row-above-the-header"],
)
def test_a_damaged_header_fails_its_stream_and_no_other(header, keys):
    damaged = (sheet(), header, [[1, "a"], [2, "b"]])
    plan = plan_of([damaged], wanted([(1, "a"), (2, "b")], keys=keys), wanted([(1, "x")], stream="posts"))
    assert "lacks the header" in plan.failed["users"]
    assert [planned.stream for planned in plan.sheets] == ["posts"]


@pytest.mark.parametrize(
    ("header", "column", "text"),
    [(["ID", "name"], 0, "id"), ([None, "name"], 0, "id"), (["id", "Customer"], 1, "name"), (["id"], 1, "name")],
    ids=["renamed-key", "blanked-key", "renamed-last", "blanked-last"],
)
def test_a_header_that_somebody_wrote_over_is_put_back(header, column, text):
    plan = plan_of([(sheet(), header, [[1, "a"], [2, "b"]])], wanted([(1, "a"), (2, "b")]))
    assert not plan.failed
    write = requests_of(plan, "updateCells")
    assert [(found["start"]["rowIndex"], found["start"]["columnIndex"]) for found in write] == [(0, column)]
    assert write[0]["rows"] == [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
    assert kinds(plan) == ["updateCells"]


def test_people_s_own_rows_say_nothing_of_a_column_whose_header_was_written_over():
    """Found by a history: a blank column with a cell of somebody's below the data was taken for theirs."""
    now = (sheet(5), ["id", "Header"], [[1], [2], [None, "theirs"]])
    plan = plan_of([now], wanted([(1, None), (2, None)]))
    assert kinds(plan) == ["updateCells"]
    assert requests_of(plan, "updateCells")[0]["start"] == {"sheetId": 7, "rowIndex": 0, "columnIndex": 1}


def test_a_column_of_people_beside_a_deleted_one_of_ours_is_not_taken_for_it():
    now = (sheet(4, 4), ["id", "note"], [[1, "mine"], [2, "mine too"]])
    plan = plan_of([now], wanted([(1, "a"), (2, "b")]))
    assert requests_of(plan, "insertDimension")[0]["range"]["dimension"] == "COLUMNS"
    assert {found["start"]["columnIndex"] for found in requests_of(plan, "updateCells")} == {1}


def test_a_column_that_is_lost_fails_a_stream_which_brings_changes_only():
    now = (sheet(), ["id"], [[1], [2]])
    plan = plan_of([now], wanted([(2, "b")], verdict=Verdict.INCREMENTAL))
    assert "lacks the header 'name'" in plan.failed["users"]


def test_a_column_of_people_with_the_name_of_a_new_one_stays_theirs():
    now = (sheet(4, 4), ["id", "name", "note"], [[1, "a", "mine"]])
    plan = plan_of([now], wanted([(1, "a", "source")], columns=("id", "name", "note")))
    write = requests_of(plan, "updateCells")
    assert [(found["start"]["columnIndex"], found["fields"]) for found in write] == [
        (2, "userEnteredValue"), (2, "note"), (2, "userEnteredValue")
    ]  # fmt: skip
    assert write[0]["rows"][0]["values"] == [{"userEnteredValue": {"stringValue": "note (2)"}}]
    mark = requests_of(plan, "updateDeveloperMetadata")[0]["developerMetadata"]["metadataValue"]
    assert '["note","","note (2)"]' in mark


def test_most_of_a_large_sheet_is_kept_where_a_setting_says_so():
    now = (sheet(102), ["id", "name"], [[number, "x"] for number in range(100)])
    few = wanted([(number, "x") for number in range(10)])
    refused = plan_of([now], few, guards=Guards(max_delete_ratio=0.5))
    assert "90 of the 100 rows of the sheet 'users' are gone" in refused.failed["users"]
    assert plan_of([now], few).sheets[0].removed == 90
    small = (sheet(101), ["id", "name"], [[number, "x"] for number in range(99)])
    assert plan_of([small], few, guards=Guards(max_delete_ratio=0.5)).sheets[0].removed == 89


@pytest.mark.parametrize(
    ("remembered", "wanted_now", "is_set"),
    [
        ("DATE yyyy-mm-dd", DATE, False),
        ("NUMBER 0", DATE, True),
        ("", DATE, True),
        ("DATE yyyy-mm-dd", None, True),
        ("DATE_TIME yyyy-mm-dd hh:mm:ss.000", NumberFormat("DATE_TIME", "yyyy-mm-dd hh:mm:ss"), False),
        ("DATE_TIME yyyy-mm-dd hh:mm:ss", NumberFormat("DATE_TIME", "yyyy-mm-dd hh:mm:ss.000"), True),
    ],
    ids=["same", "other", "new", "gone", "milliseconds-stay", "milliseconds-come"],
)
def test_a_format_is_set_when_a_column_changes_its_type_and_else_is_peoples(remembered, wanted_now, is_set):
    there = sheet()
    mark = replace(there.mark, columns=(ColumnMark("id"), ColumnMark("name", remembered)))
    plan = plan_of(
        [(replace(there, note=mark), ["id", "name"], [[1, 5]])], wanted([(1, 5)], formats=[None, wanted_now])
    )
    assert len(requests_of(plan, "repeatCell")) == is_set


def test_where_there_is_no_room_for_both_rows_go_before_others_come(monkeypatch):
    monkeypatch.setattr("target_gsheets.plan.MAX_CELLS", 40)
    now = (sheet(11, 3), ["id", "name"], [[number, "x"] for number in range(9)])
    plan = plan_of([now], wanted([(-1 - number, "y") for number in range(9)]))
    found = kinds(plan)
    assert found.index("deleteDimension") < found.index("insertDimension")
    assert plan.plan.spare_cells == 6
    starts = [found["start"]["rowIndex"] for found in requests_of(plan, "updateCells")]
    assert starts == [1]


def test_a_key_that_is_new_at_the_source_doubles_no_row():
    now = (sheet(), ["id", "name"], [[1, "a"], [2, "b"]])
    plan = plan_of([now], wanted([("u1", 1, "a"), ("u2", 2, "b")], columns=("uuid", "id", "name")))
    assert (plan.sheets[0].removed, plan.sheets[0].added) == (2, 2)


def test_a_table_without_columns_is_written_once():
    empty = sheet(2, 1, columns=())
    assert plan_of([(empty, [], [])], wanted([], columns=(), keys=())).commits == ()


def test_a_taken_over_header_becomes_bold_and_frozen():
    plan = plan_of([(sheet(stream=None), ["id", "name"], [[1, "a"]])], wanted([(1, "a")]))
    assert kinds(plan) == ["updateSheetProperties", "repeatCell", "repeatCell", "createDeveloperMetadata"]


def test_a_column_is_removed_from_a_grid_without_its_margin_only_after_one_is_added():
    now = (sheet(4, 2), ["id", "name"], [[1, "a"]])
    assert kinds(plan_of([now], wanted([(1,)], columns=("id",)))) == [
        "appendDimension", "deleteDimension", "updateDeveloperMetadata",
    ]  # fmt: skip


def test_two_new_sheets_never_get_the_same_title():
    there = (sheet(title="b", stream="a"), ["id", "name"], [])
    plan = plan_of([there], wanted([], stream="b"), wanted([], stream="b (2)"))
    titles = [
        request["addSheet"]["properties"]["title"] for request in plan.commits[0].requests if "addSheet" in request
    ]
    assert titles == ["b (2)", "b (2) (2)"]


def test_large_changes_of_cells_are_written_in_pieces():
    now = (sheet(5002), ["id", "name"], [[number, "x"] for number in range(5000)])
    plan = plan_of([now], wanted([(number, "y" * 1000) for number in range(5000)]))
    sizes = [encoded_length(request) for request in plan.commits[0].requests]
    assert len(sizes) > 4
    assert max(sizes) <= MAX_CHUNK_BYTES * 1.1


@pytest.mark.parametrize("neighbour", [None, "mine"], ids=["alone", "beside-a-note"])
def test_very_many_changed_cells_are_rewritten_with_those_between_unless_somebody_wrote_beside_them(
    monkeypatch, neighbour
):
    monkeypatch.setattr("target_gsheets.sheet_plan.MAX_PICKED_BLOCKS", 2)
    rows = [[number, "x", neighbour if number == 5 else None, number] for number in range(9)]
    now = (sheet(11, 6, columns=("id", "name", "size")), ["id", "name", "note", "size"], rows)
    new = [(number, "y" if number in {1, 3, 7} else "x", number if number < 9 else 0) for number in range(9)]
    plan = plan_of([now], wanted(new, columns=("id", "name", "size")))
    starts = [(found["start"]["rowIndex"], len(found["rows"])) for found in requests_of(plan, "updateCells")]
    assert starts == ([(2, 7)] if neighbour is None else [(2, 1), (4, 1), (8, 1)])
    written = [value["userEnteredValue"]["stringValue"] for found in requests_of(plan, "updateCells")
               for row in found["rows"] for value in row["values"]]  # fmt: skip
    assert written == (list("yxyxxxy") if neighbour is None else list("yyy"))


def test_every_request_knows_its_stream():
    plan = plan_of([], wanted([(1, "a")], stream="a"), wanted([(1, "a")], stream="b"))
    commit = plan.commits[0]
    assert {commit.maybe_owner(number) for number in range(len(commit.requests))} == {"a", "b"}
    assert commit.maybe_owner(0) == "a"
    assert commit.maybe_owner(None) is None
    assert commit.maybe_owner(1000) is None
    assert commit.maybe_owner(-1) is None, "what a commit begins with is for no stream"
