"""SIGTERM ends a run after the call under way, with status 143, and the next run heals what it left."""

from __future__ import annotations

import io
import json
import logging
import signal
import threading
import time
from contextlib import contextmanager

import pytest

from target_gsheets.target import TargetGSheets
from tests.target.conftest import whole_stream
from tests.target.test_cli import USERS, lines_of, start

OLD = [{"id": number, "name": "old"} for number in range(1, 201)]
NEW = [{"id": number, "name": f"new {number}"} for number in range(1, 301)]
NEW_VALUES = [list(row.values()) for row in NEW]
STAGED = {"max_request_bytes": 3_000}


@pytest.fixture
def begin(workbook, tmp_path):
    """Start the command on these messages; the input ends unless it is told to stay open."""

    @contextmanager
    def start_command(messages, *options, stays_open=False, **changes):
        path = tmp_path / "config.json"
        path.write_text(json.dumps({**workbook.config, **changes}))
        with start(path, *options) as process:
            process.stdin.write(lines_of(messages))
            process.stdin.flush()
            if not stays_open:
                process.stdin.close()
                process.stdin = None
            yield process
            process.kill()

    return start_command


def end_of(process):
    """Exit status, STATE lines and log of a command that has had its signal."""
    out, log = process.communicate(timeout=30)
    assert "Traceback" not in log
    return process.returncode, [json.loads(line) for line in out.splitlines()], log


@contextmanager
def terminated_at(workbook, process, api, nth):
    """Send SIGTERM while the n-th call of a method waits for its answer."""
    seen = []

    def hook(name):
        if name == api:
            seen.append(name)
            if len(seen) == nth:
                process.send_signal(signal.SIGTERM)
                time.sleep(0.2)

    with workbook.emulator.before_each_call(hook):
        yield seen


def hidden_sheets(workbook):
    return [sheet.title for sheet in workbook.emulator.workbook(workbook.spreadsheet_id).sheets if sheet.hidden]


@pytest.mark.parametrize(
    ("api", "nth", "changes"),
    [
        ("spreadsheets.get", 1, {}),
        ("spreadsheets.values.batchGet", 1, {}),
        ("spreadsheets.batchUpdate", 1, STAGED),
        ("spreadsheets.values.batchUpdate", 1, STAGED),
        ("spreadsheets.values.batchUpdate", 2, STAGED),
    ],
    ids=["reading", "reading-cells", "making-hidden-sheets", "staging", "staging-more"],
)
def test_a_termination_before_the_commit_changes_nothing_that_people_see(workbook, begin, api, nth, changes):
    workbook.sync(*whole_stream("users", USERS, OLD))
    before = workbook.visible()
    messages = whole_stream("users", USERS, NEW, version=2)
    with begin(messages, **changes) as process, terminated_at(workbook, process, api, nth) as seen:
        status, states, log = end_of(process)
    assert (status, states, workbook.visible()) == (143, [], before)
    assert "Received SIGTERM: the commit under way is finished first." in log
    assert len(seen) == nth, "no further call was made"
    workbook.sync(*messages, **changes)
    assert workbook.values("users") == NEW_VALUES
    assert hidden_sheets(workbook) == []


@pytest.mark.parametrize("changes", [{}, STAGED], ids=["one-call", "staged"])
def test_a_termination_during_the_commit_lets_it_finish_and_passes_on_its_state(workbook, begin, changes):
    workbook.sync(*whole_stream("users", USERS, OLD))
    messages = whole_stream("users", USERS, NEW, version=2)
    nth = 2 if changes else 1
    with begin(messages, **changes) as process, terminated_at(workbook, process, "spreadsheets.batchUpdate", nth):
        status, states, _ = end_of(process)
    assert (status, states) == (143, [{"bookmarks": {"users": {}}}])
    assert workbook.values("users") == NEW_VALUES
    workbook.sync(*messages, **changes)
    assert workbook.calls == ["spreadsheets.get", "spreadsheets.values.batchGet"], "there was nothing left to do"


def test_a_termination_while_waiting_for_quota_ends_at_once(workbook, begin):
    workbook.sync(*whole_stream("users", USERS, OLD))
    messages = whole_stream("users", USERS, NEW, version=2)
    with begin(messages, quota_reads_per_minute=1) as process:
        assert any("values.batchGet waits" in line for line in iter(process.stderr.readline, ""))
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        status, states, _ = end_of(process)
    assert (status, states) == (143, [])
    assert time.monotonic() - sent < 15, "the minute isn't waited for"
    workbook.sync(*messages)
    assert workbook.values("users") == NEW_VALUES


def test_a_termination_before_the_input_ended_writes_nothing_and_the_next_run_does(workbook, begin):
    workbook.sync(*whole_stream("users", USERS, OLD))
    messages = whole_stream("users", USERS, NEW, version=2)
    workbook.emulator.forget_calls()
    with begin(messages, stays_open=True) as process:
        assert any("Skipping parse" in line for line in iter(process.stderr.readline, ""))
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        status, states, log = end_of(process)
    assert (status, states, workbook.emulator.calls()) == (143, [], [])
    assert "Received SIGTERM: nothing was written." in log
    workbook.sync(*messages)
    assert workbook.values("users") == NEW_VALUES


def test_a_dry_run_ends_at_once(workbook, begin):
    with (
        begin(whole_stream("users", USERS, NEW), "--dry-run") as process,
        terminated_at(workbook, process, "spreadsheets.get", 1),
    ):
        status, _, log = end_of(process)
    assert status == 143
    assert "Received SIGTERM: nothing was written." in log


def test_a_signal_in_the_middle_of_a_log_line_breaks_no_line(workbook, capsys):
    target = TargetGSheets(config=workbook.config)
    target._committing = True
    written = []

    class Terminal(io.RawIOBase):
        def writable(self):
            return True

        def write(self, data):
            written.append(bytes(data))
            if len(written) == 1:  # here the signal arrives
                target._handle_termination(signal.SIGTERM, None)
            return len(data)

    handler = logging.StreamHandler(io.TextIOWrapper(io.BufferedWriter(Terminal(), 1), write_through=True))
    target.logger.addHandler(handler)
    try:
        target.logger.warning("a line")
        for thread in threading.enumerate():
            if thread.name == "said of a signal":
                thread.join()
    finally:
        target.logger.removeHandler(handler)
    assert b"".join(written) == b"a line\nReceived SIGTERM: the commit under way is finished first.\n"
    assert "Logging error" not in capsys.readouterr().err
