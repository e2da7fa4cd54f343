"""(header now, columns wanted) -> where every column goes. People may reorder columns and add their own.

A column is found by its header, wherever it stands. A new one comes next to its neighbour; one that we wrote and that
left the source is removed; all others are people's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from target_gsheets.cells import Cell, canonical


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the wanted columns stand now and will stand. Positions count from 0.

    `inserted` are positions in the order in which columns are inserted, `removed` those in which they are removed
    after that; `now` and `then` have one position for each wanted column.
    """

    now: tuple[int | None, ...]
    then: tuple[int, ...]
    inserted: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()


def lay_out(header: Sequence[Cell], ours: Sequence[str], wanted: Sequence[str]) -> Layout:
    """Plan the columns of a sheet; `ours` are the columns that we wrote when we were here last."""
    places: dict[str, int] = {}
    for position, cell in enumerate(header):
        places.setdefault(header_key(cell), position)
    now = tuple(places.get(header_key(name)) for name in wanted)
    # Old columns by their position now, new ones by a negative number made from their place among the wanted.
    order = list(range(len(header)))
    inserted: list[int] = []
    for number, place in enumerate(now):
        if place is None:
            at = place_for(number, now, order)
            order.insert(at, -1 - number)
            inserted.append(at)
    gone = {places[key] for key in {*map(header_key, ours)} - {*map(header_key, wanted)} if key in places}
    removed = tuple(position for position in reversed(range(len(order))) if order[position] in gone)
    left = [column for column in order if column not in gone]
    then = tuple(left.index(-1 - number if place is None else place) for number, place in enumerate(now))
    return Layout(now, then, tuple(inserted), removed)


def header_key(cell: Cell) -> str:
    """What a header goes by: a name like `2024` that a person typed again has become a number."""
    return canonical(cell if isinstance(cell, str) else "" if cell is None else str(cell))


def place_for(number: int, now: Sequence[int | None], order: Sequence[int]) -> int:
    """Where to insert a new column: right of its left neighbour, else left of the first mirrored one."""
    if number > 0:
        left = now[number - 1]
        return order.index(-number if left is None else left) + 1
    return min((order.index(place) for place in now if place is not None), default=0)
