"""The pace of calls: never faster than the quota, slower after a refusal, and nobody waits without need."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_gsheets.api import SheetsApi
from target_gsheets.errors import TransientError
from target_gsheets.quota import Bucket
from target_gsheets.settings import parse_settings


def times_of_calls(bucket, gaps):
    """When calls are made by somebody who waits as told, and works for these seconds after each."""
    now, times = 0.0, []
    for gap in gaps:
        now += bucket.take(now)
        times.append(now)
        now += gap
    return times


@given(st.integers(1, 100), st.lists(st.floats(0, 30), max_size=300))
def test_no_minute_sees_more_calls_than_a_full_bucket_and_its_refill(per_minute, gaps):
    times = times_of_calls(Bucket(per_minute, 0.0), gaps)
    for first, time in enumerate(times):
        assert sum(time <= other < time + 60 for other in times[first:]) <= 2 * per_minute + 1


@given(st.integers(1, 100), st.integers(1, 200))
def test_calls_at_the_quota_s_own_pace_never_wait(per_minute, count):
    bucket = Bucket(per_minute, 0.0)
    assert max(bucket.take(number * 60 / per_minute) for number in range(count)) < 1e-6


def test_a_refusal_empties_the_bucket_and_halves_the_pace():
    bucket = Bucket(60, 0.0)
    assert bucket.take(0.0) == 0
    bucket.slow_down()
    assert bucket.take(0.0) == pytest.approx(2)
    for _ in range(10):
        bucket.slow_down()
    assert bucket.per_minute == 1


class Clock:
    """A clock that only waiting moves."""

    def __init__(self):
        self.now = 0.0
        self.waits = []

    def __call__(self):
        return self.now

    def pause(self, seconds):
        self.now += seconds
        self.waits.append(seconds)


def open_api(workbook, clock, **config):
    return SheetsApi(parse_settings({**workbook.config, **config}, {}), clock, clock.pause)


def test_reads_and_writes_have_buckets_of_their_own_and_long_waits_are_announced(workbook, caplog):
    caplog.set_level(logging.WARNING)
    clock = Clock()
    api = open_api(workbook, clock, quota_reads_per_minute=2, quota_writes_per_minute=6)
    for _ in range(3):
        api.read_workbook()
    assert clock.waits == [0, 0, 30]
    api.batch_update([{"updateSpreadsheetProperties": {"properties": {"title": "T"}, "fields": "title"}}])
    assert clock.waits[3:] == [0]
    assert "spreadsheets.get waits 30 seconds, so that Google isn't called more than 2 times a minute." in caplog.text


def test_a_429_halves_the_pace(workbook):
    clock = Clock()
    api = open_api(workbook, clock, quota_reads_per_minute=60)
    workbook.emulator.set_faults({"kind": "429", "when": "before", "nth": 1})
    with pytest.raises(TransientError, match="429"):
        api.read_workbook()
    api.read_workbook()
    assert clock.waits == [0, 2]
