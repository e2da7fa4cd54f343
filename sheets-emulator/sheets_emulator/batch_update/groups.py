"""addDimensionGroup, deleteDimensionGroup, updateDimensionGroup.

Design rule: how deep an index lies is a count; the groups of a sheet are made again from the counts after each
change.
"""

from __future__ import annotations

from .. import fields
from ..errors import RequestError
from ..model import Json, Sheet, Workbook
from .context import Context, Reducer, require
from .dimensions import resolve_span, set_dimension

MAX_DEPTH = 8


def _name(dimension: str) -> str:
    return "rowGroups" if dimension == "ROWS" else "columnGroups"


def _depths(sheet: Sheet, dimension: str) -> dict[int, int]:
    depths: dict[int, int] = {}
    for group in sheet.items(_name(dimension)):
        for index in range(group["range"]["startIndex"], group["range"]["endIndex"]):
            depths[index] = max(depths.get(index, 0), group["depth"])
    return depths


def _rebuild(sheet: Sheet, dimension: str, depths: dict[int, int]) -> list[Json]:
    """Groups from depths: for each depth, each run of indexes at least that deep."""
    collapsed = {_key(group): True for group in sheet.items(_name(dimension)) if group.get("collapsed")}
    groups = []
    for depth in range(1, max(depths.values(), default=0) + 1):
        for start, end in _runs(sorted(index for index, own in depths.items() if own >= depth)):
            where: Json = {"dimension": dimension, "startIndex": start, "endIndex": end}
            if sheet.sheet_id:
                where = {"sheetId": sheet.sheet_id, **where}
            group: Json = {"range": where, "depth": depth}
            if collapsed.get(_key(group)):
                group["collapsed"] = True
            groups.append(group)
    sheet.lists[_name(dimension)] = groups
    return groups


def _key(group: Json) -> tuple[int, int, int]:
    return group["range"]["startIndex"], group["range"]["endIndex"], group["depth"]


def _runs(indexes: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index in indexes:
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs


def _refuse_beyond(sheet: Sheet, dimension: str, end: int) -> None:
    size = sheet.row_count if dimension == "ROWS" else sheet.column_count
    if end > size:
        raise RequestError(f"The group ends at {end}, the sheet has {size} {dimension.lower()}.")


def add_dimension_group(book: Workbook, body: Json, _: Context) -> Json:
    sheet, dimension, start, end = resolve_span(book, require(body, "range"))
    _refuse_beyond(sheet, dimension, end)
    depths = _depths(sheet, dimension)
    for index in range(start, end):
        depths[index] = depths.get(index, 0) + 1
        if depths[index] > MAX_DEPTH:
            raise RequestError(f"Groups can be nested at most {MAX_DEPTH} deep.")
    if start == 0:
        # no row or column before the group could carry its toggle (recorded for columns)
        sheet.grid["rowGroupControlAfter" if dimension == "ROWS" else "columnGroupControlAfter"] = True
    return {"dimensionGroups": _rebuild(sheet, dimension, depths)}


def delete_dimension_group(book: Workbook, body: Json, _: Context) -> Json:
    sheet, dimension, start, end = resolve_span(book, require(body, "range"))
    depths = _depths(sheet, dimension)
    if not any(depths.get(index) for index in range(start, end)):
        raise RequestError(f"No group at {dimension} {start} to {end}.")
    left = {index: depth - (1 if start <= index < end else 0) for index, depth in depths.items()}
    groups = _rebuild(sheet, dimension, {index: depth for index, depth in left.items() if depth})
    return {"dimensionGroups": groups} if groups else {}


def update_dimension_group(book: Workbook, body: Json, _: Context) -> None:
    """Fold or unfold a group: its rows or columns are hidden or shown (discovery document)."""
    wanted, tree = require(body, "dimensionGroup"), fields.required_mask(body)
    if tree.keys() - {"collapsed", "*"}:
        raise RequestError(f"Only collapsed can be changed, not {', '.join(sorted(tree.keys() - {'collapsed'}))}.")
    sheet, dimension, start, end = resolve_span(book, wanted.get("range") or {})
    groups, found = [], False
    for group in sheet.items(_name(dimension)):
        if _key(group) == (start, end, wanted.get("depth", 1)):
            found = True
            plain = {name: value for name, value in group.items() if name != "collapsed"}
            groups.append({**plain, "collapsed": True} if wanted.get("collapsed") else plain)
        else:
            groups.append(group)
    if not found:
        raise RequestError(f"No group of depth {wanted.get('depth', 1)} at {dimension} {start} to {end}.")
    sheet.lists[_name(dimension)] = groups
    known = sheet.row_dimensions if dimension == "ROWS" else sheet.column_dimensions
    hidden = {"hiddenByUser": True} if wanted.get("collapsed") else {}
    for index in range(start, end):
        set_dimension(known, index, fields.merge({"hiddenByUser": {}}, known.get(index, {}), hidden))


REDUCERS: dict[str, Reducer] = {
    "addDimensionGroup": add_dimension_group,
    "deleteDimensionGroup": delete_dimension_group,
    "updateDimensionGroup": update_dimension_group,
}
