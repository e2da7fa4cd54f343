"""A change too big for one request -> hidden sheets to fill first, and a small commit that shows them. Pure.

A new sheet is filled while it is hidden, and the commit gives it its title and shows it. What is to be written to
sheets that people see goes to one hidden sheet, block below block, and the commit copies it over, values only, and
removes that sheet. So readers see all of a change at once, however big it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeGuard

from target_gsheets import batch
from target_gsheets.blocks import Block, encoded_length, merge_runs, raw_bytes, split_block, write_requests
from target_gsheets.diff import diff_row
from target_gsheets.filling import SheetPlan, Step
from target_gsheets.grid import a1_range
from target_gsheets.marks import StagingMark
from target_gsheets.settings_table import STATUS_TITLE
from target_gsheets.workbook import Row

Request: TypeAlias = "dict[str, Any]"

# A block that takes less than this goes with the commit: to copy it would take as much.
MIN_STAGED_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Room:
    """How many cells may be added: to the workbook as it is, and when it is largest during the commit."""

    now: int
    at_peak: int


@dataclass(frozen=True, slots=True, eq=False)
class StagedBlock:
    """A block and the hidden place where its values are written first: a title, a sheet and a row."""

    block: Block
    title: str
    sheet_id: int
    row: int

    @property
    def range(self) -> str:
        """That place in A1 notation; in a sheet that is still hidden it is the block's own."""
        column = self.block.column if self.is_in_place else 0
        return a1_range(self.title, self.row, self.row + len(self.block.rows), column, column + self.block.width)

    @property
    def is_in_place(self) -> bool:
        """Whether the values are written where they belong."""
        return self.sheet_id == self.block.sheet_id


@dataclass(frozen=True, slots=True)
class Staging:
    """What comes before the commit, and what the commit consists of."""

    prepare: tuple[Request, ...] = ()  # hidden sheets to add
    calls: tuple[tuple[StagedBlock, ...], ...] = ()  # values to write to them, call by call
    steps: tuple[tuple[str | None, Step | StagedBlock], ...] = ()  # the commit's, each with its stream, if any
    copies: bool = False  # whether the commit copies to sheets that people see

    @property
    def request_bytes(self) -> int:
        """About how many bytes the commit takes."""
        return sum(
            encoded_length(step) if isinstance(step, dict) else step.request_bytes
            for _, step in self.steps
            if not isinstance(step, StagedBlock)
        )


def in_order(plans: Sequence[SheetPlan]) -> list[SheetPlan]:
    """Sheets that are there first, new ones last.

    Should a change go in several commits after all, no reader sees a new sheet beside an old one for longer than need
    be.
    """
    return sorted(plans, key=lambda plan: plan.new is not None)


def unstaged(plans: Sequence[SheetPlan]) -> Staging:
    """Everything in the commit."""
    steps: list[tuple[str | None, Step | StagedBlock]] = []
    for plan in in_order(plans):
        new = plan.new
        made = [batch.add_sheet(new.sheet_id, new.title, new.row_count, new.column_count, new.index)] if new else []
        marked = [batch.leave_mark(new.sheet_id, new.mark)] if new else []
        steps += ((plan.stream, step) for step in (*made, *plan.steps, *marked))
    return Staging(steps=tuple(steps))


def stage(
    plans: Sequence[SheetPlan], mark: StagingMark, max_request_bytes: int, new_id: Callable[[], int], room: Room
) -> Staging:
    """Prepare the sheets of a run; `new_id` gives ids for sheets and marks.

    Where the workbook has no room for hidden sheets, their values go in the commit, or in several.
    """
    prepare: list[Request] = []
    steps: list[tuple[str | None, Step | StagedBlock]] = []
    blocks = [step for plan in plans if not plan.new for step in plan.steps if is_staged(step)]
    new_cells = sum(plan.new.row_count * plan.new.column_count for plan in plans if plan.new)
    if new_cells > room.now:
        return unstaged(plans)  # rows must go before others can come
    cells = sum(len(block.rows) for block in blocks) * max((block.width for block in blocks), default=0)
    copies = bool(blocks) and cells <= min(room.now - new_cells, room.at_peak)
    shelf = Shelf(new_id(), max_request_bytes if copies else None)
    for plan in in_order(plans):
        new = plan.new
        if new is None:
            steps += ((plan.stream, step) for found in plan.steps for step in shelf.place(found))
            continue
        title, ours = staging_title(new.sheet_id), replace(mark, metadata_id=new_id())
        prepare += (
            batch.add_hidden_sheet(new.sheet_id, title, new.row_count, new.column_count),
            batch.leave_mark(new.sheet_id, ours),
        )
        steps += ((plan.stream, step) for found in plan.steps for step in in_place(found, title, max_request_bytes))
        steps += (
            (plan.stream, batch.renew_mark(replace(new.mark, metadata_id=ours.metadata_id))),
            (plan.stream, batch.show_sheet(new.sheet_id, new.title, new.index)),
        )
    if shelf.row:
        prepare += (
            batch.add_hidden_sheet(shelf.sheet_id, shelf.title, shelf.row, shelf.width),
            batch.leave_mark(shelf.sheet_id, mark),
        )
        steps.append((None, batch.delete_sheet(shelf.sheet_id)))
    calls = group_calls([step for _, step in steps if isinstance(step, StagedBlock)], max_request_bytes)
    return Staging(tuple(prepare), tuple(calls), tuple(steps), copies)


def staging_title(sheet_id: int) -> str:
    """A title that no other attempt has: one whose answer was lost may have left its own behind."""
    return f"{STATUS_TITLE} {sheet_id}"


def is_staged(step: Step) -> TypeGuard[Block]:
    """Whether a step is worth a detour through a hidden sheet."""
    return isinstance(step, Block) and step.request_bytes >= MIN_STAGED_BYTES


@dataclass(slots=True)
class Shelf:
    """The hidden sheet for what is copied: blocks below one another. Without `max_request_bytes` nothing is."""

    sheet_id: int
    max_request_bytes: int | None
    row: int = 0
    width: int = 0

    @property
    def title(self) -> str:
        """The title of the hidden sheet."""
        return staging_title(self.sheet_id)

    def place(self, step: Step) -> Iterator[Step | StagedBlock]:
        """A step as it is, or its block in pieces with their places."""
        if self.max_request_bytes is None or not is_staged(step):
            yield step
            return
        for piece in split_block(step, self.max_request_bytes, raw_bytes):
            yield StagedBlock(piece, self.title, self.sheet_id, self.row)
            self.row += len(piece.rows)
            self.width = max(self.width, piece.width)


def in_place(step: Step, title: str, max_request_bytes: int) -> Iterator[Step | StagedBlock]:
    """A step of a new sheet that is still hidden under another title."""
    if not isinstance(step, Block):
        yield step
        return
    for piece in split_block(step, max_request_bytes, raw_bytes):
        yield StagedBlock(piece, title, piece.sheet_id, piece.row)


def group_calls(blocks: Sequence[StagedBlock], max_request_bytes: int) -> Iterator[tuple[StagedBlock, ...]]:
    """Blocks that are written in one call."""
    group: list[StagedBlock] = []
    size = 0
    for staged in blocks:
        length = sum(map(raw_bytes, staged.block.rows)) + len(staged.range) + 40
        if group and size + length > max_request_bytes:
            yield tuple(group)
            group, size = [], 0
        group.append(staged)
        size += length
    if group:
        yield tuple(group)


def commit_requests(step: Step | StagedBlock, answered: Mapping[StagedBlock, Sequence[Row]]) -> Iterator[Request]:
    """What a commit holds of a step; `answered` has the values that Google says it holds at a block's hidden place."""
    if isinstance(step, Block):
        yield from write_requests(step)
    elif not isinstance(step, StagedBlock):
        yield step
    else:
        block = step.block
        place, height = (block.sheet_id, block.row, block.column), len(block.rows)
        if not step.is_in_place:
            if not block.fresh:
                # Whether pasting a blank cell clears the one below it is documented nowhere.
                yield batch.clear_values(*place, height, block.width)
            yield batch.copy_values((step.sheet_id, step.row, 0), place, height, block.width)
        for correction in corrections(block, answered[step]):
            yield from write_requests(correction)


def corrections(block: Block, answered: Sequence[Row]) -> Iterator[Block]:
    """The cells of a block that Google holds otherwise than they were sent, to be written one by one."""
    runs = []
    for number, row in enumerate(block.rows):
        found = answered[number] if number < len(answered) else ()
        now = [None if cell == "" else cell for cell in found[: block.width]]
        runs += diff_row(number, [*now, *[None] * (block.width - len(now))], row)
    return merge_runs(block.sheet_id, block.row, runs, range(block.column, block.column + block.width))
