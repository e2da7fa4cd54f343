"""Faults that a test asks for: which one fires at a call.

Design rule: pure. A fault decides by counting the calls it matches, or by its own seeded random numbers; the edge
does what it says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

KINDS = frozenset({"429", "500", "503", "401", "html", "cut", "truncate", "delay"})
WHENS = frozenset({"before", "after"})


class FaultError(ValueError):
    """A fault that can't be understood; the message names the value."""


@dataclass(slots=True)
class Fault:
    """One scripted fault: at the n-th matching call, or at each with a probability; without either at every one."""

    kind: str
    when: str = "before"
    nth: int | None = None
    probability: float | None = None
    seed: int = 0
    method: str | None = None
    seconds: float = 0.0
    _seen: int = 0
    _random: Random = field(default_factory=Random)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise FaultError(f"kind must be one of {', '.join(sorted(KINDS))}, not {self.kind!r}")
        if self.when not in WHENS:
            raise FaultError(f"when must be before or after, not {self.when!r}")
        if self.nth is not None and (not isinstance(self.nth, int) or self.nth < 1):
            raise FaultError(f"nth counts from 1, it can't be {self.nth!r}")
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise FaultError(f"probability lies between 0 and 1, not {self.probability!r}")
        self._random = Random(self.seed)  # noqa: S311

    def matches(self, api: str) -> bool:
        """Does it fire at this call? Counts the call. The token endpoint is spared unless it is named."""
        if self.method != api and (self.method is not None or api == "oauth.token"):
            return False
        self._seen += 1
        if self.nth is not None:
            return self._seen == self.nth
        return self.probability is None or self._random.random() < self.probability


_MEMBERS = ("kind", "when", "nth", "probability", "seed", "method", "seconds")


def parse_faults(body: Any) -> list[Fault]:
    """The faults of a POST to /_emulator/faults: {"faults": [...]}; raises FaultError."""
    items = body.get("faults") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise FaultError('the body must be {"faults": [...]}; an empty list ends them')
    return [_parse(item) for item in items]


def _parse(item: Any) -> Fault:
    if not isinstance(item, dict) or "kind" not in item:
        raise FaultError(f"a fault is an object with a kind, not {item!r}")
    unknown = sorted(set(item) - set(_MEMBERS))
    if unknown:
        raise FaultError(f"unknown member {unknown[0]!r}; a fault has {', '.join(_MEMBERS)}")
    try:
        return Fault(**{**item, "kind": str(item["kind"])})
    except TypeError as error:
        raise FaultError(f"a member of {item!r} has the wrong type") from error


def firing(faults: list[Fault], api: str) -> Fault | None:
    """The first fault of the list that matches this call; at most one fires. Later ones don't count the call [?]."""
    return next((fault for fault in faults if fault.matches(api)), None)
