"""How a run's report leaves: one line of the log and, where a setting names it, a file.

The file is replaced in one piece, so that who reads it never sees half of one. A report that can't be written is a
warning: the run was what it was.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from target_gsheets.command import SAID_ERRORS, one_line
from target_gsheets.credentials import is_like_a_path
from target_gsheets.errors import ConfigurationError, shown
from target_gsheets.report import RunReport
from target_gsheets.settings import parse_path

logger = logging.getLogger("target-gsheets")


def publish(report: RunReport, path: Path | None) -> None:
    """Log a report, and write it to a file that anybody on this machine may read."""
    text = json.dumps(report.to_json(), ensure_ascii=False)
    logger.info(text)
    if path is None:
        return
    beside = path.with_name(f".{path.name}.{report.run}")
    try:
        beside.write_text(text + "\n", encoding="utf-8")
        beside.chmod(0o644)
        beside.replace(path)
    except OSError as exc:
        with suppress(OSError):
            beside.unlink()
        # Somebody may have put a key there.
        where = path if is_like_a_path(str(path)) else shown(str(path))
        logger.warning("The report can't be written to 'report_path', %s: %s.", where, exc.strerror)


def new_run_id() -> str:
    """Twelve hexadecimal digits that no other run has."""
    return f"{random.getrandbits(48):012x}"


@contextmanager
def reporting_refusal(config: Mapping[str, Any]) -> Iterator[None]:
    """Report on a run that ends before it begins, since its settings are refused."""
    started = time.time()
    try:
        yield
    except SAID_ERRORS as exc:
        path, given = None, config.get("report_path")
        with suppress(ConfigurationError):
            path = parse_path("report_path", given) if isinstance(given, str) and given.strip() else None
        publish(RunReport(new_run_id(), started, time.time(), spreadsheet_id="", error=one_line(exc)), path)
        raise


def sentence_of(exc: BaseException, failed: str) -> str | None:
    """How a run failed, in a sentence without secrets, where it ended so; `failed` says what it had found by then."""
    if isinstance(exc, SAID_ERRORS):
        return one_line(exc)
    if isinstance(exc, SystemExit):
        return None if not exc.code else failed or f"The run ended with exit status {exc.code}."
    return failed or f"The run ended in an error that nobody foresaw ({type(exc).__name__}): its log has the place."
