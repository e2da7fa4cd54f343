"""addNamedRange, updateNamedRange, deleteNamedRange."""

from __future__ import annotations

import re

from .. import fields
from ..a1 import parse
from ..errors import RequestError
from ..model import Json, Workbook
from ..ranges import clean_grid_range, maybe_named_range, resolve_grid_range
from .context import Context, Reducer, require

_NAME = re.compile(r"[^\W\d]\w*\Z")


def _check_name(book: Workbook, name: str, own: Json | None = None) -> None:
    reference = parse(name)
    if not _NAME.match(name) or len(name) > 250 or reference is None or not reference.whole_sheet:
        raise RequestError(f"The name of a named range is invalid: {name}")
    other = maybe_named_range(book, name)
    if other is not None and other is not own:
        raise RequestError(f"A named range with the name {name} already exists.")


def add_named_range(book: Workbook, body: Json, context: Context) -> Json:
    wanted = require(body, "namedRange")
    ids = [item["namedRangeId"] for item in book.named_ranges]
    name = wanted.get("name", "")
    if wanted.get("namedRangeId") in ids:
        raise RequestError(f"A named range with the id {wanted['namedRangeId']} already exists.")
    _check_name(book, name)
    resolve_grid_range(book, wanted.get("range"))
    item = {
        "namedRangeId": wanted.get("namedRangeId") or str(context.new_id(ids)),
        "name": name,
        "range": clean_grid_range(wanted.get("range") or {}),
    }
    book.named_ranges.append(item)
    return {"namedRange": item}


def _find(book: Workbook, named_range_id: str) -> Json:
    for item in book.named_ranges:
        if item["namedRangeId"] == named_range_id:
            return item
    raise RequestError(f"No NamedRange with id: {named_range_id}")


def update_named_range(book: Workbook, body: Json, _: Context) -> None:
    wanted = require(body, "namedRange")
    tree = fields.required_mask(body)
    old = _find(book, wanted.get("namedRangeId", ""))
    new = fields.merge(tree, old, wanted) if tree else {**old, **wanted}
    _check_name(book, new.get("name", ""), old)
    resolve_grid_range(book, new.get("range"))
    new = {**new, "namedRangeId": old["namedRangeId"], "range": clean_grid_range(new.get("range") or {})}
    book.named_ranges = [new if item is old else item for item in book.named_ranges]


def delete_named_range(book: Workbook, body: Json, _: Context) -> None:
    gone = _find(book, body.get("namedRangeId", ""))
    book.named_ranges = [item for item in book.named_ranges if item is not gone]


REDUCERS: dict[str, Reducer] = {
    "addNamedRange": add_named_range,
    "updateNamedRange": update_named_range,
    "deleteNamedRange": delete_named_range,
}
