"""The settings that say what becomes of rows, columns and sheets. Pure."""

from __future__ import annotations

from typing import Any

from target_gsheets.departures import OnRemovedStream
from target_gsheets.titles import DEFAULT_TEMPLATE

ON_REMOVED_COLUMN = ("delete", "keep")
ON_REMOVED_STREAM = tuple(policy.value for policy in OnRemovedStream)

SHEET_SETTINGS: dict[str, Any] = {
    "load_method": {
        "type": ["string", "null"],
        "title": "Load method",
        "description": "overwrite: a sheet equals its stream; upsert: rows are added and changed by their key, none is "
        "removed; append-only: every record is one more row. A stream that brings changes only is upserted, or "
        "appended to where it has no key. Default: overwrite.",
    },
    "load_method_overrides": {
        "type": ["object", "string", "null"],
        "additionalProperties": {"type": "string"},
        "title": "Load methods of some streams",
        "description": "Load methods of streams by patterns, as in events=append-only,*_log=upsert; the first pattern "
        "that fits counts.",
    },
    "hard_delete": {
        "type": ["boolean", "string", "null"],
        "title": "Hard delete",
        "description": "Remove the rows whose record carries _sdc_deleted_at, and of an upserted stream those that are "
        "missing from a version that came whole. Default: false.",
    },
    "on_removed_column": {
        "type": ["string", "null"],
        "title": "On a removed column",
        "description": "What becomes of a column that left the stream: delete, or keep it with its cells under a grey "
        f"header. Default: {ON_REMOVED_COLUMN[0]}.",
    },
    "on_removed_stream": {
        "type": ["string", "null"],
        "title": "On a removed stream",
        "description": "What becomes of a sheet of ours whose stream didn't come: keep, hide or delete. The last two "
        f"say that each run covers all streams of the workbook. Default: {ON_REMOVED_STREAM[0]}.",
    },
    "adopt_existing": {
        "type": ["boolean", "string", "null"],
        "title": "Take over existing sheets",
        "description": "Take over a sheet that has a stream's title but other columns, and keep what it held in a "
        "hidden copy. Default: false, and the stream gets a sheet with a number behind its title.",
    },
    "sheet_title": {
        "type": ["string", "null"],
        "title": "Title of a sheet",
        "description": "What a new sheet is called, with {stream} for the name of its stream, as in Shop {stream}. "
        f"Default: {DEFAULT_TEMPLATE}.",
    },
}
