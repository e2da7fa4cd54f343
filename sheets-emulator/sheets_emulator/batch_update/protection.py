"""addProtectedRange, updateProtectedRange, deleteProtectedRange.

Design rule: an id that the client chose is honoured, and refused where it exists; whoever protects a range stays
among its editors (recorded: the reply shows the editors as asked for, a later get shows them with the caller).
"""

from __future__ import annotations

from .. import fields
from ..errors import RequestError
from ..guards import LIST, PROTECTED, may_edit, range_of
from ..model import Json, Sheet, Workbook
from ..ranges import clean_grid_range, resolve_grid_range
from .context import Context, Reducer, require
from .listed import Listed

_ITEMS = Listed(LIST, "protectedRangeId", "protected range")


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


def _with_caller(item: Json, context: Context) -> Json:
    """The range as it is kept: whoever protects it stays among its editors, of a warning too (recorded)."""
    users = [user for user in item["editors"].get("users", []) if user != context.account]
    return {**item, "editors": {**item["editors"], "users": [*users, context.account]}}


def _refuse_editors_of_a_warning(wanted: Json) -> None:
    if wanted.get("warningOnly") and any((wanted.get("editors") or {}).values()):
        raise RequestError("ProtectedRange is warningOnly. Editors cannot be set on it.")  # gspread #1437


def _sheet_of(book: Workbook, item: Json) -> Sheet:
    grid_range = range_of(book, item)
    if grid_range is None:
        raise RequestError(f"No NamedRange with id: {item['namedRangeId']}")
    return resolve_grid_range(book, grid_range)[0]


def add_protected_range(book: Workbook, body: Json, context: Context) -> Json:
    wanted = require(body, "protectedRange")
    _refuse_editors_of_a_warning(wanted)
    reply = {**_cleaned(book, wanted), "protectedRangeId": _ITEMS.new_id(book, wanted, context)}
    stored = _with_caller(reply, context)
    _ITEMS.add(_sheet_of(book, stored), stored)
    return {"protectedRange": reply}


def _find(book: Workbook, number: int, context: Context) -> tuple[Sheet, Json]:
    """The protected range of this id, which the caller wants to change."""
    sheet, item = _ITEMS.find(book, number)
    if not may_edit(book, item, context.account):
        raise RequestError(PROTECTED)
    return sheet, item


def update_protected_range(book: Workbook, body: Json, context: Context) -> None:
    wanted = require(body, "protectedRange")
    _refuse_editors_of_a_warning(wanted)
    tree = fields.required_mask(body)
    sheet, old = _find(book, wanted.get("protectedRangeId", 0), context)
    new = fields.merge(tree, old, wanted) if tree else {**old, **wanted}
    new = _with_caller({**_cleaned(book, new), "protectedRangeId": old["protectedRangeId"]}, context)
    _ITEMS.replace(sheet, old, _sheet_of(book, new), new)


def delete_protected_range(book: Workbook, body: Json, context: Context) -> None:
    _ITEMS.remove(*_find(book, body.get("protectedRangeId", 0), context))


REDUCERS: dict[str, Reducer] = {
    "addProtectedRange": add_protected_range,
    "updateProtectedRange": update_protected_range,
    "deleteProtectedRange": delete_protected_range,
}
