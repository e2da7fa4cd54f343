"""Doing something again while its outcome is unknown, with growing, jittered waits in between."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import tenacity

from target_gsheets.errors import RemoteError, TransientError

Answer = TypeVar("Answer")

LONGEST_WAIT_SECONDS = 32

logger = logging.getLogger("target-gsheets")


def patiently(seconds: float, pause: Callable[[float], None], work: Callable[[], Answer]) -> Answer:
    """Do something until it raises no TransientError; raise RemoteError when it has failed for so many seconds.

    `pause` waits, and may raise TransientError where nothing shall be tried again.
    """
    attempts = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(TransientError),
        wait=tenacity.wait_random_exponential(multiplier=1, max=LONGEST_WAIT_SECONDS),
        stop=FailingFor(seconds),
        sleep=pause,
        before_sleep=log_wait,
        reraise=True,
    )
    try:
        return attempts(work)
    except TransientError as exc:
        raise RemoteError(
            f"Gave up after {seconds:g} seconds of retrying ('retry_seconds'): {exc} "
            "The next run will take up where this one left off."
        ) from exc


class FailingFor(tenacity.stop.stop_base):
    """Stops some seconds after the first failure: a long piece of work that fails late has its retries too."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.first: float | None = None

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        """Whether the next attempt would begin too late."""
        failed_at = retry_state.outcome_timestamp or 0.0
        self.first = failed_at if self.first is None else self.first
        return failed_at + retry_state.upcoming_sleep - self.first > self.seconds


def log_wait(state: tenacity.RetryCallState) -> None:
    """Say why and how long we wait."""
    error = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0.0
    logger.warning("%s Looking again in %.1f seconds.", error, wait)
