"""Google's limits, counted before anything is sent."""

from __future__ import annotations

import pytest

from target_gsheets import limits
from target_gsheets.errors import LimitError, SheetError
from target_gsheets.limits import MAX_COMMIT_REQUESTS, pack, refuse_too_large, refuse_too_wide


def test_a_workbook_at_the_limit_is_let_through():
    refuse_too_large([("users", 9_000_000), ("_sync", 1_000_000)])


def test_a_workbook_that_would_outgrow_google_is_refused_by_name():
    sizes = [("_sync", 1), ("posts", 999_990), ("x", 9), ("users", 9_000_000), ("y", 1)]
    words = (
        r"10,000,001 cells.*tabs are 'users' \(9,000,000 cells\), 'posts' \(999,990 cells\), 'x' \(9 cells\): delete"
    )
    with pytest.raises(LimitError, match=words):
        refuse_too_large(sizes)


def test_a_stream_with_too_many_columns_is_refused_by_name():
    with pytest.raises(SheetError, match="needs 18,279 columns, and a sheet holds 18,278: leave some out in the tap's"):
        refuse_too_wide(18_279)
    refuse_too_wide(18_278)


@pytest.mark.parametrize(("limit", "sizes"), [(10_000_000, [5]), (60, [2, 2, 1]), (40, [1, 1, 1, 1, 1]), (1, [1] * 5)])
def test_requests_are_packed_in_order_and_by_size(monkeypatch, limit, sizes):
    monkeypatch.setattr(limits, "MAX_COMMIT_BYTES", limit)
    requests = [{"addSheet": {"n": number}} for number in range(5)]
    commits = list(pack([("users", request) for request in requests], MAX_COMMIT_REQUESTS))
    assert [request for commit in commits for request in commit.requests] == requests
    assert [len(commit.requests) for commit in commits] == sizes


def test_no_commit_has_more_requests_than_it_may():
    assert [len(commit.requests) for commit in pack([("users", {})] * 5, 2)] == [2, 2, 1]
    assert MAX_COMMIT_REQUESTS < 100_000
