"""A plan -> the lines of --dry-run. Pure.

The lines are read off the plan's own steps: rows and columns that they insert and delete are followed back to where
they stand now, so that what is shown is what would be done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from target_gsheets.blocks import Block
from target_gsheets.cells import Cell, NumberFormat
from target_gsheets.diff import same_cell
from target_gsheets.filling import SheetPlan, Step
from target_gsheets.plan import Plan
from target_gsheets.report import notes_of
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import MAX_CELLS, Content, Row

NO_CHANGE = "Nothing came that changes a sheet."
MAX_EXAMPLES = 3
MAX_CELL_CHARACTERS = 40
EPOCH = datetime(1899, 12, 30)
TEMPORAL = {"DATE": "%Y-%m-%d", "DATE_TIME": "%Y-%m-%d %H:%M:%S", "TIME": "%H:%M:%S"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run would send beyond its reads: calls, requests in them, and about how many bytes."""

    calls: int = 0
    requests: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """All that a dry run knows."""

    title: str  # of the workbook
    plan: Plan
    wanted: Mapping[str, WantedSheet]
    contents: Mapping[int, Content]
    cost: Cost
    cells: int  # of the workbook's grids afterwards
    behind: frozenset[str]  # streams that sent nothing though their sheet lacks something


@dataclass(slots=True)
class Trace:
    """Where the rows and columns of a sheet stood before its steps: places in the grid, None for new ones."""

    content: Content
    rows: list[int | None] = field(init=False)
    columns: list[int | None] = field(init=False)
    header: dict[int, Cell] = field(default_factory=dict)  # written by the steps, by position
    columns_added: list[str] = field(default_factory=list)
    columns_removed: list[str] = field(default_factory=list)
    added: dict[int, dict[int, Cell]] = field(default_factory=dict)  # by row, cells by position
    changed: list[tuple[int, int, Cell, Cell]] = field(default_factory=list)  # row, position, before, after
    removed: list[int] = field(default_factory=list)  # places among the rows of the content

    def __post_init__(self) -> None:
        self.rows, self.columns = [*range(len(self.content.rows) + 1)], [*range(self.content.width)]

    def follow(self, steps: Sequence[Step]) -> None:
        """Take all steps."""
        for step in steps:
            if isinstance(step, Block):
                self._write(step)
            elif "insertDimension" in step:
                line, start, end = self._line(step["insertDimension"]["range"])
                line += [None] * (start - len(line))
                line[start:start] = [None] * (end - start)
            elif "deleteDimension" in step:
                line, start, end = self._line(step["deleteDimension"]["range"])
                gone = [place for place in line[start:end] if place is not None]
                del line[start:end]
                self._note_gone(line is self.rows, gone)

    def _line(self, bounds: Mapping[str, object]) -> tuple[list[int | None], int, int]:
        """The rows or columns that a step speaks of, and from where to where."""
        line = self.rows if bounds["dimension"] == "ROWS" else self.columns
        return line, int(str(bounds.get("startIndex", 0))), int(str(bounds["endIndex"]))

    def _note_gone(self, are_rows: bool, places: Sequence[int]) -> None:
        if are_rows:
            self.removed += (place - 1 for place in places if place > 0)
        else:
            self.columns_removed += (str(cell) for cell in map(self._now_above, places) if cell is not None)

    def _now_above(self, place: int) -> Cell:
        return self.content.header[place] if place < len(self.content.header) else None

    def _write(self, block: Block) -> None:
        """Note what a block changes; of many new rows the first few are enough, and a new column is news enough."""
        for number, row in enumerate(block.rows):
            at = block.row + number
            cells = {block.column + offset: cell for offset, cell in enumerate(row)}
            origin = self.rows[at] if at < len(self.rows) else None
            if at == 0:
                self._write_header(cells)
            elif origin is not None:
                self._change(origin - 1, cells)
            elif number > MAX_EXAMPLES:
                return
            else:
                # Where people's columns stand between ours, a row comes in several blocks.
                self.added.setdefault(at, {}).update(cells)

    def _write_header(self, cells: Mapping[int, Cell]) -> None:
        for position, cell in cells.items():
            if self._origin(position) is None or self._now_above(self._origin(position) or 0) is None:
                self.columns_added.append(str(cell))
        self.header.update(cells)

    def _change(self, row: int, cells: Mapping[int, Cell]) -> None:
        before = self.content.rows[row]
        for position, cell in cells.items():
            place = self._origin(position)
            old = before[place] if place is not None and place < len(before) else None
            if place is not None and not same_cell(old, cell):
                self.changed.append((row, position, old, cell))

    def _origin(self, position: int) -> int | None:
        return self.columns[position] if position < len(self.columns) else None

    def name_of(self, position: int) -> str:
        """What will stand above a column."""
        place = self._origin(position)
        cell = self.header.get(position, None if place is None else self._now_above(place))
        return "" if cell is None else str(cell)

    def position_of(self, place: int) -> int:
        """Where a column of now will stand; its own place where it goes."""
        return self.columns.index(place) if place in self.columns else place


def preview_lines(found: Preview) -> Iterator[str]:
    """The plan of a run, sheet by sheet, and what it costs."""
    plan, cost = found.plan, found.cost
    if not (plan.sheets or plan.failed or plan.departures):
        yield NO_CHANGE
    for sheet in plan.sheets:
        yield from sheet_lines(sheet, found.wanted[sheet.stream], found.contents.get(sheet.sheet_id, Content()))
    for stream, reason in plan.failed.items():
        yield f"{stream}: REFUSED: {reason}"
    for stream in sorted(found.behind):
        yield f"{stream}: nothing came, and its sheet isn't as it was left: the next run has to bring all rows"
    for departure in plan.departures:
        yield f"{departure.stream}: its sheet {departure.sheet.title!r} would be {departure.what}"
    if plan.staying:
        yield plan.staying
    if plan.is_empty and cost.calls:
        yield "Of the sheets only the status sheet would be written."
    yield ""
    yield f"The workbook {found.title!r} would have {found.cells:,} of {MAX_CELLS:,} cells."
    yield (
        f"{cost.calls} write{'s' * (cost.calls != 1)} with {cost.requests:,} requests and about "
        f"{cost.size / 1000:,.1f} kB would follow. Nothing was written."
    )


def sheet_lines(plan: SheetPlan, wanted: WantedSheet, content: Content) -> Iterator[str]:
    """What happens to one sheet, with examples."""
    where = plan.stream if plan.title == plan.stream else f"{plan.stream} (sheet {plan.title!r})"
    if plan.new:
        yield f"{where}: a new sheet of {plan.rows:,} rows and {plan.columns:,} columns"
    elif not plan.steps:
        yield f"{where}: as it is, {plan.rows:,} rows"
    else:
        yield f"{where}: +{plan.added:,} ~{plan.changed:,} -{plan.removed:,}, then {plan.rows:,} rows"
    trace = Trace(Content() if plan.adopted else content)
    trace.follow(plan.steps)
    if not plan.new and trace.columns_added:
        yield f"  + columns {', '.join(trace.columns_added)}"
    if trace.columns_removed:
        yield f"  - columns {', '.join(trace.columns_removed)}"
    formats = dict(zip(wanted.columns, wanted.formats, strict=True))
    added = [row_text(trace, row, formats) for row in trace.added.values()]
    yield from with_rest("+", added[:MAX_EXAMPLES], plan.added)
    yield from with_rest("~", list(change_texts(trace, formats)), len(trace.changed), "cells")
    gone = [
        f"row {row + 2}: {row_text(trace, cells_by_position(trace, content.rows[row]), formats)}"
        for row in sorted(trace.removed)[:MAX_EXAMPLES]
        if row < len(content.rows)
    ]
    yield from with_rest("-", gone, plan.removed)
    for note in notes_of(plan, wanted):
        yield f"  ! {note}"


def change_texts(trace: Trace, formats: Mapping[str, NumberFormat | None]) -> Iterator[str]:
    """A few changed cells: row, column, before and after."""
    for row, position, before, after in trace.changed[:MAX_EXAMPLES]:
        name = trace.name_of(position)
        shown_as = formats.get(name)
        yield f"row {row + 2}, {name}: {cell_text(before, shown_as)} -> {cell_text(after, shown_as)}"


def with_rest(sign: str, examples: Sequence[str], count: int, things: str = "rows") -> Iterator[str]:
    """Examples under their sign, and how many more there are."""
    for example in examples:
        yield f"  {sign} {example}"
    if count > len(examples) and examples:
        yield f"  {sign} … {count - len(examples):,} more {things}"


def cells_by_position(trace: Trace, row: Row) -> Mapping[int, Cell]:
    """The cells of a row of now, by where their columns will stand."""
    return {trace.position_of(place): cell for place, cell in enumerate(row)}


def row_text(trace: Trace, cells: Mapping[int, Cell], formats: Mapping[str, NumberFormat | None]) -> str:
    """A row as names and values."""
    named = ((trace.name_of(position), cell) for position, cell in sorted(cells.items()) if cell is not None)
    return ", ".join(f"{name} {cell_text(cell, formats.get(name))}" for name, cell in named if name in formats)


def cell_text(cell: Cell, shown_as: NumberFormat | None) -> str:
    """A cell as a reader would name it: texts in quotes, dates as dates, long ones cut."""
    if cell is None:
        return "(empty)"
    if isinstance(cell, str):
        text = cell if len(cell) <= MAX_CELL_CHARACTERS else f"{cell[:MAX_CELL_CHARACTERS]}…"
        return repr(text)
    if not isinstance(cell, bool) and shown_as and shown_as.type in TEMPORAL and 0 <= cell < 2_958_466:
        return f"{EPOCH + timedelta(seconds=round(cell * 86_400)):{TEMPORAL[shown_as.type]}}"
    return str(cell)
