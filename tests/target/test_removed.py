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


def tables(*names, version=1):
    """Some tables of one row, as a tap that comes to its end sends them."""
    rows = [{"id": 1}]
    return [message for name in names for message in whole_stream(name, {"id": "integer"}, rows, version=version)]


def hidden_titles(workbook):
    return [sheet.title for sheet in workbook.emulator.workbook(workbook.spreadsheet_id).sheets if sheet.hidden]


def test_the_sheet_of_a_stream_that_went_stays(workbook):
    workbook.sync(*tables("a", "b", "c"))
    workbook.sync(*tables("a", "b", version=2))
    assert workbook.titles() == ["a", "b", "c", "Sheet1"]
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_the_sheet_of_a_stream_that_went_is_hidden_and_comes_back_with_it(workbook, caplog):
    workbook.sync(*tables("a", "b", "c"))
    workbook.sync(*tables("a", "b", version=2), on_removed_stream="hide")
    assert workbook.titles() == ["a", "b", "Sheet1"]
    assert "c: its sheet 'c' is hidden." in caplog.text
    workbook.sync(*tables("a", "b", version=3), on_removed_stream="hide")
    assert "spreadsheets.batchUpdate" not in workbook.calls
    workbook.sync(*tables("a", "b", "c", version=4))
    assert workbook.titles() == ["a", "b", "c", "Sheet1"]
    workbook.sync(*tables("a", "b", "c", version=5), on_removed_stream="hide")
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_a_sheet_comes_back_where_only_the_schema_of_its_stream_does(workbook):
    bookmarks = {"type": "STATE", "value": {"bookmarks": {"a": {"f": 1}, "b": {"f": 1}, "c": {"f": 1}}}}
    workbook.sync(*tables("a", "b", "c"), bookmarks)
    workbook.sync(*tables("a", "b", version=2), bookmarks, on_removed_stream="hide")
    schema = tables("c")[0]
    workbook.sync(*tables("a", "b", version=3), schema, bookmarks, on_removed_stream="hide")
    assert workbook.titles() == ["a", "b", "c", "Sheet1"]
    workbook.sync(*tables("a", "b", version=4), schema, bookmarks, on_removed_stream="hide")
    assert "spreadsheets.batchUpdate" not in workbook.calls


def test_a_sheet_comes_back_in_a_run_of_schemas_alone(workbook, caplog):
    workbook.sync(*tables("a", "b", "c"))
    workbook.sync(*tables("a", "b", version=2), on_removed_stream="hide")
    schemas = [tables(name)[0] for name in "abc"]
    workbook.sync(*schemas, STATE, on_removed_stream="hide")
    assert workbook.titles() == ["a", "b", "c", "Sheet1"]
    assert "c: its sheet 'c' is shown again." in caplog.text
    workbook.sync(*schemas[:2], STATE, on_removed_stream="hide")
    assert workbook.calls == ["spreadsheets.get"], "without a row or a bookmark nothing says that the tap lives"


def test_a_sheet_that_people_show_or_hide_stays_as_they_want_it(workbook):
    workbook.sync(*tables("a", "b", "c", "d"))
    workbook.reader.worksheet("d").hide()
    workbook.sync(*tables("a", "b", version=2), on_removed_stream="hide")
    assert {"c", "d"} == set(hidden_titles(workbook))
    workbook.reader.worksheet("c").show()
    workbook.sync(*tables("a", "b", version=3), on_removed_stream="hide")
    assert workbook.titles() == ["a", "b", "c", "Sheet1"]
    workbook.sync(*tables("a", "b", "c", "d", version=4), on_removed_stream="hide")
    assert workbook.titles() == ["a", "b", "c", "Sheet1"]


def test_the_sheet_of_a_stream_that_went_is_deleted_with_the_commit(workbook):
    workbook.sync(*tables("a", "b", "c"))
    workbook.reader.worksheet("c").update_title("Renamed")
    workbook.sync(*tables("a", "b", "new", version=2), on_removed_stream="delete")
    assert set(workbook.titles()) == {"a", "b", "new", "Sheet1"}
    assert workbook.calls.count("spreadsheets.batchUpdate") == 1


def test_a_sheet_of_somebody_s_is_never_deleted(workbook):
    workbook.reader.add_worksheet("theirs", 5, 5)
    workbook.sync(*tables("a", "b", "c"))
    workbook.reader.worksheet("c").duplicate(new_sheet_name="a copy of theirs")
    workbook.sync(*tables("a", "b", version=2), on_removed_stream="delete")
    assert {"theirs", "a copy of theirs", "Sheet1"} < set(workbook.titles())


STATE = {"type": "STATE", "value": {"bookmarks": {"a": {}}}}


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [STATE],
        tables("a"),
        [*tables("a", "b"), tables("d")[0]],
        [*tables("a", "b"), *tables("d")[:2]],
        [*tables("a", "b"), {"type": "STATE", "value": {"bookmarks": {}, "currently_syncing": "b"}}],
    ],
    ids=["nothing", "state-alone", "most-missing", "no-state-at-the-end", "cut", "still-at-work"],
)
@pytest.mark.parametrize("policy", ["hide", "delete"])
def test_no_sheet_goes_where_the_input_may_have_been_cut(workbook, messages, policy):
    workbook.sync(*tables("a", "b", "c", "d"))
    workbook.sync(*messages, on_removed_stream=policy)
    assert {"a", "b", "c", "d"} < set(workbook.titles())


@pytest.mark.parametrize("policy", ["hide", "delete"])
def test_no_sheet_goes_in_a_run_in_which_a_stream_fails(workbook, policy):
    workbook.sync(*tables("a", "b", "c", "d"))
    workbook.reader.worksheet("a").update_acell("A1", "no id")
    workbook.reader.worksheet("a").update_acell("A2", "no id")
    target = workbook.sync(*tables("a", "b", "d", version=2), on_removed_stream=policy)
    assert "a" in target.intake.failed
    assert "c" in workbook.titles()


def test_a_sheet_that_may_not_be_deleted_stays_and_the_others_commit(workbook, caplog):
    account = workbook.share_with("other")
    workbook.sync(*tables("a", "b", "c"), **account)
    workbook.edit({"addProtectedRange": {"protectedRange": {"range": {"sheetId": workbook.sheet_id("c")}}}})
    workbook.sync(*tables("a", "b", "d", version=2), on_removed_stream="delete", **account)
    assert {"a", "b", "c", "d"} < set(workbook.titles())
    assert workbook.states
    assert "c: its stream didn't come, but its sheet has to stay" in caplog.text


def test_the_last_tab_that_people_see_stays(workbook):
    workbook.sync(*tables("a", "b"))
    for title in ("Sheet1", "a"):
        workbook.reader.worksheet(title).hide()
    workbook.sync(*tables("a", version=2), on_removed_stream="hide")
    assert workbook.titles() == ["b"]


def test_an_answer_that_was_lost_hides_nothing_twice(workbook, caplog, monkeypatch):
    monkeypatch.setattr("target_gsheets.patience.LONGEST_WAIT_SECONDS", 0.01)
    workbook.sync(*tables("a", "b", "c"))
    workbook.emulator.set_faults({"kind": "cut", "when": "after", "method": "spreadsheets.batchUpdate", "nth": 1})
    workbook.sync(*tables("a", "b", version=2), on_removed_stream="delete")
    assert set(workbook.titles()) == {"a", "b", "Sheet1"}
    assert workbook.calls.count("spreadsheets.batchUpdate") == 1
    assert "c: its sheet 'c' is deleted." in caplog.text
