"""What a workbook is.

Design rule: a batch works on a fork and swaps it in when all of it succeeded. A fork is cheap: rows of a layer are
immutable tuples, the list of rows is copied at the first write only, and the JSON objects kept here are never changed
in place but replaced. A sheet has three layers of one shape: cells (plain Python values), formats (userEnteredFormat)
and extras (notes, validation…), so that every operation on rows and columns is written once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from .a1 import Box
from .layer import Layer

Json = dict[str, Any]


@dataclass(slots=True)
class Sheet:
    """One sheet. `properties` are the members of SheetProperties but sheetId, title, index and the grid's size."""

    sheet_id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    properties: Json = field(default_factory=dict)
    grid: Json = field(default_factory=dict)
    cells: Layer = field(default_factory=Layer)
    formats: Layer = field(default_factory=Layer)
    extras: Layer = field(default_factory=Layer)
    row_dimensions: dict[int, Json] = field(default_factory=dict)
    column_dimensions: dict[int, Json] = field(default_factory=dict)
    merges: list[Box] = field(default_factory=list)
    basic_filter: Json | None = None
    lists: dict[str, list[Json]] = field(default_factory=dict)
    """protectedRanges, filterViews, bandedRanges, conditionalFormats, rowGroups, columnGroups, as the API has them."""

    def fork(self) -> Sheet:
        return replace(
            self,
            properties=dict(self.properties),
            grid=dict(self.grid),
            cells=self.cells.fork(),
            formats=self.formats.fork(),
            extras=self.extras.fork(),
            row_dimensions=dict(self.row_dimensions),
            column_dimensions=dict(self.column_dimensions),
            merges=list(self.merges),
            lists={name: list(items) for name, items in self.lists.items()},
        )

    @property
    def layers(self) -> tuple[Layer, Layer, Layer]:
        return self.cells, self.formats, self.extras

    @property
    def box(self) -> Box:
        return Box(0, self.row_count, 0, self.column_count)

    @property
    def hidden(self) -> bool:
        return bool(self.properties.get("hidden"))

    def items(self, name: str) -> list[Json]:
        """The list of that name, to be read; empty where there is none."""
        return self.lists.get(name, [])

    def data_box(self) -> Box:
        """From A1 to the last row and column that hold a value, a format or a note."""
        height = max(layer.height() for layer in self.layers)
        width = max(layer.width() for layer in self.layers)
        return Box(0, height, 0, width)


@dataclass(slots=True)
class Workbook:
    """One spreadsheet with its Drive side: who owns it, who may use it, and when it changed."""

    spreadsheet_id: str
    owner: str
    properties: Json
    sheets: list[Sheet]
    created: str
    modified: str
    named_ranges: list[Json] = field(default_factory=list)
    developer_metadata: list[Json] = field(default_factory=list)
    permissions: list[Json] = field(default_factory=list)
    drive: Json = field(default_factory=dict)
    version: int = 1
    clock: Callable[[], float] = field(default=float, compare=False, repr=False)
    """Answers seconds since 1970; whoever keeps the workbook gives it."""

    def fork(self) -> Workbook:
        return replace(
            self,
            properties=dict(self.properties),
            sheets=[sheet.fork() for sheet in self.sheets],
            named_ranges=list(self.named_ranges),
            developer_metadata=list(self.developer_metadata),
            permissions=list(self.permissions),
            drive=dict(self.drive),
            version=self.version + 1,
        )

    def maybe_sheet(self, sheet_id: int) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.sheet_id == sheet_id), None)

    def maybe_sheet_titled(self, title: str) -> Sheet | None:
        """Titles are found, and clash, without regard to case."""
        folded = title.casefold()
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == folded), None)

    def first_visible_sheet(self) -> Sheet:
        return next((sheet for sheet in self.sheets if not sheet.hidden), self.sheets[0])

    def cell_count(self) -> int:
        return sum(sheet.row_count * sheet.column_count for sheet in self.sheets)
