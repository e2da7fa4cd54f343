"""What a run knows of its streams at the end, and what of the STATE it passes on."""

from __future__ import annotations

import pytest

from target_gsheets.errors import SourceError
from target_gsheets.intake import Intake
from target_gsheets.proof import Verdict


def intake_of(*streams, state):
    """An input with these streams, of one record each, that ended on a STATE of this value."""
    intake = Intake()
    for stream in streams:
        intake.see_schema(stream, [stream], incremental=False)
        intake.see_records(stream, None)
    intake.see_state(state)
    return intake


def test_a_state_without_failures_is_passed_on_as_it_came():
    state = {"bookmarks": {"users": {}, "public-users": {}}, "other": 1}
    assert intake_of("users", state=state).state_to_pass_on(()) == state


@pytest.mark.parametrize(
    ("bookmarks", "passed_on"),
    [
        ({"users": {"at": 1}, "posts": {"at": 2}}, {"posts": {"at": 2}}),
        ({"posts": {"at": 2}}, {"posts": {"at": 2}}),
        ({"users": {"at": 1}, "of-last-week": {"at": 2}}, {"of-last-week": {"at": 2}}),
        ({"public-users": {"at": 1}, "posts": {"at": 2}}, None),
        ({"public-users": {"at": 1}, "public-posts": {"at": 2}}, None),
        ({}, {}),
    ],
    ids=["its-own", "no-entry-of-it", "entry-of-no-stream", "one-id-of-the-tap-s-own", "ids-of-the-tap-s-own", "none"],
)
@pytest.mark.parametrize("how", ["failed", "behind"])
def test_no_bookmark_of_a_stream_that_is_not_in_the_workbook_is_passed_on(bookmarks, passed_on, how):
    intake = intake_of("users", "posts", state={"bookmarks": bookmarks})
    if how == "failed":
        intake.fail("users", "a reason")
    state = intake.state_to_pass_on({"users"} if how == "behind" else ())
    assert state == (None if passed_on is None else {"bookmarks": passed_on})


def test_a_failed_stream_stops_a_state_of_unknown_shape():
    intake = intake_of("users", state={"users": 1})
    intake.fail("users", "a reason")
    assert intake.state_to_pass_on(()) is None


def test_a_stream_s_entry_of_an_earlier_state_does_not_speak_of_its_end():
    given = {"bookmarks": {"users": {"version": 1}}}
    intake = Intake()
    intake.see_state(given)
    intake.see_schema("users", ["users"], incremental=False)
    intake.see_records("users", None)
    intake.see_state(given)
    assert intake.verdicts() == {"users": Verdict.UNPROVEN}
    intake.see_schema("users", ["users"], incremental=False)  # as a child stream's, which comes again and again
    intake.see_state({"bookmarks": {"users": {"version": 2}}})
    assert intake.verdicts() == {"users": Verdict.LIKELY_WHOLE}


def test_each_stream_is_judged_by_its_own_entry():
    intake = intake_of("users", "posts", state={"bookmarks": {"posts": {}}})
    assert intake.verdicts() == {"users": Verdict.UNPROVEN, "posts": Verdict.LIKELY_WHOLE}


def test_a_stream_under_an_alias_is_judged_and_left_out_by_its_own_name():
    intake = Intake()
    intake.see_schema("users", ["people"], incremental=False)
    intake.see_records("users", None)
    intake.see_state({"bookmarks": {"users": {"version": 1}}})
    assert intake.verdicts() == {"people": Verdict.LIKELY_WHOLE}
    assert intake.bookmark_digest("people") != ""
    assert intake.state_to_pass_on({"people"}) == {"bookmarks": {}}


def digest_of(bookmark):
    return intake_of("users", state={"bookmarks": {"users": bookmark}}).bookmark_digest("users")


@pytest.mark.parametrize("rest", [{}, {"last_replication_method": "FULL_TABLE"}, {"at": 1}], ids=["", "method", "at"])
def test_a_bookmark_is_the_same_whatever_its_version(rest):
    assert digest_of({"version": 1, **rest}) == digest_of({"version": 2, **rest}) != digest_of({"at": 2, "version": 1})


@pytest.mark.parametrize("bookmark", [{}, None], ids=["empty", "none"])
def test_without_a_bookmark_there_is_no_digest_of_it(bookmark):
    assert digest_of(bookmark) is None


def test_a_bookmark_that_is_no_object_marks_a_position():
    assert digest_of("2026-01-01") not in {None, "", digest_of("2026-01-02")}


def test_two_streams_under_one_alias_are_refused():
    intake = intake_of("users", state={})
    with pytest.raises(SourceError, match="'users' and 'posts' both come as 'users'"):
        intake.see_schema("posts", ["users"], incremental=False)


def test_a_stream_that_was_cut_short_has_failed():
    intake = Intake()
    intake.see_schema("users", ["users"], incremental=False)
    intake.see_records("users", 1)
    intake.last_line = 2
    assert intake.verdicts() == {"users": Verdict.CUT}
    assert intake.is_flawed
    assert "line 2, in the middle of this stream, after 1 records" in intake.failed["users"]
