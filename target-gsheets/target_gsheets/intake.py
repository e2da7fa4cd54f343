"""What has arrived of each stream, and what may be done with it at the end. No network, no SDK.

A stream of the tap may reach us under another name, its alias, when a stream map renames it. Evidence and failures go
by the tap's name, since messages do; rows go by alias, since sheets do.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from target_gsheets.buffer import RowBuffer
from target_gsheets.errors import SourceError
from target_gsheets.proof import MEMBERS_OF_WHOLE_TABLES, Evidence, Verdict, entry_of, is_unfinished, judge


class Intake:
    """The buffers of a run, and the evidence for each stream."""

    def __init__(self) -> None:
        self.buffers: defaultdict[str, RowBuffer] = defaultdict(RowBuffer)
        self.evidence: defaultdict[str, Evidence] = defaultdict(Evidence)
        self.failed: dict[str, str] = {}  # the tap's stream -> why its sheet stays as it is
        self.broken = ""  # how: the input ended at a line that is no Singer message
        self.last_line = 0  # of the input
        self.ended_on_state = False
        self._state: Mapping[str, Any] | None = None
        self._sources: dict[str, str] = {}

    def see_schema(self, stream: str, aliases: list[str], *, incremental: bool) -> None:
        """Note a SCHEMA and the names that its rows come under; raise SourceError where another stream has one."""
        for alias in aliases:
            other = self._sources.setdefault(alias, stream)
            if other != stream:
                raise SourceError(
                    f"The streams {other!r} and {stream!r} both come as {alias!r}, so nobody could tell when it is "
                    "whole. Give them aliases of their own in 'stream_maps'."
                )
        if stream not in self.evidence:
            self.evidence[stream].entry = entry_of(stream, self._state or {})
            self.evidence[stream].resumed = None if self._state is None else self._bookmark_of(stream) is not None
        self.evidence[stream].incremental = incremental
        self.ended_on_state = False

    def see_records(self, stream: str, version: int | None, count: int = 1) -> bool:
        """Count records; True when they begin a new version, so that what is buffered is void."""
        self.ended_on_state = False
        return self.evidence[stream].see_records(version, count)

    def see_activation(self, stream: str, version: int) -> None:
        """Note an ACTIVATE_VERSION."""
        self.ended_on_state = False
        self.evidence[stream].see_activation(version)

    def see_state(self, value: Mapping[str, Any]) -> None:
        """Note a STATE, which speaks of all streams."""
        self._state = value
        self.ended_on_state = True
        for stream, evidence in self.evidence.items():
            evidence.see_state(entry_of(stream, value))

    @property
    def aliases(self) -> dict[str, str]:
        """The names under which rows came, in the order of their SCHEMAs, each with its stream."""
        return {**self._sources, **{stream: stream for stream in self.failed if stream not in self._sources.values()}}

    def aliases_of(self, stream: str) -> list[str]:
        """The names under which a stream's rows are buffered."""
        return [alias for alias, source in self._sources.items() if source == stream]

    def verdicts(self) -> dict[str, Verdict]:
        """A verdict for each alias; streams that were cut short are noted as failed."""
        found: dict[str, Verdict] = {}
        for alias, stream in self._sources.items():
            if stream not in self.failed:
                seen = self.evidence[stream]
                ended_on_state = self.ended_on_state and not self.broken
                broken = bool(self.broken)
                found[alias] = judge(stream, seen, state=self._state, ended_on_state=ended_on_state, broken=broken)
        for alias, verdict in found.items():
            stream = self._sources[alias]
            if verdict is Verdict.CUT:
                self.fail(
                    stream,
                    f"the input ended at line {self.last_line}, in the middle of this stream, after "
                    f"{self.evidence[stream].records} records: look at the tap's log for the cause",
                )
        return found

    def all_streams(self, verdicts: Collection[Verdict]) -> frozenset[str] | None:
        """The names of all streams of the input, where everything about it looks whole; else None."""
        state = self._state or {}
        unfinished = any(is_unfinished(stream, state) for stream in self._sources.values())
        doubtful = unfinished or not self.ended_on_state or self.is_flawed or Verdict.UNPROVEN in verdicts
        return None if doubtful else frozenset(self._sources)

    @property
    def is_flawed(self) -> bool:
        """Whether anything of the input can't be committed."""
        return bool(self.broken or self.failed)

    def fail(self, stream: str, reason: str) -> None:
        """Note why a stream's sheet stays as it is; the first reason counts."""
        self.failed.setdefault(stream, reason)

    def fail_alias(self, alias: str, reason: str) -> None:
        """The same of the stream whose rows come under an alias."""
        self.fail(self._sources.get(alias, alias), reason)

    def bookmark_digest(self, alias: str) -> str | None:
        """A digest of the bookmark that the last STATE has for a stream, as far as it marks a position; None for none.

        Empty for an incremental stream: its bookmark may move on without a row, and says nothing of the rows before.
        """
        bookmark = self._bookmark_of(self._sources[alias])
        if bookmark is None:
            return None
        if self.evidence[self._sources[alias]].incremental:
            return ""
        if isinstance(bookmark, Mapping):  # a version is new in each run, and marks no position
            bookmark = {name: part for name, part in bookmark.items() if name not in MEMBERS_OF_WHOLE_TABLES}
        return hashlib.sha256(msgspec.json.encode(bookmark, order="sorted")).hexdigest()[:16]

    def resumed(self, alias: str) -> bool | None:
        """Whether a stream brings only what is new since an earlier run; None where the tap doesn't say so."""
        evidence = self.evidence[self._sources[alias]]
        return evidence.resumed if evidence.incremental else False

    def _bookmark_of(self, stream: str) -> Any:
        """What the last STATE has for a stream; None where that is nothing."""
        bookmarks = (self._state or {}).get("bookmarks")
        return (bookmarks.get(stream) if isinstance(bookmarks, Mapping) else None) or None

    def state_to_pass_on(self, behind: Collection[str]) -> dict[str, Any] | None:
        """The last STATE without the bookmarks of streams whose rows aren't in the workbook.

        These are the failed ones, and `behind`: aliases whose sheet isn't what their bookmark says. None where there
        was none, or where one has to be left out of a STATE whose shape we don't know: some taps keep bookmarks under
        ids of their own, so an entry that belongs to no stream of the input may be that of one that has no entry.
        """
        left_out = {*self.failed, *(self._sources[alias] for alias in behind)}
        if self._state is None or not left_out:
            return None if self._state is None else dict(self._state)
        bookmarks = self._state.get("bookmarks")
        if not isinstance(bookmarks, Mapping):
            return None
        unknown = bookmarks.keys() - self._sources.values() - left_out
        if unknown and left_out - bookmarks.keys():
            return None
        return {**self._state, "bookmarks": {name: bookmarks[name] for name in bookmarks if name not in left_out}}
