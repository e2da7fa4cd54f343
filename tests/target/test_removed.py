"""Columns and streams that leave the source, and that come back."""

from __future__ import annotations

import pytest

from tests.target.conftest import whole_stream

GREY = {"red": 0.6, "green": 0.6, "blue": 0.6}


def users(*columns, rows=2, **options):
    """Users with an id and these columns."""
    records = [{"id": number} | {name: f"{name}{number}" for name in columns} for number in range(rows)]
    return whole_stream("users", {"id": "integer"} | dict.fromkeys(columns, "string"), records, **options)


def header_colours(workbook, title="users"):
    asked = {"ranges": f"'{title}'!1:1", "fields": "sheets.data.rowData.values(effectiveValue,userEnteredFormat)"}
    cells = workbook.reader.fetch_sheet_metadata(params=asked)["sheets"][0]["data"][0]["rowData"][0]["values"]
    formats = {
        cell["effectiveValue"]["stringValue"]: cell.get("userEnteredFormat", {}).get("textFormat", {})
        for cell in cells
        if "effectiveValue" in cell
    }
    return {name: found.get("foregroundColorStyle", {}).get("rgbColor") for name, found in formats.items()}


def test_a_column_that_left_goes(workbook):
    workbook.sync(*users("mail", "name"))
    workbook.sync(*users("name", version=2))
    assert workbook.all_values("users") == [["id", "name"], [0, "name0"], [1, "name1"]]


def test_a_column_that_left_stays_under_a_grey_header_if_it_shall(workbook):
    workbook.sync(*users("mail", "name"))
    workbook.sync(*users("name", rows=3, version=2), on_removed_column="keep")
    found = [["id", "mail", "name"], [0, "mail0", "name0"], [1, "mail1", "name1"], [2, "", "name2"]]
    assert workbook.all_values("users") == found
    assert header_colours(workbook) == {"id": None, "mail": GREY, "name": None}
    workbook.sync(*users("name", rows=3, version=3), on_removed_column="keep")
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_a_column_that_comes_back_is_taken_up_again(workbook):
    workbook.sync(*users("mail", "name"))
    workbook.sync(*users("name", rows=3, version=2), on_removed_column="keep")
    workbook.sync(*users("new", "name", "mail", rows=3, version=3), on_removed_column="keep")
    assert workbook.all_values("users")[0] == ["id", "new", "mail", "name"]
    assert workbook.all_values("users")[3] == [2, "new2", "mail2", "name2"]
    assert set(header_colours(workbook).values()) == {None}
    workbook.sync(*users("new", "name", "mail", rows=3, version=4), on_removed_column="keep")
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_a_column_that_was_kept_goes_once_it_may(workbook):
    workbook.sync(*users("mail", "name"))
    workbook.sync(*users("name", version=2), on_removed_column="keep")
    workbook.sync(*users("name", version=3))
    assert workbook.all_values("users")[0] == ["id", "name"]


@pytest.mark.parametrize("load_method", ["overwrite", "upsert"])
def test_a_column_that_was_kept_and_that_somebody_deleted_may_come_back(workbook, load_method):
    workbook.sync(*users("mail", "name"))
    workbook.sync(*users("name", version=2), on_removed_column="keep", load_method=load_method)
    workbook.reader.worksheet("users").delete_columns(2)
    workbook.sync(*users("mail", "name", version=3), on_removed_column="keep", load_method=load_method)
    assert workbook.all_values("users") == [["id", "mail", "name"], [0, "mail0", "name0"], [1, "mail1", "name1"]]


def test_a_column_of_people_s_that_only_bears_the_name_stays(workbook):
    workbook.sync(*users("name"))
    workbook.reader.worksheet("users").update([["mail"], ["mine"]], "C1")
    workbook.sync(*users("name", version=2), on_removed_column="keep")
    assert set(header_colours(workbook).values()) == {None}
    assert workbook.all_values("users")[1] == [0, "name0", "mine"]
