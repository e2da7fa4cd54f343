"""Conditional formats of cells that are copied.

Design rule: a rule whose ranges the copied box meets holds for the copies too; the rules that held where they land end
there.
"""

from __future__ import annotations

from ..a1 import Box
from ..model import Json, Sheet
from ..ranges import grid_box, to_grid_range

_LIST = "conditionalFormats"


def copy_rules(source: Sheet, target: Sheet, box: Box, landings: list[Box], *, turned: bool) -> None:
    """Copy the rules of `box` to each landing, a box of its size, or of its turned size."""
    copied = [(rule, _met(source, rule, box)) for rule in source.items(_LIST)]
    if not target.items(_LIST) and not any(parts for _, parts in copied):
        return
    rules = target.lists.setdefault(_LIST, [])
    rules[:] = [_without(target, rule, landings) for rule in rules]
    for place, (rule, parts) in enumerate(copied):
        new = [to_grid_range(target.sheet_id, _at(part, box, there, turned)) for there in landings for part in parts]
        if new and target is source:
            rules[place] = {**rules[place], "ranges": [*rules[place]["ranges"], *new]}
        elif new:
            rules.append({**rule, "ranges": new})
    rules[:] = [rule for rule in rules if rule["ranges"]]


def _met(sheet: Sheet, rule: Json, box: Box) -> list[Box]:
    parts = (grid_box(sheet, one).intersect(box) for one in rule["ranges"])
    return [part for part in parts if not part.empty]


def _at(part: Box, box: Box, there: Box, turned: bool) -> Box:
    """A part of the box where it lies in the landing."""
    rows, columns = (part.r0 - box.r0, part.r1 - box.r0), (part.c0 - box.c0, part.c1 - box.c0)
    if turned:
        rows, columns = columns, rows
    return Box(there.r0 + rows[0], there.r0 + rows[1], there.c0 + columns[0], there.c0 + columns[1])


def _without(sheet: Sheet, rule: Json, areas: list[Box]) -> Json:
    """The rule without these areas; ranges that don't meet them stay as they are written."""
    ranges = []
    for one in rule["ranges"]:
        parts = [grid_box(sheet, one)]
        for area in areas:
            parts = [rest for part in parts for rest in part.without(area)]
        same = parts == [grid_box(sheet, one)]
        ranges += [one] if same else [to_grid_range(sheet.sheet_id, part) for part in parts]
    return {**rule, "ranges": ranges}
