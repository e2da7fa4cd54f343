"""API answers -> what the workbook holds now: sheets, marks, protections, cells. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from target_gsheets.cells import Cell
from target_gsheets.marks import AnyMark, StatusMark, StreamMark, maybe_mark
from target_gsheets.rows import PackedRows, in_chunks

# What spreadsheets.get is asked for, and nothing more.
FIELDS = (
    "properties(title,timeZone),developerMetadata,"
    "sheets(properties(sheetId,title,index,hidden,gridProperties(rowCount,columnCount,frozenRowCount,frozenColumnCount)),"
    "developerMetadata,protectedRanges(protectedRangeId,description,range))"
)

Row: TypeAlias = "Sequence[Cell]"

MAX_CELLS = 10_000_000  # of a workbook, blank ones included


class ValueRange(msgspec.Struct):
    """Rows of an answer, unparsed: as objects a million cells take 80 MB."""

    values: list[msgspec.Raw] = []


class ValueRanges(msgspec.Struct):
    """A values.batchGet answer."""

    valueRanges: list[ValueRange] = []  # noqa: N815  Google's name


class Update(msgspec.Struct):
    """What one range of a values.batchUpdate answer holds now."""

    updatedData: ValueRange = msgspec.field(default_factory=ValueRange)  # noqa: N815  Google's name


class Updates(msgspec.Struct):
    """A values.batchUpdate answer."""

    responses: list[Update] = []


_rows_decoder = msgspec.json.Decoder(list[tuple[Any, ...]])
_values_decoder = msgspec.json.Decoder(ValueRanges)
_updates_decoder = msgspec.json.Decoder(Updates)


@dataclass(frozen=True, slots=True)
class Protection:
    """A protected range, as far as it may be one of ours."""

    protection_id: int
    description: str = ""
    columns: tuple[int, int] = (0, 0)  # the first and the end


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook without its cells."""

    sheet_id: int
    title: str
    row_count: int
    column_count: int
    frozen_rows: int = 0
    frozen_columns: int = 0
    note: AnyMark | None = None  # what we left on it, or on the workbook for it
    hidden: bool = False
    protections: tuple[Protection, ...] = ()

    @property
    def cells(self) -> int:
        """How many cells the grid has: blank ones count for Google's limit."""
        return self.row_count * self.column_count

    @property
    def mark(self) -> StreamMark | None:
        """Our mark, where the sheet mirrors a stream."""
        return self.note if isinstance(self.note, StreamMark) else None


@dataclass(frozen=True, slots=True)
class Workbook:
    """The workbook without its cells."""

    title: str
    timezone: str
    sheets: tuple[Sheet, ...]
    titles: frozenset[str] = frozenset()  # all that are taken, in lower case; charts have tabs without a grid as well
    status: StatusMark | None = None  # what we left on the workbook, whether or not that sheet is still there

    @property
    def cells(self) -> int:
        """How many cells all grids have."""
        return sum(sheet.cells for sheet in self.sheets)

    @property
    def spare_cells(self) -> int:
        """How many cells may be added as the workbook is now."""
        return MAX_CELLS - self.cells


@dataclass(frozen=True, slots=True)
class Content:
    """The cells of a sheet: the first row and those below; trailing empty cells and rows may be missing."""

    header: Row = ()
    rows: Sequence[Row] = ()

    @property
    def is_blank(self) -> bool:
        """Whether there is no value anywhere."""
        return all(cell is None for cell in self.header) and not self.rows

    @property
    def width(self) -> int:
        """How many columns hold anything."""
        widths: Iterable[int] = self.rows.widths if isinstance(self.rows, PackedRows) else map(len, self.rows)
        return max([len(self.header), *widths])


def parse_workbook(answer: Mapping[str, Any]) -> Workbook:
    """Read a spreadsheets.get answer."""
    properties = answer.get("properties", {})
    mark = maybe_mark(answer.get("developerMetadata", ()))
    status = mark if isinstance(mark, StatusMark) else None
    return Workbook(
        title=properties.get("title", ""),
        timezone=properties.get("timeZone", "Etc/GMT"),
        sheets=tuple(
            parse_sheet(sheet, status) for sheet in answer.get("sheets", ()) if "gridProperties" in sheet["properties"]
        ),
        status=status,
        titles=frozenset(sheet["properties"].get("title", "").casefold() for sheet in answer.get("sheets", ())),
    )


def parse_sheet(answer: Mapping[str, Any], status: StatusMark | None = None) -> Sheet:
    """Read one sheet of a spreadsheets.get answer; the API leaves out what is zero. The status sheet may be this."""
    properties = answer["properties"]
    is_status = status is not None and status.sheet_id == properties.get("sheetId", 0)
    grid = properties["gridProperties"]
    return Sheet(
        sheet_id=properties.get("sheetId", 0),
        title=properties.get("title", ""),
        row_count=grid.get("rowCount", 0),
        column_count=grid.get("columnCount", 0),
        frozen_rows=grid.get("frozenRowCount", 0),
        frozen_columns=grid.get("frozenColumnCount", 0),
        note=status if is_status else maybe_mark(answer.get("developerMetadata", ())),
        hidden=properties.get("hidden", False),
        protections=tuple(
            parse_protection(found, grid.get("columnCount", 0)) for found in answer.get("protectedRanges", ())
        ),
    )


def parse_protection(answer: Mapping[str, Any], column_count: int) -> Protection:
    """Read a protected range; of a bound that is left out the grid's counts."""
    area = answer.get("range", {})
    columns = (area.get("startColumnIndex", 0), area.get("endColumnIndex", column_count))
    return Protection(answer["protectedRangeId"], answer.get("description", ""), columns)


def decode_values(answer: bytes) -> list[Sequence[msgspec.Raw]]:
    """The rows of each range of a values.batchGet answer, unparsed."""
    return [found.values for found in _values_decoder.decode(answer).valueRanges]


def decode_updates(answer: bytes) -> list[Sequence[Row]]:
    """The rows that each range holds, of a values.batchUpdate answer."""
    return [add_rows(PackedRows(), found.updatedData.values) for found in _updates_decoder.decode(answer).responses]


def extend_content(content: Content, first: int, values: Sequence[msgspec.Raw]) -> Content:
    """The content of a sheet with the rows of one more range, which begins at row `first` of the sheet.

    Rows are packed at once, and as wide as the header where they are shorter. An empty cell comes as an empty text.
    """
    header = content.header
    rows = content.rows if isinstance(content.rows, PackedRows) else PackedRows(content.rows)
    if first == 0 and values:
        (header,), values = parse_rows(values[:1], 0), values[1:]
    if values:
        rows.extend([(None,) * len(header)] * (first - 1 - len(rows)))  # blank ones at the end of the last range
    return Content(header, add_rows(rows, values, len(header)))


def add_rows(rows: PackedRows, values: Sequence[msgspec.Raw], width: int = 0) -> PackedRows:
    """Rows with those of an answer below them, which are filled up to `width`."""
    for some in in_chunks(values):
        rows.extend(parse_rows(some, width))
    return rows


def parse_rows(values: Sequence[msgspec.Raw], width: int) -> list[Row]:
    """Rows of an answer, filled up to `width`."""
    rows = _rows_decoder.decode(b"[" + b",".join(values) + b"]")
    blank = (None,) * width
    rows = [row if len(row) >= width else row + blank[len(row) :] for row in rows]
    return [tuple(None if cell == "" else cell for cell in row) if "" in row else row for row in rows]


def find_sheet(workbook: Workbook, stream: str, title: str) -> Sheet | None:
    """The sheet of a stream: by its mark, then by title; somebody else's mark on the title keeps us off."""
    if found := mirrored_sheets(workbook).get(stream):
        return found
    titled = (sheet for sheet in workbook.sheets if sheet.title.casefold() == title.casefold())
    return next((sheet for sheet in titled if sheet.note is None), None)


def mirrored_sheets(workbook: Workbook) -> dict[str, Sheet]:
    """The sheet that mirrors each stream.

    A tab that somebody duplicated carries its mark twice: the original is the one that the workbook remembers.
    """
    known = workbook.status.streams if workbook.status else {}
    found: dict[str, Sheet] = {}
    for sheet in workbook.sheets:
        if sheet.mark and (sheet.mark.stream not in found or known.get(sheet.mark.stream) == sheet.sheet_id):
            found[sheet.mark.stream] = sheet
    return found
