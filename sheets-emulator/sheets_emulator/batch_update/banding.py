"""addBanding, updateBanding, deleteBanding."""

from __future__ import annotations

from .. import fields
from ..errors import RequestError
from ..model import Json, Sheet, Workbook
from ..ranges import clean_grid_range, grid_box, resolve_grid_range
from ..theme import with_color_styles
from .context import Context, Reducer, require
from .listed import Listed

_ITEMS = Listed("bandedRanges", "bandedRangeId", "banded range")


def _checked(book: Workbook, wanted: Json, own: Json | None = None) -> tuple[Sheet, Json]:
    sheet, box = resolve_grid_range(book, wanted.get("range"))
    if not wanted.get("rowProperties") and not wanted.get("columnProperties"):
        raise RequestError("A banded range needs rowProperties or columnProperties.")
    for other in sheet.items(_ITEMS.name):
        if other is not own and grid_box(sheet, other["range"]).overlaps(box):
            raise RequestError("You cannot add alternating background colors to a range that already has them.")
    styled = with_color_styles(wanted)
    return sheet, {**styled, "range": clean_grid_range(wanted.get("range") or {})}


def add_banding(book: Workbook, body: Json, context: Context) -> Json:
    wanted = require(body, "bandedRange")
    number = _ITEMS.new_id(book, wanted, context)
    sheet, item = _checked(book, wanted)
    item = {**item, "bandedRangeId": number}
    _ITEMS.add(sheet, item)
    return {"bandedRange": item}


def update_banding(book: Workbook, body: Json, _: Context) -> None:
    wanted = require(body, "bandedRange")
    tree = fields.required_mask(body)
    sheet, old = _ITEMS.find(book, wanted.get("bandedRangeId"))
    new = fields.merge(tree, old, wanted) if tree else {**old, **wanted}
    target, new = _checked(book, {**new, "bandedRangeId": old["bandedRangeId"]}, old)
    _ITEMS.replace(sheet, old, target, new)


def delete_banding(book: Workbook, body: Json, _: Context) -> None:
    _ITEMS.remove(*_ITEMS.find(book, body.get("bandedRangeId")))


REDUCERS: dict[str, Reducer] = {
    "addBanding": add_banding,
    "updateBanding": update_banding,
    "deleteBanding": delete_banding,
}
