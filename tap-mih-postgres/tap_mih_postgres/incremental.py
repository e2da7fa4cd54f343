"""Where an incremental stream begins and how far it has come. No I/O.

A transaction may have taken its value of the replication key (a serial number, a time) and commit only after others
with greater ones were read. So the greatest value of a run isn't where the next one begins: it's a candidate, and
becomes the beginning once a run has read from below it that started at least `incremental_lag_seconds` later. By then
all transactions that were under way have ended, and that run has read what they wrote. Until there is a beginning,
everything is read.

A bookmark in STATE has the names that the SDK gives it, so that other taps' can be taken over; values are Postgres'
text. Reading begins *at* the value, since other rows may have come with the same: ties are sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bookmark:
    """`value` is where reading begins, `candidate` the greatest value that was there at `seen`, the server's time."""

    key: str
    value: str | None = None
    candidate: str | None = None
    seen: float = 0.0

    @classmethod
    def from_state(cls, state: Mapping[str, Any], key: str) -> Bookmark:
        """What a stream's STATE says; nothing if it speaks of another replication key."""
        value = state.get("replication_key_value")
        if state.get("replication_key") != key:
            return cls(key)
        candidate = state.get("candidate") or {}
        return cls(
            key,
            None if value is None else str(value),
            candidate.get("replication_key_value"),
            float(candidate.get("seen", 0.0)),
        )

    def to_state(self) -> dict[str, Any]:
        """The stream's STATE."""
        state: dict[str, Any] = {"replication_key": self.key}
        if self.value is not None:
            state["replication_key_value"] = self.value
        if self.candidate is not None:
            state["candidate"] = {"replication_key_value": self.candidate, "seen": self.seen}
        return state

    def advanced(self, newest: str | None, now: float, lag: float) -> Bookmark:
        """The bookmark after a run whose snapshot, of `now`, had `newest` as its greatest value, None for no value."""
        if newest is None:
            return self
        if not lag:
            return Bookmark(self.key, newest)
        if self.candidate is None:
            return Bookmark(self.key, self.value, newest, now)
        if now - self.seen >= lag:
            return Bookmark(self.key, self.candidate, newest, now)
        return self
