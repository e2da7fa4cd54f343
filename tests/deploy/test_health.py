"""A container is healthy while its workbook is fresh, by the ticks of its schedule."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from db_sync.cron import parse_cron
from db_sync.health import complaint

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


FIVE = "*/5 * * * *"
OFFICE = "0 8-18 * * 1-5"
EARLY = "2026-11-01 00:00"
# Schedule, now, start, last success, whether it is healthy. 20 November 2026 is a Friday.
CASES = {
    "a minute old": (FIVE, "2026-11-20 12:01", EARLY, "2026-11-20 12:00:04", True),
    "two ticks missed": (FIVE, "2026-11-20 12:14:59", EARLY, "2026-11-20 12:00:04", True),
    "three ticks missed": (FIVE, "2026-11-20 12:15:00", EARLY, "2026-11-20 12:00:04", False),
    "just started": (FIVE, "2026-11-20 12:00", "2026-11-20 11:58", "2026-11-19 12:00", True),
    "started long ago and never well": (FIVE, "2026-11-20 12:00", "2026-11-20 11:44", None, False),
    "before the first tick": (FIVE, "2026-11-20 12:04:59", "2026-11-20 12:00:01", None, True),
    "in the first run": (FIVE, "2026-11-20 12:04", "2026-11-20 11:56", None, True),
    "two ticks after the start": (FIVE, "2026-11-20 12:09", "2026-11-20 11:56", None, True),
    "three ticks after the start": (FIVE, "2026-11-20 12:10", "2026-11-20 11:56", None, False),
    "over a weekend": (OFFICE, "2026-11-23 09:30", EARLY, "2026-11-20 18:01", True),
    "a weekend and a morning": (OFFICE, "2026-11-23 10:00", EARLY, "2026-11-20 18:01", False),
    "a success that is to come": (FIVE, "2026-11-20 11:00", EARLY, "2027-11-20 12:00", False),
    "a start that is to come": (FIVE, "2026-11-20 11:00", "2027-11-20 12:00", "2026-11-20 10:00", False),
    "a start to come and a success": (FIVE, "2026-11-20 11:01", "2027-11-20 12:00", "2026-11-20 11:00:09", True),
}


@pytest.mark.parametrize(("cron", "now", "started", "success", "healthy"), CASES.values(), ids=CASES)
def test_freshness(cron: str, now: str, started: str, success: str | None, healthy: bool) -> None:
    said = complaint(parse_cron(cron), PARIS, at(now), at(started), None if success is None else at(success))
    assert (said is None) is healthy


# The last success, when the run that holds the lock began, and whether it is healthy at noon with a timeout of an hour.
RUNNING = {
    "a long run after a good one": ("2026-11-20 11:15:09", "2026-11-20 11:20", True),
    "a first run that is long": (None, "2026-11-20 11:15", True),
    "a run that began too late": ("2026-11-20 11:00:09", "2026-11-20 11:45", False),
    "the second run after a bad one": ("2026-11-20 11:15:09", "2026-11-20 11:45", False),
    "a run that is older than its timeout": ("2026-11-20 10:55:09", "2026-11-20 11:00", False),
    "a run that is to begin": ("2026-11-20 11:00:09", "2026-11-20 13:00", False),
}


@pytest.mark.parametrize(("success", "began", "healthy"), RUNNING.values(), ids=RUNNING)
def test_a_run_that_goes_on_is_judged_by_what_there_was_when_it_began(
    success: str | None, began: str, healthy: bool
) -> None:
    said = complaint(
        parse_cron(FIVE), PARIS, at("2026-11-20 12:00"), at("2026-11-20 11:05"), at(success) if success else None,
        running=at(began), timeout=3600,
    )  # fmt: skip
    assert (said is None) is healthy


def test_the_complaint_says_that_the_last_success_is_to_come() -> None:
    said = complaint(parse_cron(FIVE), PARIS, at("2026-11-20 13:00"), at(EARLY), at("2027-11-20 12:00"))
    assert said is not None
    assert "the last was at 2027-11-20T11:00:00+00:00, which is to come: the clock was wrong" in said


def utc(text: str) -> float:
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


def test_the_start_of_summer_time_is_no_hour_without_success() -> None:
    now = utc("2026-03-29T01:00:30")  # 03:00:30, a minute after 01:59:30
    assert complaint(parse_cron(FIVE), PARIS, now, 0, now - 31) is None


def test_the_end_of_summer_time_is_no_hour_that_forgives() -> None:
    now = utc("2026-10-25T01:30:30")  # 02:30:30 for the second time
    assert complaint(parse_cron(FIVE), PARIS, now, 0, now - 21 * 60) is not None
    assert complaint(parse_cron(FIVE), PARIS, now, 0, now - 9 * 60) is None


def test_the_complaint_says_when_the_last_success_was() -> None:
    said = complaint(parse_cron(FIVE), PARIS, at("2026-11-20 13:00"), at(EARLY), at("2026-11-20 12:00:04"))
    assert said is not None
    assert "the last was at 2026-11-20T11:00:04+00:00" in said
