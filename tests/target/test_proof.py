"""Which streams may lose rows, which may only gain them, and which are left alone."""

from __future__ import annotations

import pytest

from target_gsheets.proof import Evidence, Verdict, entry_of, judge

RECORD, STATE = "record", "state"
ONE, TWO = {"version": 1}, {"version": 2}
UNFINISHED = {"bookmarks": {"s": {"progress_markers": {"id": 1}}}}


def verdict_of(messages, *, incremental=False, state=None, broken=False, before=None):
    """Judge a stream by its messages: `record`, `state` or a STATE's value, (record, version), (activate, version).

    `state` is the value of a plain `state`, `before` the one of a STATE that came before the stream.
    """
    seen = Evidence(incremental=incremental, entry=entry_of("s", before or {}))
    value = before
    for message in messages:
        if message == STATE or isinstance(message, dict):
            value = message if isinstance(message, dict) else {"bookmarks": {"s": {}}} if state is None else state
            seen.see_state(entry_of("s", value))
        elif message == RECORD:
            seen.see_records(None)
        elif message[0] == RECORD:
            seen.see_records(message[1])
        else:
            seen.see_activation(message[1])
    ended_on_state = bool(messages) and (messages[-1] == STATE or isinstance(messages[-1], dict))
    return judge("s", seen, state=value, ended_on_state=ended_on_state, broken=broken)


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
    "state",
    [UNFINISHED, {"currently_syncing": "s", "bookmarks": {"s": {}}},
     {"currently_syncing": "public-s", "bookmarks": {"s": {}}}],
    ids=["progress-markers", "currently-syncing", "currently-syncing-an-id-of-the-tap-s-own"],
)  # fmt: skip
def test_a_tap_that_was_still_at_work_proves_nothing(state):
    assert verdict_of([RECORD, STATE], state=state) is Verdict.UNPROVEN
    assert verdict_of([("activate", 1), STATE], state=state) is Verdict.SILENT


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ({"bookmarks": {"s": {}}, "currently_syncing": None}, Verdict.LIKELY_WHOLE),
        ({}, Verdict.UNPROVEN),
        ({"bookmarks": {}}, Verdict.UNPROVEN),
        ({"bookmarks": {"public-s": {}}}, Verdict.UNPROVEN),
        ({"bookmarks": {"s": None}}, Verdict.UNPROVEN),
        ({"bookmarks": {"s": {"partitions": []}}}, Verdict.UNPROVEN),
        ({"s": {}}, Verdict.UNPROVEN),
    ],
    ids=["whole", "sdk-tap-terminated", "other-streams", "an-id-of-the-tap-s-own", "null", "partitions", "other-shape"],
)
def test_a_stream_without_proof_is_whole_only_where_state_speaks_of_it(state, verdict):
    assert verdict_of([RECORD, STATE], state=state) is verdict


@pytest.mark.parametrize(
    ("messages", "verdict"),
    [
        ([RECORD, {"bookmarks": {"s": ONE}}], Verdict.UNPROVEN),
        ([RECORD, {"bookmarks": {"s": TWO}}], Verdict.LIKELY_WHOLE),
        ([RECORD, {"bookmarks": {"s": TWO}}, {"bookmarks": {"s": TWO, "t": {}}}], Verdict.LIKELY_WHOLE),
        ([RECORD, {"bookmarks": {"s": TWO}}, {"bookmarks": {}}], Verdict.UNPROVEN),
        ([RECORD, {"bookmarks": {"s": TWO}}, RECORD, {"bookmarks": {"s": TWO, "t": {}}}], Verdict.UNPROVEN),
    ],
    ids=["as-given", "moved-on", "moved-on-before-another-stream", "gone", "as-in-mid-stream"],
)
def test_an_entry_that_was_there_before_the_last_record_says_nothing_of_the_end(messages, verdict):
    assert verdict_of(messages, before={"bookmarks": {"s": ONE}}) is verdict


@pytest.mark.parametrize(
    ("entry", "resumed", "verdict"),
    [
        ({"file_hashes": {"a.json": "1f"}}, None, Verdict.UNPROVEN),
        ({"since": "2026-11-28"}, True, Verdict.UNPROVEN),
        ({"since": "2026-11-28"}, False, Verdict.LIKELY_WHOLE),
        ({"version": 1, "last_replication_method": "FULL_TABLE"}, None, Verdict.LIKELY_WHOLE),
    ],
    ids=["nobody-knows", "went-on", "began-anew", "whole-table"],
)
def test_a_tap_that_keeps_a_bookmark_may_have_left_out_what_it_had_sent_before(entry, resumed, verdict):
    seen = Evidence(resumed=resumed)
    seen.see_records(None)
    seen.see_state(entry)
    assert judge("s", seen, state={"bookmarks": {"s": entry}}, ended_on_state=True) is verdict


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ({"bookmarks": {"s": {}}}, Verdict.WHOLE),
        ({"bookmarks": {"s": {"at": 1}}}, Verdict.WHOLE),
        ({"s": 1}, Verdict.WHOLE),
        ({}, Verdict.SILENT),
        ({"bookmarks": {}}, Verdict.SILENT),
        ({"bookmarks": {"child": {}}}, Verdict.SILENT),
        ({"bookmarks": {"s": {"partitions": []}}}, Verdict.SILENT),
    ],
    ids=["its-entry", "its-entry-as-before", "other-shape", "sdk-tap-terminated", "no-entry", "other-streams",
         "child-of-the-first-parent"],
)  # fmt: skip
def test_a_stream_without_records_is_emptied_only_by_a_state_that_may_mean_it(state, verdict):
    assert verdict_of([("activate", 1), STATE], state=state, before={"bookmarks": {"s": {"at": 1}}}) is verdict


def test_a_new_version_begins_the_stream_anew():
    seen = Evidence()
    assert [seen.see_records(1), seen.see_records(1), seen.see_records(2)] == [False, False, True]
    assert seen.records == 1
