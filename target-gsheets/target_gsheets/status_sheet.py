"""(the status sheet now, the status) -> the requests that write the one into the other. Pure.

    State | Last checked | Alive | Note
    ok    | 2026-…       | =IF(…)
                                                     a blank row
    Stream | Last synced | Rows | Added | Changed | Removed | Seconds | Note
    users  | …

People may sort the rows, add columns and rows, and write beside and below: a column is found by its header, a row by
its stream, and nothing but our own cells is written. A header or a name that somebody wrote over is put back where
what stands beside it leaves no doubt. Where the table can't be found, all of it is written anew above what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.cells import Cell, Losses, NumberFormat, canonical, clean_text
from target_gsheets.columns import Layout, header_key, lay_out
from target_gsheets.drawing import MARGIN, Drawing, Formula, write_cells
from target_gsheets.grid import column_letters
from target_gsheets.status import INTERVALS, Status, StreamStatus
from target_gsheets.workbook import Content

Request: TypeAlias = "dict[str, Any]"

COLUMNS = ("Stream", "Last synced", "Rows", "Added", "Changed", "Removed", "Seconds", "Note")
WIDTHS = (180, 150, 80, 80, 80, 80, 80, 320)
TOP = ("State", "Last checked", "Alive", "Note")  # above the first columns of the table
TOP_ROWS = 3  # labels, values and a blank row above the table's header
FEWEST_HEADERS = 5  # that tell a row to be the table's header
MAX_NOTE_CHARACTERS = 1_000
MOMENT = NumberFormat("DATE_TIME", "yyyy-mm-dd hh:mm:ss")
STOPPED, RUNNING = "STOPPED", "running"
ALARMS = ((0, "failed"), (2, STOPPED))  # columns of the top, and what is red there


def grid_of(streams: int) -> tuple[int, int]:
    """How many rows and columns a new status sheet has."""
    return TOP_ROWS + 1 + streams + MARGIN, len(COLUMNS) + MARGIN


def draw_status(
    sheet: tuple[int, int, int], content: Content, status: Status, links: Mapping[str, int], unlinked: Collection[str]
) -> Drawing:
    """Draw a status in a sheet, given by its id, rows and columns, that has this content.

    `links` has the streams that may have a row already, each with the sheet that it links to; `unlinked` are those of
    them whose sheet has gone since.
    """
    cells = [] if content.is_blank else [list(content.header), *map(list, content.rows)]
    drawing = Drawing(*sheet, cells, [])
    header, places, is_new = place_table(drawing, len(status.streams))
    # What stands below a new table may look like ours, and stays.
    rows = {} if is_new else place_rows(drawing, header, places, status.streams, links)
    missing = [stream.stream for stream in status.streams if stream.stream not in rows]
    last = max(rows.values(), default=header)
    if missing and not is_new:
        drawing.insert_rows(last + 1, len(missing), like_above=last > header)  # the header above is bold
    rows.update((stream, last + 1 + number) for number, stream in enumerate(missing))
    wanted: dict[int, dict[int, Cell | Formula]] = {
        header: dict(zip(places, COLUMNS, strict=True)),
        **top_cells(header, places, status),
    }
    for stream in status.streams:
        wanted[rows[stream.stream]] = {
            places[COLUMNS.index(name)]: cell for name, cell in row_cells(stream, links).items()
        }
    for name in rows.keys() & unlinked:
        drawing.forget(rows[name], places[0])
        wanted.setdefault(rows[name], {})[places[0]] = shown(name)
    drawing.requests += write_cells(drawing, wanted)
    return drawing


def place_table(drawing: Drawing, streams: int) -> tuple[int, tuple[int, ...], bool]:
    """The row of the table's header, where its columns stand, and whether it is new; what is missing is inserted."""
    found = find_header(drawing.cells)
    if found is None:
        draw_frame(drawing, streams)
        return TOP_ROWS, tuple(range(len(COLUMNS))), True
    if found < TOP_ROWS:
        drawing.insert_rows(0, TOP_ROWS - found)
    header = max(found, TOP_ROWS)
    return header, place_columns(drawing, header), False


def find_header(cells: Sequence[Sequence[Cell]]) -> int | None:
    """The row that most of our headers stand in, if any."""
    keys = set(map(header_key, COLUMNS))
    counts = [len(keys.intersection(map(header_key, row))) for row in cells]
    most = max(counts, default=0)
    return counts.index(most) if most >= FEWEST_HEADERS else None


def draw_frame(drawing: Drawing, streams: int) -> None:
    """Give a sheet without our table room for it on top, and what makes it good to read."""
    rows, columns = grid_of(streams)
    sheet_id, header = drawing.sheet_id, TOP_ROWS
    if drawing.cells:
        drawing.insert_rows(0, rows)
    drawing.grow("ROWS", rows)
    drawing.grow("COLUMNS", columns)
    drawing.cells[:0] = [[] for _ in range(rows - len(drawing.cells))]
    drawing.requests += [
        batch.freeze_header(sheet_id, header + 1),
        batch.format_column(sheet_id, 1, MOMENT),
        *(batch.bold_header(sheet_id, 0, len(COLUMNS), row) for row in (0, header)),
        *(batch.widen_column(sheet_id, column, pixels) for column, pixels in enumerate(WIDTHS)),
        # The note on top has the empty cells beside it for room; wrapped in its narrow column it would fill the screen.
        batch.wrap_column(sheet_id, COLUMNS.index("Note"), header + 1),
        *(batch.alarm(sheet_id, 1, column, text) for column, text in ALARMS),
    ]


def place_columns(drawing: Drawing, header: int) -> tuple[int, ...]:
    """Where our columns stand, after the ones that are missing were inserted."""
    row = drawing.cells[header]
    width = max(map(len, drawing.cells))
    found: Layout = lay_out(
        [*row, *[None] * (width - len(row))], {name: name for name in COLUMNS}, COLUMNS, between(row)
    )
    for position in found.inserted:
        drawing.insert_column(position)
    for column, position in enumerate(found.then):
        if found.now[column] is None:
            drawing.requests += dress_column(drawing.sheet_id, header, column, position)
    return found.then


def dress_column(sheet_id: int, header: int, column: int, position: int) -> Iterator[Request]:
    """Give a column of ours that was inserted, and looks like the one beside it, looks of its own."""
    yield batch.format_column(sheet_id, position, MOMENT if column == COLUMNS.index("Last synced") else None)
    yield batch.widen_column(sheet_id, position, WIDTHS[column])
    if column == COLUMNS.index("Note"):
        yield batch.wrap_column(sheet_id, position, header + 1)
    yield from (batch.alarm(sheet_id, header - 2, position, text) for place, text in ALARMS if place == column)


def between(header: Sequence[Cell]) -> Callable[[int, int], bool]:
    """A judge of whether a place is that of one of our columns: it has its neighbours on either side."""
    keys = list(map(header_key, header))

    def is_between(position: int, column: int) -> bool:
        left = column == 0 or (position > 0 and keys[position - 1] == header_key(COLUMNS[column - 1]))
        right = [header_key(COLUMNS[column + 1])] if column + 1 < len(COLUMNS) else None
        return left and right == keys[position + 1 : position + 2]

    return is_between


def place_rows(
    drawing: Drawing, header: int, places: Sequence[int], streams: Sequence[StreamStatus], links: Mapping[str, int]
) -> dict[str, int]:
    """The rows of the streams that have one. One that never had a row takes none that is there."""
    wanted = [stream.stream for stream in streams]
    rows = find_rows(drawing, header, places, {*wanted, *links})
    strays = find_strays(drawing, header, places, rows.values())
    missing = (stream for stream in wanted if stream not in rows and stream in links)
    return {**rows, **dict(zip(missing, strays, strict=False))}


def find_rows(drawing: Drawing, header: int, places: Sequence[int], streams: Collection[str]) -> dict[str, int]:
    """The first row of each of these streams that has one."""
    names = {row_key(stream): stream for stream in streams}
    rows: dict[str, int] = {}
    for row in range(header + 1, len(drawing.cells)):
        cell = drawing.cell(row, places[0])
        stream = names.get(row_key(cell)) if isinstance(cell, str) else None
        if stream is not None:
            rows.setdefault(stream, row)
    return rows


def find_strays(drawing: Drawing, header: int, places: Sequence[int], taken: Collection[int]) -> list[int]:
    """Rows that hold what only ours do, a moment and five counts, but under a name that somebody wrote over.

    They stand above a row that bears its name: below the last of these people add up ours in rows that look like them.
    """
    return [
        row
        for row in range(header + 1, max(taken, default=header))
        if row not in taken and all(type(drawing.cell(row, place)) in {int, float} for place in places[1:7])
    ]


def row_key(text: str) -> str:
    """What a row goes by: the stream's name as a cell shows it."""
    return canonical(shown(text) or "")


def shown(text: str) -> str | None:
    """A text as one of our cells can hold it."""
    return clean_text(text[:MAX_NOTE_CHARACTERS], Losses())


def top_cells(header: int, places: Sequence[int], status: Status) -> dict[int, dict[int, Cell | Formula]]:
    """The labels and the values above the table."""
    checked = f"{column_letters(places[1])}{header - 1}"
    seconds = INTERVALS * status.interval
    # A semicolon parts arguments in every locale, a comma doesn't, over the API either (second-hand, by
    # googleapis/google-api-nodejs-client #1994 and others). NOW goes by the workbook's clocks, as the cell does.
    alive = Formula(f'=IF((NOW()-{checked})*86400>{seconds};"{STOPPED}";"{RUNNING}")')
    values: list[Cell | Formula] = [status.state, status.serial, alive, shown(status.note)]
    return {header - 3: dict(zip(places, TOP, strict=False)), header - 2: dict(zip(places, values, strict=False))}


def row_cells(stream: StreamStatus, links: Mapping[str, int]) -> dict[str, Cell | Formula]:
    """The cells of a stream's row by column: its name links to its sheet."""
    cells: dict[str, Cell | Formula] = {
        name: shown(cell) if isinstance(cell, str) else cell for name, cell in stream.cells.items()
    }
    if stream.sheet_id is not None:
        text = shown(stream.stream) or ""
        label = text.replace('"', '""')
        is_right = links.get(stream.stream) == stream.sheet_id
        cells["Stream"] = Formula(f'=HYPERLINK("#gid={stream.sheet_id}";"{label}")', text if is_right else None)
    return cells
