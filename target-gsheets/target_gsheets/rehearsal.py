"""The dry run of --dry-run: looks and plans by the very steps of a run, and sends nothing but reads."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.blocks import encoded_length, raw_bytes
from target_gsheets.commit import Mirror
from target_gsheets.generation import swap
from target_gsheets.limits import pack
from target_gsheets.look import Look, Reader
from target_gsheets.marks import StagingMark
from target_gsheets.patience import patiently
from target_gsheets.plan import Plan
from target_gsheets.preview import Cost, Preview
from target_gsheets.report import InputSummary
from target_gsheets.staging import Room, commit_requests, stage, unstaged
from target_gsheets.status_writer import Closing
from target_gsheets.wanted import Arrived

Request: TypeAlias = "dict[str, Any]"


def rehearse(
    mirror: Mirror, streams: Sequence[Arrived], silent: Mapping[str, str | None], summary: InputSummary
) -> Preview:
    """What `commit` would do with these streams; raise what it would raise before its first write."""
    reader = mirror.prepare(streams, silent, summary)
    return patiently(mirror.settings.retry_seconds, mirror.pause, lambda: preview_of(mirror, reader))


def preview_of(mirror: Mirror, reader: Reader) -> Preview:
    """One look, and what would be written after it."""
    look, plan = mirror.look_and_plan(reader)
    wanted = {found.stream: found for found, _ in look.wanted}
    cost, cells = Cost(), look.workbook.cells
    if not mirror.is_in_line(look, plan):
        closing = mirror.close(look, plan)
        cost = cost_of(look, plan, closing, mirror.settings.max_request_bytes, mirror.ids(look))
        cells = plan.cells + closing.growth
    return Preview(look.workbook.title, plan, wanted, look.contents, cost, cells, look.behind)


def cost_of(look: Look, plan: Plan, closing: Closing, max_request_bytes: int, new_id: Callable[[], int]) -> Cost:
    """What committing a plan takes, staging included. What is staged counts with its bytes."""
    staging = unstaged(plan.sheets)
    if staging.request_bytes > max_request_bytes:
        room = Room(look.workbook.spare_cells, plan.spare_cells)
        staging = stage(plan.sheets, StagingMark("rehearsal", 0), max_request_bytes, new_id, room)
    first, _ = swap(closing.generation, "rehearsal", new_id)
    first += [batch.delete_sheet(sheet.sheet_id) for sheet in look.leftovers]
    echoed = {staged: staged.block.rows for call in staging.calls for staged in call}
    steps = ((owner, request) for owner, step in staging.steps for request in commit_requests(step, echoed))
    moves = [request for departure in plan.departures for request in departure.requests]
    ends = (((None, request) for request in requests) for requests in (first, [*moves, *closing.requests]))
    commits = list(pack(itertools.chain(next(ends), steps, next(ends))))
    staged_bytes = sum(sum(map(raw_bytes, staged.block.rows)) for staged in echoed)
    requests = [request for commit in commits for request in commit.requests]
    return Cost(
        calls=len(commits) + len(staging.calls) + bool(staging.prepare) + look.generation.needs_token,
        requests=len(requests) + len(staging.prepare),
        size=sum(map(encoded_length, [*requests, *staging.prepare])) + staged_bytes,
    )
