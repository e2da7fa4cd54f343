"""What a preflight check found: verdicts from Google's answers, and the lines that tell them. Pure.

A problem is a sentence that alone is enough to mend it, and makes the exit status 1; a warning doesn't.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias
from zoneinfo import available_timezones

from target_gsheets.credentials import Credentials
from target_gsheets.errors import RefusedError, RemoteError, TransientError
from target_gsheets.grid import a1_range
from target_gsheets.refusals import CLOCK_TOLERANCE_SECONDS, clock_error
from target_gsheets.settings import Settings
from target_gsheets.settings_table import DEFAULT_CALLS_PER_MINUTE
from target_gsheets.workbook import MAX_CELLS, Sheet, Workbook, mirrored_sheets, parse_workbook

Request: TypeAlias = "dict[str, Any]"

# What spreadsheets.get is asked for: a run's fields, and what only people want to know.
CHECK_FIELDS = (
    "spreadsheetUrl,properties(title,timeZone,locale),developerMetadata,"
    "sheets(properties(sheetId,title,index,hidden,gridProperties(rowCount,columnCount,frozenRowCount,frozenColumnCount)),"
    "developerMetadata,"
    "protectedRanges(protectedRangeId,description,range,namedRangeId,warningOnly,requestingUserCanEdit))"
)
# A request that only an editor may send and that changes nothing: it deletes metadata under a key that nobody uses.
# Google checks authorisation before it validates anything (AIP-211), so that 403 means no and any other answer yes.
PROBE: Request = {
    "deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataKey": "target-gsheets-check-none"}}}
}
CROWDED_SHARE = 0.8


class Level(Enum):
    """How bad it is, as the report shows it."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "PROBLEM"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    text: str
    level: Level = Level.OK


def problem(subject: str, error: Exception | str) -> Finding:
    """A finding that something has to be mended, or waited for."""
    text = " ".join(str(error).split())
    wait = " Try again in a minute." if isinstance(error, TransientError) else ""
    return Finding(subject, f"{text}{wait}", Level.PROBLEM)


def account_of(credentials: Credentials) -> str:
    """Whom Google takes us for, as far as we know."""
    return credentials.email or ("the emulator's own" if credentials.source == "emulator" else "the account in use")


def judge_clock(ahead: float | None) -> Iterator[Finding]:
    """How our clock compares with Google's; `ahead` in seconds, known to the second, None before any answer."""
    if ahead is None:
        return
    if abs(ahead) <= CLOCK_TOLERANCE_SECONDS:
        yield Finding("clock", f"within {CLOCK_TOLERANCE_SECONDS} seconds of Google's")
    else:
        text = (
            f"This machine's clock is {clock_error(ahead)}. Google refuses keys once it is off by some minutes: set "
            "it, best by NTP, as in 'timedatectl set-ntp true'."
        )
        yield Finding("clock", text, Level.WARNING)


def judge_editing(error: RemoteError | None, settings: Settings) -> Finding:
    """The answer to the request that changes nothing."""
    if error is None:
        return Finding("editing", f"{account_of(settings.credentials)} may change the workbook")
    if isinstance(error, RefusedError):
        text = f"{account_of(settings.credentials)} may most likely change the workbook; Google answered: {error}"
        return Finding("editing", text, Level.WARNING)
    return problem("editing", error)


def judge_workbook(answer: Mapping[str, Any], settings: Settings) -> Iterator[Finding]:
    """All that a spreadsheets.get answer tells."""
    workbook = parse_workbook(answer)
    yield Finding("workbook", f"{workbook.title!r}, {answer.get('spreadsheetUrl') or settings.link}")
    yield judge_zone(workbook, settings, str(answer.get("properties", {}).get("locale", "unknown")))
    yield from judge_sheets(workbook)
    yield judge_cells(workbook)
    yield judge_quota(settings)
    yield from judge_protections(answer, workbook, settings)


def judge_zone(workbook: Workbook, settings: Settings, locale: str) -> Finding:
    """The zone in which instants will be shown."""
    if settings.timezone is not None:
        text = f"{settings.timezone} ('timezone'; the workbook's is {workbook.timezone}), locale {locale}"
        return Finding("time zone", text)
    if workbook.timezone in available_timezones():
        return Finding("time zone", f"{workbook.timezone} (the workbook's own), locale {locale}")
    text = f"The workbook's time zone {workbook.timezone!r} is unknown on this machine: set 'timezone'."
    return Finding("time zone", text, Level.WARNING)


def judge_sheets(workbook: Workbook) -> Iterator[Finding]:
    """Which sheets mirror streams, and streams that two tabs claim."""
    ours = [(sheet, sheet.mark.stream) for sheet in workbook.sheets if sheet.mark]
    others = sum(1 for sheet in workbook.sheets if sheet.note is None)
    names = ", ".join(
        stream if sheet.title == stream else f"{stream} (tab {sheet.title!r})"
        for sheet, stream in sorted(ours, key=lambda found: found[1])
    )
    yield Finding("sheets", f"{len(ours)} of ours{': ' if ours else ''}{names}; {others} of other people's")
    mirrored = mirrored_sheets(workbook)
    for copy, stream in ours:
        if copy is not (original := mirrored[stream]):
            text = (
                f"The tab {copy.title!r} is a copy of {original.title!r}, which alone is mirrored: delete the copy, or "
                "copy what it shows to a tab of your own."
            )
            yield Finding("sheets", text, Level.WARNING)


def judge_cells(workbook: Workbook) -> Finding:
    """How much of what Google allows is used; blank cells count."""
    used = MAX_CELLS - workbook.spare_cells
    text = f"{used:,} of {MAX_CELLS:,} that a workbook may have ({used / MAX_CELLS:.1%}), blank ones included"
    if used < CROWDED_SHARE * MAX_CELLS:
        return Finding("cells", f"{text}; with --dry-run and a tap's messages you see how many there will be")
    largest = sorted(workbook.sheets, key=lambda sheet: -sheet.cells)[:3]
    sizes = ", ".join(f"{sheet.title!r} ({sheet.row_count:,} x {sheet.column_count:,})" for sheet in largest)
    text = f"{text}: delete tabs, or blank rows and columns. The largest are {sizes}."
    return Finding("cells", text, Level.WARNING if workbook.spare_cells > 0 else Level.PROBLEM)


def judge_quota(settings: Settings) -> Finding:
    """How often Google will be called, against what it allows."""
    paces = {
        "quota_reads_per_minute": settings.quota_reads_per_minute,
        "quota_writes_per_minute": settings.quota_writes_per_minute,
    }
    hasty = [f"'{name}' is {pace:,g}" for name, pace in paces.items() if pace > DEFAULT_CALLS_PER_MINUTE]
    if hasty:
        text = (
            f"{' and '.join(hasty)}, and Google allows an account {DEFAULT_CALLS_PER_MINUTE} calls of a kind a minute, "
            "unless the project's quota was raised: then all is well, else it refuses what is beyond, and a run waits."
        )
        return Finding("quota", text, Level.WARNING)
    reads, writes = paces.values()
    text = f"at most {reads:g} reads and {writes:g} writes a minute; a run without changes makes 2 reads and no write"
    return Finding("quota", text)


def judge_protections(answer: Mapping[str, Any], workbook: Workbook, settings: Settings) -> Iterator[Finding]:
    """Protected ranges on our sheets that the account may not pass."""
    ours = {sheet.sheet_id: sheet for sheet in workbook.sheets if sheet.note is not None}
    for found in answer.get("sheets", ()):
        sheet = ours.get(found["properties"].get("sheetId", 0))
        for protection in found.get("protectedRanges", ()) if sheet else ():
            if not protection.get("warningOnly") and not protection.get("requestingUserCanEdit"):
                yield problem("protection", protection_sentence(sheet, protection, settings))


def protection_sentence(sheet: Sheet | None, protection: Mapping[str, Any], settings: Settings) -> str:
    """Which range it is, and how to let the account pass."""
    title = sheet.title if sheet else ""
    name = f" ({protection['description']!r})" if protection.get("description") else ""
    return (
        f"{place_of(title, protection.get('range', {}))}{name} is protected against "
        f"{account_of(settings.credentials)}, so that rows can't be kept up to date there: open {settings.link}, "
        "choose Data, Protect sheets and ranges, and let this account edit the range, or remove the protection."
    )


def place_of(title: str, grid: Mapping[str, int]) -> str:
    """A range in A1 notation, or the whole tab."""
    names = ("startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex")
    if all(name in grid for name in names[1::2]):
        return a1_range(title, *(grid.get(name, 0) for name in names))
    return f"The tab {title!r}" if not grid.keys() - {"sheetId"} else f"A part of the tab {title!r}"


def is_sound(findings: Sequence[Finding]) -> bool:
    """Whether a run can be expected to work."""
    return not any(found.level is Level.PROBLEM for found in findings)


def report_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """The report, a line for each finding, and what it comes to."""
    for found in findings:
        yield f"{found.level.value:<8} {found.subject:<11} {found.text}"
    problems = sum(1 for found in findings if found.level is Level.PROBLEM)
    if problems:
        yield f"\n{problems} problem{'s' if problems > 1 else ''}. Nothing was changed."
    else:
        yield "\nReady to run. Nothing was changed."
