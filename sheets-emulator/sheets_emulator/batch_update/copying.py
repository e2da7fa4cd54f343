"""copyPaste, cutPaste: a box of cells put somewhere else.

Design rule: what is copied is taken out of the layers as full rows first, so that source and destination may overlap.
What a paste type carries is one table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .. import a1
from ..a1 import Box
from ..errors import RequestError
from ..formulas import Evaluator
from ..layer import Formula, Layer
from ..model import Json, Sheet, Workbook
from ..ranges import limits, resolve_corner, resolve_grid_range
from ..references import shifted
from .cells import interned
from .context import Context, Reducer, require
from .copied_rules import copy_rules
from .relocating import relocate

Rows = list[list[Any]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a paste type carries (discovery document, PasteType)."""

    values: bool = False
    formats: bool = False
    extras: frozenset[str] | None = frozenset()
    """Names of the extras, such as notes and validation; None for all."""
    merges: bool = False
    rules: bool = False


_VALIDATION = frozenset({"dataValidation"})
_KINDS = {
    "PASTE_NORMAL": _Kind(values=True, formats=True, extras=None, merges=True, rules=True),
    "PASTE_VALUES": _Kind(values=True),
    "PASTE_FORMAT": _Kind(formats=True, extras=_VALIDATION, rules=True),
    "PASTE_NO_BORDERS": _Kind(values=True, formats=True, extras=None, merges=True, rules=True),
    "PASTE_FORMULA": _Kind(values=True),
    "PASTE_DATA_VALIDATION": _Kind(extras=_VALIDATION),
    "PASTE_CONDITIONAL_FORMATTING": _Kind(rules=True),
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """What was taken out of a box: the rows of each layer, turned or not, and the merges, from 0, 0 on."""

    box: Box
    layers: tuple[Rows, Rows, Rows]
    merges: tuple[Box, ...]
    turned: bool

    @property
    def rows(self) -> int:
        return self.box.columns if self.turned else self.box.rows

    @property
    def columns(self) -> int:
        return self.box.rows if self.turned else self.box.columns

    def move(self, row: int, column: int, corner: tuple[int, int]) -> tuple[int, int]:
        """How far the cell that stands at (row, column) of the piece went from its old place."""
        home = (column, row) if self.turned else (row, column)
        return corner[0] + row - self.box.r0 - home[0], corner[1] + column - self.box.c0 - home[1]


def copy_paste(book: Workbook, body: Json, _: Context) -> None:
    """Copy a box; a destination of several times its size is tiled, a smaller one grows to it."""
    source, box = resolve_grid_range(book, require(body, "source"))
    target, to = resolve_grid_range(book, require(body, "destination"))
    name = body.get("pasteType", "PASTE_NORMAL")
    kind = _KINDS[name]
    piece = _taken(book, source, box, name, turned=body.get("pasteOrientation") == "TRANSPOSE")
    corners = list(_corners(piece, to))
    area = Box(to.r0, corners[-1][0] + piece.rows, to.c0, corners[-1][1] + piece.columns)
    if area.r1 > target.row_count or area.c1 > target.column_count:
        raise RequestError(f"The copy of {piece.rows} rows and {piece.columns} columns {limits(target)}")
    if kind.merges:
        _clear_merges(target, area)
    if kind.rules:
        copy_rules(source, target, box, [_block(piece, corner) for corner in corners], turned=piece.turned)
    for corner in corners:
        _put(target, corner, piece, kind)


def _corners(piece: _Piece, to: Box) -> Iterator[tuple[int, int]]:
    """Where the piece goes: to the destination's corner, and as often as it fits exactly."""
    down = to.rows // piece.rows if to.rows % piece.rows == 0 else 1
    right = to.columns // piece.columns if to.columns % piece.columns == 0 else 1
    for row in range(down):
        for column in range(right):
            yield to.r0 + row * piece.rows, to.c0 + column * piece.columns


def _block(piece: _Piece, corner: tuple[int, int]) -> Box:
    return Box(corner[0], corner[0] + piece.rows, corner[1], corner[1] + piece.columns)


def _taken(book: Workbook, sheet: Sheet, box: Box, name: str, *, turned: bool = False) -> _Piece:
    """The piece of a box; PASTE_VALUES takes results, PASTE_NO_BORDERS leaves borders out."""
    values, formats, extras = (full_rows(layer, box) for layer in sheet.layers)
    if name == "PASTE_VALUES":
        evaluator = Evaluator(book)
        for index, row in enumerate(values, box.r0):
            for place, cell in enumerate(row):
                if isinstance(cell, Formula):
                    row[place] = evaluator.value(sheet, index, box.c0 + place)
    if name == "PASTE_NO_BORDERS":
        formats = [[_borderless(cell) for cell in row] for row in formats]
    inside = (merge for merge in sheet.merges if box.contains(merge))
    merges = [Box(m.r0 - box.r0, m.r1 - box.r0, m.c0 - box.c0, m.c1 - box.c0) for m in inside]
    if turned:
        values, formats, extras = (list(map(list, zip(*rows, strict=True))) for rows in (values, formats, extras))
        merges = [Box(m.c0, m.c1, m.r0, m.r1) for m in merges]
    return _Piece(box, (values, formats, extras), tuple(merges), turned)


def full_rows(layer: Layer, box: Box) -> Rows:
    """The cells of a box, each row of its full width."""
    rows = layer.block(box)
    return [[*row, *[None] * (box.columns - len(row))] for row in (*rows, *[()] * (box.rows - len(rows)))]


def _borderless(cell_format: Json | None) -> Json | None:
    return interned({name: value for name, value in (cell_format or {}).items() if name != "borders"})


def _put(target: Sheet, corner: tuple[int, int], piece: _Piece, kind: _Kind) -> None:
    values, formats, extras = piece.layers
    for offset in range(piece.rows):
        row, column = corner[0] + offset, corner[1]
        if kind.values:
            cells = (moved_cell(cell, *piece.move(offset, c, corner)) for c, cell in enumerate(values[offset]))
            target.cells.put_span(row, column, list(cells))
        if kind.formats:
            target.formats.put_span(row, column, formats[offset])
        if kind.extras is None:
            target.extras.put_span(row, column, extras[offset])
        elif kind.extras:
            old = full_rows(target.extras, Box(row, row + 1, column, column + piece.columns))[0]
            pairs = zip(old, extras[offset], strict=True)
            target.extras.put_span(row, column, [_with_extras(a, b, kind.extras) for a, b in pairs])
    if kind.merges:
        target.merges += [
            Box(m.r0 + corner[0], m.r1 + corner[0], m.c0 + corner[1], m.c1 + corner[1]) for m in piece.merges
        ]


def moved_cell(cell: Any, rows: int, columns: int) -> Any:
    """A cell that was copied so many rows down and columns right: a formula's relative references move along."""
    return Formula(shifted(cell.text, rows, columns)) if isinstance(cell, Formula) else cell


def _with_extras(old: Json | None, new: Json | None, names: frozenset[str]) -> Json | None:
    """The old extras with the named ones of the new."""
    kept = {name: value for name, value in (old or {}).items() if name not in names}
    return kept | {name: value for name, value in (new or {}).items() if name in names} or None


def _clear_merges(sheet: Sheet, area: Box) -> None:
    """What is pasted over takes its merges along; a merge that reaches out of the area is refused."""
    for merge in sheet.merges:
        if merge.overlaps(area) and not area.contains(merge):
            raise RequestError(f"The merged cells {a1.format_box(sheet.title, merge)} would be torn apart.")
    sheet.merges = [merge for merge in sheet.merges if not merge.overlaps(area)]


def cut_paste(book: Workbook, body: Json, _: Context) -> None:
    """Move a box: the source is emptied whatever is pasted (discovery document), and what points to it follows."""
    source, box = resolve_grid_range(book, require(body, "source"))
    name = body.get("pasteType", "PASTE_NORMAL")
    target, row, column = resolve_corner(book, body.get("destination"), box.rows, box.columns)
    relocate(book, source, box, target, (row, column))
    piece = _taken(book, source, box, name)
    for layer in source.layers:
        layer.clear(box)
    _clear_merges(source, box)
    _clear_merges(target, _block(piece, (row, column)))
    _put(target, (row, column), piece, _KINDS[name])


REDUCERS: dict[str, Reducer] = {"copyPaste": copy_paste, "cutPaste": cut_paste}
