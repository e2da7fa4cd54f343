"""Did a stream arrive whole? A pipe doesn't tell: its end looks the same after a crash.

Proof is an ACTIVATE_VERSION that follows the stream's records of that version. A tap that never sends one gets the
benefit of the doubt under a cautious rule; one that numbers its records and stops short of activating them was cut.
(Records without a STATE after them say nothing: the SDK's taps send no STATE that is equal to the last one.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

# The SDK's taps send a STATE every 10,000 records: a count that ends there may be a crash just after it.
SUSPICIOUS_MULTIPLE = 1_000


class Verdict(Enum):
    """What may be done to a stream's sheet."""

    WHOLE = "whole"  # every row is here: add, change and remove
    LIKELY_WHOLE = "likely whole"  # as WHOLE, unless too much would go
    UNPROVEN = "unproven"  # maybe not every row: add and change, remove nothing
    INCREMENTAL = "incremental"  # only what is new: add and change, remove nothing
    CUT = "cut short"  # leave the sheet as it is
    SILENT = "silent"  # no records and no activation: nothing changed

    @property
    def is_committable(self) -> bool:
        """Whether a stream has anything to say about its sheet."""
        return self not in {Verdict.CUT, Verdict.SILENT}

    @property
    def may_remove(self) -> bool:
        """Whether a row that didn't come may go."""
        return self in {Verdict.WHOLE, Verdict.LIKELY_WHOLE}


@dataclass(frozen=True, slots=True)
class Guards:
    """What share of a sheet's rows may go: without proof that its stream is whole, and with it."""

    max_unproven_delete_ratio: float = 0.5
    max_delete_ratio: float = 1.0


@dataclass(slots=True)
class Evidence:
    """What the messages of one stream have shown so far. Counts are of the current version's records."""

    incremental: bool = False
    records: int = 0
    records_since_state: int = 0
    version: int | None = None
    announced: int | None = None  # the last version activated, before or after its records
    activated: bool = False  # ... after the records of that version
    confirmed: bool = False  # ... and a STATE followed

    def see_record(self, version: int | None) -> bool:
        """Count a record; True when it begins a version, so that rows of an older one are void."""
        begins = version != self.version and self.records > 0
        if begins:
            self.records = 0
        self.version = version
        self.records += 1
        self.records_since_state += 1
        self.activated = self.confirmed = False
        return begins

    def see_activation(self, version: int | None) -> None:
        """Note an ACTIVATE_VERSION; it proves something only when the records seen are of that version."""
        self.announced = version
        self.activated = self.records == 0 or self.version == version

    def see_state(self) -> None:
        """Note a STATE, whatever stream it speaks of."""
        self.records_since_state = 0
        self.confirmed = self.activated


def judge(
    name: str, seen: Evidence, *, state: Mapping[str, Any] | None, ended_on_state: bool, broken: bool = False
) -> Verdict:
    """Weigh the evidence of one stream at the end of the input.

    `state` is the last STATE's value, if any; `broken` says that the input ended at a line that is no message.
    """
    if seen.records == 0:
        return Verdict.WHOLE if seen.activated and seen.confirmed and not seen.incremental else Verdict.SILENT
    never_activated = seen.version is not None and seen.announced != seen.version
    if not seen.activated and (never_activated or (broken and seen.records_since_state)):
        return Verdict.CUT
    if seen.incremental:
        return Verdict.INCREMENTAL
    if seen.activated:
        return Verdict.WHOLE
    ended_well = ended_on_state and not seen.records_since_state and not is_unfinished(name, state or {})
    return Verdict.LIKELY_WHOLE if ended_well and seen.records % SUSPICIOUS_MULTIPLE else Verdict.UNPROVEN


def is_unfinished(name: str, state: Mapping[str, Any]) -> bool:
    """Whether a STATE says that the tap was still at work on a stream when it sent it."""
    bookmarks = state.get("bookmarks")
    bookmark = bookmarks.get(name) if isinstance(bookmarks, Mapping) else None
    in_progress = isinstance(bookmark, Mapping) and "progress_markers" in bookmark
    return in_progress or state.get("currently_syncing") == name
