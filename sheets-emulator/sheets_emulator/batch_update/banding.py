"""addBanding, updateBanding, deleteBanding."""

from __future__ import annotations

from .. import fields
from ..errors import RequestError
from ..model import Json, Sheet, Workbook
from ..ranges import clean_grid_range, grid_box, resolve_grid_range
from ..theme import with_color_styles
from .context import Context, Reducer, require

_LIST = "bandedRanges"


def _checked(book: Workbook, wanted: Json, own: Json | None = None) -> tuple[Sheet, Json]:
    sheet, box = resolve_grid_range(book, wanted.get("range"))
    if not wanted.get("rowProperties") and not wanted.get("columnProperties"):
        raise RequestError("A banded range needs rowProperties or columnProperties.")
    for other in sheet.items(_LIST):
        if other is not own and grid_box(sheet, other["range"]).overlaps(box):
            raise RequestError("You cannot add alternating background colors to a range that already has them.")
    styled = with_color_styles(wanted)
    return sheet, {**styled, "range": clean_grid_range(wanted.get("range") or {})}


def add_banding(book: Workbook, body: Json, context: Context) -> Json:
    wanted = require(body, "bandedRange")
    taken = [item["bandedRangeId"] for sheet in book.sheets for item in sheet.items(_LIST)]
    number = wanted.get("bandedRangeId") or context.new_id(taken)
    if number in taken:
        raise RequestError(f"A banded range with the id {number} already exists.")
    sheet, item = _checked(book, wanted)
    item = {**item, "bandedRangeId": number}
    sheet.lists.setdefault(_LIST, []).append(item)
    return {"bandedRange": item}


def _find(book: Workbook, number: int | None) -> tuple[Sheet, Json]:
    for sheet in book.sheets:
        for item in sheet.items(_LIST):
            if item["bandedRangeId"] == number:
                return sheet, item
    raise RequestError(f"No banded range with id: {number}")


def update_banding(book: Workbook, body: Json, _: Context) -> None:
    wanted = require(body, "bandedRange")
    tree = fields.required_mask(body)
    sheet, old = _find(book, wanted.get("bandedRangeId"))
    new = fields.merge(tree, old, wanted) if tree else {**old, **wanted}
    target, new = _checked(book, {**new, "bandedRangeId": old["bandedRangeId"]}, old)
    sheet.lists[_LIST].remove(old)
    target.lists.setdefault(_LIST, []).append(new)


def delete_banding(book: Workbook, body: Json, _: Context) -> None:
    sheet, item = _find(book, body.get("bandedRangeId"))
    sheet.lists[_LIST].remove(item)


REDUCERS: dict[str, Reducer] = {
    "addBanding": add_banding,
    "updateBanding": update_banding,
    "deleteBanding": delete_banding,
}
