"""Which streams may lose rows, which may only gain them, and which are left alone."""

from __future__ import annotations

import pytest

from target_gsheets.proof import Evidence, Verdict, judge

RECORD, STATE = "record", "state"
UNFINISHED = {"bookmarks": {"s": {"progress_markers": {"id": 1}}}}


def verdict_of(messages, *, incremental=False, state=None, broken=False):
    """Judge a stream by its messages: `record`, `state`, (record, version), (activate, version)."""
    seen = Evidence(incremental=incremental)
    for message in messages:
        if message == STATE:
            seen.see_state()
        elif message == RECORD:
            seen.see_record(None)
        elif message[0] == RECORD:
            seen.see_record(message[1])
        else:
            seen.see_activation(message[1])
    last = messages[-1] if messages else None
    value = (state or {"bookmarks": {"s": {}}}) if STATE in messages else None
    return judge("s", seen, state=value, ended_on_state=last == STATE, broken=broken)


@pytest.mark.parametrize(
    ("messages", "verdict"),
    [
        ([(RECORD, 1), ("activate", 1), STATE], Verdict.WHOLE),
        ([(RECORD, 1), ("activate", 1)], Verdict.WHOLE),
        ([("activate", 1), STATE], Verdict.WHOLE),
        ([("activate", 1)], Verdict.SILENT),
        ([], Verdict.SILENT),
        ([STATE], Verdict.SILENT),
        ([(RECORD, 1)], Verdict.CUT),
        ([STATE, (RECORD, 1)], Verdict.CUT),
        ([(RECORD, 1), STATE], Verdict.CUT),
        ([(RECORD, 1), ("activate", 2), STATE], Verdict.CUT),
        ([("activate", 1), (RECORD, 1), STATE], Verdict.LIKELY_WHOLE),
        ([("activate", 1), (RECORD, 1)], Verdict.UNPROVEN),
        ([RECORD, STATE], Verdict.LIKELY_WHOLE),
        ([RECORD], Verdict.UNPROVEN),
        ([STATE, RECORD], Verdict.UNPROVEN),
        ([RECORD] * 1000 + [STATE], Verdict.UNPROVEN),
        ([("activate", 7), *[RECORD] * 10_000, STATE], Verdict.UNPROVEN),
    ],
    ids=[
        "activated", "activated-at-the-very-end", "emptied", "announced-and-died", "nothing", "nothing-changed",
        "killed", "killed-after-another-stream", "never-activated", "other-version", "sdk-tap", "sdk-tap-cut",
        "plain-tap", "plain-tap-without-state", "plain-tap-with-one-state", "round-number",
        "sdk-tap-died-after-its-state",
    ],
)  # fmt: skip
def test_the_verdict_follows_from_the_messages(messages, verdict):
    assert verdict_of(messages) is verdict


@pytest.mark.parametrize(
    "messages", [[RECORD, STATE], [(RECORD, 1), ("activate", 1), STATE]], ids=["plain", "activated"]
)
def test_an_incremental_stream_never_loses_rows(messages):
    assert verdict_of(messages, incremental=True) is Verdict.INCREMENTAL


@pytest.mark.parametrize(
    ("messages", "verdict"),
    [([RECORD], Verdict.CUT), ([RECORD, STATE, RECORD], Verdict.CUT), ([RECORD, STATE], Verdict.LIKELY_WHOLE),
     ([(RECORD, 1), ("activate", 1)], Verdict.WHOLE)],
    ids=["in-the-stream", "after-a-state", "after-the-stream", "after-its-proof"],
)  # fmt: skip
def test_a_line_that_is_no_message_cuts_the_stream_that_was_under_way(messages, verdict):
    assert verdict_of(messages, broken=True) is verdict


def test_an_incremental_stream_without_records_changes_nothing():
    assert verdict_of([("activate", 1), STATE], incremental=True) is Verdict.SILENT


@pytest.mark.parametrize(
    "state", [UNFINISHED, {"currently_syncing": "s"}], ids=["progress-markers", "currently-syncing"]
)
def test_a_tap_that_was_still_at_work_proves_nothing(state):
    assert verdict_of([RECORD, STATE], state=state) is Verdict.UNPROVEN


def test_a_new_version_begins_the_stream_anew():
    seen = Evidence()
    assert [seen.see_record(1), seen.see_record(1), seen.see_record(2)] == [False, False, True]
    assert seen.records == 1
