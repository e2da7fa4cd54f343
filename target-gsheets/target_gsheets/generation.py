"""The compare-and-swap of a commit. Pure.

A sheet of our own, hidden as long as it holds nothing for people, carries the token of the workbook's generation: a
protected range that only warns. Every commit begins by deleting the token that it read and adding the next, under ids
that follow from one another. Google applies a batch wholly or not at all and refuses an id that exists already (and
most likely the deletion of one that doesn't), so of two commits on one generation the second is refused.

Where there is no such sheet yet, adding it does the same, since no two sheets can have one title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.marks import StatusMark
from target_gsheets.workbook import Protection, Sheet, Workbook

Request: TypeAlias = "dict[str, Any]"

STATUS_TITLE = "_sync"
MAX_ID = 2**31 - 1
DESCRIPTION = "target-gsheets: run "  # what a token's description begins with; the run's id follows


@dataclass(frozen=True, slots=True)
class Generation:
    """What a commit swaps: the sheet that holds the token (None: there is none yet), and the tokens on it."""

    sheet_id: int | None
    title: str
    tokens: tuple[Protection, ...] = ()

    @property
    def run(self) -> str | None:
        """The run whose commit made this generation."""
        return self.tokens[0].description.removeprefix(DESCRIPTION) if len(self.tokens) == 1 else None

    @property
    def needs_token(self) -> bool:
        """Whether somebody removed the token: one is added, and then the workbook is read again."""
        return self.sheet_id is not None and not self.tokens


def find_generation(workbook: Workbook) -> Generation:
    """The generation of a workbook as it was read."""
    marked = sorted(
        (sheet for sheet in workbook.sheets if isinstance(sheet.note, StatusMark)),
        key=lambda sheet: (sheet.title != STATUS_TITLE, sheet.sheet_id),  # a tab may have been duplicated by hand
    )
    if marked:
        return Generation(marked[0].sheet_id, marked[0].title, tuple(tokens_of(marked[0])))
    return Generation(None, free_title(STATUS_TITLE, workbook.titles))


def tokens_of(sheet: Sheet) -> Iterable[Protection]:
    """Our tokens among the protections of a sheet; two runs that found none may have added one each."""
    return (found for found in sheet.protections if found.description.startswith(DESCRIPTION))


def swap(generation: Generation, run: str, new_id: Callable[[], int]) -> tuple[list[Request], Generation]:
    """The requests with which a commit of this run begins, and the generation that it makes."""
    requests = [batch.delete_protection(token.protection_id) for token in generation.tokens]
    sheet_id = generation.sheet_id
    if sheet_id is None:
        sheet_id = new_id()
        requests += [
            batch.add_hidden_sheet(sheet_id, generation.title, 1, 1),
            batch.leave_mark(sheet_id, StatusMark()),
        ]
    last = max((token.protection_id for token in generation.tokens), default=None)
    token = Protection(new_id() if last is None else last % MAX_ID + 1, f"{DESCRIPTION}{run}")
    requests.append(batch.add_protection(token.protection_id, sheet_id, token.description))
    return requests, Generation(sheet_id, generation.title, (token,))


def shows_two_tokens(generation: Generation, shown: Mapping[int, Mapping[str, Any]]) -> bool:
    """Whether a commit's answer, sheets by id, shows a token beside the one that the commit made."""
    found = shown.get(generation.sheet_id or 0, {}).get("protectedRanges", ())
    ours = [each for each in found if str(each.get("description", "")).startswith(DESCRIPTION)]
    return len(ours) > 1


def free_title(title: str, taken: Iterable[str]) -> str:
    """The title, or the next free one; `taken` are those in use, in lower case."""
    number, free = 1, title
    while free.casefold() in taken:
        number += 1
        free = f"{title[:90]} ({number})"
    return free
