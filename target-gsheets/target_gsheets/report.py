"""What happened: in sentences for people, and as one object for machines. Pure: the caller logs them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Any

from target_gsheets.filling import SheetPlan
from target_gsheets.outcome import Outcome
from target_gsheets.proof import Verdict
from target_gsheets.unkeyed import MAX_UNKEYED
from target_gsheets.wanted import WantedSheet

REASONS = {
    Verdict.UNPROVEN: (
        "the tap may have died (no new STATE of it came after the records, or their number is round), or have left out "
        "what it had sent before (its STATE keeps a bookmark)"
    ),
    Verdict.LIKELY_WHOLE: "so many would go, and nothing proves that the stream is whole ('max_unproven_delete_ratio')",
}
UNCHANGED = "unchanged"
BEHIND = "the sheet isn't as it was left: the next run brings all rows"
# How often a long run says where it is.
PROGRESS_SECONDS = 10
NOT_REACHED = "the run failed before this stream was in its sheet"


def sheet_line(plan: SheetPlan) -> str:
    """One line about one sheet."""
    where = plan.stream if plan.title == plan.stream else f"{plan.stream} (sheet {plan.title!r})"
    return f"{where}: {plan.rows} rows, {plan.added} added, {plan.changed} changed, {plan.removed} removed"


def calls_text(reads: int, writes: int) -> str:
    """Calls of the API, as in `2 reads, 1 write`."""
    return ", ".join(
        f"{number} {kind}{'' if number == 1 else 's'}" for number, kind in ((reads, "read"), (writes, "write"))
    )


def notes_of(plan: SheetPlan, wanted: WantedSheet) -> Iterator[str]:
    """What an operator should know about a sheet that was committed."""
    if plan.copied:
        others = "columns" if plan.adopted else "rows"
        yield f"The sheet {plan.title!r} was there with other {others}. What it held is kept in a hidden copy."
    if plan.kept:
        yield (
            f"{plan.kept} rows of the sheet are missing from what the tap sent. They were kept, because "
            f"{REASONS[wanted.verdict]}. An ACTIVATE_VERSION after the stream's records would prove that it is whole; "
            "the load method 'upsert' says that none shall go."
        )
    if wanted.unkeyed:
        yield (
            f"{wanted.unkeyed} records have an empty key, so that their rows go by their content: "
            "with a changed one goes what people wrote beside it."
        )
    if wanted.unkeyed > MAX_UNKEYED:
        yield f"These are more than {MAX_UNKEYED:,}, and the old row of a changed one stays."
    if wanted.losses.cut:
        yield f"{wanted.losses.cut} texts are longer than a cell may be (50,000) and were cut."
    if wanted.losses.removed:
        yield f"{wanted.losses.removed} control characters were removed: a cell can't hold them."


@dataclass(slots=True)
class Stopwatch:
    """How long the messages of each stream took to come, in seconds: a message ends what began with the one before."""

    at: float  # the time of the last message but records
    stream: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def see(self, now: float, stream: str | None = None, *, ends: bool = False) -> None:
        """Note a message: that of a stream which begins, or `ends`, by it; without a stream it ends the current one."""
        timed = stream if ends else self.stream
        if timed is not None:
            self.seconds[timed] = self.seconds.get(timed, 0.0) + now - self.at
        self.at, self.stream = now, stream


@dataclass(slots=True)
class Progress:
    """When a run that takes long says that it goes on."""

    at: float  # when it said something last, or began

    def is_due(self, now: float) -> bool:
        """Whether it is time for a line, which is taken for said."""
        if now - self.at < PROGRESS_SECONDS:
            return False
        self.at = now
        return True


@dataclass(frozen=True, slots=True)
class InputSummary:
    """What came in, by the names under which rows came: how long it took in seconds, and what failed of it."""

    seconds: Mapping[str, float]  # all streams, in the order of their SCHEMAs
    failed: Mapping[str, str] = field(default_factory=dict)
    error: str = ""  # the first failure, in a sentence

    @property
    def is_empty(self) -> bool:
        """Whether no stream came at all."""
        return not self.seconds


@dataclass(frozen=True, slots=True)
class StreamReport:
    """What became of one stream; what says something of its sheet is None where that wasn't read."""

    stream: str
    sheet: str | None = None  # its title
    sheet_id: int | None = None
    rows: int | None = None  # of the sheet, people's own not counted
    columns: int | None = None
    added: int = 0
    changed: int = 0
    removed: int = 0
    changed_cells: int = 0  # of the changed rows
    seconds: float = 0.0  # from its first message to its last
    note: str = ""
    error: str | None = None


def stream_reports(summary: InputSummary, outcome: Outcome, otherwise: str = UNCHANGED) -> Iterator[StreamReport]:
    """What became of each stream so far; `otherwise` is the note on one whose sheet was neither changed nor failed."""
    failed = {**summary.failed, **outcome.failed}
    for stream, seconds in summary.seconds.items():
        sheet = outcome.silent.get(stream)
        if stream in failed:
            yield StreamReport(stream, seconds=seconds, error=failed[stream])
        elif stream in outcome.plans:
            plan, wanted = outcome.plans[stream]
            notes = [*notes_of(plan, wanted), *([f"{BEHIND}."] if stream in outcome.behind else [])]
            yield StreamReport(
                stream=stream,
                sheet=plan.title,
                sheet_id=plan.sheet_id,
                rows=plan.rows,
                columns=plan.columns,
                added=plan.added,
                changed=plan.changed,
                removed=plan.removed,
                changed_cells=plan.changed_cells,
                seconds=seconds,
                note=" ".join(notes),
            )
        else:
            note = BEHIND if stream in outcome.behind else otherwise
            title, sheet_id = (sheet.title, sheet.sheet_id) if sheet else (None, None)
            yield StreamReport(stream, title, sheet_id, seconds=seconds, note=note)


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run as a whole; nothing of it is secret. Times are in seconds since 1970."""

    run: str
    started: float
    finished: float
    spreadsheet_id: str
    error: str | None = None
    reads: int = 0
    writes: int = 0
    refused: int = 0  # calls, as too many
    bytes_sent: int = 0
    bytes_received: int = 0
    cells: int | None = None  # of the workbook's grids after the run
    streams: tuple[StreamReport, ...] = ()

    @property
    def state(self) -> str:
        """The run in a word."""
        return "failed" if self.error is not None else "ok" if self.streams else "nothing"

    def to_json(self) -> dict[str, Any]:
        """The report as other programs read it."""
        return {
            "event": "run_report",
            "run": self.run,
            "state": self.state,
            "started": iso_text(self.started),
            "finished": iso_text(self.finished),
            "seconds": round(self.finished - self.started, 3),
            "spreadsheet_id": self.spreadsheet_id,
            "error": self.error,
            "calls": {"reads": self.reads, "writes": self.writes, "refused": self.refused},
            "bytes_sent": self.bytes_sent,
            "bytes_received": self.bytes_received,
            "cells": self.cells,
            "streams": [asdict(stream) for stream in self.streams],
        }


def iso_text(seconds: float) -> str:
    """An instant in UTC, with milliseconds."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")


def behind_lines(behind: Collection[str], planned: Collection[str]) -> Iterator[str]:
    """What to say of streams that must come whole; those `planned` sent some rows, the others nothing."""
    for streams, why in (
        (sorted(set(behind) - set(planned)), "The tap sent nothing of these, but their sheets aren't as it left them"),
        (sorted(set(behind) & set(planned)), "The tap sent new rows only of these, but the older ones were deleted"),
    ):
        if streams:
            yield f"{why}: {', '.join(streams)}. The next run brings all their rows."


def outcome_lines(outcome: Outcome) -> Iterator[tuple[bool, str]]:
    """What to log of what a run has done, each line with whether it is a warning."""
    for plan, wanted in outcome.sheets:
        yield False, sheet_line(plan)
        yield from ((True, f"{plan.stream}: {note}") for note in notes_of(plan, wanted))
    for departure in outcome.departures:
        yield True, f"{departure.stream}: its sheet {departure.sheet.title!r} is {departure.what}."
    if outcome.staying:
        yield True, outcome.staying
    yield from ((True, sentence) for sentence in behind_lines(outcome.behind, outcome.plans))
