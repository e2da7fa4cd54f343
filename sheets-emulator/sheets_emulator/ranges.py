"""GridRange and A1 against a workbook: which sheet, which box.

Design rule: every range that a request or a path names is resolved here, so that a range is refused in one way
everywhere.
"""

from __future__ import annotations

from . import a1
from .a1 import Box
from .errors import InvalidArgumentError, RequestError
from .model import Json, Sheet, Workbook

_BOUNDS = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")


def sheet_by_id(book: Workbook, sheet_id: int, noun: str = "grid") -> Sheet:
    sheet = book.maybe_sheet(sheet_id)
    if sheet is None:
        raise RequestError(f"No {noun} with id: {sheet_id}")
    return sheet


def limits(sheet: Sheet) -> str:
    return f"exceeds grid limits. Max rows: {sheet.row_count}, max columns: {sheet.column_count}"


def resolve_grid_range(book: Workbook, grid_range: Json | None) -> tuple[Sheet, Box]:
    """The sheet and box of a GridRange whose open ends are the sheet's own; refused where it leaves the grid."""
    grid_range = grid_range or {}
    sheet = sheet_by_id(book, grid_range.get("sheetId", 0))
    box = grid_box(sheet, grid_range)
    if box.r0 < 0 or box.c0 < 0 or box.empty:
        raise RequestError(f"Invalid range: {_shown(box)} is empty or begins before the first cell.")
    if box.r1 > sheet.row_count or box.c1 > sheet.column_count:
        raise RequestError(f"Range ({a1.format_box(sheet.title, box)}) {limits(sheet)}")
    return sheet, box


def resolve_corner(book: Workbook, where: Json | None, rows: int = 1, columns: int = 1) -> tuple[Sheet, int, int]:
    """The sheet, row and column of a GridCoordinate, from which so many rows and columns must fit into the grid."""
    where = where or {}
    sheet = sheet_by_id(book, where.get("sheetId", 0))
    row, column = where.get("rowIndex", 0), where.get("columnIndex", 0)
    if row < 0 or column < 0:
        raise RequestError(f"Row {row}, column {column} lies before the first cell.")
    if row + rows > sheet.row_count or column + columns > sheet.column_count:
        raise RequestError(f"{rows} rows and {columns} columns at row {row}, column {column}: this {limits(sheet)}")
    return sheet, row, column


def clipped_grid_range(book: Workbook, grid_range: Json | None) -> tuple[Sheet, Box]:
    """As resolve_grid_range, but what lies beyond the last row and column is left out (gspread-formatting's tests)."""
    given = grid_range or {}
    sheet = sheet_by_id(book, given.get("sheetId", 0))
    inside = grid_box(sheet, given).intersect(sheet.box)
    return resolve_grid_range(book, given) if inside.empty else (sheet, inside)


def grid_box(sheet: Sheet, grid_range: Json) -> Box:
    return Box(
        grid_range.get("startRowIndex", 0),
        grid_range.get("endRowIndex", sheet.row_count),
        grid_range.get("startColumnIndex", 0),
        grid_range.get("endColumnIndex", sheet.column_count),
    )


def _shown(box: Box) -> str:
    return f"rows {box.r0} to {box.r1}, columns {box.c0} to {box.c1}"


def to_grid_range(sheet_id: int, box: Box) -> Json:
    """A bounded GridRange as answers write it: sheetId 0 drops out, the other zeros stay (recorded)."""
    head = {"sheetId": sheet_id} if sheet_id else {}
    return {**head, **dict(zip(_BOUNDS, box, strict=True))}


def clean_grid_range(grid_range: Json) -> Json:
    """A GridRange as it was given, in the members' order of answers."""
    head = {"sheetId": grid_range["sheetId"]} if grid_range.get("sheetId") else {}
    return {**head, **{name: grid_range[name] for name in _BOUNDS if name in grid_range}}


def resolve_a1(book: Workbook, text: str) -> tuple[Sheet, Box]:
    """The sheet and box that an A1 text, a title or a named range names.

    A box that begins outside of the grid is refused; one that ends outside is cut to the grid.
    """
    reference = a1.parse(text)
    if reference is None:
        raise InvalidArgumentError(f"Unable to parse range: {text}")
    if reference.whole_sheet and not reference.quoted and reference.title is not None:
        named = maybe_named_range(book, reference.title)
        if named is not None:
            return resolve_grid_range(book, named.get("range"))
    sheet = book.first_visible_sheet() if reference.title is None else book.maybe_sheet_titled(reference.title)
    if sheet is None:
        raise InvalidArgumentError(f"Unable to parse range: {text}")
    return sheet, _bounded(sheet, reference)


def _bounded(sheet: Sheet, reference: a1.Reference) -> Box:
    box = Box(
        reference.r0 or 0,
        sheet.row_count if reference.r1 is None else reference.r1,
        reference.c0 or 0,
        sheet.column_count if reference.c1 is None else reference.c1,
    )
    if box.r0 >= sheet.row_count or box.c0 >= sheet.column_count:
        raise InvalidArgumentError(f"Range ({_named(sheet, box, reference)}) {limits(sheet)}")
    return box.intersect(sheet.box)


def _named(sheet: Sheet, box: Box, reference: a1.Reference) -> str:
    """A box outside of the grid as the refusal names it: whole columns and rows by their ends alone (measured)."""
    whole = Box(box.r0, max(box.r1, box.r0 + 1), box.c0, max(box.c1, box.c0 + 1))
    if reference.r0 is reference.r1 is None:
        ends = [a1.column_name(whole.c0), a1.column_name(whole.c1 - 1)]
    elif reference.c0 is reference.c1 is None:
        ends = [str(whole.r0 + 1), str(whole.r1)]
    else:
        return a1.format_box(sheet.title, whole)
    return f"{a1.quote_title(sheet.title)}!{':'.join(dict.fromkeys(ends))}"


def maybe_named_range(book: Workbook, name: str) -> Json | None:
    folded = name.casefold()
    return next((named for named in book.named_ranges if named["name"].casefold() == folded), None)
