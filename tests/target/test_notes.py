"""What we leave on columns beside their cells: notes on the headers, and protections that warn."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from target_gsheets.cells import column_of
from target_gsheets.notes import OWN_COLUMNS, header_note
from tests.target.conftest import whole_stream

USERS = {"id": "integer", "name": "string"}
MORE = {"id": "integer", "age": "integer", "name": "string"}
PARIS = ZoneInfo("Europe/Paris")


def users(properties=USERS, **values):
    return whole_stream("users", properties, [{"id": 1, "name": "a", **values}])


def notes(workbook, title="users"):
    """The notes on the headers, by header."""
    (sheet,) = [found for found in workbook.emulator.workbook(workbook.spreadsheet_id).sheets if found.title == title]
    header = sheet.cells.row(0)
    return {text: (sheet.extras.get(0, column) or {}).get("note") for column, text in enumerate(header) if text}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer"}, "Type at the source: integer."),
        ({"type": ["null", "number"], "multipleOf": 0.01}, "Type at the source: number with 2 decimals."),
        ({"type": "string", "x-sql-datatype": "citext"}, "Type at the source: citext."),
        ({"type": "string", "description": "What we\x00 call them"}, "What we call them\nType at the source: text."),
        (
            {"type": "string", "format": "date-time"},
            "Type at the source: date-time.\nTimes with an offset are shown by the clocks of Europe/Paris.",
        ),
        (True, "Type at the source: json."),
        ({"type": "array", "description": 5, "x-sql-datatype": ["x"]}, "Type at the source: json."),
    ],
    ids=["integer", "decimals", "native", "description", "instant", "anything", "odd"],
)
def test_a_note_says_what_the_column_is_at_the_source(schema, words):
    assert header_note(schema, column_of("x", schema), PARIS) == f"{words}\n{OWN_COLUMNS}"


def test_a_header_has_its_note_when_the_column_is_made_and_it_is_people_s_then(workbook):
    workbook.sync(*users())
    assert notes(workbook) == {name: f"Type at the source: {kind}.\n{OWN_COLUMNS}"
                               for name, kind in (("id", "integer"), ("name", "text"))}  # fmt: skip
    workbook.reader.worksheet("users").update_note("B1", "ours")
    workbook.sync(*users())
    assert "spreadsheets.batchUpdate" not in workbook.calls
    workbook.sync(*users(MORE, age=5))
    assert notes(workbook)["name"] == "ours"
    assert notes(workbook)["age"].startswith("Type at the source: integer.")
    workbook.reader.worksheet("users").clear()
    workbook.sync(*users(MORE, age=5))
    assert notes(workbook)["name"] == "ours"


def protections(workbook, title="users"):
    """Our protections of a sheet: whether they warn only, and their columns."""
    (sheet,) = [found for found in workbook.emulator.workbook(workbook.spreadsheet_id).sheets if found.title == title]
    return [
        (found["warningOnly"], found["range"].get("startColumnIndex", 0), found["range"].get("endColumnIndex"))
        for found in sheet.items("protectedRanges")
        if found["description"].startswith("target-gsheets")
    ]


def test_a_warning_protects_the_mirrored_columns_and_moves_with_them(workbook):
    workbook.sync(*users(), protect="warn")
    assert protections(workbook) == [(True, 0, 2)]
    workbook.sync(*users(), protect="warn")
    assert "spreadsheets.batchUpdate" not in workbook.calls
    workbook.edit({"insertDimension": {"range": {"sheetId": workbook.sheet_id("users"), "dimension": "COLUMNS",
                                                 "startIndex": 0, "endIndex": 1}}})  # fmt: skip
    workbook.sync(*users(MORE, age=5), protect="warn")
    assert protections(workbook) == [(True, 1, 4)]
    workbook.sync(*users(MORE, age=5))
    assert protections(workbook) == []
    workbook.sync(*users(MORE, age=5))
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_a_protection_of_people_s_is_left_alone_and_ours_comes_again(workbook):
    workbook.sync(*users(), protect="warn")
    sheet_id = workbook.sheet_id("users")
    theirs = {"range": {"sheetId": sheet_id}, "description": "mine", "warningOnly": True}
    workbook.edit({"addProtectedRange": {"protectedRange": theirs}})
    workbook.sync(*users(name="b"))
    (sheet,) = [found for found in workbook.emulator.workbook(workbook.spreadsheet_id).sheets if found.title == "users"]
    assert [found["description"] for found in sheet.items("protectedRanges")] == ["mine"]
    workbook.sync(*users(name="b"), protect="warn")
    assert protections(workbook) == [(True, 0, 2)]
