"""How wide a text is: what autoResizeDimensions needs.

Design rule: advance widths of Arial in thousandths of the size, as every metric-compatible font has them. Pixels per
point and the padding are fitted to the one width that was recorded; other characters may differ from Google by a few
percent [?].
"""

from __future__ import annotations

from .model import Sheet
from .render import Renderer

_GROUPS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[]\\ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckisvxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTHS = {character: width for width, characters in _GROUPS.items() for character in characters}
_WIDTHS.update({"i": 222, "s": 500})
_PADDING = 7
_PIXELS_PER_POINT = 1.27145


def text_width(text: str, size: float = 10) -> float:
    """Pixels of the longest line."""
    return (
        max(sum(_WIDTHS.get(character, 556) for character in line) for line in text.split("\n"))
        / 1000
        * size
        * _PIXELS_PER_POINT
    )


def column_width(renderer: Renderer, sheet: Sheet, column: int) -> int | None:
    """The width that fits every text of a column; None for an empty one."""
    widest = 0.0
    for row in range(sheet.cells.height()):
        value = renderer.effective(sheet, row, column)
        if value is not None:
            cell_format = sheet.formats.get(row, column)
            size = ((cell_format or {}).get("textFormat") or {}).get("fontSize", 10)
            widest = max(widest, text_width(renderer.formatted(value, cell_format), size))
    return round(widest) + _PADDING if widest else None
