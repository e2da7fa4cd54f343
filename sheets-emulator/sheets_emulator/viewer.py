"""The page of a workbook, and the JSON that it asks for.

    GET /                                   the workbooks
    GET /spreadsheets/d/ID[/edit]           the page
    GET /_emulator/view/ID                  its tabs
    GET /_emulator/view/ID/SHEET?start&count  some rows of one sheet
    GET /_emulator/activity                 the latest calls and the quotas

Design rule: the page is one static file without any script from outside. It asks for the rows that are in sight and
for nothing else, so that a sheet of a million rows opens as fast as one of ten. Looking needs no token: the server is
for one's own machine.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib.resources import files
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

import msgspec

from .exchange import Incoming, Outgoing
from .formats import number_format
from .layer import Formula
from .model import Json, Sheet, Workbook
from .render import Renderer, maybe_link
from .server import Server
from .sheet_json import ROW_HEIGHT

MAX_ROWS, MAX_COLUMNS, MAX_HEIGHTS = 500, 400, 20_000
_PAGE = re.compile(r"/spreadsheets/d/([^/]+)(?:/edit)?/?\Z")
_BOOK = re.compile(r"/_emulator/view/([^/]+)\Z")
_ROWS = re.compile(r"/_emulator/view/([^/]+)/(\d+)\Z")
_HTML = "text/html; charset=UTF-8"
_ALIGNMENTS = {"LEFT": "left", "CENTER": "center", "RIGHT": "right"}


def page(server: Server, request: Incoming) -> Outgoing | None:
    """The answer to a request of a browser; None for any other."""
    if request.path == "/":
        return _home(server)
    if request.path == "/_emulator/activity":
        return _json(activity(server))
    match = _PAGE.match(request.path)
    if match:
        book = server.store.get(match[1])
        return Outgoing(200, _static("page.html"), _HTML) if book else _missing(match[1])
    match = _BOOK.match(request.path)
    if match:
        book = server.store.get(match[1])
        return _json(book_view(book)) if book else _json({"error": "no such workbook"}, 404)
    match = _ROWS.match(request.path)
    return _rows(server, match[1], int(match[2]), request.query) if match else None


@cache
def _static(name: str) -> bytes:
    return (files("sheets_emulator") / name).read_bytes()


def _json(body: Any, status: int = 200) -> Outgoing:
    return Outgoing(status, msgspec.json.encode(body))


def _message(title: str, body: str, status: int = 200) -> Outgoing:
    text = _static("message.html").decode().replace("{{title}}", escape(title)).replace("{{body}}", body)
    return Outgoing(status, text.encode(), _HTML)


def _home(server: Server) -> Outgoing:
    books = sorted(server.store.workbooks.values(), key=lambda book: book.modified, reverse=True)
    items = "".join(
        f'<li><a href="/spreadsheets/d/{escape(book.spreadsheet_id)}">{escape(book.properties["title"])}</a>'
        f"<span>{len(book.sheets)} sheets, changed {escape(book.modified[:19].replace('T', ' '))}</span></li>"
        for book in books
    )
    empty = "<p>No workbook yet. Make one with <code>POST /v4/spreadsheets</code>.</p>"
    return _message("Workbooks", f"<ul>{items}</ul>" if books else empty)


def _missing(spreadsheet_id: str) -> Outgoing:
    return _message(
        "No such workbook",
        f"<p><code>{escape(spreadsheet_id)}</code> isn't here. <a href='/'>All workbooks</a></p>",
        404,
    )


def activity(server: Server) -> Json:
    """The latest 200 calls, newest first, and how much of the quotas this minute used."""
    latest = list(islice(reversed(server.calls), 200))
    return {"calls": latest, "total": len(server.calls), "quota": server.quota.gauges(server.clock())}


def book_view(book: Workbook) -> Json:
    return {
        "title": book.properties["title"],
        "version": book.version,
        "modified": book.modified,
        "timeZone": book.properties.get("timeZone", ""),
        "sheets": [_sheet_view(sheet) for sheet in book.sheets],
    }


def _sheet_view(sheet: Sheet) -> Json:
    columns = min(sheet.column_count, MAX_COLUMNS)
    dimensions = sheet.column_dimensions
    return {
        "id": sheet.sheet_id,
        "title": sheet.title,
        "hidden": sheet.hidden,
        "color": css_color((sheet.properties.get("tabColorStyle") or {}).get("rgbColor")),
        "rows": sheet.row_count,
        "columns": columns,
        "allColumns": sheet.column_count,
        "frozenRows": sheet.grid.get("frozenRowCount", 0),
        "frozenColumns": sheet.grid.get("frozenColumnCount", 0),
        "gridlines": not sheet.grid.get("hideGridlines"),
        "widths": [
            0 if dimensions.get(index, {}).get("hiddenByUser") else dimensions.get(index, {}).get("pixelSize", 100)
            for index in range(columns)
        ],
        "heights": _heights(sheet),
        "merges": sheet.merges[:1000],
    }


def _heights(sheet: Sheet) -> dict[int, int]:
    """The heights of the rows that haven't the usual one; 0 is hidden."""
    known = list(sheet.row_dimensions.items())[:MAX_HEIGHTS]
    heights = {row: 0 if item.get("hiddenByUser") else int(item.get("pixelSize", ROW_HEIGHT)) for row, item in known}
    return {row: height for row, height in heights.items() if height != ROW_HEIGHT}


def _rows(server: Server, spreadsheet_id: str, sheet_id: int, query: str) -> Outgoing:
    book = server.store.get(spreadsheet_id)
    sheet = book.maybe_sheet(sheet_id) if book else None
    if book is None or sheet is None:
        return _json({"error": "no such sheet"}, 404)
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    try:
        start, count = max(int(asked.get("start", 0)), 0), min(int(asked.get("count", 200)), MAX_ROWS)
    except ValueError:
        return _json({"error": "start and count are numbers"}, 400)
    return _json(rows_view(book, sheet, start, count))


def rows_view(book: Workbook, sheet: Sheet, start: int, count: int) -> Json:
    """Rows of cells: "" for an empty one, a text, or {t, s, n, f, l}: text, style, note, formula, link."""
    renderer, styles = Renderer(book), {"": 0}
    rows = [_row(renderer, sheet, index, styles) for index in range(start, min(start + count, sheet.row_count))]
    while rows and not rows[-1]:
        rows.pop()
    return {"version": book.version, "start": start, "rows": rows, "styles": list(styles)}


def _row(renderer: Renderer, sheet: Sheet, index: int, styles: dict[str, int]) -> list[Any]:
    width = min(max(len(layer.row(index)) for layer in sheet.layers), MAX_COLUMNS)
    return [_cell(renderer, sheet, index, column, styles) for column in range(width)]


def _cell(renderer: Renderer, sheet: Sheet, row: int, column: int, styles: dict[str, int]) -> Any:
    cell, cell_format = sheet.cells.get(row, column), sheet.formats.get(row, column)
    extras = sheet.extras.get(row, column)
    if cell is None and cell_format is None and extras is None:
        return ""
    value = renderer.effective(sheet, row, column)
    text = renderer.formatted(value, cell_format, cell.text if isinstance(cell, Formula) else "")
    if _is_checkbox(extras) and isinstance(value, bool):
        text = "☑" if value else "☐"
    style = css(cell_format, value)
    link = maybe_link(cell, cell_format)
    if not style and extras is None and not link and isinstance(cell, (str, type(None))):
        return text
    out: Json = {"t": text}
    if style:
        out["s"] = styles.setdefault(style, len(styles))
    if extras and "note" in extras:
        out["n"] = extras["note"]
    if link and link.startswith(_SAFE_LINKS):
        out["l"] = link
    if isinstance(cell, Formula):
        out["f"] = cell.text
    elif number_format(cell_format) and not isinstance(value, str) and value is not None:
        out["f"] = renderer.formatted(value, None)
    return out


_SAFE_LINKS = ("https://", "http://", "mailto:", "#gid=")
"""What the page makes clickable; any other address, such as javascript:, stays text."""


def _is_checkbox(extras: Json | None) -> bool:
    return bool((extras or {}).get("dataValidation", {}).get("condition", {}).get("type") == "BOOLEAN")


def css(cell_format: Json | None, value: Any) -> str:
    """The style of a cell: its format, and the alignment that its value asks for."""
    own = cell_format or {}
    text = own.get("textFormat") or {}
    alignment = _ALIGNMENTS.get(own.get("horizontalAlignment", ""))
    if alignment is None and isinstance(value, bool):
        alignment = "center"
    elif alignment is None and isinstance(value, (int, float)):
        alignment = "right"
    decoration = " ".join(
        word for name, word in (("underline", "underline"), ("strikethrough", "line-through")) if text.get(name)
    )
    parts = {
        "text-align": alignment if alignment != "left" else None,
        "font-weight": "600" if text.get("bold") else None,
        "font-style": "italic" if text.get("italic") else None,
        "text-decoration": decoration or None,
        "font-size": f"{text['fontSize'] * 1.3:.0f}px" if text.get("fontSize", 10) != 10 else None,
        "font-family": "ui-monospace,monospace" if "ono" in text.get("fontFamily", "") else None,
        "color": css_color(text.get("foregroundColor")),
        "background": css_color(own.get("backgroundColor")),
        "vertical-align": {"TOP": "top", "MIDDLE": "middle"}.get(own.get("verticalAlignment", "")),
        "white-space": "pre-wrap" if own.get("wrapStrategy") == "WRAP" else None,
        "text-overflow": "clip" if own.get("wrapStrategy") == "CLIP" else None,
        **{f"border-{side}": _border(border) for side, border in (own.get("borders") or {}).items()},
    }
    return ";".join(f"{name}:{part}" for name, part in parts.items() if part)


_BORDERS = {
    "DOTTED": "1px dotted",
    "DASHED": "1px dashed",
    "SOLID": "1px solid",
    "SOLID_MEDIUM": "2px solid",
    "SOLID_THICK": "3px solid",
    "DOUBLE": "3px double",
}


def _border(border: Json) -> str | None:
    style = _BORDERS.get(border.get("style", ""))
    return f"{style} {css_color(border.get('color')) or '#000'}" if style else None


def css_color(color: Json | None) -> str | None:
    if color is None:
        return None
    return "rgb({},{},{})".format(*(round(color.get(name, 0) * 255) for name in ("red", "green", "blue")))
