"""addProtectedRange, updateProtectedRange, deleteProtectedRange.

Design rule: an id that the client chose is honoured, and refused where it exists; whoever protects a range stays
among its editors (recorded: the reply shows the editors as asked for, a later get shows them with the caller).
"""

from __future__ import annotations

from .. import fields
from ..errors import RequestError
from ..model import Json, Sheet, Workbook
from ..ranges import clean_grid_range, resolve_grid_range
from .context import Context, Reducer, require

_LIST = "protectedRanges"


def _cleaned(book: Workbook, wanted: Json) -> Json:
    """A ProtectedRange without false flags and empty lists, with the range as answers write it."""
    kept = {name: value for name, value in wanted.items() if value not in (False, "", [])}
    if "range" in kept:
        resolve_grid_range(book, kept["range"])
        kept["range"] = clean_grid_range(kept["range"])
    elif "namedRangeId" not in kept:
        raise RequestError("A protected range needs a range or a namedRangeId.")
    for one in kept.get("unprotectedRanges", []):
        resolve_grid_range(book, one)
    if "unprotectedRanges" in kept:
        kept["unprotectedRanges"] = [clean_grid_range(one) for one in kept["unprotectedRanges"]]
    kept["requestingUserCanEdit"] = True
    kept["editors"] = {name: value for name, value in (wanted.get("editors") or {}).items() if value}
    return kept


def _sheet_of(book: Workbook, item: Json) -> Sheet:
    sheet, _ = resolve_grid_range(book, _range_of(book, item))
    return sheet


def _range_of(book: Workbook, item: Json) -> Json:
    if "range" in item:
        return dict(item["range"])
    for named in book.named_ranges:
        if named["namedRangeId"] == item["namedRangeId"] and "range" in named:
            return dict(named["range"])
    raise RequestError(f"No NamedRange with id: {item['namedRangeId']}")


def add_protected_range(book: Workbook, body: Json, context: Context) -> Json:
    wanted = require(body, "protectedRange")
    taken = [item["protectedRangeId"] for sheet in book.sheets for item in sheet.items(_LIST)]
    number = wanted.get("protectedRangeId")
    if number is not None and number in taken:
        raise RequestError(f"A protected range with the id {number} already exists.")
    reply = {**_cleaned(book, wanted), "protectedRangeId": number or context.new_id(taken)}
    users = [user for user in reply["editors"].get("users", []) if user != context.account]
    stored = {**reply, "editors": {**reply["editors"], "users": [*users, context.account]}}
    _sheet_of(book, stored).lists.setdefault(_LIST, []).append(stored)
    return {"protectedRange": reply}


def _find(book: Workbook, number: int | None) -> tuple[Sheet, Json]:
    for sheet in book.sheets:
        for item in sheet.items(_LIST):
            if item["protectedRangeId"] == number:
                return sheet, item
    raise RequestError(f"No protected range with id: {number}")


def update_protected_range(book: Workbook, body: Json, context: Context) -> None:
    wanted = require(body, "protectedRange")
    tree = fields.required_mask(body)
    sheet, old = _find(book, wanted.get("protectedRangeId"))
    new = fields.merge(tree, old, wanted) if tree else {**old, **wanted}
    new = {**_cleaned(book, new), "protectedRangeId": old["protectedRangeId"]}
    users = [user for user in new["editors"].get("users", []) if user != context.account]
    new["editors"] = {**new["editors"], "users": [*users, context.account]}
    target = _sheet_of(book, new)
    if target is sheet:
        sheet.lists[_LIST] = [new if item is old else item for item in sheet.items(_LIST)]
    else:
        sheet.lists[_LIST].remove(old)
        target.lists.setdefault(_LIST, []).append(new)


def delete_protected_range(book: Workbook, body: Json, _: Context) -> None:
    sheet, item = _find(book, body.get("protectedRangeId"))
    sheet.lists[_LIST].remove(item)


REDUCERS: dict[str, Reducer] = {
    "addProtectedRange": add_protected_range,
    "updateProtectedRange": update_protected_range,
    "deleteProtectedRange": delete_protected_range,
}
