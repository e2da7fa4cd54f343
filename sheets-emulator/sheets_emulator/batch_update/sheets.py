"""addSheet, deleteSheet, duplicateSheet, updateSheetProperties, updateSpreadsheetProperties."""

from __future__ import annotations

from datetime import timezone
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .. import fields
from ..errors import RequestError
from ..layer import moved_items
from ..limits import MAX_CELLS, MAX_COLUMNS, TOO_MANY_CELLS
from ..model import Json, Sheet, Workbook
from ..ranges import sheet_by_id
from ..sheet_json import sheet_properties
from ..theme import with_color_styles
from . import adjust
from .context import Context, Reducer
from .copies import renumber_copies

_NEW_SIZE = {"rowCount": 1000, "columnCount": 26}
_GRID_NUMBERS = ("rowCount", "columnCount", "frozenRowCount", "frozenColumnCount")


def add_sheet(book: Workbook, body: Json, context: Context) -> Json:
    sheet = make_sheet(book, body.get("properties", {}), context)
    return {"properties": sheet_properties(book, sheet)}


def make_sheet(book: Workbook, properties: Json, context: Context) -> Sheet:
    """A new sheet of these properties, in its place among the others."""
    taken = [sheet.sheet_id for sheet in book.sheets]
    sheet_id = properties.get("sheetId")
    if sheet_id in taken:
        raise RequestError(f"A sheet with the id {sheet_id} already exists. Please enter another id.")
    if sheet_id is not None and sheet_id < 0:
        raise RequestError(f"Sheet ID must be non-negative: {sheet_id}")
    if properties.get("sheetType", "GRID") not in {"GRID", "SHEET_TYPE_UNSPECIFIED"}:
        raise RequestError(f"sheets-emulator can't add a sheet of type {properties['sheetType']}, only GRID.")
    number = context.new_id(taken) if sheet_id is None else sheet_id
    grid = properties.get("gridProperties") or {}
    # a new sheet has no old size: only the product of the new one counts
    sheet = Sheet(number, "", *(max(grid.get(name, least), 1) for name, least in _NEW_SIZE.items()))
    title = properties.get("title") or free_title(book, "Sheet", len(book.sheets) + 1)
    set_title(book, sheet, title)
    apply_properties(book, sheet, {**properties, "title": title}, {name: {} for name in properties})
    index = min(properties.get("index", len(book.sheets)), len(book.sheets))
    book.sheets.insert(index, sheet)
    return sheet


def free_title(book: Workbook, stem: str, number: int) -> str:
    while book.maybe_sheet_titled(f"{stem}{number}"):
        number += 1
    return f"{stem}{number}"


def set_title(book: Workbook, sheet: Sheet, title: str) -> None:
    """Rename within the rules: not empty, at most 100 characters, unique without regard to case (issue)."""
    if not title:
        raise RequestError("A sheet's title may not be empty.")
    if len(title) > 100:
        raise RequestError(f'The title "{title[:40]}…" has {len(title)} characters. At most 100 are allowed.')
    other = book.maybe_sheet_titled(title)
    if other is not None and other is not sheet:
        raise RequestError(f'A sheet with the name "{title}" already exists. Please enter another name.')
    if sheet.title:
        adjust.rename_in_formulas(book, sheet.title, title)
    sheet.title = title


def delete_sheet(book: Workbook, body: Json, _: Context) -> None:
    sheet = sheet_by_id(book, body.get("sheetId", 0), "sheet")
    if len(book.sheets) == 1:
        raise RequestError("You can't remove all the sheets in a document.")
    if not sheet.hidden and all(other.hidden for other in book.sheets if other is not sheet):
        raise RequestError("You can't remove all the visible sheets in a document.")
    book.sheets.remove(sheet)
    adjust.forget_sheet(book, sheet)


def duplicate_sheet(book: Workbook, body: Json, context: Context) -> Json:
    source = sheet_by_id(book, body.get("sourceSheetId", 0), "sheet")
    taken = [sheet.sheet_id for sheet in book.sheets]
    new_id = body.get("newSheetId")
    if new_id in taken:
        raise RequestError(f"A sheet with the id {new_id} already exists. Please enter another id.")
    copy = source.fork()
    copy.sheet_id = context.new_id(taken) if new_id is None else new_id
    copy.title = ""
    set_title(book, copy, body.get("newSheetName") or copy_title(book, source.title))
    book.sheets.insert(min(body.get("insertSheetIndex", 0), len(book.sheets)), copy)
    renumber_copies(book, source.sheet_id, copy, context.new_id)
    return {"properties": sheet_properties(book, copy)}


def copy_title(book: Workbook, title: str) -> str:
    stem, number = f"Copy of {title}", 1
    candidate = stem
    while book.maybe_sheet_titled(candidate):
        number += 1
        candidate = f"{stem} {number}"
    return candidate


def update_sheet_properties(book: Workbook, body: Json, _: Context) -> None:
    properties = body.get("properties", {})
    tree = fields.required_mask(body)
    sheet = sheet_by_id(book, properties.get("sheetId", 0), "sheet")
    names = set(tree) if tree else set(properties) | {"title"}
    if "title" in names:
        set_title(book, sheet, properties.get("title", ""))
    if "sheetType" in tree or (tree.get("sheetId")):
        raise RequestError("The type of a sheet can't be changed.")
    apply_properties(book, sheet, properties, tree or {name: {} for name in properties})
    if all(other.hidden for other in book.sheets):
        raise RequestError("You can't hide all the sheets in a document.")
    if "index" in names and "index" in properties:
        _move(book, sheet, properties["index"])


def _move(book: Workbook, sheet: Sheet, index: int) -> None:
    """Put the sheet before what stands at `index` now, as a person who drags a tab."""
    if not 0 <= index <= len(book.sheets):
        raise RequestError(f"Sheet index {index} is out of range: the workbook has {len(book.sheets)} sheets.")
    place = book.sheets.index(sheet)
    book.sheets[:] = moved_items(book.sheets, place, place + 1, index)


def apply_properties(book: Workbook, sheet: Sheet, properties: Json, tree: Json) -> None:
    """Take the masked properties but id, title and index."""
    grid_tree = tree.get("gridProperties")
    if grid_tree is not None:
        rows, columns = sheet.row_count, sheet.column_count
        _apply_grid(sheet, properties.get("gridProperties", {}), grid_tree)
        adjust.crop_ranges(book, sheet, rows, columns)
    for name in ("hidden", "rightToLeft"):
        if name in tree:
            _set_flag(sheet.properties, name, properties.get(name))
    if "tabColor" in tree or "tabColorStyle" in tree:
        named = {name: properties[name] for name in ("tabColor", "tabColorStyle") if name in properties}
        styled = with_color_styles({name: value for name, value in named.items() if value})
        for name in ("tabColor", "tabColorStyle"):
            sheet.properties.pop(name, None)
        sheet.properties.update(styled)


def _set_flag(target: Json, name: str, value: Any) -> None:
    if value:
        target[name] = value
    else:
        target.pop(name, None)


def _apply_grid(sheet: Sheet, grid: Json, tree: Json) -> None:
    names = set(tree) if tree else set(grid)
    for name in _GRID_NUMBERS:
        if name in names and grid.get(name, 0) < 0:
            raise RequestError(f"gridProperties.{name} can't be negative: {grid[name]}")
    rows = grid.get("rowCount", 0) if "rowCount" in names else sheet.row_count
    columns = grid.get("columnCount", 0) if "columnCount" in names else sheet.column_count
    for name in names - {"rowCount", "columnCount"}:
        _set_flag(sheet.grid, name, None if name in _GRID_NUMBERS else grid.get(name))
    resize(sheet, rows, columns)
    for name in names & {"frozenRowCount", "frozenColumnCount"}:
        _set_flag(sheet.grid, name, grid.get(name))
    for name, size, noun in (("frozenRowCount", rows, "rows"), ("frozenColumnCount", columns, "columns")):
        if name in names and sheet.grid.get(name, 0) >= size:
            raise RequestError(f"You can't freeze all visible {noun} on the sheet.")


def resize(sheet: Sheet, rows: int, columns: int) -> None:
    """Change the grid's size; what lies outside is forgotten. Rows are checked with the old columns first (issue)."""
    if rows < 1 or columns < 1:
        noun = "rows" if rows < 1 else "columns"
        raise RequestError(f"You can't delete all the {noun} on the sheet.")
    if columns > MAX_COLUMNS:
        raise RequestError(f"Sheets can have at most {MAX_COLUMNS} columns, {columns} were asked for.")
    if rows > sheet.row_count and rows * sheet.column_count > MAX_CELLS:
        raise RequestError(TOO_MANY_CELLS)
    for frozen, size, noun in (("frozenRowCount", rows, "rows"), ("frozenColumnCount", columns, "columns")):
        if sheet.grid.get(frozen, 0) >= size:
            raise RequestError(f"Sorry, it is not possible to delete all non-frozen {noun}.")
    shrinks = rows < sheet.row_count or columns < sheet.column_count
    sheet.row_count, sheet.column_count = rows, columns
    if shrinks:
        adjust.crop(sheet)


def update_spreadsheet_properties(book: Workbook, body: Json, _: Context) -> None:
    tree = fields.required_mask(body)
    wanted = body.get("properties", {})
    if "timeZone" in tree:
        check_time_zone(wanted.get("timeZone", ""))
    if "title" in tree and not wanted.get("title"):
        raise RequestError("A spreadsheet's title may not be empty.")
    changed = fields.merge(tree, book.properties, wanted) if tree else {**book.properties, **wanted}
    for name in ("title", "locale", "timeZone"):
        if not changed.get(name):
            raise RequestError(f"The {name} of a spreadsheet may not be empty.")
    book.properties = {name: changed[name] for name in (*book.properties, *changed) if name in changed}


def check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name) if name not in {"UTC", "GMT"} else timezone.utc
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RequestError(f"Invalid time zone: {name}") from error


REDUCERS: dict[str, Reducer] = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "duplicateSheet": duplicate_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
}
