"""API answers -> what the workbook holds now.

A sheet of ours carries a developer metadata entry `target-gsheets` whose value names its stream and the columns that
we wrote, so that people may rename the tab, and so that a column which left the source can be told from theirs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from target_gsheets.cells import Cell

METADATA_KEY = "target-gsheets"
MAX_METADATA_CHARACTERS = 30_000
# What spreadsheets.get is asked for, and nothing more.
FIELDS = (
    "properties(title,timeZone),"
    "sheets(properties(sheetId,title,index,gridProperties(rowCount,columnCount,frozenRowCount)),developerMetadata)"
)

Row: TypeAlias = "Sequence[Cell]"


@dataclass(frozen=True, slots=True)
class Mark:
    """Our entry on a sheet: the stream it mirrors and the columns that are ours."""

    stream: str
    columns: tuple[str, ...]
    metadata_id: int = 0

    def to_value(self) -> str:
        """The entry's value; too many columns for it are left out, and then never removed from the sheet."""
        value = json.dumps({"stream": self.stream, "columns": self.columns}, ensure_ascii=False)
        if len(value) <= MAX_METADATA_CHARACTERS:
            return value
        return json.dumps({"stream": self.stream, "columns": ()}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook without its cells."""

    sheet_id: int
    title: str
    row_count: int
    column_count: int
    frozen_rows: int = 0
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Workbook:
    """The workbook without its cells."""

    title: str
    timezone: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """The cells of a sheet: the first row and those below; trailing empty cells and rows are missing."""

    header: Row = ()
    rows: Sequence[Row] = ()

    @property
    def is_blank(self) -> bool:
        """Whether there is no value anywhere."""
        return all(cell is None for cell in self.header) and not self.rows


def parse_workbook(answer: Mapping[str, Any]) -> Workbook:
    """Read a spreadsheets.get answer."""
    properties = answer.get("properties", {})
    return Workbook(
        title=properties.get("title", ""),
        timezone=properties.get("timeZone", "Etc/GMT"),
        sheets=tuple(
            parse_sheet(sheet) for sheet in answer.get("sheets", ()) if "gridProperties" in sheet["properties"]
        ),
    )


def parse_sheet(answer: Mapping[str, Any]) -> Sheet:
    """Read one sheet of a spreadsheets.get answer; the API leaves out what is zero."""
    properties = answer["properties"]
    grid = properties["gridProperties"]
    return Sheet(
        sheet_id=properties.get("sheetId", 0),
        title=properties.get("title", ""),
        row_count=grid.get("rowCount", 0),
        column_count=grid.get("columnCount", 0),
        frozen_rows=grid.get("frozenRowCount", 0),
        mark=maybe_mark(answer.get("developerMetadata", ())),
    )


def maybe_mark(entries: Iterable[Mapping[str, Any]]) -> Mark | None:
    """Our entry among a sheet's developer metadata, unless somebody has overwritten it."""
    for entry in entries:
        if entry.get("metadataKey") != METADATA_KEY:
            continue
        try:
            value = json.loads(entry.get("metadataValue", ""))
            return Mark(str(value["stream"]), tuple(map(str, value["columns"])), entry.get("metadataId", 0))
        except (ValueError, KeyError, TypeError):
            continue
    return None


def parse_content(answer: Mapping[str, Any]) -> Content:
    """Read one value range; an empty cell comes as an empty text."""
    rows = [[None if cell == "" else cell for cell in row] for row in answer.get("values", ())]
    return Content(rows[0] if rows else (), rows[1:])


def find_sheet(workbook: Workbook, stream: str, title: str) -> Sheet | None:
    """The sheet of a stream: by its mark, then by title; somebody else's mark on the title keeps us off."""
    marked = [sheet for sheet in workbook.sheets if sheet.mark and sheet.mark.stream == stream]
    if marked:
        # A tab that was duplicated by hand carries the mark twice: the one with the stream's title is the original.
        return next((sheet for sheet in marked if sheet.title == title), marked[0])
    titled = (sheet for sheet in workbook.sheets if sheet.title.casefold() == title.casefold())
    return next((sheet for sheet in titled if sheet.mark is None), None)
