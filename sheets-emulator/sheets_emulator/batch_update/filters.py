"""setBasicFilter, clearBasicFilter, addFilterView, updateFilterView, deleteFilterView, duplicateFilterView."""

from __future__ import annotations

from .. import fields
from ..errors import RequestError
from ..guards import range_of
from ..model import Json, Sheet, Workbook
from ..ranges import clean_grid_range, resolve_grid_range, sheet_by_id, to_grid_range
from .context import Context, Reducer, require
from .listed import Listed

_ITEMS = Listed("filterViews", "filterViewId", "filter view")


def _check_columns(wanted: Json) -> None:
    for key in wanted.get("criteria", {}):
        if not key.isascii() or not key.isdigit():
            raise RequestError(f"The keys of criteria are numbers of columns, not {key!r}.")


def set_basic_filter(book: Workbook, body: Json, _: Context) -> None:
    """One filter a sheet; a range without bounds is the whole grid, written out (recorded)."""
    wanted = require(body, "filter")
    _check_columns(wanted)
    sheet, box = resolve_grid_range(book, wanted.get("range"))
    sheet.basic_filter = {**wanted, "range": to_grid_range(sheet.sheet_id, box)}


def clear_basic_filter(book: Workbook, body: Json, _: Context) -> None:
    sheet_by_id(book, body.get("sheetId", 0)).basic_filter = None


def _with_range(book: Workbook, view: Json) -> tuple[Sheet, Json]:
    _check_columns(view)
    if "namedRangeId" in view:
        named = range_of(book, view)
        if named is None:
            raise RequestError(f"No NamedRange with id: {view['namedRangeId']}")
        view = {**view, "range": named}
    sheet, box = resolve_grid_range(book, view.get("range"))
    bounded = "range" in view and len(clean_grid_range(view["range"])) > 1
    shown = clean_grid_range(view["range"]) if bounded else to_grid_range(sheet.sheet_id, box)
    return sheet, {**view, "range": shown}


def add_filter_view(book: Workbook, body: Json, context: Context) -> Json:
    wanted = require(body, "filter")
    number = _ITEMS.new_id(book, wanted, context)
    sheet, view = _with_range(book, wanted)
    title = wanted.get("title") or f"Filter {len(sheet.items(_ITEMS.name)) + 1}"
    view = {**view, "filterViewId": number, "title": title}
    _ITEMS.add(sheet, view)
    return {"filter": view}


def update_filter_view(book: Workbook, body: Json, _: Context) -> None:
    wanted = require(body, "filter")
    tree = fields.required_mask(body)
    sheet, old = _ITEMS.find(book, wanted.get("filterViewId"))
    new = fields.merge(tree, old, wanted) if tree else {**old, **wanted}
    target, new = _with_range(book, {**new, "filterViewId": old["filterViewId"]})
    if target is not sheet:
        raise RequestError("A filter view can't move to another sheet.")
    _ITEMS.replace(sheet, old, target, new)


def delete_filter_view(book: Workbook, body: Json, _: Context) -> None:
    _ITEMS.remove(*_ITEMS.find(book, body.get("filterId")))


def duplicate_filter_view(book: Workbook, body: Json, context: Context) -> Json:
    sheet, item = _ITEMS.find(book, body.get("filterId"))
    title = f"Copy of {item.get('title', '')}"
    copy = {**item, "filterViewId": _ITEMS.new_id(book, {}, context), "title": title}
    _ITEMS.add(sheet, copy)
    return {"filter": copy}


REDUCERS: dict[str, Reducer] = {
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "addFilterView": add_filter_view,
    "updateFilterView": update_filter_view,
    "deleteFilterView": delete_filter_view,
    "duplicateFilterView": duplicate_filter_view,
}
