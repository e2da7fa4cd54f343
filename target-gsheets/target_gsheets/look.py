"""One look at the workbook: its structure, the cells of the sheets at hand, and what the streams want them to hold.

Two reads: one spreadsheets.get, one values.batchGet (more where there are over a million cells).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from target_gsheets.adoption import is_ours
from target_gsheets.api import SheetsApi
from target_gsheets.errors import RefusedError, TransientError
from target_gsheets.generation import Generation, find_generation
from target_gsheets.grid import a1_range, quote_title
from target_gsheets.marks import StagingMark, StatusMark
from target_gsheets.titles import DEFAULT_TEMPLATE, sheet_titles
from target_gsheets.wanted import Arrived, WantedSheet, wanted_sheet
from target_gsheets.workbook import Content, Row, Sheet, Workbook, extend_content, find_sheet

# One values.batchGet asks for about this many cells, and for ranges that fit into an address.
MAX_CELLS_A_READ = 1_000_000
MAX_ADDRESS_CHARACTERS_A_READ = 6_000

logger = logging.getLogger("target-gsheets")


@dataclass(frozen=True, slots=True)
class Look:
    """The workbook as it is, and the sheets wanted, each with the one that is there."""

    workbook: Workbook
    contents: Mapping[int, Content]
    wanted: Sequence[tuple[WantedSheet, Sheet | None]]
    generation: Generation
    silent: Mapping[str, Sheet | None]  # the sheets of the streams of which only the SCHEMA came
    behind: frozenset[str]  # streams whose sheet doesn't hold what their bookmark says it does

    @property
    def sheets(self) -> list[Sheet]:
        """The sheets whose cells were read."""
        return [sheet for _, sheet in self.wanted if sheet]

    @property
    def leftovers(self) -> list[Sheet]:
        """Hidden sheets that a run made, and that its commit did not take away: ours from before, or a dead run's."""
        return [sheet for sheet in self.workbook.sheets if isinstance(sheet.note, StagingMark)]


@dataclass(slots=True)
class Reader:
    """Looks at a workbook, as often as need be, for the same streams.

    `silent` has the streams of which only the SCHEMA came, each with a digest of its bookmark, if it has one.
    """

    api: SheetsApi
    timezone: tzinfo | None
    streams: Sequence[Arrived]
    silent: Mapping[str, str | None]
    run: str
    title: str = DEFAULT_TEMPLATE  # of a sheet that is made
    adopts: bool = False  # whether a stream takes over whatever sheet has its title
    _wanted: list[WantedSheet] = field(init=False, default_factory=list)
    _partial: set[str] = field(init=False, default_factory=set)  # streams whose earlier rows are in no sheet

    def look(self, failed: Collection[str]) -> Look:
        """Read the workbook and the sheets of the streams that haven't failed."""
        workbook = self.api.read_workbook()
        titles = sheet_titles([*(arrived.stream for arrived in self.streams), *self.silent], self.title)
        zone = self.timezone or zone_of(workbook)
        wanted = [sheet for sheet in self._sheets(titles, zone) if sheet.stream not in failed]
        pairs = [(sheet, find_sheet(workbook, sheet.stream, sheet.title)) for sheet in wanted]
        sheets = [sheet for _, sheet in pairs if sheet]
        contents = self.read_contents([*sheets, *status_sheets(workbook)] if sheets else [])
        pairs = [
            (each, sheet if sheet and (self.adopts or is_ours(sheet, contents[sheet.sheet_id], each)) else None)
            for each, sheet in pairs
        ]
        silent = {stream: find_sheet(workbook, stream, titles[stream]) for stream in self.silent}
        self._see_partial(workbook, pairs, contents)
        pairs = [
            (
                replace(
                    each,
                    is_partial=each.stream in self._partial,
                    rows=() if each.is_appended and each.stream in self._partial else each.rows,
                ),
                sheet,
            )
            for each, sheet in pairs
        ]
        behind = self._partial.union(
            stream for stream, digest in self.silent.items() if not holds(silent[stream], digest)
        )
        return Look(workbook, contents, pairs, find_generation(workbook), silent, frozenset(behind))

    def _see_partial(
        self, workbook: Workbook, pairs: Sequence[tuple[WantedSheet, Sheet | None]], contents: Mapping[int, Content]
    ) -> None:
        """Note incremental streams whose earlier rows are gone with their sheet: what comes now is only the rest.

        Once seen it stays so in this run, whose first commit makes the sheet anew.
        """
        had_sheets = workbook.status.streams if workbook.status else {}
        resumed = {arrived.stream: arrived.resumed for arrived in self.streams}
        for wanted, sheet in pairs:
            stream = wanted.stream
            content = contents[sheet.sheet_id] if sheet else Content()
            if sheet is None or content.is_blank or not is_ours(sheet, content, wanted):
                is_partial = stream in had_sheets if resumed[stream] is None else resumed[stream]
            else:
                is_partial = bool(sheet.mark and sheet.mark.is_partial and resumed[stream])
            if is_partial:
                self._partial.add(stream)

    def read_contents(self, sheets: Sequence[Sheet]) -> Mapping[int, Content]:
        """The cells of these sheets by id, in as few calls as their size allows."""
        contents = {sheet.sheet_id: Content() for sheet in sheets}
        for group in group_parts(part for sheet in sheets for part in parts_of(sheet)):
            try:
                answers = self.api.read_values([part.range for part in group])
            except RefusedError as exc:
                raise TransientError(f"A tab was renamed or deleted while we looked ({exc})") from exc
            for part, values in zip(group, answers, strict=True):
                contents[part.sheet_id] = extend_content(contents[part.sheet_id], part.row, values)
        return contents

    def remember(self, standing: Mapping[str, tuple[Row, ...]]) -> None:
        """From now on want all rows of these streams that a commit should have left, not just those that came."""
        self._wanted = [replace(sheet, rows=standing.get(sheet.stream, sheet.rows)) for sheet in self._wanted]

    def _sheets(self, titles: Mapping[str, str], zone: tzinfo) -> list[WantedSheet]:
        """What the streams want their sheets to hold, converted once: by the time zone of the first look."""
        if not self._wanted:
            self._wanted = [wanted_sheet(arrived, titles[arrived.stream], zone, self.run) for arrived in self.streams]
        return self._wanted


def status_sheets(workbook: Workbook) -> list[Sheet]:
    """The status sheet, where it has anything to read."""
    return [sheet for sheet in workbook.sheets if isinstance(sheet.note, StatusMark) and sheet.note.is_shown]


def holds(sheet: Sheet | None, bookmark: str | None) -> bool:
    """Whether a sheet holds the rows that came with a bookmark, whichever that is where it is empty.

    Without a bookmark a stream is sent whole anyway, whatever its sheet looks like.
    """
    if bookmark is None:
        return True
    mark = sheet.mark if sheet else None
    return mark is not None and not mark.is_partial and bookmark in {"", mark.bookmark}


def clock_of(workbook: Workbook) -> ZoneInfo:
    """The zone by which the workbook's formulas go; UTC where this machine doesn't know it."""
    try:
        return ZoneInfo(workbook.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def zone_of(workbook: Workbook) -> tzinfo:
    """The workbook's own time zone; UTC, with a warning, where this machine doesn't know it."""
    zone = clock_of(workbook)
    if zone.key != workbook.timezone:
        logger.warning(
            "The workbook's time zone %r is unknown here: instants are shown in UTC. Set 'timezone'.",
            workbook.timezone,
        )
    return zone


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a sheet that are read at once: the first of them, their range in A1 notation, how many cells they are."""

    sheet_id: int
    row: int
    range: str
    cells: int
    is_status: bool = False


def parts_of(sheet: Sheet) -> Iterator[Part]:
    """A sheet in parts of at most MAX_CELLS_A_READ cells, so that an answer never takes much memory."""
    if sheet.cells <= MAX_CELLS_A_READ:
        is_status = isinstance(sheet.note, StatusMark)
        yield Part(sheet.sheet_id, 0, quote_title(sheet.title), sheet.cells, is_status)
        return
    height = max(1, MAX_CELLS_A_READ // sheet.column_count)
    for row in range(0, sheet.row_count, height):
        end = min(row + height, sheet.row_count)
        address = a1_range(sheet.title, row, end, 0, sheet.column_count)
        yield Part(sheet.sheet_id, row, address, (end - row) * sheet.column_count)


def group_parts(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Parts that are read together; the status sheet goes with whatever stands before it."""
    group: list[Part] = []
    cells = characters = 0
    for part in parts:
        if group and part.is_status:
            group.append(part)
            continue
        length = len(quote(part.range)) + len("&ranges=")
        if group and (cells + part.cells > MAX_CELLS_A_READ or characters + length > MAX_ADDRESS_CHARACTERS_A_READ):
            yield group
            group, cells, characters = [], 0, 0
        group.append(part)
        cells += part.cells
        characters += length
    if group:
        yield group
