"""What a change too big for one request becomes: hidden sheets, values, a small commit."""

from __future__ import annotations

import itertools

import pytest

from target_gsheets.blocks import Block, encoded_length
from target_gsheets.filling import NewSheet, SheetPlan
from target_gsheets.marks import StagingMark, StreamMark
from target_gsheets.staging import Room, commit_requests, corrections, stage, unstaged

MARK = StagingMark("abc", 1_000.0)
ROWS = tuple((number, "x" * 50) for number in range(500))


def there(*steps):
    return SheetPlan("users", 7, "users", 500, 2, steps=steps)


def new(*steps):
    return SheetPlan("posts", 9, "posts", 500, 2, new=NewSheet(9, "posts", 502, 3, 0, StreamMark("posts")), steps=steps)


def staged(*plans, room=Room(10_000, 10_000), limit=10_000):  # noqa: B008  it is frozen
    ids = itertools.count(100)
    return stage(plans, MARK, limit, lambda: next(ids), room)


def requests_of(staging):
    answered = {block: block.block.rows for call in staging.calls for block in call}
    return [request for _, step in staging.steps for request in commit_requests(step, answered)]


def kinds(requests):
    return [next(iter(request)) for request in requests]


def test_a_new_sheet_is_filled_in_place_and_shown_by_the_commit():
    staging = staged(new(Block(9, 0, 0, ROWS, fresh=True)))
    assert kinds(staging.prepare) == ["addSheet", "createDeveloperMetadata"]
    assert staging.prepare[0]["addSheet"]["properties"]["hidden"] is True
    assert kinds(requests_of(staging)) == ["updateDeveloperMetadata", "updateSheetProperties"]
    shown = requests_of(staging)[1]["updateSheetProperties"]
    assert (shown["properties"]["title"], shown["properties"]["index"]) == ("posts", 0)
    assert {"hidden", "title", "index"} <= set(shown["fields"].split(","))
    assert not staging.copies


def test_blocks_for_sheets_that_people_see_are_stacked_and_copied():
    first, second = Block(7, 5, 1, ROWS, fresh=True), Block(8, 1, 0, ROWS[:100])
    staging = staged(there(first), SheetPlan("b", 7, "b", 100, 2, steps=(second,)))
    grid = staging.prepare[0]["addSheet"]["properties"]["gridProperties"]
    assert grid == {"rowCount": 600, "columnCount": 2}
    copies = [request["copyPaste"] for request in requests_of(staging) if "copyPaste" in request]
    assert {copy["pasteType"] for copy in copies} == {"PASTE_VALUES"}
    rows = [(copy["source"]["startRowIndex"], copy["destination"]["startRowIndex"]) for copy in copies]
    assert rows[0] == (0, 5)
    assert (500, 1) in rows
    assert sum(copy["source"]["endRowIndex"] - copy["source"]["startRowIndex"] for copy in copies) == 600
    assert kinds(requests_of(staging))[-1] == "deleteSheet"
    clears = [request for request in requests_of(staging) if "repeatCell" in request]
    assert len(clears) == sum(copy["destination"]["sheetId"] == 8 for copy in copies), "only where something stands"


def test_every_call_stays_below_the_limit_and_all_values_are_in_one():
    staging = staged(there(Block(7, 1, 0, ROWS, fresh=True)), new(Block(9, 0, 0, ROWS, fresh=True)))
    sizes = [sum(encoded_length(block.block.rows) for block in call) for call in staging.calls]
    assert len(sizes) > 2
    assert max(sizes) <= 10_000
    assert sum(len(block.block.rows) for call in staging.calls for block in call) == 1_000


@pytest.mark.parametrize(
    ("room", "copies"), [(Room(1_000, 1_000), True), (Room(999, 2_000), False), (Room(2_000, 999), False)]
)
def test_without_room_blocks_travel_with_the_commit(room, copies):
    staging = staged(there(Block(7, 1, 0, ROWS, fresh=True)), room=room)
    assert staging.copies is copies
    assert bool(staging.calls) is copies
    assert ("updateCells" in kinds(requests_of(staging))) is not copies


def test_without_room_for_a_hidden_new_sheet_it_is_added_by_the_commit_after_others_have_shrunk():
    sheets = (new(Block(9, 0, 0, ROWS, fresh=True)), there(Block(7, 1, 0, ROWS)))
    staging = staged(*sheets, room=Room(502 * 3 - 1, 10_000))
    assert (staging.prepare, staging.calls) == ((), ())
    assert kinds(requests_of(staging)).index("addSheet") > kinds(requests_of(staging)).index("updateCells")


def test_small_blocks_aren_t_staged():
    staging = staged(there(Block(7, 1, 0, ROWS, fresh=True), Block(7, 0, 0, [("a",)])))
    assert "updateCells" in kinds(requests_of(staging))


def test_what_google_holds_otherwise_than_it_was_sent_is_written_again_cell_by_cell():
    block = Block(7, 5, 2, [("=1", "007", None), ("a", True, 2)])
    assert list(corrections(block, [["=1", "007"], ["a", True, 2]])) == []
    assert list(corrections(block, [["'=1", "007"], ["a", True, 2]])) == [], "an apostrophe may be shown"
    assert list(corrections(block, [[2, 7], ["a", "TRUE", 2]])) == [
        Block(7, 5, 2, [("=1", "007")]),
        Block(7, 6, 3, [(True,)]),
    ]
    assert len(list(corrections(block, []))) == 2


def test_a_correction_comes_right_after_its_copy():
    staging = staged(there(Block(7, 1, 0, ROWS, fresh=True)))
    answered = {block: [[0, "wrong"], *block.block.rows[1:]] for call in staging.calls for block in call}
    requests = [request for _, step in staging.steps for request in commit_requests(step, answered)]
    assert kinds(requests)[:2] == ["copyPaste", "updateCells"]
    assert requests[1]["updateCells"]["start"] == {"sheetId": 7, "rowIndex": 1, "columnIndex": 1}


def test_sheets_that_are_there_come_first():
    owners = [owner for owner, _ in unstaged([new(Block(9, 0, 0, ROWS)), there(Block(7, 1, 0, ROWS))]).steps]
    assert owners == ["users", "posts", "posts", "posts"]
