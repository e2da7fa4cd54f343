"""With `skip_unchanged`, through a real pipe: rows that stay equal cost no write, and a lost sheet comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.pipeline.conftest import Mirror

TABLES = (
    "CREATE TABLE keyed (id int PRIMARY KEY, v text)",
    "CREATE TABLE keyless (v text)",
    "INSERT INTO keyed SELECT i, 'row ' || i FROM generate_series(1, 5) AS i",
    "INSERT INTO keyless SELECT 'row ' || i FROM generate_series(1, 5) AS i",
)


@dataclass
class Runs:
    """Runs of one pipe, each with the STATE of the one before."""

    mirror: Mirror
    state: str | None = None
    log: str = ""

    def execute(self, *statements: str, counted: bool = True) -> None:
        """Run statements; the server counts what they changed at once, or only later."""
        # It counts at most once a second, as soon as a session waits for us.
        self.mirror.execute(*statements, "SELECT pg_stat_force_next_flush()" if counted else "SELECT")

    def run(self) -> None:
        ended = self.mirror.run(tap={"skip_unchanged": True}, state=self.state)
        assert (ended.tap, ended.target) == (0, 0), ended.log
        self.state, self.log = ended.states[-1], ended.log

    def run_quietly(self, unchanged: int) -> None:
        """A run that leaves so many tables unread, and writes nothing."""
        self.run()
        assert f"{unchanged} of 2 tables are unchanged" in self.log
        assert self.mirror.writes == []


@pytest.fixture(scope="module")
def runs(open_mirror: Callable[[], Mirror]) -> Runs:
    """Two tables in a workbook, all of their rows counted. Whatever a test does, it leaves the two equal."""
    runs = Runs(open_mirror())
    runs.execute(*TABLES)
    runs.run()
    return runs


def test_a_change_is_written_once_however_late_the_server_counts_it(runs: Runs) -> None:
    runs.execute("UPDATE keyed SET v = 'changed' WHERE id = 3", "INSERT INTO keyless VALUES ('new')")
    runs.execute("UPDATE keyed SET v = 'too' WHERE id = 4", "INSERT INTO keyless VALUES ('later')", counted=False)
    runs.run()
    assert len(runs.mirror.writes) == 1
    assert runs.mirror.sheets()["keyed"][3:5] == [[3, "changed"], [4, "too"]]
    assert runs.mirror.sheets()["keyless"][-2:] == [["new"], ["later"]]
    runs.execute()
    runs.run_quietly(unchanged=0)
    assert len(runs.mirror.calls) == 2
    runs.run_quietly(unchanged=2)
    assert len(runs.mirror.calls) == 1, "SCHEMAs alone"


def test_tables_that_are_read_again_and_are_equal_are_not_written(runs: Runs) -> None:
    runs.execute("UPDATE keyed SET v = v", "UPDATE keyless SET v = v WHERE v <> 'row 5'", "VACUUM FULL keyed")
    runs.run_quietly(unchanged=0)


def test_a_sheet_that_was_deleted_comes_back_though_its_table_is_unchanged(runs: Runs) -> None:
    before = runs.mirror.sheets()["keyed"]
    runs.mirror.spreadsheet.del_worksheet(runs.mirror.spreadsheet.worksheet("keyed"))
    runs.run()
    assert "2 of 2 tables are unchanged" in runs.log
    assert "aren't as it left them: keyed. The next run brings all their rows." in runs.log
    runs.run()
    assert runs.mirror.sheets()["keyed"] == before


def test_an_older_state_doesn_t_hide_what_has_changed_since(runs: Runs) -> None:
    older = runs.state
    runs.execute("DELETE FROM keyed WHERE id = 1", "DELETE FROM keyless")
    runs.run()
    runs.state = older
    runs.run_quietly(unchanged=0)
    assert len(runs.mirror.sheets()["keyed"]) == 5


def test_another_workbook_is_filled_though_no_table_has_changed(runs: Runs, open_mirror: Callable[[], Mirror]) -> None:
    runs.mirror.spreadsheet = open_mirror().spreadsheet
    runs.run()
    assert "2 of 2 tables are unchanged" in runs.log
    runs.run()
    assert len(runs.mirror.sheets()["keyed"]) == 5
