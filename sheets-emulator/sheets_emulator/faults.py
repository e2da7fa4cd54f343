"""Faults that a test asks for: which one fires at a call.

Design rule: pure. A fault decides by counting the calls it matches, or by its own seeded random numbers; the edge
does what it says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from random import Random
from typing import Any

KINDS = frozenset({"429", "500", "503", "401", "disabled", "office", "html", "cut", "truncate", "delay"})
WHENS = frozenset({"before", "after"})


class FaultError(ValueError):
    """A fault that can't be understood; the message names the value."""


MAX_SECONDS = 3600


def _lies_between(value: Any, least: float, most: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most


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
        if self.nth is not None and (type(self.nth) is not int or self.nth < 1):
            raise FaultError(f"nth is a whole number and counts from 1, it can't be {self.nth!r}")
        if self.probability is not None and not _lies_between(self.probability, 0, 1):
            raise FaultError(f"probability lies between 0 and 1, not {self.probability!r}")
        if type(self.seed) is not int:
            raise FaultError(f"seed is a whole number, not {self.seed!r}")
        if not _lies_between(self.seconds, 0, MAX_SECONDS):
            raise FaultError(f"seconds lie between 0 and {MAX_SECONDS}, not {self.seconds!r}")
        if self.method is not None and not isinstance(self.method, str):
            raise FaultError(f"method is a name such as spreadsheets.batchUpdate, not {self.method!r}")
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


def parse_faults(body: Any, apis: Collection[str]) -> list[Fault]:
    """The faults of a POST to /_emulator/faults: {"faults": [...]}; raises FaultError.

    `apis` are the names of the calls that there are: a fault for any other would never fire.
    """
    items = body.get("faults") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise FaultError('the body must be {"faults": [...]}; an empty list ends them')
    faults = [_parse(item) for item in items]
    for fault in faults:
        if fault.method is not None and fault.method not in apis:
            near = get_close_matches(fault.method, apis, 1)
            hint = f"Did you mean {near[0]}?" if near else "Give one as GET /_emulator/calls names them in `api`."
            raise FaultError(f"there is no method {fault.method!r}. {hint}")
    return faults


def _parse(item: Any) -> Fault:
    if not isinstance(item, dict) or "kind" not in item:
        raise FaultError(f"a fault is an object with a kind, not {item!r}")
    unknown = sorted(set(item) - set(_MEMBERS))
    if unknown:
        raise FaultError(f"unknown member {unknown[0]!r}; a fault has {', '.join(_MEMBERS)}")
    return Fault(**{**item, "kind": str(item["kind"])})


def firing(faults: list[Fault], api: str) -> Fault | None:
    """The first of the faults that are due at this call; each counts every call that it matches, fire who may."""
    due = [fault for fault in faults if fault.matches(api)]
    return due[0] if due else None
