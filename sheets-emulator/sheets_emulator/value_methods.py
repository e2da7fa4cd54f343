"""spreadsheets.values.*: ranges of plain values read and written.

Design rule: a method is a function of a call; a writing one works on the call's fork and the edge keeps it. Every
write of values goes through write_values, every read through value_range.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .a1 import Box, format_box
from .batch_update import dimensions, sheets
from .calls import Call
from .errors import InvalidArgumentError, RequestError
from .lookup import filter_areas
from .model import Json, Sheet, Workbook
from .ranges import resolve_a1
from .render import Renderer, transposed
from .tables import maybe_table
from .value_writing import write_values


def value_range(renderer: Renderer, sheet: Sheet, box: Box, options: Json) -> Json:
    """A ValueRange; `values` is absent when empty (recorded)."""
    major = options.get("majorDimension") or "ROWS"
    major = "ROWS" if major == "DIMENSION_UNSPECIFIED" else major
    rows = renderer.value_rows(
        sheet, box, options.get("valueRenderOption") or "FORMATTED_VALUE", options.get("dateTimeRenderOption") or ""
    )
    out: Json = {"range": format_box(sheet.title, box), "majorDimension": major}
    if rows:
        out["values"] = transposed(rows) if major == "COLUMNS" else rows
    return out


def get(call: Call) -> Json:
    sheet, box = resolve_a1(call.book, call.path["range"])
    return value_range(Renderer(call.book), sheet, box, call.parameters)


def batch_get(call: Call) -> Json:
    renderer = Renderer(call.book)
    areas = [resolve_a1(call.book, text) for text in call.parameters.get("ranges", [])]
    found = [value_range(renderer, sheet, box, call.parameters) for sheet, box in areas]
    return _answer(call.book, "valueRanges", found)


def _answer(book: Workbook, member: str, items: Sequence[Any]) -> Json:
    return {"spreadsheetId": book.spreadsheet_id, **({member: items} if items else {})}


def batch_get_by_data_filter(call: Call) -> Json:
    renderer = Renderer(call.book)
    found = [
        {"valueRange": value_range(renderer, sheet, box, call.body), "dataFilters": [one]}
        for one in call.body.get("dataFilters", [])
        for sheet, box in filter_areas(call.book, one)
    ]
    return _answer(call.book, "valueRanges", found)


def update(call: Call) -> Json:
    sheet, box = _target(call.book, call.path["range"])
    given = call.body.get("range")
    if given and resolve_a1(call.book, given) != resolve_a1(call.book, call.path["range"]):
        raise InvalidArgumentError(
            f"Requested writing within range [{call.path['range']}], but the body names [{given}]."
        )
    return _write_answer(call, sheet, box, call.body, call.parameters)


def _target(book: Workbook, text: str) -> tuple[Sheet, Box]:
    """Where values are written: a single cell means from there to the end of the grid."""
    sheet, box = resolve_a1(book, text)
    if box.rows == 1 and box.columns == 1:
        return sheet, Box(box.r0, sheet.row_count, box.c0, sheet.column_count)
    return sheet, box


def _extent(body: Json) -> tuple[int, int]:
    values = body.get("values", [])
    height, width = len(values), max(map(len, values), default=0)
    return (width, height) if body.get("majorDimension") == "COLUMNS" else (height, width)


def _write_answer(call: Call, sheet: Sheet, box: Box, body: Json, options: Json) -> Json:
    """Write a ValueRange and answer an UpdateValuesResponse."""
    written = write_values(call.book, sheet, box, body, input_option(options))
    call.refuse_protected()
    out: Json = {"spreadsheetId": call.book.spreadsheet_id, **written.json(sheet)}
    if options.get("includeValuesInResponse"):
        asked = {
            "valueRenderOption": options.get("responseValueRenderOption"),
            "dateTimeRenderOption": options.get("responseDateTimeRenderOption"),
            "majorDimension": body.get("majorDimension"),
        }
        out["updatedData"] = value_range(Renderer(call.book), sheet, written.box or box, asked)
    return out


def input_option(options: Json) -> str:
    option = options.get("valueInputOption")
    if option not in {"RAW", "USER_ENTERED"}:
        raise InvalidArgumentError("'valueInputOption' is required but not specified")
    return str(option)


def batch_update(call: Call) -> Json:
    answers = []
    for index, one in enumerate(call.body.get("data", [])):
        try:
            sheet, box = _target(call.book, one.get("range", ""))
            answers.append(_write_answer(call, sheet, box, one, call.body))
        except (InvalidArgumentError, RequestError) as error:
            raise InvalidArgumentError(f"Invalid data[{index}]: {error.message}") from error
    input_option(call.body)
    return _totals(call, answers)


def _totals(call: Call, answers: list[Json]) -> Json:
    """BatchUpdateValuesResponse: rows and columns are counted once each (issue)."""
    out: Json = {"spreadsheetId": call.book.spreadsheet_id}
    rows, columns, sheets = set(), set(), set()
    for answer in answers:
        if "updatedRange" not in answer:
            continue
        sheet, box = resolve_a1(call.book, answer["updatedRange"])
        sheets.add(sheet.sheet_id)
        rows |= {(sheet.sheet_id, row) for row in range(box.r0, box.r1)} if answer.get("updatedRows") else set()
        columns |= (
            {(sheet.sheet_id, column) for column in range(box.c0, box.c1)} if answer.get("updatedColumns") else set()
        )
    counts = {
        "totalUpdatedRows": len(rows),
        "totalUpdatedColumns": len(columns),
        "totalUpdatedCells": sum(answer.get("updatedCells", 0) for answer in answers),
        "totalUpdatedSheets": len(sheets),
    }
    out.update({name: count for name, count in counts.items() if count})
    if answers:
        out["responses"] = answers
    return out


def batch_update_by_data_filter(call: Call) -> Json:
    answers = []
    for one in call.body.get("data", []):
        for sheet, box in filter_areas(call.book, one.get("dataFilter", {})):
            answers.append({**_write_answer(call, sheet, box, one, call.body), "dataFilter": one["dataFilter"]})
    out = _totals(call, answers)
    for answer in out.get("responses", []):
        answer.pop("spreadsheetId", None)
    return out


def clear(call: Call) -> Json:
    sheet, box = resolve_a1(call.book, call.path["range"])
    sheet.cells.clear(box)
    call.refuse_protected()
    return {"spreadsheetId": call.book.spreadsheet_id, "clearedRange": format_box(sheet.title, box)}


def batch_clear(call: Call) -> Json:
    areas = [resolve_a1(call.book, text) for text in call.body.get("ranges", [])]
    return _clear_all(call, areas)


def batch_clear_by_data_filter(call: Call) -> Json:
    return _clear_all(call, [area for one in call.body.get("dataFilters", []) for area in filter_areas(call.book, one)])


def _clear_all(call: Call, areas: list[tuple[Sheet, Box]]) -> Json:
    for sheet, box in areas:
        sheet.cells.clear(box)
    call.refuse_protected()
    return _answer(call.book, "clearedRanges", [format_box(sheet.title, box) for sheet, box in areas])


def append(call: Call) -> Json:
    """Write after the table that stands at the range; where there is none, at its top left (recorded)."""
    sheet, box = resolve_a1(call.book, call.path["range"])
    input_option(call.parameters)
    rows, columns = _extent(call.body)
    table = maybe_table(sheet, box)
    r0, c0 = (table.r1, table.c0) if table else (box.r0, box.c0)
    grown = (max(sheet.row_count, r0 + rows), max(sheet.column_count, c0 + columns))
    if call.parameters.get("insertDataOption") == "INSERT_ROWS" and r0 < sheet.row_count:
        dimensions.insert(call.book, sheet, "ROWS", (r0, r0 + rows))
        grown = (sheet.row_count, grown[1])
    sheets.resize(sheet, *grown)
    target = Box(r0, r0 + max(rows, 1), c0, c0 + max(columns, 1))
    out: Json = {"spreadsheetId": call.book.spreadsheet_id}
    if table:
        out["tableRange"] = format_box(sheet.title, table)
    out["updates"] = _write_answer(call, sheet, target, call.body, call.parameters)
    return out
