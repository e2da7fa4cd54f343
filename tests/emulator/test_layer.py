"""A layer behaves as a plain grid does, and a fork leaves its twin alone."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sheets_emulator.a1 import Box
from sheets_emulator.layer import Formula, Layer, moved_items

SIZE = 6
Grid = list[list[Any]]
INDEX = st.integers(0, SIZE - 1)
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), INDEX, INDEX, st.one_of(st.none(), st.integers(), st.text(max_size=2))),
        st.tuples(st.just("clear"), INDEX, INDEX, INDEX),
        st.tuples(st.just("rows"), INDEX, INDEX, INDEX),
        st.tuples(st.just("columns"), INDEX, INDEX, INDEX),
        st.tuples(st.just("delete_rows"), INDEX, INDEX, INDEX),
        st.tuples(st.just("delete_columns"), INDEX, INDEX, INDEX),
        st.tuples(st.just("move_columns"), INDEX, INDEX, INDEX),
    ),
    max_size=12,
)


def rows_inserted(grid: Grid, a: int, b: int, _: Any) -> None:
    grid[a:a] = [[None] * len(grid[0]) for _ in range(b)]


def columns_inserted(grid: Grid, a: int, b: int, _: Any) -> None:
    for row in grid:
        row[a:a] = [None] * b


def rows_deleted(grid: Grid, a: int, b: int, _: Any) -> None:
    grid.extend([None] * len(grid[0]) for _ in grid[a:b])
    del grid[a:b]


def columns_deleted(grid: Grid, a: int, b: int, _: Any) -> None:
    for row in grid:
        row[:] = row[:a] + row[b:] + [None] * len(row[a:b])


def columns_moved(grid: Grid, a: int, b: int, c: int) -> None:
    for row in grid:
        row[:] = moved_items(row, a, b, c)


def cleared(grid: Grid, a: int, b: int, c: int) -> None:
    for row in grid[a:SIZE]:
        row[b : max(b, c) + 1] = [None] * (max(b, c) + 1 - b)


def put(grid: Grid, a: int, b: int, c: Any) -> None:
    grid[a][b] = c


# operation: what it does to a layer, what to a grid, and when it makes sense
KINDS: dict[str, tuple[Any, Any, Any]] = {
    "put": (Layer.put, put, lambda *_: True),
    "clear": (lambda layer, a, b, c: layer.clear(Box(a, SIZE, b, max(b, c) + 1)), cleared, lambda *_: True),
    "rows": (lambda layer, a, b, _: layer.insert_rows(a, b), rows_inserted, lambda *_: True),
    "columns": (lambda layer, a, b, _: layer.insert_columns(a, b), columns_inserted, lambda *_: True),
    "delete_rows": (lambda layer, a, b, _: layer.delete_rows(a, b), rows_deleted, lambda a, b, _: a < b),
    "delete_columns": (lambda layer, a, b, _: layer.delete_columns(a, b), columns_deleted, lambda a, b, _: a < b),
    "move_columns": (Layer.move_columns, columns_moved, lambda a, b, c: a < b and not a <= c <= b),
}


def apply(layer: Layer, grid: Grid, operation: tuple[Any, ...]) -> None:
    """Do the same to a layer and to a grid that has room for all of it."""
    kind, *arguments = operation
    to_layer, to_grid, makes_sense = KINDS[kind]
    if makes_sense(*arguments):
        to_layer(layer, *arguments)
        to_grid(grid, *arguments)


def plain(layer: Layer) -> dict[tuple[int, int], Any]:
    return {(r, c): cell for r, row in enumerate(layer.rows) for c, cell in enumerate(row) if cell is not None}


@given(OPERATIONS)
def test_a_layer_behaves_as_a_plain_grid(operations: list[tuple[Any, ...]]) -> None:
    layer, grid = Layer(), [[None] * SIZE for _ in range(SIZE)]
    for operation in operations:
        apply(layer, grid, operation)
    assert plain(layer) == {(r, c): v for r, row in enumerate(grid) for c, v in enumerate(row) if v is not None}


@given(OPERATIONS, OPERATIONS)
def test_a_fork_and_its_twin_never_see_each_other(first: list[tuple[Any, ...]], second: list[tuple[Any, ...]]) -> None:
    layer, grid = Layer(), [[None] * SIZE for _ in range(SIZE)]
    for operation in first:
        apply(layer, grid, operation)
    before = plain(layer)
    twin = layer.fork()
    for operation in second:
        apply(twin, [row.copy() for row in grid] + [[None] * len(grid[0]) for _ in range(SIZE)], operation)
    assert plain(layer) == before
    untouched = plain(twin)
    layer.put(0, 0, "changed")
    assert plain(twin) == untouched


def test_a_layer_knows_whether_a_formula_was_ever_written() -> None:
    layer = Layer()
    layer.put(0, 0, 1)
    assert not layer.has_formulas
    layer.put(1, 1, Formula("=1"))
    assert layer.has_formulas
    assert layer.fork().has_formulas
