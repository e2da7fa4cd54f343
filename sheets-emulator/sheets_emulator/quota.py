"""Quotas: how many reads and writes a minute a project and a user may do.

Design rule: pure. The clock is an argument (seconds); a budget refills at once when its minute is over, as Google
documents it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .errors import TooManyRequestsError

PROJECT_NUMBER = 123456789012
_WORDS = {"read": "Read", "write": "Write"}
_METRICS = {"read": "sheets.googleapis.com/read_requests", "write": "sheets.googleapis.com/write_requests"}


@dataclass(frozen=True, slots=True)
class Budget:
    """Calls a minute, for the project and for each user."""

    project: int = 300
    user: int = 60


@dataclass(slots=True)
class Quota:
    """Counts the calls of the running minute; an absent budget doesn't limit."""

    budgets: dict[str, Budget] = field(default_factory=dict)
    _minute: int = -1
    _used: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Quota:
        """ "off", "default" or "READS,WRITES" a minute and user (the project has five times as many)."""
        if text == "off":
            return cls()
        if text == "default":
            return cls({"read": Budget(), "write": Budget()})
        match = re.fullmatch(r"([0-9]{1,9}),([0-9]{1,9})", text)
        if not match:
            raise ValueError(f"{text!r} is no quota: give off, default or READS,WRITES, as in 60,60")
        reads, writes = map(int, match.groups())
        return cls({"read": Budget(reads * 5, reads), "write": Budget(writes * 5, writes)})

    def spend(self, kind: str, user: str, now: float) -> None:
        """Count one call of `kind` ("read" or "write"); raises TooManyRequestsError where its budget is used up."""
        budget = self.budgets.get(kind)
        minute = int(now // 60)
        if minute != self._minute:
            self._minute, self._used = minute, {}
        for owner, limit in ((user, budget.user), ("", budget.project)) if budget else ():
            if self._used.get((kind, owner), 0) >= limit:
                raise exceeded(kind, limit, per_user=bool(owner))
        for owner in (user, ""):
            self._used[kind, owner] = self._used.get((kind, owner), 0) + 1

    def gauges(self, now: float) -> dict[str, dict[str, int]]:
        """{"read": {"used", "limit"}, …} of this minute, for the viewer; limit 0 means none."""
        current = self._used if int(now // 60) == self._minute else {}
        return {
            kind: {"used": current.get((kind, ""), 0), "limit": self.budgets[kind].user if kind in self.budgets else 0}
            for kind in _WORDS
        }


def exceeded(kind: str, limit: int, *, per_user: bool = True) -> TooManyRequestsError:
    """Google's 429 (recorded): no Retry-After header goes with it."""
    word = _WORDS[kind]
    scope = " per user" if per_user else ""
    return TooManyRequestsError(
        f"Quota exceeded for quota metric '{word} requests' and limit '{word} requests per minute{scope}' of service "
        f"'sheets.googleapis.com' for consumer 'project_number:{PROJECT_NUMBER}'.",
        [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "quota_location": "global",
                    "quota_limit": f"{word}RequestsPerMinutePer{'User' if per_user else 'Project'}",
                    "quota_limit_value": str(limit),
                    "quota_metric": _METRICS[kind],
                    "service": "sheets.googleapis.com",
                    "consumer": f"projects/{PROJECT_NUMBER}",
                },
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [
                    {
                        "description": "Request a higher quota limit.",
                        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
                    }
                ],
            },
        ],
    )
