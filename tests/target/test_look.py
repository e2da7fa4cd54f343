"""A big sheet is read in parts, and is the same sheet then."""

from __future__ import annotations

import msgspec
import pytest

from target_gsheets import look
from target_gsheets.look import group_parts, parts_of
from target_gsheets.workbook import Content, Sheet, extend_content

PROPERTIES = {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}, "at": {"type": ["string", "null"]}}


def stream(rows):
    yield {"type": "SCHEMA", "stream": "s", "schema": {"properties": PROPERTIES}, "key_properties": ["id"]}
    yield from ({"type": "RECORD", "stream": "s", "record": row, "version": 1} for row in rows)
    yield {"type": "ACTIVATE_VERSION", "stream": "s", "version": 1}
    yield {"type": "STATE", "value": {"bookmarks": {"s": {}}}}


def raw(rows):
    return [msgspec.Raw(msgspec.json.encode(row)) for row in rows]


def test_a_sheet_in_parts_has_all_its_rows_once(monkeypatch):
    monkeypatch.setattr(look, "MAX_CELLS_A_READ", 100)
    small, big = Sheet(1, "small", 10, 5), Sheet(2, "it's big", 65, 4)
    assert [part.range for part in parts_of(small)] == ["'small'"]
    assert [(part.row, part.range, part.cells) for part in parts_of(big)] == [
        (0, "'it''s big'!A1:D25", 100),
        (25, "'it''s big'!A26:D50", 100),
        (50, "'it''s big'!A51:D65", 60),
    ]
    groups = group_parts(part for sheet in (small, big, small) for part in parts_of(sheet))
    assert [[part.cells for part in group] for group in groups] == [[50], [100], [100], [60], [50]]


def test_sheets_wider_than_a_read_are_read_row_by_row(monkeypatch):
    monkeypatch.setattr(look, "MAX_CELLS_A_READ", 3)
    assert [part.row for part in parts_of(Sheet(1, "wide", 2, 4))] == [0, 1]


@pytest.mark.parametrize(
    "parts",
    [
        [[["a", "b"], [1, "x"], [2], [], ["", "y"]]],
        [[["a", "b"], [1, "x"]], [[2], [], ["", "y"]]],
        [[["a", "b"], [1, "x"], [2]], [], [["", "y"]]],
    ],
    ids=["whole", "two", "blank-rows-at-the-end-of-one"],
)
def test_content_is_the_same_however_it_is_read(parts):
    firsts = {3: [0, 3, 4], 2: [0, 2], 1: [0]}[len(parts)]
    content = Content()
    for first, rows in zip(firsts, parts, strict=True):
        content = extend_content(content, first, raw(rows))
    assert content.header == ("a", "b")
    assert list(content.rows) == [(1, "x"), (2, None), (None, None), (None, "y")]
    assert content.width == 2


def test_a_sheet_without_values_is_blank():
    assert extend_content(Content(), 0, []).is_blank
    assert not extend_content(Content(), 0, raw([["a"]])).is_blank
    assert not extend_content(extend_content(Content(), 0, []), 5, raw([[1]])).is_blank


def test_cells_beside_a_short_header_count():
    content = extend_content(Content(), 0, raw([["a"], [1, "theirs"]]))
    assert (content.width, list(content.rows)) == (2, [(1, "theirs")])


def test_an_unchanged_sheet_in_parts_is_left_alone(workbook, monkeypatch):
    monkeypatch.setattr(look, "MAX_CELLS_A_READ", 50)
    rows = [{"id": number, "name": None if number % 7 else f"n{number}", "at": None} for number in range(60)]
    workbook.sync(*stream(rows))
    workbook.edit(
        {"updateCells": {"start": {"sheetId": workbook.sheet_id("s"), "rowIndex": 40, "columnIndex": 3},
                         "rows": [{"values": [{"userEnteredValue": {"stringValue": "mine"}}]}], "fields": "*"}}
    )  # fmt: skip
    workbook.sync(*stream(rows))
    assert [call for call in workbook.calls if "batchUpdate" in call] == []
    assert len(workbook.calls) > 3
    changed = [{**row, "name": "new"} if row["id"] in {3, 39} else row for row in rows if row["id"] != 20]
    workbook.sync(*stream(changed))
    assert [row[:2] for row in workbook.values("s")] == [[row["id"], row["name"] or ""] for row in changed]
    assert workbook.values("s")[38][:2] == [39, "new"]
    assert workbook.values("s")[38][3] == "mine"
