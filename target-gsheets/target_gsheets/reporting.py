"""How a run's report leaves: one line of the log and, where a setting names it, a file.

The file is replaced in one piece, so that who reads it never sees half of one. A report that can't be written is a
warning: the run was what it was.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

from target_gsheets.credentials import is_like_a_path
from target_gsheets.errors import TargetGSheetsError, shown
from target_gsheets.report import RunReport

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
        # Somebody may have put a key there.
        where = path if is_like_a_path(str(path)) else shown(str(path))
        logger.warning("The report can't be written to 'report_path', %s: %s.", where, exc.strerror)


def sentence_of(exc: BaseException, failed: str) -> str | None:
    """How a run failed, in a sentence without secrets, where it ended so; `failed` says what it had found by then."""
    if isinstance(exc, TargetGSheetsError):
        return " ".join(str(exc).split())
    if isinstance(exc, SystemExit):
        return None if not exc.code else failed or f"The run ended with exit status {exc.code}."
    return failed or f"The run ended in an error that nobody foresaw ({type(exc).__name__}): its log has the place."
