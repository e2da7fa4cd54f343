"""How fast Google may be called. Pure: it says how long to wait, and somebody else waits.

Google allows a user 60 reads and 60 writes a minute in a project, and refuses what is beyond with 429.
"""

from __future__ import annotations

from dataclasses import dataclass

SLOWEST_PER_MINUTE = 1.0


@dataclass(slots=True)
class Bucket:
    """A token bucket: full at first, refilled evenly; `at` is the time of the last look, in seconds."""

    per_minute: float
    at: float
    level: float = 0.0

    def __post_init__(self) -> None:
        self.level = self.per_minute

    def take(self, now: float) -> float:
        """Take a token and return the seconds to wait before using it; a call that waits holds its place."""
        rate = self.per_minute / 60
        self.level = min(self.per_minute, self.level + (now - self.at) * rate) - 1
        self.at = now
        return max(0.0, -self.level / rate)

    def slow_down(self) -> None:
        """Halve the pace: Google said that it was too fast, so what the bucket holds is worth nothing."""
        self.per_minute = max(SLOWEST_PER_MINUTE, self.per_minute / 2)
        self.level = min(self.level, 0.0)
