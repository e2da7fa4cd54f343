"""A title per stream and a header per column, the same in every run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_gsheets.columns import header_key
from target_gsheets.errors import ConfigurationError
from target_gsheets.generation import free_title
from target_gsheets.grid import quote_title
from target_gsheets.titles import parse_template, sheet_titles
from target_gsheets.wanted import header_texts


def test_a_stream_gives_its_sheet_its_name():
    assert sheet_titles(["users", "billing-invoices"]) == {"users": "users", "billing-invoices": "billing-invoices"}


@given(st.sets(st.text("aAbB", min_size=1, max_size=4), max_size=8) | st.sets(st.text("aB", min_size=99, max_size=120)))
def test_titles_are_unique_without_regard_to_case_short_and_stable(streams):
    titles = sheet_titles(streams)
    assert len({title.casefold() for title in titles.values()}) == len(streams)
    assert all(0 < len(title) <= 100 for title in titles.values())
    assert sheet_titles(sorted(streams, reverse=True)) == titles


@pytest.mark.parametrize(
    ("streams", "template", "titles"),
    [
        (["users"], "Shop {stream}", {"users": "Shop users"}),
        (["a", "b"], "{stream} ({stream})", {"a": "a (a)", "b": "b (b)"}),
        (["{stream}"], "x {stream}", {"{stream}": "x {stream}"}),
        (["", "\x00", " "], "{stream}", {"": "(no name)", "\x00": "(no name)~6e340b", " ": "(no name)~36a9e7"}),
        (["a\nb\tc "], "{stream}", {"a\nb\tc ": "a b c"}),
        (["😀" * 60], "{stream}", {"😀" * 60: "😀" * 50}),
        (["x" + "😀" * 60], "{stream}", {"x" + "😀" * 60: "x" + "😀" * 49}),
    ],
    ids=["around", "twice", "braces", "nameless", "lines", "emoji", "half-an-emoji"],
)
def test_a_title_follows_its_template(streams, template, titles):
    assert sheet_titles(streams, template) == titles


@pytest.mark.parametrize("title", ["x", "x" * 100, "😀" * 50, "x" + "😀" * 49, "İ" * 100],
                         ids=["short", "long", "emoji", "half-an-emoji", "longer-in-lower-case"])  # fmt: skip
@pytest.mark.parametrize("end", ["", " (before)"])
def test_the_next_free_title_is_no_longer_than_google_takes(title, end):
    taken = set()
    for number in range(12):
        found = free_title(title, taken, end)
        assert found.casefold() not in taken
        assert len(found.encode("utf-16-le")) <= 200
        assert found.endswith(end if number == 0 else f"{end} ({number + 1})")
        taken.add(found.casefold())


def test_a_title_that_looks_like_that_of_a_collision_is_told_apart():
    names = ["User", "user", "user~04f899"]
    assert sheet_titles(["User", "user"])["user"] == "user~04f899"
    assert len({title.casefold() for title in sheet_titles(names).values()}) == 3


@pytest.mark.parametrize("template", ["", "Shop", "{schema}.{stream}", "{}{stream}", "{Stream}"])
def test_a_template_that_says_too_little_or_too_much_is_refused(template):
    with pytest.raises(ConfigurationError, match="'sheet_title' is"):
        parse_template("sheet_title", template)


def test_titles_are_always_quoted_in_ranges():
    assert quote_title("CO2") == "'CO2'"
    assert quote_title("it's") == "'it''s'"


@pytest.mark.parametrize(
    ("names", "texts"),
    [
        (["id", "name"], ("id", "name")),
        (["", "\x00", "(no name)"], ("(no name)", "(no name) (2)", "(no name) (3)")),
        (["a\x00", "a", "a (2)"], ("a", "a (2)", "a (2) (2)")),
        (["=a", "'=a"], ("=a", "'=a (2)")),
        (["x\r\n", "x\n", "x\r"], ("x\r\n", "x\n (2)", "x\r (3)")),
    ],
    ids=["plain", "nameless", "control-character", "apostrophe", "line-breaks"],
)
def test_headers_are_different_as_a_sheet_gives_them_back(names, texts):
    assert header_texts(names) == texts
    assert len(set(map(header_key, texts))) == len(names)


@given(st.lists(st.text("'=+a\r\n\x00 (2)", max_size=4), unique=True, max_size=8))
def test_no_two_headers_go_by_the_same(names):
    assert len(set(map(header_key, header_texts(names)))) == len(names)
