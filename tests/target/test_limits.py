"""Google's limits, counted before anything is sent."""

from __future__ import annotations

import pytest

from target_gsheets import limits
from target_gsheets.errors import LimitError
from target_gsheets.limits import MAX_COMMIT_REQUESTS, pack, refuse_too_large


def test_a_workbook_at_the_limit_is_let_through():
    refuse_too_large({"users": (9_000_000, 10)}, other_cells=1_000_000)


def test_a_workbook_that_would_outgrow_google_is_refused_by_name():
    with pytest.raises(LimitError, match=r"10,000,001 cells.*users \(9,000,000 cells\), posts \(1,000,000 cells\)"):
        refuse_too_large({"posts": (1_000_000, 10), "users": (9_000_000, 10)}, other_cells=1)


def test_a_stream_with_too_many_columns_is_refused_by_name():
    with pytest.raises(LimitError, match="'wide' needs 18,279 columns"):
        refuse_too_large({"wide": (18_279, 18_279)}, other_cells=0)


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
