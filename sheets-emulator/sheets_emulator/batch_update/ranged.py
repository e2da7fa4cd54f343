"""Objects of the API that carry ranges, taken through a change of boxes.

Design rule: pure functions of one object; None answers that its cells are gone. An open end stays open.
"""

from __future__ import annotations

from typing import Any

from ..a1 import OPEN, Box
from ..model import Json
from ..references import BoxChange, relocated

_ROWS, _COLUMNS = ("startRowIndex", "endRowIndex"), ("startColumnIndex", "endColumnIndex")


def open_box(grid_range: Json) -> Box:
    """The box of a GridRange whose open ends are OPEN."""
    ends = [(grid_range.get(first, 0), grid_range.get(last, OPEN)) for first, last in (_ROWS, _COLUMNS)]
    return Box(*ends[0], *ends[1])


def ranges_of(item: Json) -> list[Json]:
    """The ranges that an object lies on: one, several, or none."""
    return item["ranges"] if "ranges" in item else [item["range"]] if "range" in item else []


def on_sheet(item: Json, sheet_id: int) -> Json:
    """An object with all its ranges on another sheet."""
    out = dict(item)
    if "range" in out:
        out["range"] = placed(out["range"], sheet_id)
    for name in ("ranges", "unprotectedRanges"):
        if name in out:
            out[name] = [placed(one, sheet_id) for one in out[name]]
    return out


def placed(grid_range: Json, sheet_id: int) -> Json:
    """A GridRange on another sheet; sheetId 0 drops out."""
    rest = {name: value for name, value in grid_range.items() if name != "sheetId"}
    return {"sheetId": sheet_id, **rest} if sheet_id else rest


def shifted_range(grid_range: Json, change: BoxChange) -> Json | None:
    """A GridRange taken through the change."""
    old = open_box(grid_range)
    new = change(old)
    if new is None:
        return None
    out = dict(grid_range)
    for (first, last), before, after in ((_ROWS, old[:2], new[:2]), (_COLUMNS, old[2:], new[2:])):
        if before == after or (first not in grid_range and last not in grid_range):
            continue
        out[first] = after[0]
        if last in grid_range:
            out[last] = after[1]
    return out


def shifted_item(item: Json, change: BoxChange) -> Json | None:
    """A banded or protected range; one without a range of its own stays."""
    if "range" not in item:
        return item
    grid_range = shifted_range(item["range"], change)
    if grid_range is None:
        return None
    out = {**item, "range": grid_range}
    if "unprotectedRanges" in item:
        found = (shifted_range(one, change) for one in item["unprotectedRanges"])
        out["unprotectedRanges"] = [one for one in found if one is not None]
    return out


def shifted_filter(item: Json, change: BoxChange) -> Json | None:
    """A filter: the columns that its criteria and sort orders name move with it; those that are gone are dropped."""
    out = shifted_item(item, change)
    if out is None or "range" not in item:
        return out
    rows = open_box(item["range"])

    def column(number: int) -> int | None:
        box = change(rows._replace(c0=number, c1=number + 1))
        return None if box is None else box.c0

    if "criteria" in item:
        moved = ((column(int(key)), value) for key, value in item["criteria"].items())
        out["criteria"] = {str(number): value for number, value in moved if number is not None}
    for name, member in (("sortSpecs", "dimensionIndex"), ("filterSpecs", "columnIndex")):
        if name in item:
            found = ((column(spec.get(member, 0)), spec) for spec in item[name])
            out[name] = [{**spec, member: number} for number, spec in found if number is not None]
    return out


def shifted_rule(rule: Json, home: str, change: BoxChange) -> Json | None:
    """A conditional format rule of the sheet `home`, with the formulas of its condition."""
    ranges = [found for one in rule["ranges"] if (found := shifted_range(one, change)) is not None]
    if not ranges:
        return None

    def rewritten(value: Any) -> Any:
        if isinstance(value, list):
            return [rewritten(item) for item in value]
        if isinstance(value, dict):
            return {name: rewritten(item) for name, item in value.items()}
        return relocated(value, home, home, change) if isinstance(value, str) and value.startswith("=") else value

    return {**rewritten(rule), "ranges": ranges}
