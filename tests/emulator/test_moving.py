"""What follows when cells move: formulas, merges, names, rules, filters; and what is copied with cells."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_emulator.a1 import OPEN, Box
from sheets_emulator.batch_update.adjust import along, deleted, inserted
from sheets_emulator.errors import InvalidArgumentError
from sheets_emulator.layer import Formula
from sheets_emulator.model import Workbook
from sheets_emulator.references import qualified, relocated


def grid(r0: int, r1: int, c0: int, c1: int, sheet: int = 0) -> dict[str, int]:
    head = {"sheetId": sheet} if sheet else {}
    return {**head, "startRowIndex": r0, "endRowIndex": r1, "startColumnIndex": c0, "endColumnIndex": c1}


def put(row: int, column: int, *values: Any, sheet: int = 0) -> dict[str, Any]:
    """Values in one row, from a corner on; a text that begins with "=" is a formula."""
    kinds = {str: "stringValue", int: "numberValue"}
    cells = [
        {"userEnteredValue": {"formulaValue" if str(value).startswith("=") else kinds[type(value)]: value}}
        for value in values
    ]
    start = {"sheetId": sheet, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": "userEnteredValue"}}


@pytest.fixture
def furnished(batch: Any, book: Workbook) -> Workbook:
    """A3 is pointed at by a formula, a name, a protection, a rule; A5:B5 is merged."""
    batch(
        put(0, 0, "a"),
        put(1, 0, "b"),
        put(2, 0, "c"),
        put(0, 4, "=A3", "=SUM(A3:A9)", "=A:A"),
        {"addNamedRange": {"namedRange": {"name": "nm", "range": grid(2, 3, 0, 1)}}},
        {"addProtectedRange": {"protectedRange": {"protectedRangeId": 1, "range": grid(2, 3, 0, 1)}}},
        {
            "addConditionalFormatRule": {
                "rule": {
                    "ranges": [grid(2, 3, 0, 1)],
                    "booleanRule": {
                        "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=A3>1"}]},
                        "format": {},
                    },
                }
            }
        },
        {"mergeCells": {"range": grid(4, 5, 0, 2)}},
    )
    return book


def seen(book: Workbook) -> dict[str, Any]:
    sheet = book.sheets[0]
    condition = [rule["booleanRule"]["condition"]["values"][0] for rule in sheet.items("conditionalFormats")]
    return {
        "formulas": [cell.text for cell in sheet.cells.row(0)[4:7]],
        "name": book.named_ranges[0].get("range"),
        "protected": [item["range"] for item in sheet.items("protectedRanges")],
        "rule": [rule["ranges"] for rule in sheet.items("conditionalFormats")],
        "condition": [one["userEnteredValue"] for one in condition],
        "merges": sheet.merges,
    }


def at(row: int, merge: int | None, formulas: list[str], condition: str) -> dict[str, Any]:
    where = grid(row, row + 1, 0, 1)
    merges = [] if merge is None else [Box(merge, merge + 1, 0, 2)]
    return {
        "formulas": formulas,
        "name": where,
        "protected": [where],
        "rule": [[where]],
        "condition": [condition],
        "merges": merges,
    }


def test_what_points_to_cells_follows_an_inserted_range(batch: Any, furnished: Workbook) -> None:
    batch({"insertRange": {"range": grid(1, 2, 0, 2), "shiftDimension": "ROWS"}})
    assert seen(furnished) == at(3, 5, ["=A4", "=SUM(A4:A10)", "=A:A"], "=A4>1")


def test_what_points_to_cells_follows_a_deleted_range(batch: Any, furnished: Workbook) -> None:
    batch({"deleteRange": {"range": grid(0, 2, 0, 2), "shiftDimension": "ROWS"}})
    assert seen(furnished) == at(0, 2, ["=A1", "=SUM(A1:A7)", "=A:A"], "=A1>1")
    batch({"deleteRange": {"range": grid(0, 1, 0, 2), "shiftDimension": "ROWS"}})
    after = seen(furnished)
    assert (after["formulas"][0], after["name"], after["protected"], after["rule"]) == ("=#REF!", None, [], [])


def test_what_points_to_cells_follows_a_cut(batch: Any, furnished: Workbook) -> None:
    batch({"cutPaste": {"source": grid(2, 5, 0, 2), "destination": {"rowIndex": 9}}})
    assert seen(furnished) == at(9, 11, ["=A10", "=SUM(A3:A9)", "=A:A"], "=A10>1")
    assert furnished.sheets[0].cells.get(9, 0) == "c"


def test_a_cut_to_another_sheet_keeps_what_formulas_mean(batch: Any, furnished: Workbook) -> None:
    batch(
        {"addSheet": {"properties": {"sheetId": 7, "title": "Second one"}}},
        put(3, 0, "=A1+1"),
        {"cutPaste": {"source": grid(2, 4, 0, 1), "destination": {"sheetId": 7, "rowIndex": 2}}},
    )
    assert seen(furnished)["formulas"][0] == "='Second one'!A3"
    assert furnished.named_ranges[0]["range"] == grid(2, 3, 0, 1, sheet=7)
    assert furnished.sheets[0].items("protectedRanges") == []
    assert furnished.sheets[1].items("protectedRanges")[0]["range"] == grid(2, 3, 0, 1, sheet=7)
    assert furnished.sheets[1].cells.get(3, 0) == Formula("=Sheet1!A1+1")


@pytest.mark.parametrize(
    "request_",
    [
        {"insertRange": {"range": grid(1, 2, 0, 1), "shiftDimension": "ROWS"}},
        {"insertRange": {"range": grid(4, 5, 1, 2), "shiftDimension": "COLUMNS"}},
        {"deleteRange": {"range": grid(4, 5, 0, 1), "shiftDimension": "ROWS"}},
        {"cutPaste": {"source": grid(4, 5, 0, 1), "destination": {"rowIndex": 9}}},
        {"cutPaste": {"source": grid(1, 2, 0, 1), "destination": {"rowIndex": 4}}},
        {"copyPaste": {"source": grid(1, 2, 0, 1), "destination": grid(4, 5, 0, 1)}},
    ],
    ids=lambda request_: next(iter(request_)),
)
def test_a_merge_is_never_torn(batch: Any, furnished: Workbook, request_: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError, match="would be torn apart"):
        batch(request_)


def test_values_and_notes_that_are_pushed_out_make_the_grid_grow(batch: Any, book: Workbook) -> None:
    note = {"updateCells": {"start": {"rowIndex": 999}, "rows": [{"values": [{"note": "n"}]}], "fields": "note"}}
    batch(note, {"repeatCell": {"range": {}, "cell": {"userEnteredFormat": {"wrapStrategy": "WRAP"}}, "fields": "*"}})
    batch(note, {"insertRange": {"range": grid(0, 2, 0, 1), "shiftDimension": "ROWS"}})
    sheet = book.sheets[0]
    assert (sheet.row_count, sheet.extras.get(1001, 0)) == (1002, {"note": "n"})
    batch({"insertRange": {"range": grid(0, 1, 3, 4), "shiftDimension": "COLUMNS"}})
    assert (sheet.column_count, sheet.formats.width()) == (26, 26)


def test_a_filter_s_columns_move_with_it(batch: Any, book: Workbook) -> None:
    view = {
        "range": grid(0, 5, 0, 3),
        "criteria": {"1": {"hiddenValues": ["3"]}, "2": {"hiddenValues": ["4"]}},
        "sortSpecs": [{"dimensionIndex": 1, "sortOrder": "ASCENDING"}],
        "filterSpecs": [{"columnIndex": 2, "filterCriteria": {"hiddenValues": ["4"]}}],
    }
    batch({"setBasicFilter": {"filter": view}}, {"addFilterView": {"filter": {**view, "filterViewId": 1}}})
    batch({"insertDimension": {"range": {"dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}}})
    for found in (book.sheets[0].basic_filter, book.sheets[0].items("filterViews")[0]):
        assert found is not None
        assert (list(found["criteria"]), found["sortSpecs"][0]["dimensionIndex"]) == (["2", "3"], 2)
        assert found["filterSpecs"][0]["columnIndex"] == 3
    batch({"deleteDimension": {"range": {"dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}}})
    found = book.sheets[0].basic_filter
    assert found is not None
    assert (list(found["criteria"]), found["sortSpecs"]) == (["2"], [])


def test_a_deleted_sheet_does_not_come_back_in_formulas(batch: Any, book: Workbook) -> None:
    batch({"addSheet": {"properties": {"sheetId": 7, "title": "S2"}}}, put(0, 0, "=S2!A1+1"))
    batch({"deleteSheet": {"sheetId": 7}}, {"addSheet": {"properties": {"title": "S2"}}})
    assert book.sheets[0].cells.get(0, 0) == Formula("=#REF!+1")


def test_merges_and_rules_are_pasted_with_their_cells(batch: Any, furnished: Workbook) -> None:
    batch({"copyPaste": {"source": grid(2, 5, 0, 2), "destination": grid(9, 10, 0, 1)}})
    sheet = furnished.sheets[0]
    assert sheet.merges == [Box(4, 5, 0, 2), Box(11, 12, 0, 2)]
    assert sheet.items("conditionalFormats")[0]["ranges"] == [grid(2, 3, 0, 1), grid(9, 10, 0, 1)]
    batch({"copyPaste": {"source": grid(0, 1, 8, 9), "destination": grid(9, 10, 0, 1)}})
    assert sheet.items("conditionalFormats")[0]["ranges"] == [grid(2, 3, 0, 1)]
    kind = "PASTE_CONDITIONAL_FORMATTING"
    batch({"copyPaste": {"source": grid(2, 3, 0, 1), "destination": grid(0, 1, 8, 9), "pasteType": kind}})
    assert (sheet.items("conditionalFormats")[0]["ranges"][1], sheet.cells.get(0, 8)) == (grid(0, 1, 8, 9), None)


def test_each_transposed_formula_moves_by_its_own_way(batch: Any, book: Workbook) -> None:
    batch(
        put(0, 0, "=A10", "=B10", "=C10"),
        {
            "copyPaste": {
                "source": grid(0, 1, 0, 3),
                "destination": grid(2, 3, 0, 1),
                "pasteOrientation": "TRANSPOSE",
            }
        },
    )
    assert [book.sheets[0].cells.get(row, 0) for row in (2, 3, 4)] == [
        Formula("=A12"),
        Formula("=A13"),
        Formula("=A14"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=A1+$A$3+B3", "=A1+$A$5+B3"),
        ("=SUM(A3:A2)", "=SUM(A5:A2)"),
        ("=A3:A+A:A", "=A5:A+A:A"),
        ("=S!A3+'S'!A3+Other!A3", "=S!A5+'S'!A5+Other!A3"),
        ('="A3"&a3', '="A3"&A5'),
        ("=A3 ? odd", "=A3 ? odd"),
    ],
)
def test_a_reference_is_relocated_with_its_dollars(text: str, expected: str) -> None:
    def change(box: Box) -> Box | None:
        return along("ROWS", inserted(2, 2))(box) if Box(0, OPEN, 0, 1).contains(box) else box

    assert relocated(text, "S", "S", change) == expected


def test_references_are_qualified_once() -> None:
    assert qualified("=A1+Other!A1+SUM(B:B)", "My sheet") == "='My sheet'!A1+Other!A1+SUM('My sheet'!B:B)"


@given(st.integers(0, 9), st.integers(1, 4), st.integers(0, 20), st.integers(1, 5))
def test_inserting_and_deleting_the_same_rows_changes_no_box(at_: int, count: int, start: int, rows: int) -> None:
    box = Box(start, start + rows, 0, 1)
    pushed = along("ROWS", inserted(at_, count))(box)
    assert pushed is not None
    assert along("ROWS", deleted(at_, at_ + count))(pushed) == box
