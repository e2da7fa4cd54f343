"""Every request kind: what it does, and what it refuses."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sheets_emulator.a1 import Box
from sheets_emulator.batch_update import REDUCERS, apply_batch
from sheets_emulator.batch_update.context import Context
from sheets_emulator.errors import InvalidArgumentError, NotEmulatedError
from sheets_emulator.layer import Formula
from sheets_emulator.methods import METHODS
from sheets_emulator.model import Sheet, Workbook
from sheets_emulator.state_codec import encode_head, encode_rows

Json = dict[str, Any]


def fill(book: Workbook, rows: list[list[Any]]) -> Sheet:
    sheet = book.sheets[0]
    for index, row in enumerate(rows):
        sheet.cells.set_row(index, row)
    return sheet


def values(sheet: Sheet) -> list[list[Any]]:
    return [list(row) for row in sheet.cells.rows[: sheet.cells.height()]]


def box(r0: int, r1: int, c0: int, c1: int, sheet_id: int = 0) -> Json:
    return {"sheetId": sheet_id, "startRowIndex": r0, "endRowIndex": r1, "startColumnIndex": c0, "endColumnIndex": c1}


def span(start: int, end: int, dimension: str = "ROWS") -> Json:
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}


def text_row(*texts: str) -> Json:
    return {"values": [{"userEnteredValue": {"stringValue": text}} for text in texts]}


ADD = {"addSheet": {"properties": {"title": "New"}}}
PROTECT = {
    "addProtectedRange": {"protectedRange": {"protectedRangeId": 7, "range": {"sheetId": 0}, "warningOnly": True}}
}
NAME = {"addNamedRange": {"namedRange": {"namedRangeId": "n", "name": "Name", "range": box(1, 3, 0, 2)}}}

# request (after those before it), the words of the refusal
REFUSALS: list[tuple[str, list[Json], str]] = [
    (
        "sheet title",
        [{"addSheet": {"properties": {"title": "SHEET1"}}}],
        'addSheet: A sheet with the name "SHEET1" already exists. Please enter another name.',
    ),
    ("sheet id", [{"addSheet": {"properties": {"sheetId": 0}}}], "A sheet with the id 0 already exists"),
    ("long title", [{"addSheet": {"properties": {"title": "x" * 101}}}], "At most 100"),
    ("chart sheet", [{"addSheet": {"properties": {"sheetType": "OBJECT"}}}], "only GRID"),
    (
        "too many columns",
        [{"addSheet": {"properties": {"gridProperties": {"columnCount": 18279}}}}],
        "at most 18278 columns",
    ),
    (
        "ten million cells",
        [{"addSheet": {"properties": {"gridProperties": {"rowCount": 384_000, "columnCount": 26}}}}],
        "addSheet: This action would increase the number of cells in the workbook above the limit of 10000000 cells.",
    ),
    (
        "rows before columns",
        [
            {
                "updateSheetProperties": {
                    "properties": {"sheetId": 0, "gridProperties": {"rowCount": 500_000, "columnCount": 1}},
                    "fields": "gridProperties(rowCount,columnCount)",
                }
            }
        ],
        "above the limit of 10000000 cells",
    ),
    ("last sheet", [{"deleteSheet": {"sheetId": 0}}], "deleteSheet: You can't remove all the sheets in a document."),
    ("unknown sheet", [{"deleteSheet": {"sheetId": 5}}], "deleteSheet: No sheet with id: 5"),
    (
        "hide all",
        [{"updateSheetProperties": {"properties": {"sheetId": 0, "hidden": True}, "fields": "hidden"}}],
        "updateSheetProperties: You can't hide all the sheets in a document.",
    ),
    (
        "no mask",
        [{"updateSheetProperties": {"properties": {"sheetId": 0}}}],
        "At least one field must be listed in 'fields'",
    ),
    (
        "freeze all",
        [
            {
                "updateSheetProperties": {
                    "properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 1000}},
                    "fields": "gridProperties.frozenRowCount",
                }
            }
        ],
        "You can't freeze all visible rows",
    ),
    (
        "rename to a taken title",
        [ADD, {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "new"}, "fields": "title"}}],
        "requests\\[1\\].updateSheetProperties: A sheet with the name",
    ),
    (
        "time zone",
        [{"updateSpreadsheetProperties": {"properties": {"timeZone": "Mars/Olympus"}, "fields": "timeZone"}}],
        "Invalid time zone: Mars/Olympus",
    ),
    (
        "unknown grid",
        [{"updateCells": {"range": box(0, 1, 0, 1, 9), "rows": [], "fields": "*"}}],
        "updateCells: No grid with id: 9",
    ),
    (
        "beyond the range",
        [{"updateCells": {"range": box(0, 1, 0, 1), "rows": [{}, {}], "fields": "note"}}],
        "Attempting to write row: 1, beyond the last requested row of: 0",
    ),
    (
        "beyond the grid",
        [
            {
                "updateCells": {
                    "start": {"sheetId": 0, "rowIndex": 999},
                    "rows": [text_row("a"), text_row("b")],
                    "fields": "userEnteredValue",
                }
            }
        ],
        "Attempting to write row: 1000, beyond the last requested row of: 999",
    ),
    (
        "beyond the columns",
        [
            {
                "updateCells": {
                    "start": {"sheetId": 0, "columnIndex": 25},
                    "rows": [text_row("a", "b")],
                    "fields": "userEnteredValue",
                }
            }
        ],
        "Attempting to write column: 26, beyond the last requested column of: 25",
    ),
    (
        "range outside",
        [{"updateCells": {"range": box(0, 1001, 0, 1), "fields": "*"}}],
        "exceeds grid limits. Max rows: 1000, max columns: 26",
    ),
    (
        "too long",
        [{"updateCells": {"start": {}, "rows": [text_row("x" * 50_001)], "fields": "*"}}],
        "more than the maximum of 50000 characters in a single cell",
    ),
    (
        "two kinds of value",
        [
            {
                "updateCells": {
                    "start": {},
                    "rows": [{"values": [{"userEnteredValue": {"stringValue": "a", "boolValue": True}}]}],
                    "fields": "*",
                }
            }
        ],
        "one of its kinds",
    ),
    ("insert outside", [{"insertDimension": {"range": span(1000, 1001)}}], "must be less than the grid size"),
    (
        "negative index",
        [{"insertDimension": {"range": span(-1, 1)}}],
        "insertDimension: DimensionRange indexes must be >= 0",
    ),
    (
        "inherit from nothing",
        [{"insertDimension": {"range": span(0, 1), "inheritFromBefore": True}}],
        "inheritFromBefore",
    ),
    ("delete all rows", [{"deleteDimension": {"range": span(0, 1000)}}], "You can't delete all the rows on the sheet."),
    (
        "delete rows that aren't there",
        [{"deleteDimension": {"range": span(999, 1001)}}],
        "Cannot delete a row that doesn't exist",
    ),
    (
        "delete all but frozen rows",
        [
            {
                "updateSheetProperties": {
                    "properties": {"gridProperties": {"frozenRowCount": 1}},
                    "fields": "gridProperties.frozenRowCount",
                }
            },
            {"deleteDimension": {"range": span(1, 1000)}},
        ],
        "Sorry, it is not possible to delete all non-frozen rows.",
    ),
    (
        "move into itself",
        [{"moveDimension": {"source": span(1, 4), "destinationIndex": 2}}],
        "lies within the range that moves",
    ),
    (
        "protected id",
        [PROTECT, PROTECT],
        "requests\\[1\\].addProtectedRange: A protected range with the id 7 already exists.",
    ),
    (
        "unknown protected range",
        [{"deleteProtectedRange": {"protectedRangeId": 8}}],
        "deleteProtectedRange: No protected range with id: 8",
    ),
    (
        "named range id",
        [NAME, {"addNamedRange": {"namedRange": {"namedRangeId": "n", "name": "Other", "range": box(0, 1, 0, 1)}}}],
        "already exists",
    ),
    (
        "named range name",
        [NAME, {"addNamedRange": {"namedRange": {"name": "NAME", "range": box(0, 1, 0, 1)}}}],
        "already exists",
    ),
    (
        "named range like a cell",
        [{"addNamedRange": {"namedRange": {"name": "A1", "range": box(0, 1, 0, 1)}}}],
        "invalid: A1",
    ),
    (
        "unknown named range",
        [{"updateNamedRange": {"namedRange": {"namedRangeId": "X"}, "fields": "name"}}],
        "updateNamedRange: No NamedRange with id: X",
    ),
    (
        "metadata key",
        [
            {
                "createDeveloperMetadata": {
                    "developerMetadata": {"visibility": "DOCUMENT", "location": {"spreadsheet": True}}
                }
            }
        ],
        "must have a metadataKey",
    ),
    (
        "metadata visibility",
        [{"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "k", "location": {"spreadsheet": True}}}}],
        "must have a visibility",
    ),
    (
        "metadata of two rows",
        [
            {
                "createDeveloperMetadata": {
                    "developerMetadata": {
                        "metadataKey": "k",
                        "visibility": "DOCUMENT",
                        "location": {"dimensionRange": span(0, 2)},
                    }
                }
            }
        ],
        "a single row or column",
    ),
    (
        "metadata too large",
        [
            {
                "createDeveloperMetadata": {
                    "developerMetadata": {
                        "metadataKey": "k",
                        "metadataValue": "x" * 30_000,
                        "visibility": "DOCUMENT",
                        "location": {"sheetId": 0},
                    }
                }
            }
        ],
        "limit of 30000 characters",
    ),
    (
        "crossing merges",
        [
            {"mergeCells": {"range": box(0, 2, 0, 2), "mergeType": "MERGE_ALL"}},
            {"mergeCells": {"range": box(1, 3, 1, 3), "mergeType": "MERGE_ALL"}},
        ],
        "You must select all cells in a merged range",
    ),
    (
        "sort by a column outside",
        [{"sortRange": {"range": box(0, 2, 0, 2), "sortSpecs": [{"dimensionIndex": 2}]}}],
        "lies outside of the range",
    ),
    (
        "overlapping banding",
        [
            {
                "addBanding": {
                    "bandedRange": {"range": box(0, 5, 0, 5), "rowProperties": {"firstBandColor": {"red": 1}}}
                }
            },
            {
                "addBanding": {
                    "bandedRange": {"range": box(4, 6, 0, 1), "rowProperties": {"firstBandColor": {"red": 1}}}
                }
            },
        ],
        "already has them",
    ),
    (
        "no conditional rule",
        [{"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}}],
        "No conditional format on sheet: 0 at index: 0",
    ),
    ("no group", [{"deleteDimensionGroup": {"range": span(0, 2)}}], "No group"),
    ("two kinds in one request", [{**ADD, **NAME}], "Invalid requests\\[0\\]"),
    ("empty request", [{}], "Invalid requests\\[0\\]: No request set"),
]


def fingerprint(book: Workbook) -> tuple[bytes, ...]:
    return encode_head(book), *(encode_rows(layer.rows) for sheet in book.sheets for layer in sheet.layers)


@pytest.mark.parametrize(("requests", "words"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
def test_an_invalid_batch_is_refused_and_leaves_the_workbook_alone(
    book: Workbook, context: Context, requests: list[Json], words: str
) -> None:
    fill(book, [["a", 1], ["b", 2]])
    before = fingerprint(book)
    good = {"updateCells": {"start": {}, "rows": [text_row("changed")], "fields": "userEnteredValue,note"}}
    with pytest.raises(InvalidArgumentError, match=words):
        apply_batch(book.fork(), copy.deepcopy(requests), context)
    with pytest.raises(InvalidArgumentError):
        apply_batch(book.fork(), [good, {"deleteSheet": {"sheetId": 99}}], context)
    assert fingerprint(book) == before


def test_a_kind_that_is_not_emulated_says_so(book: Workbook, context: Context) -> None:
    with pytest.raises(
        NotEmulatedError, match="addChart: sheets-emulator doesn't emulate addChart, nothing was applied"
    ):
        apply_batch(book, [{"addChart": {}}], context)


def test_no_request_and_too_many_are_refused(book: Workbook, context: Context) -> None:
    with pytest.raises(InvalidArgumentError, match="Must specify at least one request"):
        apply_batch(book, [], context)
    with pytest.raises(InvalidArgumentError, match="At most 100000"):
        apply_batch(book, [ADD] * 100_001, context)


def test_replies_mirror_requests(batch: Any) -> None:
    replies = batch(ADD, {"updateSheetProperties": {"properties": {"hidden": True}, "fields": "hidden"}}, PROTECT)
    assert [list(reply) for reply in replies] == [["addSheet"], [], ["addProtectedRange"]]
    assert replies[0]["addSheet"]["properties"]["index"] == 1


def test_a_sheet_takes_its_place_and_others_move(book: Workbook, batch: Any) -> None:
    batch({"addSheet": {"properties": {"title": "A", "index": 0}}}, {"addSheet": {"properties": {"title": "B"}}})
    assert [sheet.title for sheet in book.sheets] == ["A", "Sheet1", "B"]
    batch({"updateSheetProperties": {"properties": {"sheetId": 0, "index": 3}, "fields": "index"}})
    assert [sheet.title for sheet in book.sheets] == ["A", "B", "Sheet1"]


def test_shrinking_the_grid_forgets_what_lay_outside(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    batch(
        NAME,
        {
            "updateSheetProperties": {
                "properties": {"gridProperties": {"rowCount": 2, "columnCount": 2}},
                "fields": "gridProperties(rowCount,columnCount)",
            }
        },
    )
    assert values(sheet) == [[1, 2], [4, 5]]
    assert book.named_ranges[0]["range"]["endRowIndex"] == 2
    batch({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 1}})
    assert sheet.row_count == 3
    assert values(sheet) == [[1, 2], [4, 5]]


def test_a_copied_sheet_shares_nothing_with_its_source(book: Workbook, batch: Any) -> None:
    fill(book, [["a"]])
    (reply,) = batch({"duplicateSheet": {"sourceSheetId": 0, "newSheetId": 5}})
    assert reply["duplicateSheet"]["properties"]["title"] == "Copy of Sheet1"
    batch({"updateCells": {"start": {"sheetId": 5}, "rows": [text_row("b")], "fields": "userEnteredValue"}})
    assert [values(sheet) for sheet in book.sheets] == [[["b"]], [["a"]]]


def test_update_cells_empties_what_the_rows_do_not_cover(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]])
    batch({"updateCells": {"range": box(0, 2, 0, 2), "rows": [text_row("X")], "fields": "userEnteredValue"}})
    assert values(sheet) == [["X", None, "c"], [None, None, "f"], ["g", "h", "i"]]


def test_text_stays_text_whatever_it_begins_with(book: Workbook, batch: Any) -> None:
    batch({"updateCells": {"start": {}, "rows": [text_row("=1+1", "'x", "007", "")], "fields": "userEnteredValue"}})
    assert values(book.sheets[0]) == [["=1+1", "'x", "007"]]


def test_a_format_mask_changes_only_what_it_names(book: Workbook, batch: Any) -> None:
    old = {"textFormat": {"bold": True, "italic": True}, "numberFormat": {"type": "TEXT"}}
    batch(
        {"repeatCell": {"range": box(0, 2, 0, 1), "cell": {"userEnteredFormat": old}, "fields": "userEnteredFormat"}},
        {
            "repeatCell": {
                "range": box(0, 1, 0, 1),
                "cell": {"userEnteredFormat": {"textFormat": {}}},
                "fields": "userEnteredFormat.textFormat.bold",
            }
        },
    )
    formats = book.sheets[0].formats
    assert formats.get(0, 0) == {"textFormat": {"italic": True}, "numberFormat": {"type": "TEXT"}}
    assert formats.get(1, 0) == old


def test_appended_cells_follow_the_last_row_with_a_value_and_the_grid_grows(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [["a"]] * 999 + [["last"]])
    batch({"appendCells": {"sheetId": 0, "rows": [text_row("x"), text_row("y")], "fields": "userEnteredValue"}})
    assert (sheet.row_count, sheet.cells.get(1000, 0), sheet.cells.get(1001, 0)) == (1002, "x", "y")


def test_inserted_rows_take_formats_and_move_all_that_lies_below(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [["a"], ["b", Formula("=A2")], ["c"]])
    metadata = {"metadataKey": "k", "visibility": "DOCUMENT", "location": {"dimensionRange": span(1, 2)}}
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}, "note": "here"}
    batch(
        NAME,
        {"createDeveloperMetadata": {"developerMetadata": metadata}},
        {"repeatCell": {"range": box(1, 2, 0, 1), "cell": bold, "fields": "userEnteredFormat,note"}},
        {"insertDimension": {"range": span(1, 3)}},
    )
    assert values(sheet) == [["a"], [], [], ["b", Formula("=A4")], ["c"]]
    assert sheet.formats.get(1, 0) == {"textFormat": {"bold": True}}
    assert (sheet.extras.get(1, 0), sheet.extras.get(3, 0)) == (None, {"note": "here"})
    assert sheet.row_count == 1002
    assert book.named_ranges[0]["range"]["startRowIndex"] == 3
    assert book.developer_metadata[0]["location"]["dimensionRange"]["startIndex"] == 3


def test_deleted_columns_take_what_stood_in_them(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [["a", "b", "c", Formula("=C1")]])
    batch(NAME, {"deleteDimension": {"range": span(0, 2, "COLUMNS")}})
    assert values(sheet) == [["c", Formula("=A1")]]
    assert sheet.column_count == 24
    assert "range" not in book.named_ranges[0]


@pytest.mark.parametrize(("move", "order"), [((0, 1, 3), "bcad"), ((2, 4, 0), "cdab"), ((1, 2, 4), "acdb")])
@pytest.mark.parametrize("dimension", ["ROWS", "COLUMNS"])
def test_moved_rows_and_columns_go_before_the_destination(
    book: Workbook, batch: Any, dimension: str, move: tuple[int, int, int], order: str
) -> None:
    start, end, destination = move
    sheet = fill(book, [[letter] for letter in "abcd"] if dimension == "ROWS" else [list("abcd")])
    batch({"moveDimension": {"source": span(start, end, dimension), "destinationIndex": destination}})
    assert "".join(str(cell) for row in values(sheet) for cell in row) == order


def test_dimension_properties_are_set_and_taken_back(book: Workbook, batch: Any) -> None:
    update = {"range": span(0, 2, "COLUMNS"), "properties": {"pixelSize": 50, "hiddenByUser": True}, "fields": "*"}
    batch({"updateDimensionProperties": update})
    assert book.sheets[0].column_dimensions[1] == {"pixelSize": 50, "hiddenByUser": True}
    batch({"updateDimensionProperties": {**update, "properties": {"hiddenByUser": False}, "fields": "hiddenByUser"}})
    assert book.sheets[0].column_dimensions[1] == {"pixelSize": 50}


def test_copied_cells_are_tiled_and_formulas_move(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [[1, Formula("=A1")]])
    batch({"copyPaste": {"source": box(0, 1, 0, 2), "destination": box(1, 3, 0, 4), "pasteType": "PASTE_NORMAL"}})
    assert values(sheet)[1] == [1, Formula("=A2"), 1, Formula("=C2")]
    assert values(sheet)[2] == [1, Formula("=A3"), 1, Formula("=C3")]


def test_values_only_are_pasted_without_formulas_and_formats(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [["=1+1", Formula("=2+3"), "007", 45000]])
    date = {"userEnteredFormat": {"numberFormat": {"type": "DATE"}}}
    batch(
        {"repeatCell": {"range": box(0, 1, 3, 4), "cell": date, "fields": "userEnteredFormat"}},
        {"copyPaste": {"source": box(0, 1, 0, 4), "destination": box(5, 6, 0, 1), "pasteType": "PASTE_VALUES"}},
    )
    assert values(sheet)[5] == ["=1+1", 5, "007", 45000]
    assert sheet.formats.row(5) == ()


def test_cut_cells_leave_their_place(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [["a", "b"]])
    batch({"cutPaste": {"source": box(0, 1, 0, 1), "destination": {"rowIndex": 1, "columnIndex": 1}}})
    assert values(sheet) == [[None, "b"], [None, "a"]]


def test_sorting_puts_numbers_before_text_and_empty_cells_last(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [["b", 1], [None, 2], [10, 3], ["A", 4], [True, 5], [9, 6]])
    sort = {"range": box(0, 6, 0, 2), "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]}
    batch({"sortRange": sort})
    assert [row[1] for row in values(sheet)] == [6, 3, 4, 1, 5, 2]
    batch({"sortRange": {**sort, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]}})
    assert [row[1] for row in values(sheet)] == [5, 1, 4, 3, 6, 2]


def test_merging_keeps_the_first_value(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [["a", "b"], ["c", "d"]])
    batch({"mergeCells": {"range": box(0, 2, 0, 2), "mergeType": "MERGE_ROWS"}})
    assert values(sheet) == [["a"], ["c"]]
    assert sheet.merges == [Box(0, 1, 0, 2), Box(1, 2, 0, 2)]
    batch({"unmergeCells": {"range": box(0, 1, 0, 2)}})
    assert sheet.merges == [Box(1, 2, 0, 2)]


def test_a_protected_range_is_a_token_that_can_be_exchanged_once(book: Workbook, batch: Any) -> None:
    batch(PROTECT)
    new = {"addProtectedRange": {"protectedRange": {"protectedRangeId": 8, "range": {"sheetId": 0}}}}
    batch({"deleteProtectedRange": {"protectedRangeId": 7}}, new)
    assert [item["protectedRangeId"] for item in book.sheets[0].items("protectedRanges")] == [8]
    with pytest.raises(InvalidArgumentError, match="No protected range with id: 7"):
        batch({"deleteProtectedRange": {"protectedRangeId": 7}}, new)


def test_a_protected_range_is_updated_under_its_mask(book: Workbook, batch: Any) -> None:
    batch(
        PROTECT,
        {
            "updateProtectedRange": {
                "protectedRange": {"protectedRangeId": 7, "description": "d"},
                "fields": "description,warningOnly",
            }
        },
    )
    (item,) = book.sheets[0].items("protectedRanges")
    assert (item["description"], item.get("warningOnly"), item["editors"]) == (
        "d",
        None,
        {"users": ["alice@example.com"]},
    )


def test_a_deleted_sheet_keeps_the_names_of_its_ranges_taken(book: Workbook, batch: Any) -> None:
    batch(
        {"addSheet": {"properties": {"sheetId": 5}}},
        {"addNamedRange": {"namedRange": {"name": "N", "range": {"sheetId": 5}}}},
        {"deleteSheet": {"sheetId": 5}},
    )
    with pytest.raises(InvalidArgumentError, match="already exists"):
        batch({"addNamedRange": {"namedRange": {"name": "N", "range": {"sheetId": 0}}}})


def test_metadata_is_found_changed_and_deleted_by_filter(book: Workbook, batch: Any) -> None:
    def made(key: str, location: Json) -> Json:
        return {
            "createDeveloperMetadata": {
                "developerMetadata": {"metadataKey": key, "visibility": "DOCUMENT", "location": location}
            }
        }

    batch(made("a", {"sheetId": 0}), made("b", {"spreadsheet": True}), made("a", {"dimensionRange": span(3, 4)}))
    lookup = {"developerMetadataLookup": {"metadataKey": "a", "locationType": "ROW"}}
    (reply,) = batch(
        {
            "updateDeveloperMetadata": {
                "dataFilters": [lookup],
                "developerMetadata": {"metadataValue": "v"},
                "fields": "metadataValue",
            }
        }
    )
    assert [item["metadataValue"] for item in reply["updateDeveloperMetadata"]["developerMetadata"]] == ["v"]
    (reply,) = batch({"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataKey": "a"}}}})
    assert len(reply["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]) == 2
    assert batch({"deleteDeveloperMetadata": {"dataFilter": lookup}}) == [{"deleteDeveloperMetadata": {}}]
    assert [item["metadataKey"] for item in book.developer_metadata] == ["b"]


def test_filters_groups_banding_and_rules_are_kept_and_taken_away(book: Workbook, batch: Any) -> None:
    rule = {"ranges": [box(0, 1, 0, 1)], "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {}}}
    replies = batch(
        {"setBasicFilter": {"filter": {"range": {"sheetId": 0}}}},
        {"addFilterView": {"filter": {"title": "V", "range": box(0, 5, 0, 5)}}},
        {"addDimensionGroup": {"range": span(2, 6)}},
        {"addDimensionGroup": {"range": span(3, 4)}},
        {"addBanding": {"bandedRange": {"range": box(0, 5, 0, 5), "rowProperties": {"firstBandColor": {"red": 1}}}}},
        {"addConditionalFormatRule": {"rule": rule, "index": 0}},
        {"updateConditionalFormatRule": {"rule": rule, "index": 0}},
    )
    sheet = book.sheets[0]
    assert sheet.basic_filter == {
        "range": {name: index for name, index in box(0, 1000, 0, 26).items() if name != "sheetId"}
    }
    assert [
        (group["range"]["startIndex"], group["range"]["endIndex"], group["depth"]) for group in sheet.items("rowGroups")
    ] == [(2, 6, 1), (3, 4, 2)]
    view, band = replies[1]["addFilterView"]["filter"], replies[4]["addBanding"]["bandedRange"]
    batch(
        {"clearBasicFilter": {"sheetId": 0}},
        {"updateFilterView": {"filter": {"filterViewId": view["filterViewId"], "title": "W"}, "fields": "title"}},
        {"deleteFilterView": {"filterId": view["filterViewId"]}},
        {"deleteDimensionGroup": {"range": span(2, 6)}},
        {
            "updateDimensionGroup": {
                "dimensionGroup": {"range": span(3, 4), "depth": 1, "collapsed": True},
                "fields": "collapsed",
            }
        },
        {"updateBanding": {"bandedRange": {**band, "range": box(0, 9, 0, 5)}, "fields": "range"}},
        {"deleteBanding": {"bandedRangeId": band["bandedRangeId"]}},
        {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}},
    )
    assert sheet.basic_filter is None
    assert [sheet.items(name) for name in ("filterViews", "bandedRanges", "conditionalFormats")] == [[], [], []]
    assert [group["depth"] for group in sheet.items("rowGroups")] == [1]


def test_ranges_of_cells_are_inserted_and_deleted(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [["a", "x"], ["b", "y"]])
    batch({"insertRange": {"range": box(0, 1, 0, 1), "shiftDimension": "ROWS"}})
    assert values(sheet) == [[None, "x"], ["a", "y"], ["b"]]
    batch({"deleteRange": {"range": box(0, 1, 0, 1), "shiftDimension": "ROWS"}})
    assert values(sheet) == [["a", "x"], ["b", "y"]]
    batch({"insertRange": {"range": box(0, 1, 0, 1), "shiftDimension": "COLUMNS"}})
    assert values(sheet) == [[None, "a", "x"], ["b", "y"]]


def test_find_and_replace_counts_what_it_changes(book: Workbook, batch: Any) -> None:
    sheet = fill(book, [["foo foo", "bar"], ["Foo", Formula('="foo"')]])
    (reply,) = batch({"findReplace": {"find": "foo", "replacement": "x", "allSheets": True}})
    assert values(sheet) == [["x x", "bar"], ["x", Formula('="foo"')]]
    assert reply["findReplace"] == {"valuesChanged": 2, "rowsChanged": 2, "sheetsChanged": 1, "occurrencesChanged": 3}


def test_pasted_text_is_typed(book: Workbook, batch: Any) -> None:
    batch(
        {"pasteData": {"coordinate": {"rowIndex": 1}, "data": "a,1\n=1+1,'2", "delimiter": ",", "type": "PASTE_NORMAL"}}
    )
    assert values(book.sheets[0])[1:] == [["a", 1], [Formula("=1+1"), "2"]]


def test_borders_are_drawn_on_their_sides(book: Workbook, batch: Any) -> None:
    line = {"style": "SOLID", "color": {}}
    batch({"updateBorders": {"range": box(0, 2, 0, 2), "top": line, "innerVertical": line}})
    borders = book.sheets[0].formats.get(0, 0)["borders"]
    assert set(borders) == {"top", "right"}
    batch({"updateBorders": {"range": box(0, 1, 0, 1), "top": {"style": "NONE"}}})
    assert set(book.sheets[0].formats.get(0, 0)["borders"]) == {"right"}


def test_validation_is_set_and_cleared(book: Workbook, batch: Any) -> None:
    batch({"setDataValidation": {"range": box(0, 1, 0, 1), "rule": {"condition": {"type": "BOOLEAN"}, "strict": True}}})
    assert book.sheets[0].extras.get(0, 0) == {"dataValidation": {"condition": {"type": "BOOLEAN"}, "strict": True}}
    batch({"setDataValidation": {"range": box(0, 1, 0, 1)}})
    assert book.sheets[0].extras.get(0, 0) is None


def test_a_wide_text_widens_its_column(book: Workbook, batch: Any) -> None:
    fill(book, [["W" * 100, "i"]])
    batch({"autoResizeDimensions": {"dimensions": span(0, 3, "COLUMNS")}})
    widths = book.sheets[0].column_dimensions
    assert widths[0]["pixelSize"] > 1000
    assert widths[1]["pixelSize"] < 50
    assert 2 not in widths


def test_every_kind_that_the_issue_asks_for_has_a_reducer() -> None:
    asked = """
    addSheet deleteSheet duplicateSheet updateSheetProperties updateSpreadsheetProperties updateCells
    appendCells repeatCell insertDimension deleteDimension appendDimension moveDimension
    updateDimensionProperties autoResizeDimensions copyPaste cutPaste sortRange mergeCells unmergeCells
    setBasicFilter clearBasicFilter addNamedRange updateNamedRange deleteNamedRange addProtectedRange
    updateProtectedRange deleteProtectedRange createDeveloperMetadata updateDeveloperMetadata
    deleteDeveloperMetadata setDataValidation addDimensionGroup deleteDimensionGroup updateBorders insertRange
    deleteRange pasteData findReplace addFilterView updateFilterView deleteFilterView addBanding updateBanding
    deleteBanding addConditionalFormatRule updateConditionalFormatRule deleteConditionalFormatRule
    """
    assert set(asked.split()) <= set(REDUCERS)
    assert len(METHODS) == 17


def test_a_repeated_cell_may_be_asked_for_beyond_the_grid(book: Workbook, batch: Any) -> None:
    cell = {"userEnteredValue": {"numberValue": 1}}
    wide = {"startRowIndex": 999, "endRowIndex": 1100, "startColumnIndex": 25, "endColumnIndex": 40}
    batch({"repeatCell": {"range": wide, "cell": cell, "fields": "userEnteredValue"}})
    assert (book.sheets[0].row_count, book.sheets[0].cells.width()) == (1000, 26)
    assert book.sheets[0].cells.get(999, 25) == 1
    with pytest.raises(InvalidArgumentError, match="exceeds grid limits"):
        batch({"repeatCell": {"range": {"startRowIndex": 1000, "endRowIndex": 1001}, "cell": cell, "fields": "*"}})


def test_a_conditional_format_may_have_an_empty_range(book: Workbook, batch: Any) -> None:
    empty = {"startRowIndex": 1, "endRowIndex": 1, "startColumnIndex": 1, "endColumnIndex": 2}
    rule = {"ranges": [empty], "booleanRule": {"condition": {"type": "BLANK"}, "format": {}}}
    batch({"addConditionalFormatRule": {"rule": rule}})
    assert book.sheets[0].items("conditionalFormats")[0]["ranges"] == [empty]
