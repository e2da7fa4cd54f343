"""A run in figures: the target's report -> a table for people, one line of log, and Prometheus' text.

Pure. The report is the target's JSON object (`report_path`); where a run ends before the target can write one there is
none, and everything here says so rather than repeating the one before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CELLS_LIMIT = 10_000_000
CALLS_PER_MINUTE = 60
SIZES = ("rows", "columns")
# What the target says of a stream where the run ended before its sheet was looked at.
NOT_REACHED = "the run failed before this stream was in its sheet"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: Meltano's exit status, wall-clock seconds, the Unix time, the target's report and the tap's
    last error, if any.
    """

    status: int
    seconds: float
    finished: float
    report: Mapping[str, Any] | None
    tap_error: str | None = None

    @property
    def error(self) -> str | None:
        """Why the run failed, in the target's words or else in the tap's."""
        return (self.report or {}).get("error") or (self.tap_error if self.status else None)

    @property
    def streams(self) -> Sequence[Mapping[str, Any]]:
        """The report's streams."""
        return (self.report or {}).get("streams") or ()

    def calls(self, kind: str) -> int:
        """API calls of one kind: reads, writes or refused."""
        return int(((self.report or {}).get("calls") or {}).get(kind) or 0)

    def total(self, name: str) -> int:
        """The sum of one figure over all streams."""
        return sum(int(stream.get(name) or 0) for stream in self.streams)


def parse_report(text: str) -> Mapping[str, Any] | None:
    """The report's object, or None where the text isn't one."""
    try:
        report = json.loads(text)
    except ValueError:
        return None
    return report if isinstance(report, dict) and report.get("event") == "run_report" else None


def recall(report: Mapping[str, Any] | None, known: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Fill in the figures of sheets that weren't read because nothing changed: they are those of the run before."""
    if report is None:
        return None
    streams = []
    for stream in report.get("streams") or ():
        before = known.get(str(stream.get("stream"))) or {}
        missing = {name: before.get(name) for name in SIZES if stream.get(name) is None}
        streams.append({**stream, **missing})
    return {**report, "streams": streams}


def sizes(ended: Ended) -> dict[str, dict[str, Any]]:
    """What the next run is to know of this one's sheets."""
    return {str(stream.get("stream")): {name: stream.get(name) for name in SIZES} for stream in ended.streams}


def parse_sizes(text: str) -> Mapping[str, Any]:
    """The sizes that a run left, or none where the text isn't an object."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def log_fields(ended: Ended) -> dict[str, Any]:
    """What one line of log says about a run; its streams are there with it."""
    report = {name: value for name, value in (ended.report or {}).items() if name != "event"}
    return {**report, "error": ended.error, "status": ended.status, "wall_seconds": round(ended.seconds, 3)}


def describe_changes(stream: Mapping[str, Any]) -> str:
    """The changes of a sheet in a few characters, as in `+2 ~1 -3`."""
    signs = {"+": "added", "~": "changed", "-": "removed"}
    return " ".join(f"{sign}{stream[name]:,}" for sign, name in signs.items() if stream.get(name)) or "-"


def render_table(ended: Ended) -> str:
    """The sheets with their rows, columns and changes, and the sums of the run."""
    failed = [f"Failed: {ended.error}", ""] if ended.error else []
    if ended.report is None:
        return "\n".join([*failed, f"The target wrote no report: the log above says why. Exit status {ended.status}."])
    streams = [stream for stream in ended.streams if is_reached(stream)]
    rows = [
        (
            str(stream.get("sheet") or stream.get("stream")),
            figure(stream.get("rows")),
            figure(stream.get("columns")),
            "failed" if stream.get("error") else describe_changes(stream),
            str(stream.get("error") or stream.get("note") or ""),
        )
        for stream in streams
    ]
    table = [*align([("sheet", "rows", "columns", "changes", ""), *rows]), ""] if rows or not failed else []
    lines = [*failed, *table]
    lines.append(f"{sums_line(streams, len(ended.streams))}; {calls_line(ended)}; {ended.seconds:.1f} s")
    return "\n".join(lines)


def is_reached(stream: Mapping[str, Any]) -> bool:
    """Whether the run came as far as this stream's sheet."""
    return NOT_REACHED not in (stream.get("error"), stream.get("note"))


def sums_line(reached: Sequence[Mapping[str, Any]], streams: int) -> str:
    """How many sheets and rows there are, and how many of the sheets the run didn't reach, or have unknown rows."""
    counted = [int(stream["rows"]) for stream in reached if stream.get("rows") is not None]
    unknown = len(reached) - len(counted)
    parts = [count(len(reached), "sheet")] if reached or not streams else []
    if counted or not streams:
        parts.append(count(sum(counted), "row") + (f" ({unknown} not counted)" if unknown else ""))
    if streams > len(reached):
        parts.append(f"{count(streams - len(reached), 'sheet')} not reached")
    return ", ".join(parts)


def count(number: int, what: str) -> str:
    """A number of things, as in `1 row` and `2,000 rows`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def figure(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else ""


def calls_line(ended: Ended) -> str:
    refused = f", {ended.calls('refused')} refused" if ended.calls("refused") else ""
    return f"{count(ended.calls('reads'), 'read')} and {count(ended.calls('writes'), 'write')}{refused}"


def align(rows: Sequence[Sequence[str]], figures: int = 2) -> list[str]:
    """Columns side by side; so many after the first hold figures and are moved to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(pad(*each, 0 < at <= figures) for at, each in enumerate(zip(row, widths, strict=True))).rstrip()
            for row in rows]  # fmt: skip


def pad(cell: str, width: int, is_figure: bool) -> str:
    return cell.rjust(width) if is_figure else cell.ljust(width)


@dataclass(frozen=True, slots=True)
class Metric:
    """One gauge with its samples, each a pair of labels and a value."""

    name: str
    help: str
    samples: Sequence[tuple[Mapping[str, str], float]]


def render_metrics(ended: Ended, workbook: str, last_success: float | None) -> str:
    """The text exposition format, for node-exporter's textfile collector."""
    lines = []
    for metric in metrics_of(ended, last_success):
        lines += [f"# HELP db_sync_{metric.name} {metric.help}", f"# TYPE db_sync_{metric.name} gauge"]
        for labels, value in metric.samples:
            shown = ",".join(f'{name}="{escape(text)}"' for name, text in {"workbook": workbook, **labels}.items())
            lines.append(f"db_sync_{metric.name}{{{shown}}} {value:.15g}")
    return "\n".join(lines) + "\n"


def metrics_of(ended: Ended, last_success: float | None) -> Iterable[Metric]:
    """What the last run says of itself, and when the last good one was."""
    if last_success is not None:
        yield Metric(
            "last_success_timestamp_seconds", "When the last run without an error ended.", [({}, last_success)]
        )
    yield Metric("last_run_timestamp_seconds", "When the last run ended.", [({}, ended.finished)])
    yield Metric("last_run_success", "1 where the last run ended without an error.", [({}, float(not ended.status))])
    yield Metric("last_run_seconds", "How long the last run took.", [({}, ended.seconds)])
    if ended.report is None:
        return
    rows = [({"stream": str(s.get("stream"))}, float(s["rows"])) for s in ended.streams if s.get("rows") is not None]
    yield Metric("rows", "Rows of a stream's sheet.", rows)
    changes = [({"change": name}, float(ended.total(name))) for name in ("added", "changed", "removed")]
    yield Metric("last_run_changed_rows", "Rows that the last run changed.", changes)
    cells = float(ended.total("changed_cells"))
    yield Metric("last_run_changed_cells", "Cells that the last run changed in rows that it kept.", [({}, cells)])
    calls = [({"kind": kind}, float(ended.calls(kind))) for kind in ("reads", "writes", "refused")]
    yield Metric(
        "last_run_api_calls", "Calls of the Sheets API in the last run; refused ones were answered 429.", calls
    )
    minutes = max(ended.seconds / 60, 1)
    used = [({"kind": kind}, ended.calls(kind) / minutes / CALLS_PER_MINUTE) for kind in ("reads", "writes")]
    yield Metric("quota_used_ratio", "Calls per minute in the last run, as a share of Google's limit of 60.", used)
    if (size := ended.report.get("cells")) is not None:
        yield Metric("workbook_cells", "Cells of the workbook's grids.", [({}, float(size))])
        yield Metric("workbook_cells_limit", "Cells that a workbook may have.", [({}, float(CELLS_LIMIT))])


def escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
