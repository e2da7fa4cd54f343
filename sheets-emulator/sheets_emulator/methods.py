"""The methods of the API: one table from a name to a function of a call, and which of them write.

Design rule: pure. The edge opens the workbook, makes the call and keeps the fork if the function returns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import fields, value_methods
from .batch_update import apply_batch
from .batch_update.context import Context
from .batch_update.copies import renumber_copies
from .batch_update.sheets import check_time_zone, free_title, make_sheet
from .calls import Call
from .errors import NotFoundError, RequestError
from .lookup import filter_areas, matching_metadata
from .model import Json, Sheet, Workbook
from .ranges import resolve_a1, resolve_grid_range
from .sheet_json import sheet_properties, spreadsheet_json
from .theme import default_properties

READ, WRITE = "read", "write"


def new_workbook(spreadsheet_id: str, account: str, title: str, now: str) -> Workbook:
    """A fresh workbook with one sheet "Sheet1" of id 0, 1000 x 26 (recorded)."""
    return Workbook(spreadsheet_id, account, default_properties(title), [Sheet(0, "Sheet1")], now, now)


def fill_created(book: Workbook, body: Json, context: Context) -> None:
    """Give a fresh workbook what the body of spreadsheets.create asks for; raises RequestError or ApiError."""
    wanted = {name: value for name, value in body.get("properties", {}).items() if name != "spreadsheetTheme"}
    if "timeZone" in wanted:
        check_time_zone(wanted["timeZone"])
    book.properties = {**book.properties, **wanted}
    if body.get("sheets"):
        _fill_sheets(book, body["sheets"], context)
    for named in body.get("namedRanges", []):
        apply_batch(book, [{"addNamedRange": {"namedRange": named}}], context)
    for item in body.get("developerMetadata", []):
        apply_batch(book, [{"createDeveloperMetadata": {"developerMetadata": item}}], context)


_LIST_REQUESTS = {
    "protectedRanges": ("addProtectedRange", "protectedRange"),
    "filterViews": ("addFilterView", "filter"),
    "bandedRanges": ("addBanding", "bandedRange"),
    "conditionalFormats": ("addConditionalFormatRule", "rule"),
    "developerMetadata": ("createDeveloperMetadata", "developerMetadata"),
}


def _fill_sheets(book: Workbook, wanted: list[Json], context: Context) -> None:
    book.sheets = []
    for number, one in enumerate(wanted, 1):
        properties = {name: value for name, value in one.get("properties", {}).items() if name != "index"}
        properties.setdefault("title", free_title(book, "Sheet", number))
        sheet = make_sheet(book, properties, context)
        requests: list[Json] = []
        for data in one.get("data", []):
            start = {
                "sheetId": sheet.sheet_id,
                "rowIndex": data.get("startRow", 0),
                "columnIndex": data.get("startColumn", 0),
            }
            mask = "userEnteredValue,userEnteredFormat,note,dataValidation,textFormatRuns"
            requests.append({"updateCells": {"start": start, "rows": data.get("rowData", []), "fields": mask}})
        for merge in one.get("merges", []):
            requests.append({"mergeCells": {"range": {**merge, "sheetId": sheet.sheet_id}, "mergeType": "MERGE_ALL"}})
        for name, (kind, member) in _LIST_REQUESTS.items():
            requests.extend({kind: {member: item}} for item in one.get(name, []))
        if "basicFilter" in one:
            requests.append({"setBasicFilter": {"filter": one["basicFilter"]}})
        if requests:
            apply_batch(book, requests, context)


def create(call: Call) -> Json:
    fill_created(call.book, call.body, call.context)
    return spreadsheet_json(call.book, call.context.account, data=False)


def _with_cells(mask: str | None, asked: bool | None, *path: str) -> bool:
    """A mask decides alone whether cells are answered: where it names the path to them, "*" doesn't (measured)."""
    return fields.reaches(fields.parse_mask(mask), *path) if mask else bool(asked)


def get(call: Call) -> Json:
    text = call.parameters.get("fields")
    tree = fields.parse_mask(text) if text else {}
    areas = [resolve_a1(call.book, one) for one in call.parameters.get("ranges", [])] or None
    data = _with_cells(text, call.parameters.get("includeGridData"), "sheets", "data")
    return spreadsheet_json(call.book, call.context.account, tree, areas, data=data)


def get_by_data_filter(call: Call) -> Json:
    text = call.parameters.get("fields")
    tree = fields.parse_mask(text) if text else {}
    filters = call.body.get("dataFilters")
    areas = [area for one in filters for area in filter_areas(call.book, one)] if filters else None
    data = _with_cells(text, call.body.get("includeGridData"), "sheets", "data")
    return spreadsheet_json(call.book, call.context.account, tree, areas, data=data)


def batch_update(call: Call) -> Json:
    body, text = call.body, call.parameters.get("fields")
    out: Json = {"spreadsheetId": call.book.spreadsheet_id}
    out["replies"] = apply_batch(call.book, body.get("requests", []), call.context)
    tree = fields.parse_mask(text) if text else {}
    if body.get("includeSpreadsheetInResponse") and fields.wants(tree, "updatedSpreadsheet"):
        areas = [resolve_a1(call.book, one) for one in body.get("responseRanges", [])] or None
        data = _with_cells(text, body.get("responseIncludeGridData"), "updatedSpreadsheet", "sheets", "data")
        below = tree.get("updatedSpreadsheet", {})
        out["updatedSpreadsheet"] = spreadsheet_json(call.book, call.context.account, below, areas, data=data)
    return out


def get_metadata(call: Call) -> Json:
    text = call.path["metadataId"]
    found = [item for item in call.book.developer_metadata if str(item["metadataId"]) == text]
    if not found:
        raise NotFoundError(f"No developer metadata with ID {text}.")
    return found[0]


def search_metadata(call: Call) -> Json:
    filters = call.body.get("dataFilters", [])
    matched = matching_metadata(call.book, filters)
    items = [
        {
            "developerMetadata": item,
            "dataFilters": [one for one in filters if matching_metadata(call.book, [one]).count(item)],
        }
        for item in matched
    ]
    return {"matchedDeveloperMetadata": items} if items else {}


def copy_sheet(call: Call) -> Json:
    """spreadsheets.sheets.copyTo: the copy stands last and is called "Copy of …"."""
    try:
        source, _ = resolve_grid_range(call.book, {"sheetId": int(call.path["sheetId"])})
    except (RequestError, ValueError) as error:
        raise NotFoundError("Requested entity was not found.") from error
    target_id = call.body.get("destinationSpreadsheetId", "")
    same = target_id == call.book.spreadsheet_id
    target = call.open_other(target_id)
    copy = source.fork()
    copy.sheet_id = call.context.new_id([sheet.sheet_id for sheet in target.sheets])
    copy.title = f"Copy of {source.title}"
    copy.title = copy.title if not target.maybe_sheet_titled(copy.title) else free_title(target, copy.title + " ", 2)
    target.sheets.append(copy)
    renumber_copies(target, source.sheet_id, copy, call.context.new_id, metadata=same)
    return sheet_properties(target, copy)


METHODS: dict[str, tuple[str, Callable[[Call], Any]]] = {
    "spreadsheets.create": (WRITE, create),
    "spreadsheets.get": (READ, get),
    "spreadsheets.getByDataFilter": (READ, get_by_data_filter),
    "spreadsheets.batchUpdate": (WRITE, batch_update),
    "spreadsheets.sheets.copyTo": (WRITE, copy_sheet),
    "spreadsheets.developerMetadata.get": (READ, get_metadata),
    "spreadsheets.developerMetadata.search": (READ, search_metadata),
    "spreadsheets.values.get": (READ, value_methods.get),
    "spreadsheets.values.batchGet": (READ, value_methods.batch_get),
    "spreadsheets.values.batchGetByDataFilter": (READ, value_methods.batch_get_by_data_filter),
    "spreadsheets.values.update": (WRITE, value_methods.update),
    "spreadsheets.values.batchUpdate": (WRITE, value_methods.batch_update),
    "spreadsheets.values.batchUpdateByDataFilter": (WRITE, value_methods.batch_update_by_data_filter),
    "spreadsheets.values.append": (WRITE, value_methods.append),
    "spreadsheets.values.clear": (WRITE, value_methods.clear),
    "spreadsheets.values.batchClear": (WRITE, value_methods.batch_clear),
    "spreadsheets.values.batchClearByDataFilter": (WRITE, value_methods.batch_clear_by_data_filter),
}
READS_ITS_OWN = frozenset({"spreadsheets.sheets.copyTo"})
"""Writers of another workbook: a reader of the one in the path may call them."""
VALUE_WRITERS = frozenset(api for api, (kind, _) in METHODS.items() if kind == WRITE and ".values." in api)
