"""Taps built on singer-sdk as anybody would, in a process of their own, piped into the target."""

from __future__ import annotations

import signal
import sys

import pytest

from tests.target.pipes import pipe_into_target

# A tap of the SDK's own kind: it numbers its versions, activates them and sends a STATE every 10,000 records. What it
# does at a record is in its settings.
TAP = """
import os, signal, sys, time
from singer_sdk import Stream, Tap
from singer_sdk import typing as th

class Rows(Stream):
    name = "rows"
    primary_keys = ("id",)
    schema = th.PropertiesList(th.Property("id", th.IntegerType), th.Property("text", th.StringType)).to_dict()

    @property
    def replication_key(self):
        return "id" if self.config.get("incremental") else None

    @replication_key.setter
    def replication_key(self, value):
        pass

    def get_records(self, context):
        start = (self.get_starting_replication_key_value(context) or 0) if self.config.get("incremental") else 0
        for number in range(start, self.config["rows"]):
            if number == self.config.get("dies_at"):
                sys.stdout.flush()
                os.kill(os.getpid(), getattr(signal, self.config.get("of", "SIGKILL")))
            if number == self.config.get("fails_at"):
                raise RuntimeError("the source is gone")
            yield {"id": number, "text": self.config["text"]}

class Parents(Stream):
    name = "parents"
    primary_keys = ("id",)
    schema = Rows.schema

    def get_child_context(self, record, context):
        return {"parent": record["id"]}

    def get_records(self, context):
        for number in range(3):
            if number == self.config.get("parent_dies_at"):
                sys.stdout.flush()
                os.kill(os.getpid(), signal.SIGKILL)
            yield {"id": number}

class Children(Stream):
    name = "rows"
    primary_keys = ("id",)
    schema = Rows.schema
    parent_stream_type = Parents

    def get_records(self, context):
        for number in range(self.config["rows"] if context["parent"] else 0):
            yield {"id": 1_000 * context["parent"] + number, "text": self.config["text"]}

class RowsTap(Tap):
    name = "tap-rows"
    config_jsonschema = {"properties": {}}

    def discover_streams(self):
        return [Parents(self), Children(self)] if self.config.get("children") else [Rows(self)]

RowsTap.cli()
"""


@pytest.fixture
def pipe(workbook, tmp_path):
    """Run the tap with these settings into the target; the exit statuses of both, and the last STATE passed on."""
    (tmp_path / "tap.py").write_text(TAP)

    def run(state=None, **settings):
        command = [sys.executable, tmp_path / "tap.py"]
        ended = pipe_into_target(command, tmp_path, workbook.config, {"text": "old", **settings}, state)
        return ended.tap, ended.target, ended.state

    return run


def texts(workbook):
    values = workbook.values("rows")
    return len(values), {text for _, text in values}


@pytest.mark.parametrize("count", [10_000, 10_001, 12_345])
def test_a_tap_that_dies_at_or_after_its_state_of_record_10_000_removes_no_row(pipe, workbook, count):
    assert pipe(rows=15_000)[:2] == (0, 0)
    tap, _, state = pipe(rows=15_000, text="new", dies_at=count)
    assert tap == -signal.SIGKILL
    rows, found = texts(workbook)
    assert (rows, "old" in found) == (15_000, True), "no row was removed"
    assert state == {"bookmarks": {"rows": {}}}


def test_a_tap_that_ends_well_brings_additions_changes_and_removals(pipe, workbook):
    pipe(rows=1_501)
    pipe(rows=1_001, text="new")
    assert texts(workbook) == (1_001, {"new"})


def test_a_tap_that_fails_in_mid_stream_removes_no_row(pipe, workbook):
    pipe(rows=50)
    tap, target, state = pipe(rows=50, text="new", fails_at=20)
    assert tap != 0
    assert (target, state) == (0, None), "nobody can tell that it failed"
    assert texts(workbook) == (50, {"old", "new"})


def test_an_incremental_tap_s_second_run_loses_no_row(pipe, workbook):
    _, _, state = pipe(rows=300, incremental=True)
    assert state["bookmarks"]["rows"]["replication_key_value"] == 299
    tap, target, state = pipe(rows=310, incremental=True, text="new", state=state)
    assert (tap, target) == (0, 0)
    values = workbook.values("rows")
    assert [row[0] for row in values] == list(range(310))
    assert [row[1] for row in values] == ["old"] * 299 + ["new"] * 11
    assert state["bookmarks"]["rows"]["replication_key_value"] == 309


@pytest.mark.parametrize(
    ("count", "given", "activates"),
    [(901, None, False), (901, {"rows": {"at": 1}}, True), (0, None, True)],
    ids=["at-901", "at-901-with-an-entry-of-old", "at-0"],
)
def test_a_tap_that_is_terminated_removes_no_row(pipe, workbook, count, given, activates):
    """It sends a STATE, and exits with 0 as if it had reached the end."""
    pipe(rows=1_501)
    settings = {"emit_activate_version_messages": activates, "of": "SIGTERM", "dies_at": count}
    tap, target, _ = pipe({"bookmarks": given} if given else None, rows=1_501, text="new", **settings)
    assert (tap, target) == (0, 0)
    rows, found = texts(workbook)
    assert (rows, "old" in found) == (1_501, True)


def test_a_tap_with_a_state_of_its_last_run_brings_removals(pipe, workbook):
    _, _, state = pipe(rows=1_501)
    pipe(state, rows=1_001, text="new", emit_activate_version_messages=True)
    assert texts(workbook) == (1_001, {"new"})


def test_a_tap_that_activates_an_emptied_table_empties_its_sheet(pipe, workbook):
    _, _, state = pipe(rows=5)
    pipe(state, rows=0, emit_activate_version_messages=True)
    assert workbook.values("rows") == []


def test_a_child_stream_is_not_emptied_where_its_parent_dies_after_a_row_without_children(pipe, workbook):
    settings = {"children": True, "emit_activate_version_messages": True, "rows": 5}
    pipe(**settings)
    assert len(workbook.values("rows")) == 10
    pipe(**settings, parent_dies_at=1)
    assert len(workbook.values("rows")) == 10
