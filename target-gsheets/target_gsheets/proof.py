"""Did a stream arrive whole? A pipe doesn't tell: its end looks the same after a crash.

Proof is an ACTIVATE_VERSION that follows the stream's records of that version. A tap that never sends one gets the
benefit of the doubt under a cautious rule; one that numbers its records and stops short of activating them was cut.
(Records without a STATE after them say nothing: the SDK's taps send no STATE that is equal to the last one.)

A STATE speaks of a stream only by an entry among its bookmarks, and of its end only by one that is new since its last
record. For the SDK's taps answer SIGTERM with a STATE and exit status 0, but a table that is sent whole gets its entry
at its end. An entry of an earlier run is in the STATE that these taps send at their start; of one that sends none then,
and is stopped so, nobody can tell.

An entry that holds a bookmark (file hashes, a `since`) is that of a tap which knows what it has sent, and may leave it
out, whatever its SCHEMA says. Without a STATE at its start that has no such entry, nobody can tell that it sent all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

# The SDK's taps send a STATE every 10,000 records: a count that ends there may be a crash just after it.
SUSPICIOUS_MULTIPLE = 1_000
# What taps write into the entry of a table that they send whole.
MEMBERS_OF_WHOLE_TABLES = {"version", "last_replication_method"}


class Verdict(Enum):
    """What may be done to a stream's sheet."""

    WHOLE = "whole"  # every row is here: add, change and remove
    LIKELY_WHOLE = "likely whole"  # as WHOLE, unless too much would go
    UNPROVEN = "unproven"  # maybe not every row: add and change, remove nothing
    INCREMENTAL = "incremental"  # only what is new: add and change, remove nothing
    APPENDED = "appended"  # every record is one more row, whatever is there
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
    """What may go: which share of a sheet's rows, without proof that its stream is whole and with it, and whether
    columns that left the source.
    """

    max_unproven_delete_ratio: float = 0.5
    max_delete_ratio: float = 1.0
    keep_columns: bool = False


@dataclass(slots=True)
class Evidence:
    """What the messages of one stream have shown so far. Counts are of the current version's records."""

    incremental: bool = False
    resumed: bool | None = None  # whether a STATE before its SCHEMA had a bookmark of it; None: no STATE came then
    records: int = 0
    records_since_state: int = 0
    version: int | None = None
    announced: int | None = None  # the last version activated, before or after its records
    activated: bool = False  # ... after the records of that version
    confirmed: bool = False  # ... and a STATE followed
    named: bool = False  # ... that has an entry for the stream
    entry: Mapping[str, Any] | None = None  # what the last STATE has of this stream
    has_news: bool = False  # that entry came, or changed, after the last record

    @property
    def may_leave_out(self) -> bool:
        """Whether the tap keeps a bookmark of the stream, and nothing says that it began without one."""
        return bool((self.entry or {}).keys() - MEMBERS_OF_WHOLE_TABLES) and self.resumed is not False

    def see_records(self, version: int | None, count: int = 1) -> bool:
        """Count records; True when they begin a version, so that rows of an older one are void."""
        begins = version != self.version and self.records > 0
        if begins:
            self.records = 0
        self.version = version
        self.records += count
        self.records_since_state += count
        self.activated = self.confirmed = self.has_news = False
        return begins

    def see_activation(self, version: int | None) -> None:
        """Note an ACTIVATE_VERSION; it proves something only when the records seen are of that version."""
        self.announced = version
        self.activated = self.records == 0 or self.version == version
        self.named = False

    def see_state(self, entry: Mapping[str, Any] | None) -> None:
        """Note a STATE, whatever stream it speaks of; `entry` is what it has of this one."""
        self.records_since_state = 0
        self.confirmed = self.activated
        self.named = self.named or (self.activated and entry is not None)
        self.has_news = entry is not None and (self.has_news or entry != self.entry)
        self.entry = entry


def judge(
    name: str, seen: Evidence, *, state: Mapping[str, Any] | None, ended_on_state: bool, broken: bool = False
) -> Verdict:
    """Weigh the evidence of one stream at the end of the input.

    `state` is the last STATE's value, if any; `broken` says that the input ended at a line that is no message.
    """
    state = state or {}
    if seen.records == 0:
        emptied = seen.activated and seen.confirmed and not seen.incremental and may_mean_empty(seen, state)
        return Verdict.WHOLE if emptied and not is_unfinished(name, state) else Verdict.SILENT
    never_activated = seen.version is not None and seen.announced != seen.version
    if not seen.activated and (never_activated or (broken and seen.records_since_state)):
        return Verdict.CUT
    if seen.incremental:
        return Verdict.INCREMENTAL
    if seen.activated:
        return Verdict.WHOLE
    ended_well = ended_on_state and seen.has_news and not seen.may_leave_out and not is_unfinished(name, state)
    return Verdict.LIKELY_WHOLE if ended_well and seen.records % SUSPICIOUS_MULTIPLE else Verdict.UNPROVEN


def entry_of(name: str, state: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a STATE has of a stream as a whole.

    None for one that has `partitions` as well: they come one after the other, and nobody tells which is the last.
    """
    bookmarks = state.get("bookmarks")
    entry = bookmarks.get(name) if isinstance(bookmarks, Mapping) else None
    return entry if isinstance(entry, Mapping) and "partitions" not in entry else None


def may_mean_empty(seen: Evidence, state: Mapping[str, Any]) -> bool:
    """Whether a STATE after the activation speaks of a stream without records; one without bookmarks may, unless blank.

    A STATE of other streams doesn't: a child stream is activated for each row of its parent, whether that has children
    or not.
    """
    return seen.named or (bool(state) and not isinstance(state.get("bookmarks"), Mapping))


def is_unfinished(name: str, state: Mapping[str, Any]) -> bool:
    """Whether a STATE says that the tap was still at work, on this stream or under an id of its own on any."""
    return "progress_markers" in (entry_of(name, state) or {}) or state.get("currently_syncing") is not None
