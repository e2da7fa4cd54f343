"""The buffered rows of a stream -> the sheet it wants: typed columns and cells, in the workbook's time zone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from target_gsheets.buffer import RowBuffer
from target_gsheets.cells import (
    Cell,
    Column,
    Kind,
    Losses,
    NumberFormat,
    clean_text,
    column_converter,
    column_of,
    has_milliseconds,
    number_format,
)
from target_gsheets.columns import header_key
from target_gsheets.diff import RowKey, comparable
from target_gsheets.notes import header_note
from target_gsheets.proof import Verdict
from target_gsheets.rows import PackedRows
from target_gsheets.workbook import Row

# A mark remembers so many runs that appended rows: others may have done so since one whose answer was lost.
MAX_RUNS = 8
# Columns are made as wide as their first rows need, in pixels; Google's own default is 100.
SAMPLE_ROWS = 200
NARROWEST = 60
WIDEST = 320


@dataclass(frozen=True, slots=True)
class Arrived:
    """A stream as it arrived: its rows, what may be done with them, a digest of the bookmark that came along, and
    whether it went on where an earlier run ended (None: the tap doesn't say).
    """

    stream: str
    verdict: Verdict
    buffer: RowBuffer
    bookmark: str = ""
    resumed: bool | None = None
    deleted_at: str | None = None  # the column that says when a row was deleted, where that removes it
    hides_deleted_at: bool = False  # ... and isn't one for people; then it is the last


@dataclass(frozen=True, slots=True)
class WantedSheet:
    """What the sheet of a stream shall hold, and how sure we are that this is all of it."""

    stream: str
    title: str
    verdict: Verdict
    columns: tuple[str, ...]  # header texts
    formats: tuple[NumberFormat | None, ...]
    widths: tuple[int, ...]  # pixels
    notes: tuple[str, ...]  # on the headers
    keys: tuple[int, ...]  # positions among the columns
    rows: Sequence[Row]
    losses: Losses
    gone: frozenset[RowKey] = frozenset()  # keys of rows that shall go, whatever else stays
    bookmark: str = ""  # a digest of the bookmark that the rows came with
    run: str = ""  # an id of the run that brings them
    is_partial: bool = False  # rows that came before these are in no sheet
    unkeyed: int = 0  # how many rows have an empty key, though the stream has key properties

    @property
    def is_appended(self) -> bool:
        """Whether rows are added whatever is there: nothing tells a row that came before from an equal one."""
        return self.verdict is Verdict.APPENDED

    def runs_after(self, runs: Sequence[str]) -> tuple[str, ...]:
        """The last runs that have appended rows, this one included; `runs` are those before."""
        if not self.is_appended:
            return ()
        return tuple([*(run for run in runs if run != self.run), self.run][-MAX_RUNS:] if self.rows else runs)


@dataclass(slots=True)
class Conversion:
    """What has become of a stream's rows so far; `width` columns of them are for the sheet."""

    columns: Sequence[Column]
    converters: Sequence[Callable[[Sequence[Cell]], Sequence[Cell]]]
    keys: Sequence[int]
    deleted: int | None  # the column that says that a row goes
    width: int
    rows: PackedRows = field(default_factory=PackedRows)
    gone: set[RowKey] = field(default_factory=set)
    with_milliseconds: set[int] = field(default_factory=set)  # columns
    unkeyed: int = 0

    def add(self, chunk: Sequence[Sequence[Cell]]) -> None:
        """Convert rows, column by column."""
        cells: list[Sequence[Cell]] = [
            convert(values) for convert, values in zip(self.converters, zip(*chunk, strict=True), strict=True)
        ]
        if self.deleted is not None:
            cells, gone = part_deleted(cells, self.deleted, self.keys)
            self.gone |= gone
        if self.keys and all(None in cells[key] for key in self.keys):
            blank = zip(*(cells[key] for key in self.keys), strict=True)
            self.unkeyed += sum(all(cell is None for cell in key) for key in blank)
        cells = cells[: self.width]
        self.rows.extend(zip(*cells, strict=True) if cells else itertools.repeat((), len(chunk)))
        for place, column in enumerate(self.columns[: self.width]):
            is_timed = column.kind in {Kind.DATE_TIME, Kind.TIME} and place not in self.with_milliseconds
            if is_timed and has_milliseconds(cells[place]):
                self.with_milliseconds.add(place)


def wanted_sheet(arrived: Arrived, title: str, zone: tzinfo, run: str) -> WantedSheet:
    """Convert a stream's rows; the buffer is empty afterwards."""
    buffer = arrived.buffer
    losses = buffer.losses
    names = buffer.columns
    columns = [column_of(name, schema) for name, schema in buffer.schema.items()]
    converted = Conversion(
        columns,
        [column_converter(column, zone, losses) for column in columns],
        keys=tuple(map(names.index, buffer.keys)),
        deleted=None if arrived.deleted_at is None else names.index(arrived.deleted_at),
        width=len(names) - arrived.hides_deleted_at,
    )
    for chunk in buffer.release():
        converted.add(chunk)
    headers = header_texts(names[: converted.width])
    formats = tuple(
        number_format(column, milliseconds=place in converted.with_milliseconds)
        for place, column in enumerate(columns[: converted.width])
    )
    sample = converted.rows[:SAMPLE_ROWS]
    return WantedSheet(
        stream=arrived.stream,
        title=title,
        verdict=arrived.verdict,
        columns=headers,
        formats=formats,
        widths=tuple(
            column_width(header, formats[place], [row[place] for row in sample]) for place, header in enumerate(headers)
        ),
        notes=tuple(
            header_note(schema, column, zone)
            for schema, column, _ in zip(buffer.schema.values(), columns, headers, strict=False)
        ),
        keys=tuple(converted.keys),
        rows=converted.rows,
        losses=losses,
        gone=frozenset(converted.gone),
        bookmark=arrived.bookmark,
        run=run,
        unkeyed=converted.unkeyed,
    )


def part_deleted(
    cells: Sequence[Sequence[Cell]], deleted: int, keys: Sequence[int]
) -> tuple[list[Sequence[Cell]], set[RowKey]]:
    """The columns without the rows that were deleted at the source, and the keys of these, if they have any."""
    goes = [cell is not None for cell in cells[deleted]]
    stays = [not is_gone for is_gone in goes]
    left: list[Sequence[Cell]] = [list(itertools.compress(column, stays)) for column in cells]
    if not keys:
        return left, set()
    going = (itertools.compress(cells[key], goes) for key in keys)
    return left, {comparable(row) for row in zip(*going, strict=True)}


def header_texts(names: Iterable[str]) -> tuple[str, ...]:
    """What stands above the columns: their names as a cell can hold them, none of them empty, all of them different."""
    texts: dict[str, str] = {}  # by what each goes by in a sheet
    for name in names:
        text = base = clean_text(name, Losses()) or "(no name)"
        number = 1
        while header_key(text) in texts:
            number += 1
            text = f"{base} ({number})"
        texts[header_key(text)] = text
    return tuple(texts.values())


def column_width(header: str, shown_as: NumberFormat | None, sample: Iterable[Cell]) -> int:
    """A width in pixels that shows the header and the first rows, within reason."""
    longest = max([line_length(header) + 1, *(shown_length(cell, shown_as) for cell in sample)])
    return min(max(NARROWEST, 20 + round(7 * longest)), WIDEST)


def line_length(line: str) -> float:
    """About how many small letters wide a line is; a capital is nearly half as wide again."""
    return len(line) + 0.4 * sum(map(str.isupper, line))


def shown_length(cell: Cell, shown_as: NumberFormat | None) -> float:
    """About how many small letters wide a cell is: the longest line of a text, a number as its format shows it."""
    if cell is None:
        return 0
    if isinstance(cell, str):
        return max(map(line_length, cell.split("\n")))
    if shown_as and shown_as.type != "NUMBER":
        return len(shown_as.pattern)
    return len(str(cell))
