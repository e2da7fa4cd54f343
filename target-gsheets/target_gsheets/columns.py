"""(header now, columns wanted) -> where every column goes. People may reorder columns and add their own.

A column is found by its header, wherever it stands. A new one comes next to its neighbour; one that we wrote and that
left the source is removed, or kept as it is; all others are people's. A header of ours that somebody wrote over is put
back, where the columns beside it and the cells below it leave no doubt whose column it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from target_gsheets.cells import Cell, canonical


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the wanted columns stand now and will stand. Positions count from 0.

    `inserted` are positions in the order in which columns are inserted, `removed` those in which they are removed
    after that; `now`, `then` and `headers` have one entry for each wanted column; `healed` are those whose header is
    put back; `kept` are columns that left the source and stay, by name, with where they will stand.
    """

    now: tuple[int | None, ...]
    then: tuple[int, ...]
    headers: tuple[str, ...]
    inserted: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()
    healed: tuple[int, ...] = ()
    kept: tuple[tuple[str, int], ...] = ()

    @property
    def order(self) -> tuple[int, ...]:
        """The wanted columns as they will stand, from left to right."""
        return tuple(sorted(range(len(self.then)), key=self.then.__getitem__))


def lay_out(
    header: Sequence[Cell],
    ours: Mapping[str, str],
    wanted: Sequence[str],
    resembles: Callable[[int, int], bool] = lambda _position, _column: False,
    *,
    keep: bool = False,
) -> Layout:
    """Plan the columns of a sheet.

    `ours` has the columns that we wrote when we were here last, name to header, from left to right; where it is empty
    every wanted column is taken to be ours. `resembles` says whether the cells at a position look like those of a
    wanted column; `keep` says that columns stay when they leave the source.
    """
    places: dict[str, list[int]] = {}
    for position, cell in enumerate(header):
        places.setdefault(header_key(cell), []).append(position)
    now: list[int | None] = [
        place_of(places.get(header_key(ours.get(name, name)), []), number, resembles)
        if name in ours or not ours
        else None
        for number, name in enumerate(wanted)
    ]
    healed = heal(header, ours, wanted, now, resembles)
    headers = headings(ours, wanted, now, taken=places)
    order, inserted = insert_columns(len(header), now)
    gone = {
        name: free[0]
        for name, text in ours.items()
        if name not in wanted
        and len(free := [place for place in places.get(header_key(text), ()) if place not in now]) == 1
    }
    going = set() if keep else {*gone.values()}
    removed = tuple(position for position in reversed(range(len(order))) if order[position] in going)
    left = [column for column in order if column not in going]
    then = tuple(left.index(-1 - number if place is None else place) for number, place in enumerate(now))
    kept = tuple((name, left.index(place)) for name, place in gone.items()) if keep else ()
    return Layout(tuple(now), then, headers, tuple(inserted), removed, healed, kept)


def place_of(places: Sequence[int], column: int, resembles: Callable[[int, int], bool]) -> int | None:
    """Where a column stands, of the places that have its header: the first that looks like it, else the first."""
    if len(places) < 2:
        return places[0] if places else None
    return next((place for place in places if resembles(place, column)), places[0])


def header_key(cell: Cell) -> str:
    """What a header goes by: a name like `2024` that a person typed again has become a number."""
    return canonical(cell if isinstance(cell, str) else "" if cell is None else str(cell))


def heal(
    header: Sequence[Cell],
    ours: Mapping[str, str],
    wanted: Sequence[str],
    now: list[int | None],
    resembles: Callable[[int, int], bool],
) -> tuple[int, ...]:
    """Find the columns of ours whose header somebody wrote over, note their places in `now`, and return them.

    Such a column stands where its neighbour of last time says, its header is nobody's, and its cells are its own.
    """
    texts = {header_key(text) for text in ours.values()}
    names = list(ours)
    found: list[int] = []
    for number, name in enumerate(wanted):
        if now[number] is not None or name not in ours:
            continue
        for neighbour, step in beside(names, name):
            place = now[wanted.index(neighbour)] if neighbour in wanted else None
            position = -1 if place is None else place + step
            strange = 0 <= position < len(header) and header_key(header[position]) not in texts
            if strange and position not in now and resembles(position, number):
                now[number] = position
                found.append(number)
                break
    return tuple(found)


def beside(names: Sequence[str], name: str) -> list[tuple[str, int]]:
    """The neighbours of a column when we were here last, each with the step from it to the column."""
    at = names.index(name)
    left = [(names[at - 1], 1)] if at > 0 else []
    right = [(names[at + 1], -1)] if at + 1 < len(names) else []
    return left + right


def headings(
    ours: Mapping[str, str], wanted: Sequence[str], now: Sequence[int | None], taken: Collection[str]
) -> tuple[str, ...]:
    """What stands above each wanted column: its name, with a number where a column of people's has that already."""
    texts: list[str] = []
    for name, place in zip(wanted, now, strict=True):
        text = ours.get(name, name)
        number = 1
        while place is None and (header_key(text) in taken or text in texts):
            number += 1
            text = f"{name} ({number})"
        texts.append(text)
    return tuple(texts)


def insert_columns(width: int, now: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """The columns in the order to come, and the positions at which new ones are inserted, one after the other.

    Columns that are there go by their position now, new ones by a negative number made from their place among the
    wanted.
    """
    order = list(range(width))
    inserted: list[int] = []
    for number, place in enumerate(now):
        if place is None:
            at = place_for(number, now, order)
            order.insert(at, -1 - number)
            inserted.append(at)
    return order, inserted


def place_for(number: int, now: Sequence[int | None], order: Sequence[int]) -> int:
    """Where to insert a new column: right of its left neighbour, else left of the first mirrored one."""
    if number > 0:
        left = now[number - 1]
        return order.index(-number if left is None else left) + 1
    return min((order.index(place) for place in now if place is not None), default=0)
