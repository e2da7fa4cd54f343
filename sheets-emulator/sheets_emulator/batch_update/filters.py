"""setBasicFilter, clearBasicFilter, addFilterView, updateFilterView, deleteFilterView, duplicateFilterView."""

from __future__ import annotations

from .. import fields
from ..errors import RequestError
from ..model import Json, Sheet, Workbook
from ..ranges import clean_grid_range, resolve_grid_range, sheet_by_id, to_grid_range
from .context import Context, Reducer, require

_LIST = "filterViews"


def set_basic_filter(book: Workbook, body: Json, _: Context) -> None:
    """One filter a sheet; a range without bounds is the whole grid, written out (recorded)."""
    wanted = require(body, "filter")
    sheet, box = resolve_grid_range(book, wanted.get("range"))
    sheet.basic_filter = {**wanted, "range": to_grid_range(sheet.sheet_id, box)}


def clear_basic_filter(book: Workbook, body: Json, _: Context) -> None:
    sheet_by_id(book, body.get("sheetId", 0)).basic_filter = None


def _with_range(book: Workbook, view: Json) -> tuple[Sheet, Json]:
    sheet, box = resolve_grid_range(book, view.get("range"))
    bounded = "range" in view and len(clean_grid_range(view["range"])) > 1
    shown = clean_grid_range(view["range"]) if bounded else to_grid_range(sheet.sheet_id, box)
    return sheet, {**view, "range": shown}


def add_filter_view(book: Workbook, body: Json, context: Context) -> Json:
    wanted = require(body, "filter")
    taken = [item["filterViewId"] for sheet in book.sheets for item in sheet.items(_LIST)]
    number = wanted.get("filterViewId") or context.new_id(taken)
    if number in taken:
        raise RequestError(f"A filter view with the id {number} already exists.")
    sheet, view = _with_range(book, wanted)
    view = {"filterViewId": number, "title": wanted.get("title") or f"Filter {len(sheet.items(_LIST)) + 1}", **view}
    sheet.lists.setdefault(_LIST, []).append(view)
    return {"filter": view}


def _find(book: Workbook, number: int | None) -> tuple[Sheet, Json]:
    for sheet in book.sheets:
        for item in sheet.items(_LIST):
            if item["filterViewId"] == number:
                return sheet, item
    raise RequestError(f"No filter view with id: {number}")


def update_filter_view(book: Workbook, body: Json, _: Context) -> None:
    wanted = require(body, "filter")
    tree = fields.required_mask(body)
    sheet, old = _find(book, wanted.get("filterViewId"))
    new = fields.merge(tree, old, wanted) if tree else {**old, **wanted}
    target, new = _with_range(book, {**new, "filterViewId": old["filterViewId"]})
    if target is not sheet:
        raise RequestError("A filter view can't move to another sheet.")
    sheet.lists[_LIST] = [new if item is old else item for item in sheet.items(_LIST)]


def delete_filter_view(book: Workbook, body: Json, _: Context) -> None:
    sheet, item = _find(book, body.get("filterId"))
    sheet.lists[_LIST].remove(item)


def duplicate_filter_view(book: Workbook, body: Json, context: Context) -> Json:
    sheet, item = _find(book, body.get("filterId"))
    taken = [other["filterViewId"] for each in book.sheets for other in each.items(_LIST)]
    copy = {**item, "filterViewId": context.new_id(taken), "title": f"Copy of {item['title']}"}
    sheet.lists[_LIST].append(copy)
    return {"filter": copy}


REDUCERS: dict[str, Reducer] = {
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "addFilterView": add_filter_view,
    "updateFilterView": update_filter_view,
    "deleteFilterView": delete_filter_view,
    "duplicateFilterView": duplicate_filter_view,
}
