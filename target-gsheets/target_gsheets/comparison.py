"""(one sheet now, the sheet wanted) -> how they differ: columns, rows, formats, mark. Pure; no requests yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from target_gsheets.applied import AppliedRows
from target_gsheets.cells import Cell
from target_gsheets.columns import Layout, header_key, lay_out
from target_gsheets.diff import RowChanges, comparable, diff_rows, keys_digest, same_cell
from target_gsheets.errors import SheetError
from target_gsheets.marks import KEPT, ColumnMark, StreamMark
from target_gsheets.proof import Guards, Verdict
from target_gsheets.rows import PackedRows
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Content, Row, Sheet

# A sheet with fewer rows than this may always be emptied with proof.
GUARDED_ROWS = 100


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a sheet differs from what is wanted; columns go by their number among the wanted ones."""

    layout: Layout
    now: Sequence[Row]  # the rows now, with their cells in the order in which the columns will stand
    changes: RowChanges  # ... and what is to change, in that order too
    kept: int  # rows that stay only for want of proof
    formats: tuple[int, ...]  # columns whose number format is to be set
    marks: Mapping[int, ColumnMark]  # what to remember of our columns, by where they will stand
    mark: StreamMark  # ours, as it shall be

    @property
    def places(self) -> tuple[int, ...]:
        """Where the columns will stand, from left to right."""
        return tuple(self.layout.then[column] for column in self.layout.order)

    @property
    def rows_after(self) -> Sequence[Row]:
        """The rows as they will be."""
        return AppliedRows(self.changes, self.now)


def compare(sheet: Sheet, content: Content, wanted: WantedSheet, guards: Guards) -> Comparison:
    """Compare a sheet that isn't blank; raise SheetError where bringing it in line would do harm."""
    mark = sheet.mark
    remembered = {column.name: column for column in mark.columns} if mark else {}
    # A column of ours that is empty at the right, and whose header somebody cleared, doesn't show among the values.
    width = max(content.width, min(content.width + len(remembered), sheet.column_count))
    header = [*content.header, *[None] * (width - len(content.header))]
    ours = {name: column.text for name, column in remembered.items()}
    layout = lay_out(header, ours, wanted.columns, alike(header, content.rows, wanted), keep=guards.keep_columns)
    refuse_lost_columns(sheet, wanted, layout, {name: ours[name] for name in ours if not remembered[name].state})
    order = layout.order
    now = project(content.rows, [layout.now[column] for column in order])
    changes, kept = compare_rows(sheet, now, wanted, layout, guards)
    formats = tuple(
        column
        for column, name in enumerate(wanted.columns)
        if is_format_due(layout.now[column] is None, remembered.get(name), mark, str(wanted.formats[column] or ""))
    )
    kept_columns = {place: replace(remembered[name], state=KEPT) for name, place in layout.kept}
    columns = kept_columns | {
        layout.then[column]: mark_column(wanted, layout, column, remembered.get(wanted.columns[column]))
        for column in order
    }
    keys = tuple(map(order.index, wanted.keys))
    digest = mark.keys if mark else ""
    if not digest or touches_keys(changes, keys):
        digest = keys_digest(AppliedRows(changes, now), keys)
    return Comparison(
        layout,
        now,
        changes,
        kept,
        formats,
        columns,
        StreamMark(
            wanted.stream,
            tuple(columns[place] for place in sorted(columns)),
            digest,
            wanted.bookmark,
            wanted.runs_after(mark.runs if mark else ()),
            is_partial=wanted.is_partial,
        ),
    )


def refuse_lost_columns(sheet: Sheet, wanted: WantedSheet, layout: Layout, ours: Mapping[str, str]) -> None:
    """Raise SheetError where a column that we wrote is gone and can't just be written again.

    Without a key all rows would look like people's own and come twice; without any other column of a stream that
    brings changes only, the rows that don't come again would stay without a value.
    """
    lost = [name for name, place in zip(wanted.columns, layout.now, strict=True) if place is None and name in ours]
    needed = [name for name in lost if not wanted.verdict.may_remove or wanted.columns.index(name) in wanted.keys]
    none_is_there = bool(ours) and all(place is None for place in layout.now)
    if none_is_there and not lost:
        raise SheetError(
            f"the source has replaced every column of the sheet {sheet.title!r}, so that none tells the rows apart: "
            "take what you wrote beside them elsewhere and delete the sheet, and the next run makes it anew"
        )
    if needed or none_is_there:
        names = ", ".join(repr(ours[name]) for name in (needed or lost)[:3])
        raise SheetError(
            f"the first row of the sheet {sheet.title!r} lacks the header {names}: put it back where it was, or delete "
            "the sheet, and the next run makes it anew"
        )


def compare_rows(
    sheet: Sheet, now: Sequence[Row], wanted: WantedSheet, layout: Layout, guards: Guards
) -> tuple[RowChanges, int]:
    """The row changes, and how many rows stay only for want of proof; raise SheetError where too many would go.

    The rows now have their cells in the order in which the columns will stand.
    """
    # Where a key is new at the source, rows go by their content once.
    is_new = any(layout.now[key] is None for key in wanted.keys)
    keys = () if is_new else tuple(map(layout.order.index, wanted.keys))
    rows = reorder(wanted.rows, layout.order)
    last_digest = sheet.mark.keys if sheet.mark else ""
    # Else a row that didn't come may be one of ours, and not one that lost its key.
    is_sent_whole = bool(keys) and wanted.verdict is not Verdict.INCREMENTAL

    def diff(*, remove: bool) -> RowChanges:
        return diff_rows(
            now,
            rows,
            keys=keys,
            remove=remove,
            row_capacity=sheet.row_count - 1,
            gone=wanted.gone,
            keys_touched=lambda: is_sent_whole and bool(last_digest) and last_digest != keys_digest(now, keys),
        )

    if wanted.is_appended:
        return append_rows(sheet, now, rows, wanted.run), 0
    changes = diff(remove=wanted.verdict is not Verdict.INCREMENTAL)
    removed = len(changes.removed)
    unlikely = removed > guards.max_unproven_delete_ratio * len(now)
    if removed and (wanted.verdict is Verdict.UNPROVEN or (wanted.verdict is Verdict.LIKELY_WHOLE and unlikely)):
        spared = diff(remove=False)
        return spared, removed - len(spared.removed)
    limit = guards.max_delete_ratio
    if len(now) >= GUARDED_ROWS and removed > limit * len(now):
        raise SheetError(
            f"{removed:,} of the {len(now):,} rows of the sheet {sheet.title!r} are gone at the source, more than "
            f"'max_delete_ratio' ({limit:g}) allows: if that is right, raise it for one run"
        )
    return changes, 0


def append_rows(sheet: Sheet, now: Sequence[Row], rows: Sequence[Row], run: str) -> RowChanges:
    """All rows after the last one, whatever is there; none where this run has appended them and lost the answer."""
    if sheet.mark and run in sheet.mark.runs:
        return RowChanges()
    last = max((number for number, row in enumerate(now) if any(cell is not None for cell in row)), default=-1)
    return RowChanges(added=tuple(rows), after=last)


def touches_keys(changes: RowChanges, keys: Sequence[int]) -> bool:
    """Whether the keys in the sheet will be others than now."""
    runs = (any(run.column <= key < run.column + len(run.cells) for key in keys) for run in changes.changed)
    return bool(changes.added or changes.removed) or any(runs)


def is_format_due(is_new: bool, remembered: ColumnMark | None, mark: StreamMark | None, shown_as: str) -> bool:
    """Whether a column's number format is to be set: a new column, a taken-over one, or another type than last time.

    Otherwise the format is people's to choose. Milliseconds that once were shown stay, even if today's rows have none.
    """
    if is_new:
        return True
    if mark is None:
        return bool(shown_as)
    return remembered is not None and remembered.shown_as not in {shown_as, f"{shown_as}.000"}


def mark_column(wanted: WantedSheet, layout: Layout, column: int, remembered: ColumnMark | None) -> ColumnMark:
    """What to remember of a column."""
    name, text, shown_as = wanted.columns[column], layout.headers[column], str(wanted.formats[column] or "")
    if remembered and remembered.shown_as == f"{shown_as}.000":
        shown_as = remembered.shown_as
    return ColumnMark(name, shown_as, "" if text == name else text)


def alike(header: Row, rows: Sequence[Row], wanted: WantedSheet) -> Callable[[int, int], bool]:
    """A judge of whether the cells at a position are those of a wanted column: nine of ten are.

    They are compared row by row, rows by their key, as far as headers tell where that is; else as a whole. People's
    own rows, which have no key, say nothing of a column.
    """

    def is_alike(position: int, column: int) -> bool:
        places = [header_place(header, wanted.columns[key]) for key in wanted.keys]
        if not places or None in places or column in wanted.keys:
            now, then = Counter(column_cells(rows, position)), Counter(column_cells(wanted.rows, column))
            return 2 * (now & then).total() >= max(now.total(), 1) if then else not now
        by_key = {comparable(row[key] for key in wanted.keys): row for row in wanted.rows}
        pairs = [
            (cell_at(row, position), by_key[key][column])
            for row in rows
            if (key := comparable(cell_at(row, place) for place in places)) in by_key
        ]
        return 10 * sum(same_cell(now, then) for now, then in pairs) >= 9 * len(pairs)

    return is_alike


def header_place(header: Row, name: str) -> int | None:
    """Where a header stands first."""
    return next((place for place, cell in enumerate(header) if header_key(cell) == header_key(name)), None)


def cell_at(row: Row, place: int | None) -> Cell:
    """A cell of a row whose empty ones at the end are missing."""
    return row[place] if place is not None and place < len(row) else None


def column_cells(rows: Sequence[Row], place: int) -> Iterator[Cell | tuple[Cell]]:
    """The cells of a column that aren't empty, for counting: TRUE is not 1."""
    return (cell for row in rows for cell in comparable([cell_at(row, place)]) if cell is not None)


def project(rows: Sequence[Row], positions: Sequence[int | None]) -> PackedRows:
    """The cells of these columns, empty where a row is short or the column isn't there yet."""
    width = len(positions)
    in_place = list(positions) == list(range(width))
    if in_place and isinstance(rows, PackedRows) and rows.widths <= {width}:
        return rows
    if in_place:
        return PackedRows((*row[:width], *(None,) * (width - len(row))) for row in rows)
    return PackedRows(
        tuple(None if place is None or place >= len(row) else row[place] for place in positions) for row in rows
    )


def reorder(rows: Sequence[Row], order: Sequence[int]) -> Sequence[Row]:
    """Rows with their cells in another order."""
    if list(order) == list(range(len(order))):
        return rows
    return PackedRows(map(itemgetter(*order), rows))
