"""The settings as a table: what each is, of what type, and what it is without. Pure.

Every default stands here and nowhere else.
"""

from __future__ import annotations

from typing import Any

from target_gsheets.departures import OnRemovedStream
from target_gsheets.titles import DEFAULT_TEMPLATE

EMULATOR_VARIABLE = "SHEETS_EMULATOR_HOST"
DEFAULT_RETRY_SECONDS = 120
DEFAULT_BATCH_SIZE_ROWS = 10_000
DEFAULT_REQUEST_BYTES = 2_000_000
DEFAULT_CALLS_PER_MINUTE = 60
DEFAULT_UNPROVEN_RATIO = 0.5
FLAGS = ("false", "true", "0", "1", "no", "yes", "off", "on")
YES = FLAGS[1::2]
DEFAULT_STATUS_SECONDS = 3_600
STATUS_TITLE = "_sync"
OFF = "off"
PROTECT = (OFF, "warn")
ON_ERROR = ("stream", "abort")
ON_REMOVED_COLUMN = ("delete", "keep")
ON_REMOVED_STREAM = tuple(policy.value for policy in OnRemovedStream)

CONFIG_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["spreadsheet_id"],
    "properties": {
        "spreadsheet_id": {
            "type": "string",
            "title": "Spreadsheet",
            "description": "The workbook to write to: its id (the part between /d/ and /edit) or its whole URL.",
        },
        "credentials_base64": {
            "type": ["string", "null"],
            "secret": True,
            "title": "Credentials as base64",
            "description": "A service account's JSON key, or a user's token file as gcloud writes it, as base64.",
        },
        "credentials_json": {
            "type": ["string", "null"],
            "secret": True,
            "title": "Credentials as JSON",
            "description": "The same file's content, as text or as an object.",
        },
        "credentials_path": {
            "type": ["string", "null"],
            "title": "Credentials as a file",
            "description": "The same file's path. Without any of the three: Application Default Credentials.",
        },
        "api_endpoint": {
            "type": ["string", "null"],
            "title": "Emulator",
            "description": "The address of a Sheets emulator on this machine, as http://127.0.0.1:PORT; "
            f"the variable {EMULATOR_VARIABLE} does the same. Unset: Google.",
        },
        "timezone": {
            "type": ["string", "null"],
            "title": "Time zone",
            "description": "The zone in which instants are shown, as in Europe/Paris. Default: the workbook's own.",
        },
        "batch_size_rows": {
            "type": ["number", "string", "null"],
            "title": "Rows per batch",
            "description": "How many records are handed from the reader to a stream's buffer at a time. "
            f"Default: {DEFAULT_BATCH_SIZE_ROWS}.",
        },
        "on_error": {
            "type": ["string", "null"],
            "title": "On a bad stream",
            "description": "stream: a stream that is broken leaves its sheet as it was and the others commit; "
            "abort: nothing is written. Default: stream.",
        },
        "load_method": {
            "type": ["string", "null"],
            "title": "Load method",
            "description": "overwrite: a sheet equals its stream; upsert: rows are added and changed by their key, "
            "none is removed; append-only: every record is one more row. A stream that brings changes only is "
            "upserted, or appended to where it has no key. Default: overwrite.",
        },
        "load_method_overrides": {
            "type": ["object", "string", "null"],
            "additionalProperties": {"type": "string"},
            "title": "Load methods of some streams",
            "description": "Load methods of streams by patterns, as in events=append-only,*_log=upsert; the first "
            "pattern that fits counts.",
        },
        "hard_delete": {
            "type": ["boolean", "string", "null"],
            "title": "Hard delete",
            "description": "Remove the rows whose record carries _sdc_deleted_at, and of an upserted stream those that "
            "are missing from a version that came whole. Default: false.",
        },
        "on_removed_column": {
            "type": ["string", "null"],
            "title": "On a removed column",
            "description": "What becomes of a column that left the stream: delete, or keep it with its cells under a "
            f"grey header. Default: {ON_REMOVED_COLUMN[0]}.",
        },
        "on_removed_stream": {
            "type": ["string", "null"],
            "title": "On a removed stream",
            "description": "What becomes of a sheet of ours whose stream didn't come: keep, hide or delete. The last "
            f"two say that each run covers all streams of the workbook. Default: {ON_REMOVED_STREAM[0]}.",
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
        "max_delete_ratio": {
            "type": ["number", "string", "null"],
            "title": "Largest share of rows to remove",
            "description": "A stream fails where more than this share of the rows of its sheet (of at least 100) would "
            "be removed, even with proof: 0.5 is half of them. Default: no limit.",
        },
        "max_unproven_delete_ratio": {
            "type": ["number", "string", "null"],
            "title": "Largest share of rows to remove without proof",
            "description": "Of a tap that doesn't prove that a stream is whole, no row is removed where more than this "
            f"share of the sheet would go. Default: {DEFAULT_UNPROVEN_RATIO}.",
        },
        "max_request_bytes": {
            "type": ["number", "string", "null"],
            "title": "Bytes per request",
            "description": "Larger changes are written to a hidden sheet first and appear at once from there. "
            f"Default: {DEFAULT_REQUEST_BYTES}.",
        },
        "quota_reads_per_minute": {
            "type": ["number", "string", "null"],
            "title": "Reads per minute",
            "description": f"How often Google may be asked. Default: {DEFAULT_CALLS_PER_MINUTE}, Google's own limit.",
        },
        "quota_writes_per_minute": {
            "type": ["number", "string", "null"],
            "title": "Writes per minute",
            "description": "How often Google may be given something to write. "
            f"Default: {DEFAULT_CALLS_PER_MINUTE}, Google's own limit.",
        },
        "retry_seconds": {
            "type": ["number", "string", "null"],
            "title": "Seconds of retrying",
            "description": "How long a run goes on trying when Google is busy or out of reach. "
            f"Default: {DEFAULT_RETRY_SECONDS}.",
        },
        "status_sheet": {
            "type": ["string", "null"],
            "title": "Status sheet",
            "description": "The title of the sheet that tells people when each table was synced last and what went "
            f"wrong; off for none. Default: {STATUS_TITLE}.",
        },
        "status_every": {
            "type": ["number", "string", "null"],
            "title": "Seconds between two status updates",
            "description": "How often a run that changes nothing writes the status sheet, in seconds; a change or a "
            f"failure is written at once. Default: {DEFAULT_STATUS_SECONDS}.",
        },
        "protect": {
            "type": ["string", "null"],
            "title": "Protection",
            "description": "warn: Google asks whoever edits a mirrored column whether they mean it; off: it doesn't. "
            "Default: off.",
        },
        "report_path": {
            "type": ["string", "null"],
            "title": "Report",
            "description": "A file for the report of the run: one JSON object, which the log has as its last line too.",
        },
    },
}
