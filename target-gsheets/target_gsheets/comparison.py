"""(one sheet now, the sheet wanted) -> how they differ: columns, rows, formats, mark. Pure; no requests yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from target_gsheets.applied import AppliedRows
from target_gsheets.columns import Layout, header_key, lay_out
from target_gsheets.diff import RowChanges, diff_rows, keys_digest
from target_gsheets.errors import SheetError
from target_gsheets.marks import KEPT, ColumnMark, StreamMark
from target_gsheets.proof import Guards, Verdict
from target_gsheets.resemblance import alike
from target_gsheets.rows import project, reorder
from target_gsheets.unkeyed import to_remember, unkeyed_digest, unkeyed_digests
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
    order = layout.order
    now = project(content.rows, [layout.now[column] for column in order])
    present = {name: ours[name] for name in ours if not remembered[name].state}
    if is_replaced(wanted, layout, present):
        refuse_replacement(sheet, content, wanted, present, guards)
        changes, kept = replace_rows(content, reorder(wanted.rows, order)), 0
    else:
        refuse_lost_columns(sheet, wanted, layout, present)
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
    marked = tuple(columns[place] for place in sorted(columns))
    return Comparison(
        layout, now, changes, kept, formats, columns, mark_sheet(mark, wanted, marked, (now, changes), order)
    )


def mark_sheet(
    mark: StreamMark | None,
    wanted: WantedSheet,
    columns: tuple[ColumnMark, ...],
    rows: tuple[Sequence[Row], RowChanges],
    order: Sequence[int],
) -> StreamMark:
    """Our mark as it shall be; `rows` are those now and what is to change, with their columns in this order."""
    now, changes = rows
    keys = tuple(map(order.index, wanted.keys))
    digest = mark.keys if mark else ""
    if not digest or touches_keys(changes, keys):
        digest = keys_digest(AppliedRows(changes, now), keys)
    return StreamMark(
        wanted.stream,
        columns,
        digest,
        wanted.bookmark,
        wanted.runs_after(mark.runs if mark else ()),
        is_partial=wanted.is_partial,
        unkeyed=standing_unkeyed(wanted, mark, AppliedRows(changes, now), order, keys),
    )


def is_replaced(wanted: WantedSheet, layout: Layout, ours: Mapping[str, str]) -> bool:
    """Whether the source has replaced every column that we wrote."""
    return bool(ours) and all(place is None for place in layout.now) and ours.keys().isdisjoint(wanted.columns)


def refuse_replacement(
    sheet: Sheet, content: Content, wanted: WantedSheet, ours: Mapping[str, str], guards: Guards
) -> None:
    """Raise SheetError where it isn't proven that all rows go, or where that would take what people wrote beside."""
    texts = {header_key(text) for text in ours.values()}
    places = {place for place, cell in enumerate(content.header) if header_key(cell) in texts}
    beside = (cell for row in (content.header, *content.rows) for place, cell in enumerate(row) if place not in places)
    is_theirs = len(places) != len(ours) or any(cell is not None for cell in beside)
    if is_theirs or guards.keep_columns or guards.max_delete_ratio < 1 or not wanted.verdict.may_remove:
        raise SheetError(
            f"the source has replaced every column of the sheet {sheet.title!r}, so that none tells the rows apart: "
            "take what you wrote beside them elsewhere and delete the sheet, and the next run makes it anew"
        )


def replace_rows(content: Content, rows: Sequence[Row]) -> RowChanges:
    """All rows that there are go, and all these come."""
    filled = (any(cell is not None for cell in row) for row in content.rows)
    return RowChanges(removed=tuple(number for number, is_filled in enumerate(filled) if is_filled), added=tuple(rows))


def refuse_lost_columns(sheet: Sheet, wanted: WantedSheet, layout: Layout, ours: Mapping[str, str]) -> None:
    """Raise SheetError where a column that we wrote is gone and can't just be written again.

    Without a key all rows would look like people's own and come twice; without any other column of a stream that
    brings changes only, the rows that don't come again would stay without a value.
    """
    lost = [name for name, place in zip(wanted.columns, layout.now, strict=True) if place is None and name in ours]
    needed = [name for name in lost if not wanted.verdict.may_remove or wanted.columns.index(name) in wanted.keys]
    if needed or (lost and all(place is None for place in layout.now)):
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
    written = {*(sheet.mark.unkeyed if sheet.mark else ())}
    names = [wanted.columns[column] for column in layout.order]
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
            is_written=lambda row: bool(written) and unkeyed_digest(names, row) in written,
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


def standing_unkeyed(
    wanted: WantedSheet, mark: StreamMark | None, rows: Sequence[Row], order: Sequence[int], keys: Sequence[int]
) -> tuple[str, ...]:
    """What to remember of the rows without a key that we wrote, now or before, and that stand among these."""
    names = [wanted.columns[column] for column in order]
    written = {*(mark.unkeyed if mark else ())}
    if wanted.unkeyed:
        written |= {*unkeyed_digests(names, reorder(wanted.rows, order), keys)}
    return to_remember(written.intersection(unkeyed_digests(names, rows, keys)) if written else ())


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
