"""What every reducer is given, and the ids that it makes.

Design rule: chance, clock and caller are arguments, so that a reducer is a function of what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from ..errors import RequestError
from ..model import Json, Workbook


@dataclass(frozen=True, slots=True)
class Context:
    """Who calls, and the source of new ids."""

    account: str
    random: Random

    def new_id(self, taken: Iterable[object]) -> int:
        """A positive 31-bit id that isn't taken."""
        known = set(taken)
        while True:
            number = self.random.randrange(1, 2**31)
            if number not in known and str(number) not in known:
                return number


Reducer = Callable[[Workbook, Json, Context], "Json | None"]


def require(body: Json, member: str) -> Json:
    """A member of a request that may not be absent."""
    value: Json | None = body.get(member)
    if value is None:
        raise RequestError(f"The request has no {member}.")
    return value
