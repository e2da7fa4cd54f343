"""The compare-and-swap of a commit. Pure.

A sheet of our own, the status sheet, carries the token of the workbook's generation: a protected range that only warns.
Every commit begins by deleting the token that it read and adding the next, under ids that follow from one another.
Google applies a batch wholly or not at all and refuses an id that exists already (and most likely the deletion of one
that doesn't), so of two commits on one generation the second is refused.

Where there is no such sheet yet, adding it does the same, since no two sheets can have one title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.marks import StatusMark
from target_gsheets.titles import cut_title
from target_gsheets.workbook import Protection, Sheet, Workbook

Request: TypeAlias = "dict[str, Any]"

MAX_ID = 2**31 - 1
DESCRIPTION = "target-gsheets: run "  # what a token's description begins with; the run's id follows


@dataclass(frozen=True, slots=True)
class Generation:
    """What a commit swaps: the sheet that holds the token (None: there is none now), our mark of it on the workbook
    (None: we were never here), and the tokens on it; `pending` are the requests that make what isn't there yet.
    """

    sheet: Sheet | None = None
    mark: StatusMark | None = None
    tokens: tuple[Protection, ...] = ()
    pending: tuple[Request, ...] = ()

    @property
    def run(self) -> str | None:
        """The run whose commit made this generation."""
        return self.tokens[0].description.removeprefix(DESCRIPTION) if len(self.tokens) == 1 else None

    @property
    def needs_token(self) -> bool:
        """Whether somebody removed the token: one is added, and then the workbook is read again."""
        return self.sheet is not None and not self.tokens


def find_generation(workbook: Workbook) -> Generation:
    """The generation of a workbook as it was read."""
    sheet = next((sheet for sheet in workbook.sheets if isinstance(sheet.note, StatusMark)), None)
    return Generation(sheet, workbook.status, tuple(tokens_of(sheet)) if sheet else ())


def tokens_of(sheet: Sheet) -> Iterable[Protection]:
    """Our tokens among the protections of a sheet; two runs that found none may have added one each."""
    return (found for found in sheet.protections if found.description.startswith(DESCRIPTION))


def settle(generation: Generation, blank: Sheet, new_id: Callable[[], int]) -> tuple[Generation, Sheet, StatusMark]:
    """The generation with a sheet and a mark, and these; `blank` is the sheet to make where there is none."""
    sheet, mark = generation.sheet, generation.mark
    if sheet is not None and mark is not None:
        return generation, sheet, mark
    made = batch.add_hidden_sheet(blank.sheet_id, blank.title, blank.row_count, blank.column_count)
    if mark is None:
        mark = StatusMark(blank.sheet_id, metadata_id=new_id())
        marked = batch.leave_mark(None, mark)
    else:
        # What it said is gone: it has never been written.
        mark = replace(mark, sheet_id=blank.sheet_id, at=0, is_shown=False)
        marked = batch.renew_mark(mark)
    return Generation(blank, mark, generation.tokens, (made, marked)), blank, mark


def swap(generation: Generation, run: str, new_id: Callable[[], int]) -> tuple[list[Request], Generation]:
    """The requests with which a commit of this run begins, and the generation that it makes; it must be settled."""
    if generation.sheet is None:
        raise ValueError("a generation without a sheet can't be swapped")
    requests = [*(batch.delete_protection(token.protection_id) for token in generation.tokens), *generation.pending]
    last = max((token.protection_id for token in generation.tokens), default=None)
    token = Protection(new_id() if last is None else last % MAX_ID + 1, f"{DESCRIPTION}{run}")
    requests.append(batch.add_protection(token.protection_id, generation.sheet.sheet_id, token.description))
    return requests, Generation(generation.sheet, generation.mark, (token,))


def shows_two_tokens(generation: Generation, shown: Mapping[int, Mapping[str, Any]]) -> bool:
    """Whether a commit's answer, sheets by id, shows a token beside the one that the commit made."""
    found = shown.get(generation.sheet.sheet_id, {}).get("protectedRanges", ()) if generation.sheet else ()
    ours = [each for each in found if str(each.get("description", "")).startswith(DESCRIPTION)]
    return len(ours) > 1


def free_title(title: str, taken: Iterable[str], end: str = "") -> str:
    """The title with its end, or the next free one, cut before that; `taken` are those in use, in lower case."""
    number, free = 1, cut_title(title, end)
    while free.casefold() in taken:
        number += 1
        free = cut_title(title, f"{end} ({number})")
    return free


def fresh_ids(taken: set[int], draw: Callable[[], int]) -> Callable[[], int]:
    """A source of ids that aren't taken, out of numbers drawn at random."""

    def new_id() -> int:
        while (found := draw()) in taken:
            pass
        taken.add(found)
        return found

    return new_id
