"""updateCells, appendCells, repeatCell, setDataValidation: values, formats, notes and validation of cells.

Design rule: a mask is split once into the part of each layer; then each layer is written row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from .. import fields
from ..a1 import Box
from ..errors import RequestError
from ..layer import Cell, ErrorValue, Formula, Layer
from ..model import Json, Sheet, Workbook
from ..ranges import clipped_grid_range, resolve_corner, resolve_grid_range, sheet_by_id
from ..references import shifted
from ..theme import with_color_styles
from ..values import MAX_CHARACTERS, TOO_LONG, number_cell
from .context import Context, Reducer
from .sheets import resize

FormatChange = Callable[["Json | None"], "Json | None"]
_READ_ONLY = frozenset({"effectiveValue", "formattedValue", "effectiveFormat", "hyperlink"})


def to_cell(extended: Json | None) -> Cell:
    """The cell that an ExtendedValue writes; an empty one empties the cell."""
    if not extended:
        return None
    if len(extended) > 1:
        raise RequestError(f"A value holds one of its kinds, not {', '.join(extended)}.")
    ((kind, value),) = extended.items()
    if kind == "stringValue":
        if len(value) > MAX_CHARACTERS:
            raise RequestError(TOO_LONG)
        return value or None
    if kind == "numberValue":
        return number_cell(value)
    if kind == "boolValue":
        return bool(value)
    if kind == "formulaValue" and value.startswith("="):
        if len(value) > MAX_CHARACTERS:
            raise RequestError(TOO_LONG)
        return Formula(value)
    if kind == "formulaValue":
        raise RequestError(f"A formula begins with '=': {value[:80]}")
    return ErrorValue(value.get("type", "ERROR"), value.get("message", ""))


@dataclass(frozen=True, slots=True)
class CellMask:
    """A mask over CellData, by layer: values or not, the tree of the format (None: none), the names of the extras."""

    values: bool
    formats: fields.Tree | None
    extras: tuple[str, ...]

    @classmethod
    def of(cls, body: Json) -> CellMask:
        tree = fields.required_mask(body)
        if not tree:
            return cls(True, {}, ("note", "dataValidation", "textFormatRuns", "pivotTable", "chipRuns"))
        for name in tree.keys() & _READ_ONLY:
            raise RequestError(f"The field {name} can't be written.")
        extras = tuple(name for name in tree if name not in {"userEnteredValue", "userEnteredFormat"})
        return cls("userEnteredValue" in tree, tree.get("userEnteredFormat"), extras)


@lru_cache(maxsize=4096)
def _interned(encoded: bytes) -> Json:
    decoded: Json = msgspec.json.decode(encoded)
    return decoded


def interned(value: Json) -> Json | None:
    """One shared object for all cells of an equal format; None for an empty one."""
    return _interned(msgspec.json.encode(value)) if value else None


def merged_format(tree: fields.Tree, new: Json) -> FormatChange:
    """The function that puts the masked part of `new` on a cell's old format."""
    tree = _with_twins(tree)
    styled = with_color_styles(new)
    memo: dict[int, Json | None] = {}

    def change(old: Json | None) -> Json | None:
        if id(old) not in memo:
            memo[id(old)] = interned(fields.merge(tree, old or {}, styled))
        return memo[id(old)]

    return change


def _with_twins(tree: fields.Tree) -> fields.Tree:
    """A masked colour takes its ColorStyle along and the other way round, since both say the same."""
    out = {name: _with_twins(below) for name, below in tree.items()}
    for plain in ("backgroundColor", "foregroundColor"):
        for name, twin in ((plain, plain + "Style"), (plain + "Style", plain)):
            if name in tree:
                out[twin] = {}
                out[name] = {}
    return out


def write_rows(sheet: Sheet, corner: tuple[int, int], rows: list[Json], mask: CellMask, width: int = 0) -> None:
    """Write RowData from a corner (row, column) on; rows shorter than `width` are emptied up to it."""
    r0, c0 = corner
    formats: dict[bytes, FormatChange] = {}
    for index, row in enumerate(rows, r0):
        data = row.get("values", ())
        missing = max(width - len(data), 0)
        if mask.values:
            values = [to_cell(cell.get("userEnteredValue")) for cell in data]
            sheet.cells.put_span(index, c0, values + [None] * missing)
        padded = [*data, *({},) * missing]
        if mask.formats is not None:
            _write_formats(sheet, (index, c0), padded, mask.formats, formats)
        if mask.extras:
            _write_extras(sheet, index, c0, padded, mask.extras)


def _write_formats(
    sheet: Sheet, at: tuple[int, int], data: list[Json], tree: fields.Tree, known: dict[bytes, FormatChange]
) -> None:
    row, c0 = at
    old = sheet.formats.row(row)
    changed = []
    for column, cell in enumerate(data, c0):
        new = cell.get("userEnteredFormat") or {}
        key = msgspec.json.encode(new)
        if key not in known:
            known[key] = merged_format(tree, new)
        changed.append(known[key](old[column] if column < len(old) else None))
    sheet.formats.put_span(row, c0, changed)


def _write_extras(sheet: Sheet, row: int, c0: int, data: list[Json], names: tuple[str, ...]) -> None:
    tree: fields.Tree = {name: {} for name in names}
    old = sheet.extras.row(row)
    sheet.extras.put_span(
        row, c0, [merged_extras(tree, old[c] if c < len(old) else None, cell) for c, cell in enumerate(data, c0)]
    )


def merged_extras(tree: fields.Tree, old: Json | None, new: Json) -> Json | None:
    """The masked extras of `new` put on those of a cell; an empty one goes."""
    if len(new.get("note", "")) > MAX_CHARACTERS:
        raise RequestError(TOO_LONG)
    merged = fields.merge(tree, old or {}, {name: value for name, value in new.items() if name in tree})
    return {name: value for name, value in merged.items() if value not in ("", [], {})} or None


def update_cells(book: Workbook, body: Json, _: Context) -> None:
    rows = body.get("rows", [])
    mask = CellMask.of(body)
    if "range" in body:
        sheet, box = resolve_grid_range(book, body["range"])
        last_row, last_column = box.r1, box.c1
    else:
        sheet, r0, c0 = resolve_corner(book, body.get("start"))
        last_row, last_column = sheet.row_count, sheet.column_count
        box = Box(r0, r0 + len(rows), c0, c0)
    _check_extent(rows, box._replace(r1=last_row, c1=last_column))
    write_rows(sheet, (box.r0, box.c0), rows, mask, box.columns)
    rest = box._replace(r0=box.r0 + len(rows))
    if not rest.empty:
        _empty(sheet, rest, mask)


def _check_extent(rows: list[Json], box: Box) -> None:
    """The rows may not leave the box."""
    if len(rows) > box.rows:
        raise RequestError(f"Attempting to write row: {box.r1}, beyond the last requested row of: {box.r1 - 1}")
    if max((len(row.get("values", ())) for row in rows), default=0) > box.columns:
        raise RequestError(f"Attempting to write column: {box.c1}, beyond the last requested column of: {box.c1 - 1}")


def _empty(sheet: Sheet, box: Box, mask: CellMask) -> None:
    """Empty the masked fields of a box."""
    if mask.values:
        sheet.cells.clear(box)
    if mask.formats is not None:
        sheet.formats.update(_held(sheet.formats, box), merged_format(mask.formats, {}))
    if mask.extras:
        tree: fields.Tree = {name: {} for name in mask.extras}
        sheet.extras.update(_held(sheet.extras, box), lambda old: merged_extras(tree, old, {}))


def _held(layer: Layer, box: Box) -> Box:
    return box.intersect(Box(0, layer.height(), 0, max(layer.width(), 0)))


def append_cells(book: Workbook, body: Json, _: Context) -> None:
    """Write after the last row that holds a value; the grid grows as needed."""
    sheet = sheet_by_id(book, body.get("sheetId", 0))
    rows = body.get("rows", [])
    mask = CellMask.of(body)
    first = sheet.cells.height()
    width = max((len(row.get("values", ())) for row in rows), default=0)
    resize(sheet, max(sheet.row_count, first + len(rows)), max(sheet.column_count, width))
    write_rows(sheet, (first, 0), rows, mask)


def repeat_cell(book: Workbook, body: Json, _: Context) -> None:
    sheet, box = clipped_grid_range(book, body.get("range"))
    data = body.get("cell") or {}
    mask = CellMask.of(body)
    if mask.values:
        _repeat_value(sheet, box, to_cell(data.get("userEnteredValue")))
    if mask.formats is not None:
        new = data.get("userEnteredFormat") or {}
        area = box if new else _held(sheet.formats, box)
        sheet.formats.update(area, merged_format(mask.formats, new))
    if mask.extras:
        tree: fields.Tree = {name: {} for name in mask.extras}
        area = box if any(data.get(name) for name in mask.extras) else _held(sheet.extras, box)
        sheet.extras.update(area, lambda old: merged_extras(tree, old, data))


def _repeat_value(sheet: Sheet, box: Box, value: Any) -> None:
    if not isinstance(value, Formula):
        return sheet.cells.fill(box, value)
    for row in range(box.r0, box.r1):
        span = [Formula(shifted(value.text, row - box.r0, column)) for column in range(box.columns)]
        sheet.cells.put_span(row, box.c0, span)
    return None


def set_data_validation(book: Workbook, body: Json, _: Context) -> None:
    sheet, box = resolve_grid_range(book, body.get("range"))
    rule = body.get("rule")
    if rule is not None and "type" not in rule.get("condition", {}):
        raise RequestError("A data validation rule needs a condition with a type.")
    kept = {name: value for name, value in (rule or {}).items() if value not in (False, "")}
    tree: fields.Tree = {"dataValidation": {}}
    area = box if kept else _held(sheet.extras, box)
    sheet.extras.update(area, lambda old: merged_extras(tree, old, {"dataValidation": kept} if kept else {}))


REDUCERS: dict[str, Reducer] = {
    "updateCells": update_cells,
    "appendCells": append_cells,
    "repeatCell": repeat_cell,
    "setDataValidation": set_data_validation,
}
