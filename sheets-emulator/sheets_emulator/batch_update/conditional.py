"""addConditionalFormatRule, updateConditionalFormatRule, deleteConditionalFormatRule: rules are an ordered list of a
sheet.
"""

from __future__ import annotations

from ..errors import RequestError
from ..model import Json, Sheet, Workbook
from ..ranges import clean_grid_range, grid_box, resolve_grid_range, sheet_by_id
from ..theme import with_color_styles
from .context import Context, Reducer, require

_LIST = "conditionalFormats"


def _checked(book: Workbook, rule: Json) -> tuple[Sheet, Json]:
    if not rule.get("ranges"):
        raise RequestError("A conditional format rule needs at least one range.")
    if ("booleanRule" in rule) == ("gradientRule" in rule):
        raise RequestError("A conditional format rule needs either a booleanRule or a gradientRule.")
    if "booleanRule" in rule and not rule["booleanRule"].get("condition", {}).get("type"):
        raise RequestError("A booleanRule needs a condition with a type.")
    sheets = [_sheet_of(book, one) for one in rule["ranges"]]
    if any(sheet is not sheets[0] for sheet in sheets):
        raise RequestError("All ranges of a conditional format rule must be on the same sheet.")
    return sheets[0], {**with_color_styles(rule), "ranges": [clean_grid_range(one) for one in rule["ranges"]]}


def _sheet_of(book: Workbook, grid_range: Json) -> Sheet:
    """The sheet of a range, which may be empty here (gspread-formatting's tests)."""
    sheet = sheet_by_id(book, grid_range.get("sheetId", 0))
    return sheet if grid_box(sheet, grid_range).empty else resolve_grid_range(book, grid_range)[0]


def _rules(sheet: Sheet) -> list[Json]:
    return sheet.lists.setdefault(_LIST, [])


def _at(sheet: Sheet, index: int) -> Json:
    if not 0 <= index < len(_rules(sheet)):
        raise RequestError(f"No conditional format on sheet: {sheet.sheet_id} at index: {index}")
    return _rules(sheet)[index]


def add_rule(book: Workbook, body: Json, _: Context) -> None:
    sheet, rule = _checked(book, require(body, "rule"))
    index = body.get("index", 0)
    if not 0 <= index <= len(_rules(sheet)):
        raise RequestError(f"Can't add a rule at index {index}: the sheet has {len(_rules(sheet))}.")
    _rules(sheet).insert(index, rule)


def update_rule(book: Workbook, body: Json, _: Context) -> Json:
    index = body.get("index", 0)
    if "rule" in body:
        sheet, rule = _checked(book, body["rule"])
        old = _at(sheet, index)
        _rules(sheet)[index] = rule
        return {"oldRule": old, "newRule": rule, "newIndex": index}
    sheet = sheet_by_id(book, body.get("sheetId", 0))
    new_index, rule = body.get("newIndex", 0), _at(sheet, index)
    _at(sheet, new_index)
    _rules(sheet).insert(new_index, _rules(sheet).pop(index))
    return {"oldIndex": index, "newIndex": new_index, "newRule": rule}


def delete_rule(book: Workbook, body: Json, _: Context) -> Json:
    sheet = sheet_by_id(book, body.get("sheetId", 0))
    rule = _at(sheet, body.get("index", 0))
    del _rules(sheet)[body.get("index", 0)]
    return {"rule": rule}


REDUCERS: dict[str, Reducer] = {
    "addConditionalFormatRule": add_rule,
    "updateConditionalFormatRule": update_rule,
    "deleteConditionalFormatRule": delete_rule,
}
