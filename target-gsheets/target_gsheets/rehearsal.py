"""The dry run of --dry-run: looks at the workbook and plans as a run would, and sends nothing but reads."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

from target_gsheets import batch
from target_gsheets.api import SheetsApi
from target_gsheets.blocks import encoded_length, raw_bytes
from target_gsheets.generation import settle, swap
from target_gsheets.limits import pack
from target_gsheets.look import Look, Reader
from target_gsheets.marks import StagingMark
from target_gsheets.patience import patiently
from target_gsheets.plan import Plan, make_plan
from target_gsheets.preview import Cost, Preview
from target_gsheets.settings import STATUS_TITLE
from target_gsheets.staging import Room, commit_requests, stage, unstaged
from target_gsheets.wanted import Arrived
from target_gsheets.workbook import Sheet

RUN = "rehearsal"


def rehearse(
    api: SheetsApi, streams: Sequence[Arrived], silent: Mapping[str, str | None], pause: Callable[[float], None]
) -> Preview:
    """Plan a run of these streams; raise what the run would raise where it can't be planned at all."""
    settings = api.settings
    title, adopts = settings.sheet_title, settings.adopt_existing
    reader = Reader(api, settings.timezone, streams, silent, RUN, title=title, adopts=adopts)

    def look_and_plan() -> Preview:
        look = reader.look({})
        taken = {sheet.sheet_id for sheet in look.workbook.sheets}
        ids = (number for number in itertools.count(1) if number not in taken)
        plan = make_plan(look.workbook, look.contents, look.wanted, ids.__next__, settings.guards)
        cost = cost_of(look, plan, settings.max_request_bytes, ids.__next__)
        wanted = {found.stream: found for found, _ in look.wanted}
        return Preview(look.workbook.title, plan, wanted, look.contents, cost, look.behind)

    return patiently(settings.retry_seconds, pause, look_and_plan)


def cost_of(look: Look, plan: Plan, max_request_bytes: int, new_id: Callable[[], int]) -> Cost:
    """What committing a plan takes, staging included; what is staged counts with its bytes."""
    if plan.is_empty:
        return Cost()
    staging = unstaged(plan.sheets)
    if staging.request_bytes > max_request_bytes:
        room = Room(look.workbook.spare_cells, plan.spare_cells)
        staging = stage(plan.sheets, StagingMark(RUN, 0), max_request_bytes, new_id, room)
    generation, *_ = settle(look.generation, Sheet(new_id(), STATUS_TITLE, 1, 1), new_id)
    first, _ = swap(generation, RUN, new_id)
    first += [batch.delete_sheet(sheet.sheet_id) for sheet in look.leftovers]
    echoed = {staged: staged.block.rows for call in staging.calls for staged in call}
    steps = ((owner, request) for owner, step in staging.steps for request in commit_requests(step, echoed))
    commits = list(pack(itertools.chain(((None, request) for request in first), steps)))
    staged_bytes = sum(sum(map(raw_bytes, staged.block.rows)) for staged in echoed)
    requests = [request for commit in commits for request in commit.requests]
    return Cost(
        calls=len(commits) + len(staging.calls) + bool(staging.prepare) + look.generation.needs_token,
        requests=len(requests) + len(staging.prepare),
        size=sum(map(encoded_length, [*requests, *staging.prepare])) + staged_bytes,
    )
