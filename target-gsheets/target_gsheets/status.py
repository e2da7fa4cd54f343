"""What the status sheet says: the state of the run, when that was, and what became of each stream. Pure.

It is written with every commit; where there is nothing to commit, once in so many seconds, so that quiet runs stay
free, and at once when it has something else to say: the workbook remembers digests of what it says. A formula of its
own says that it is out of date: after three intervals, an interval being the longer of that setting and of the time
between two writes of late. (Of late: what it was before counts for half with each write. So a sync that runs once a day
isn't called dead by night, nor after somebody ran it twice.) Before a second write nobody knows it, and it counts as a
day.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from target_gsheets.cells import Cell
from target_gsheets.marks import StatusMark
from target_gsheets.report import BEHIND, UNCHANGED, InputSummary, StreamReport

INTERVALS = 3  # after so many a sync is taken for dead
SHORTEST_INTERVAL = 60
UNKNOWN_INTERVAL = 86_400  # one that nobody knows yet
DAY_ZERO = datetime(1899, 12, 30)
RECORD_REFUSED = "can't be taken"  # behind these words stands what is wrong with a record, with values of it
ERROR = "!"  # what the digest of an error begins with

OK, FAILED, NOTHING = "ok", "failed", "nothing received"


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """The row of a stream: its sheet to link to, and cells by column; those that aren't named stay as they are."""

    stream: str
    sheet_id: int | None
    cells: Mapping[str, Cell]

    @property
    def digest(self) -> str:
        """A digest of the note, empty where there is none; that of an error is told by how it begins."""
        digest = digest_of(self.cells.get("Note"))
        return f"{ERROR}{digest}" if digest and "Last synced" not in self.cells else digest


@dataclass(frozen=True, slots=True)
class Status:
    """What the status sheet shall say. Times are in seconds since 1970; `serial` is `at` by the workbook's clocks."""

    state: str
    note: str
    at: float
    serial: float
    interval: int
    streams: tuple[StreamStatus, ...]
    zone: str = ""  # of the workbook's clocks


def state_of(summary: InputSummary, failed: Mapping[str, str]) -> tuple[str, str]:
    """The state of a run, and why; `failed` has the streams whose commit failed."""
    if summary.error or failed:
        return FAILED, summary.error or next(f"{stream}: {reason.rstrip('.')}." for stream, reason in failed.items())
    return (NOTHING, "The tap sent no stream.") if summary.is_empty else (OK, "")


def is_due(mark: StatusMark, status: Status, every: float) -> bool:
    """Whether a run that has nothing to commit writes its status: it has news, or the time has come."""
    if not mark.is_shown or abs(status.at - mark.at) >= every:
        return True
    new = remember(mark, status)
    return new.state != mark.state or any(
        is_news(mark.notes.get(stream, ""), new.notes.get(stream, "")) for stream in {*mark.notes, *new.notes}
    )


def is_news(before: str, now: str) -> bool:
    """Whether a digest differs so that people should know at once: that a mere note has gone may wait."""
    return now != before and bool(now or before.startswith(ERROR))


def remember(mark: StatusMark, status: Status) -> StatusMark:
    """The mark once this status is written. Streams that didn't come are of another tap, or gone: their notes stay."""
    notes = {**mark.notes, **{stream.stream: stream.digest for stream in status.streams}}
    return replace(
        mark,
        at=round(status.at),
        # The zone is in it because all times, and with them the formula that compares one with NOW, go by it.
        state=f"{status.state} {digest_of(status.note)} {status.zone}",
        notes={stream: digest for stream, digest in notes.items() if digest},
        interval=0 if is_first(mark) else status.interval,  # what was taken for one on trust fades at once
        is_shown=True,
    )


def digest_of(note: Cell) -> str:
    """A digest of what a note is about, empty where there is none: without numbers, and without what a record holds.

    So a failure that repeats every five minutes, at another line, after another number of records or with another
    record, is written once.
    """
    if not note:
        return ""
    words = re.sub(r"[\d.,]+", "", str(note).partition(RECORD_REFUSED)[0])
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def interval_of(mark: StatusMark, now: float, every: float) -> int:
    """How long it may be until the status is written again, in seconds."""
    if is_first(mark):
        return round(max(UNKNOWN_INTERVAL, every))
    since = now - mark.at if mark.at else 0
    return round(max(SHORTEST_INTERVAL, every, since, mark.interval / 2))


def is_first(mark: StatusMark) -> bool:
    """Whether the status was never written before, so that nobody knows how often it will be."""
    return not (mark.at or mark.interval)


def describe(
    state: tuple[str, str], reports: Iterable[StreamReport], mark: StatusMark, clock: tuple[float, tzinfo], every: float
) -> Status:
    """The status to write; `clock` is the time since 1970, and the workbook's zone."""
    now, zone = clock
    serial = serial_of(now, zone)
    streams = tuple(stream_status(report, serial) for report in reports if says_something(report))
    return Status(*state, now, serial, interval_of(mark, now, every), streams, str(zone))


def says_something(report: StreamReport) -> bool:
    """Whether a stream has a row: one that sent nothing and has no sheet needs none."""
    return report.error is not None or report.sheet_id is not None or report.note == BEHIND


def stream_status(report: StreamReport, serial: float) -> StreamStatus:
    """The row of one stream."""
    return StreamStatus(report.stream, report.sheet_id, dict(stream_cells(report, serial)))


def stream_cells(report: StreamReport, serial: float) -> Iterator[tuple[str, Cell]]:
    """What a row says; a stream that failed, or must come again, keeps what was said of its last good run."""
    yield "Stream", report.stream
    if report.error is not None or report.note == BEHIND:
        yield "Note", report.error or report.note
        return
    if report.rows is not None:
        yield "Rows", report.rows
    yield "Last synced", serial
    yield "Added", report.added
    yield "Changed", report.changed
    yield "Removed", report.removed
    yield "Seconds", round(report.seconds, 2)
    yield "Note", None if report.note == UNCHANGED else report.note or None


def serial_of(seconds: float, zone: tzinfo) -> float:
    """An instant as a serial number by the clocks of a zone, to the second."""
    local = datetime.fromtimestamp(round(seconds), zone).replace(tzinfo=None)
    return (local - DAY_ZERO) / timedelta(days=1)
