"""The look of a fresh workbook, and colours.

Design rule: these are facts of Google's defaults (recorded), kept as data. Colours travel as 32-bit floats, a zero
part drops out, and every Color has a twin ColorStyle.
"""

from __future__ import annotations

import struct
from typing import Any

Json = dict[str, Any]

_WHITE = {"red": 1, "green": 1, "blue": 1}
DEFAULT_FORMAT: Json = {
    "backgroundColor": _WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": _WHITE},
}
_HEX = {
    "TEXT": "000000",
    "BACKGROUND": "ffffff",
    "ACCENT1": "4285f4",
    "ACCENT2": "ea4335",
    "ACCENT3": "fbbc04",
    "ACCENT4": "34a853",
    "ACCENT5": "ff6d01",
    "ACCENT6": "46bdc6",
    "LINK": "1155cc",
}
_STYLED = {
    "backgroundColor": "backgroundColorStyle",
    "foregroundColor": "foregroundColorStyle",
    "tabColor": "tabColorStyle",
    "color": "colorStyle",
    "headerColor": "headerColorStyle",
    "firstBandColor": "firstBandColorStyle",
    "secondBandColor": "secondBandColorStyle",
    "footerColor": "footerColorStyle",
}


def float32(value: float) -> float | int:
    """A number as a 32-bit float writes it, the shortest decimal that reads back the same; 1.0 is 1."""
    single = struct.unpack("f", struct.pack("f", value))[0]
    for digits in range(6, 10):
        text = f"{single:.{digits}g}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == single:
            break
    number = float(text)
    return int(number) if number.is_integer() else number


def from_hex(text: str) -> Json:
    parts = zip(("red", "green", "blue"), (int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)), strict=True)
    return clean_color(dict(parts))


def clean_color(color: Json) -> Json:
    """A Color in steps of 1/255, cut off, without its zero parts (recorded for tabs: 0.5 is answered as 127/255).

    A part beyond 0 and 1 is the nearer of the two [?].
    """
    parts = {name: int(min(max(part, 0), 1) * 255 + 0.001) / 255 for name, part in color.items()}
    return {name: float32(part) for name, part in parts.items() if part}


def spreadsheet_theme() -> Json:
    colors = [{"colorType": name, "color": {"rgbColor": from_hex(text)}} for name, text in _HEX.items()]
    return {"primaryFontFamily": "Arial", "themeColors": colors}


def default_properties(title: str) -> Json:
    """SpreadsheetProperties of a fresh workbook (recorded)."""
    return {
        "title": title,
        "locale": "en_US",
        "autoRecalc": "ON_CHANGE",
        "timeZone": "Etc/GMT",
        "defaultFormat": DEFAULT_FORMAT,
        "spreadsheetTheme": spreadsheet_theme(),
    }


def with_color_styles(value: Any) -> Any:
    """An object with each Color cleaned and paired with its ColorStyle, at every depth (recorded)."""
    if isinstance(value, list):
        return [with_color_styles(item) for item in value]
    if not isinstance(value, dict):
        return value
    out: Json = {}
    for name, item in value.items():
        if name in _STYLED and isinstance(item, dict):
            out[name] = clean_color(item)
        elif name in _STYLED.values() and isinstance(item, dict):
            out[name] = {"rgbColor": clean_color(item["rgbColor"])} if "rgbColor" in item else item
        else:
            out[name] = with_color_styles(item)
    for plain, style in _STYLED.items():
        if style in out and "rgbColor" in out[style]:
            out[plain] = out[style]["rgbColor"]
        elif plain in out:
            out[style] = {"rgbColor": out[plain]}
    return out


def effective_format(default: Json, own: Json, effective_value: Json) -> Json:
    """The default format with a cell's own on top; the alignment follows the value."""
    out = dict(default)
    for name, value in own.items():
        below = out.get(name)
        out[name] = {**below, **value} if name in {"textFormat", "padding"} and isinstance(below, dict) else value
    if "horizontalAlignment" not in out and effective_value:
        kind = next(iter(effective_value))
        out["horizontalAlignment"] = {"numberValue": "RIGHT", "boolValue": "CENTER", "errorValue": "CENTER"}.get(
            kind, "LEFT"
        )
    out.setdefault("hyperlinkDisplayType", "PLAIN_TEXT")
    return out
