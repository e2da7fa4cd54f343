"""A stream that didn't arrive whole changes nothing, whatever else the pipe carried."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.pipeline.conftest import Mirror

ROWS = 200


def is_message(line: str, kind: str, stream: str) -> bool:
    message = json.loads(line)
    return bool(message["type"] == kind and message.get("stream") == stream)


def index_of(lines: list[str], kind: str, stream: str) -> int:
    return next(number for number, line in enumerate(lines) if is_message(line, kind, stream))


def in_the_middle_of_a_table(lines: list[str]) -> list[str]:
    return lines[: index_of(lines, "RECORD", "b") + ROWS // 4]


def in_the_middle_of_a_line(lines: list[str]) -> list[str]:
    *whole, last = in_the_middle_of_a_table(lines)
    return [*whole, last[: len(last) // 2]]


def before_its_activate_version(lines: list[str]) -> list[str]:
    return lines[: index_of(lines, "ACTIVATE_VERSION", "b")]


def after_its_schema(lines: list[str]) -> list[str]:
    return lines[: index_of(lines, "SCHEMA", "b") + 1]


CUTS = (in_the_middle_of_a_table, in_the_middle_of_a_line, before_its_activate_version)


@pytest.fixture(scope="module")
def synced(open_mirror: Callable[[], Mirror]) -> Mirror:
    """Two tables in the workbook, and in the database half of each deleted and the rest changed."""
    mirror = open_mirror()
    for name in ("a", "b"):
        mirror.execute(f"CREATE TABLE {name} (id int PRIMARY KEY, text text)")
        mirror.connection.execute(
            f"INSERT INTO {name} SELECT n, 'old ' || n FROM generate_series(1, {ROWS}) n".encode()
        )
    mirror.sync()
    for name in ("a", "b"):
        mirror.execute(f"DELETE FROM {name} WHERE id % 2 = 0")
        mirror.execute(f"UPDATE {name} SET text = 'new ' || id")
    return mirror


@pytest.fixture(scope="module")
def lines(synced: Mirror) -> list[str]:
    """What the tap sends for that database."""
    return synced.messages()


@pytest.mark.parametrize(
    "cut",
    [in_the_middle_of_a_table, in_the_middle_of_a_line, before_its_activate_version],
    ids=lambda cut: cut.__name__,
)
def test_a_stream_cut_short_leaves_its_sheet_as_it_was(
    synced: Mirror, lines: list[str], cut: Callable[[list[str]], list[str]]
) -> None:
    before = synced.sheets()["b"]
    ended = synced.send(cut(lines))
    assert ended.target != 0
    assert "Traceback" not in ended.log
    assert "b" in ended.log
    assert synced.sheets()["b"] == before


def test_a_schema_alone_leaves_its_sheet_as_it_was(synced: Mirror, lines: list[str]) -> None:
    before = synced.sheets()["b"]
    synced.send(after_its_schema(lines))
    assert synced.sheets()["b"] == before


def test_the_stream_that_came_whole_before_the_cut_is_committed(synced: Mirror, lines: list[str]) -> None:
    synced.send(in_the_middle_of_a_table(lines))
    assert [row[1] for row in synced.sheets()["a"][1:]] == [f"new {n}" for n in range(1, ROWS, 2)]


def test_a_state_is_not_passed_on_for_a_stream_that_is_not_in_the_workbook(synced: Mirror, lines: list[str]) -> None:
    ended = synced.send(before_its_activate_version(lines))
    assert all("b" not in json.loads(state).get("bookmarks", {}) for state in ended.states)


def test_the_next_whole_run_heals(synced: Mirror, lines: list[str]) -> None:
    synced.send(in_the_middle_of_a_table(lines))
    synced.sync()
    for name in ("a", "b"):
        assert synced.sheets()[name][1:] == [[n, f"new {n}"] for n in range(1, ROWS, 2)]
