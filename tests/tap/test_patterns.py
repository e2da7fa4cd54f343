from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mih_postgres.patterns import Pattern, exact_pattern


@pytest.mark.parametrize(
    ("pattern", "names", "fits"),
    [
        ("users", ("public", "users"), True),
        ("users", ("audit", "Users"), True),
        ("users", ("public", "users2"), False),
        ("public.users", ("audit", "users"), False),
        ("public.*", ("public", "a.b\n"), True),
        ("*.log_?", ("x", "log_1"), True),
        ("*.log_?", ("x", "log_10"), False),
        ("public.a+b[c]", ("public", "a+b[c]"), True),
        ("public.*.email", ("public", "users", "email"), True),
        ("users.email", ("public", "users", "email"), True),
        ("email", ("public", "users", "EMAIL"), True),
        ("public.email", ("public", "users", "email"), False),
        ("*mail*", ("public", "users", "e_mails"), True),
        ("*", ("public", "users"), True),
    ],
)
def test_a_pattern_is_compared_part_by_part_from_the_right(pattern: str, names: tuple[str, ...], fits: bool) -> None:
    assert Pattern.parse("x", pattern, len(names)).fits(*names) is fits


@given(st.tuples(*[st.text(min_size=1, max_size=8)] * 3))
def test_an_exact_pattern_fits_the_names_that_it_was_made_of(names: tuple[str, str, str]) -> None:
    text = exact_pattern(*names)
    assert not set(text) & set(",=\"'")
    assert Pattern.parse("x", text, 3).fits(*names)
