from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mih_postgres.catalog import Column, Index, choose_key, name_streams
from tap_mih_postgres.selection import is_excluded
from tap_mih_postgres.type_table import TEXT


@pytest.mark.parametrize(
    ("table", "excluded"),
    [
        ("_prisma_migrations", True),
        ("prisma", True),
        ("__PrismaThing", True),
        ("PRISMA_x", True),
        ("_PostToTag", False),
        ("my_prisma", False),
        ("prism", False),
        ("", False),
        ("_", False),
    ],
)
def test_a_prefix_counts_after_leading_underscores_and_in_any_case(table: str, excluded: bool) -> None:
    assert is_excluded(table, ("prisma",)) is excluded


def test_without_prefixes_nothing_is_excluded() -> None:
    assert not is_excluded("_prisma_migrations", ())


@pytest.mark.parametrize(
    ("tables", "names"),
    [
        pytest.param([("public", "a"), ("audit", "a")], ["a", "audit-a"], id="the first schema goes unsaid"),
        pytest.param([("a", "b"), ("public", "a-b")], ['"a"."b"', "a-b"], id="the first schema's table has the name"),
        pytest.param([("a-b", "c"), ("a", "b-c")], ['"a-b"."c"', "a-b-c"], id="then the first schema by name"),
        pytest.param([("a", "b"), ("public", "a-b"), ("public", '"a"."b"')], ['"a"."b"_', "a-b", '"a"."b"'], id="odd"),
    ],
)
def test_streams_are_named(tables: list[tuple[str, str]], names: list[str]) -> None:
    assert [name_streams(tables, "public")[table] for table in tables] == names


@given(st.sets(st.tuples(*[st.text('ab-"._', min_size=1, max_size=5)] * 2), max_size=12), st.randoms())
def test_names_are_unique_and_dont_depend_on_the_order(tables: set[tuple[str, str]], random: object) -> None:
    names = name_streams(tables, "a")
    assert len(set(names.values())) == len(tables)
    assert names == name_streams(sorted(tables, reverse=True), "a")


def columns(*nullable: bool, denied: int = 0) -> list[Column]:
    return [
        Column(f"c{number}", number, is_nullable, number != denied, TEXT)
        for number, is_nullable in enumerate(nullable, 1)
    ]


@pytest.mark.parametrize(
    ("indexes", "key"),
    [
        pytest.param([], (), id="none"),
        pytest.param([Index("u", False, (1,)), Index("p", True, (2, 3))], ("c2", "c3"), id="the primary key first"),
        pytest.param([Index("a", False, (1, 2)), Index("b", False, (3,))], ("c3",), id="else the smallest"),
        pytest.param([Index("a", False, (3,)), Index("b", False, (2,))], ("c2",), id="then the earliest columns"),
        pytest.param([Index("b", False, (3, 1)), Index("a", False, (1, 3))], ("c1", "c3"), id="then the name"),
        pytest.param([Index("b", False, (3, 1))], ("c3", "c1"), id="in the order of the index"),
        pytest.param([Index("a", False, (4,))], (), id="none over a column that may be null"),
    ],
)
def test_the_key_is_chosen(indexes: list[Index], key: tuple[str, ...]) -> None:
    assert choose_key(columns(False, False, False, True), indexes) == key


def test_a_key_that_may_not_be_read_is_none() -> None:
    assert choose_key(columns(False, False, denied=1), [Index("p", True, (1, 2))]) == ()
