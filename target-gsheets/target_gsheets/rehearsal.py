"""The dry run of --dry-run: looks at the workbook and plans as a run would, and sends nothing but reads."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.api import SheetsApi
from target_gsheets.blocks import encoded_length, raw_bytes
from target_gsheets.departures import RollCall, plan_departures
from target_gsheets.generation import settle, swap
from target_gsheets.limits import pack
from target_gsheets.look import Look, Reader
from target_gsheets.marks import StagingMark
from target_gsheets.outcome import Outcome
from target_gsheets.patience import patiently
from target_gsheets.plan import Plan, make_plan
from target_gsheets.preview import Cost, Preview
from target_gsheets.report import InputSummary
from target_gsheets.settings_table import STATUS_TITLE
from target_gsheets.staging import Room, commit_requests, stage, unstaged
from target_gsheets.status_writer import StatusWriter
from target_gsheets.wanted import Arrived
from target_gsheets.workbook import Sheet

Request: TypeAlias = "dict[str, Any]"

RUN = "rehearsal"


def rehearse(
    api: SheetsApi,
    streams: Sequence[Arrived],
    silent: Mapping[str, str | None],
    roll: RollCall,
    pause: Callable[[float], None],
) -> Preview:
    """Plan a run of these streams; raise what the run would raise where it can't be planned at all."""
    settings = api.settings
    summary = InputSummary(dict.fromkeys([*(arrived.stream for arrived in streams), *silent], 0.0))
    status_cells = math.prod(StatusWriter(settings, summary, float).grid)
    title, adopts = settings.sheet_title, settings.adopt_existing
    reader = Reader(api, settings.timezone, streams, silent, RUN, title=title, adopts=adopts)

    def look_and_plan() -> Preview:
        look = reader.look({})
        taken = {sheet.sheet_id for sheet in look.workbook.sheets}
        ids = (number for number in itertools.count(1) if number not in taken)
        sheets = (look.workbook, look.contents, look.wanted, ids.__next__, settings.guards)
        plan = make_plan(*sheets, status_cells=status_cells, protect=settings.protect)
        renewed, has_new = {sheet.sheet_id for sheet in plan.sheets}, any(sheet.new for sheet in plan.sheets)
        everyone = None if plan.failed else roll.everyone
        departures = plan_departures(look.workbook, replace(roll, everyone=everyone), renewed, has_new=has_new)
        plan = replace(plan, departures=departures.moves)
        wanted = {found.stream: found for found, _ in look.wanted}
        last = status_steps(reader, look, plan, ids.__next__)
        cost = cost_of(look, plan, last, settings.max_request_bytes, ids.__next__)
        return Preview(look.workbook.title, plan, wanted, look.contents, cost, look.behind, departures.reason)

    return patiently(settings.retry_seconds, pause, look_and_plan)


def status_steps(reader: Reader, look: Look, plan: Plan, new_id: Callable[[], int]) -> list[Request]:
    """What the commit says of itself in the status sheet; times are as long as others."""
    if plan.is_empty:
        return []
    wanted = {found.stream: found for found, _ in look.wanted}
    outcome = Outcome({sheet.stream: (sheet, wanted[sheet.stream]) for sheet in plan.sheets})
    writer = StatusWriter(reader.api.settings, InputSummary(dict.fromkeys([*wanted, *reader.silent], 0.0)), float)
    _, sheet, mark = settle(look.generation, writer.blank(look, plan, new_id), new_id)
    return list(writer.requests(look, reader, sheet, mark, outcome))


def cost_of(look: Look, plan: Plan, last: Sequence[Request], max_request_bytes: int, new_id: Callable[[], int]) -> Cost:
    """What committing a plan takes, staging included; `last` ends it. What is staged counts with its bytes."""
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
    moves = [request for departure in plan.departures for request in departure.requests]
    ends = (((None, request) for request in requests) for requests in (first, [*moves, *last]))
    commits = list(pack(itertools.chain(next(ends), steps, next(ends))))
    staged_bytes = sum(sum(map(raw_bytes, staged.block.rows)) for staged in echoed)
    requests = [request for commit in commits for request in commit.requests]
    return Cost(
        calls=len(commits) + len(staging.calls) + bool(staging.prepare) + look.generation.needs_token,
        requests=len(requests) + len(staging.prepare),
        size=sum(map(encoded_length, [*requests, *staging.prepare])) + staged_bytes,
    )
