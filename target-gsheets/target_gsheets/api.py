"""The only module that calls Google. It goes through gspread's HTTP client and the session of session.py.

Nothing is sent twice from here: a call either returns Google's answer or raises what its failure means, and a
TransientError says that the outcome is unknown. gspread's own retrying client isn't used, because it sends writes
again blindly and never stops under a lasting 429.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gspread.exceptions
import gspread.urls
import msgspec
import requests
from google.auth import exceptions as auth_errors
from gspread.http_client import HTTPClient

from target_gsheets.credentials import Credentials
from target_gsheets.errors import AccessError, RefusedError, RemoteError, TransientError
from target_gsheets.quota import Bucket
from target_gsheets.session import open_session
from target_gsheets.settings import Settings
from target_gsheets.workbook import FIELDS, Content, Row, Workbook, parse_content, parse_workbook

# Google gives up on a request after 180 seconds [D]; waiting longer gains nothing.
TIMEOUT_SECONDS = (10.0, 190.0)
LONG_WAIT_SECONDS = 5
TOO_MANY_REQUESTS = 429
# What a commit's answer is asked for.
SHOWN_FIELDS_WITHOUT_CELLS = (
    "updatedSpreadsheet.sheets(properties.sheetId,protectedRanges(protectedRangeId,description))"
)
SHOWN_FIELDS = (
    "updatedSpreadsheet.sheets(properties.sheetId,protectedRanges(protectedRangeId,description),"
    "data(startRow,startColumn,rowData.values.userEnteredValue))"
)

logger = logging.getLogger("target-gsheets.api")
_encoder = msgspec.json.Encoder()


@dataclass(slots=True)
class CallCount:
    """How many calls a run made, how many of them Google refused as too many, and the bytes of their bodies."""

    reads: int = 0
    writes: int = 0
    refused: int = 0
    written_bytes: int = 0
    read_bytes: int = 0


class SheetsApi:
    """One workbook: read its structure and cells, apply one atomic batch."""

    def __init__(self, settings: Settings, clock: Callable[[], float], pause: Callable[[float], None]) -> None:
        """Without a call. `pause` waits; it is called before every call and raises where no other shall be made."""
        self.calls = CallCount()
        self._settings = settings
        self._clock = clock
        self._pause = pause
        self._reads = Bucket(settings.quota_reads_per_minute, clock())
        self._writes = Bucket(settings.quota_writes_per_minute, clock())
        self._http = HTTPClient(None, session=open_session(settings))  # type: ignore[arg-type]  # the session signs
        self._http.set_timeout(TIMEOUT_SECONDS)

    def read_workbook(self) -> Workbook:
        """The sheets of the workbook and what marks them, without cells."""
        self.calls.reads += 1
        url = gspread.urls.SPREADSHEET_URL % self._settings.spreadsheet_id
        return parse_workbook(self._call("spreadsheets.get", "get", url, self._reads, params={"fields": FIELDS}))

    def read_contents(self, ranges: Sequence[str]) -> list[Content]:
        """The cells of these A1 ranges, in order: numbers as numbers, dates as serial numbers."""
        self.calls.reads += 1
        url = gspread.urls.SPREADSHEET_VALUES_BATCH_URL % self._settings.spreadsheet_id
        params = {
            "ranges": list(ranges),
            "valueRenderOption": "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
            "fields": "valueRanges.values",
        }
        answer = self._call("values.batchGet", "get", url, self._reads, params=params)
        value_ranges = answer.get("valueRanges", ())
        if len(value_ranges) != len(ranges):
            raise TransientError(f"Google answered {len(value_ranges)} of {len(ranges)} ranges.")
        return [parse_content(value_range) for value_range in value_ranges]

    def batch_update(self, batch: Sequence[Mapping[str, Any]]) -> None:
        """Apply requests in order, all or none."""
        self._batch_update({"requests": batch}, "spreadsheetId")

    def commit(self, batch: Sequence[Mapping[str, Any]], ranges: Sequence[str]) -> Mapping[int, Mapping[str, Any]]:
        """As batch_update; the answer has the sheets by id, their protections, and the cells of these A1 ranges."""
        body: dict[str, Any] = {"requests": batch, "includeSpreadsheetInResponse": True}
        if ranges:
            body |= {"responseIncludeGridData": True, "responseRanges": ranges}
        answer = self._batch_update(body, SHOWN_FIELDS if ranges else SHOWN_FIELDS_WITHOUT_CELLS)
        sheets = answer.get("updatedSpreadsheet", {}).get("sheets", ())
        return {sheet["properties"].get("sheetId", 0): sheet for sheet in sheets}

    def _batch_update(self, body: Mapping[str, Any], fields: str) -> Any:
        """One batchUpdate, and these fields of its answer."""
        url = gspread.urls.SPREADSHEET_BATCH_UPDATE_URL % self._settings.spreadsheet_id
        return self._write("spreadsheets.batchUpdate", url, body, fields)

    def write_values(self, writes: Sequence[tuple[str, Sequence[Row]]]) -> list[Sequence[Row]]:
        """Write rows to A1 ranges, unparsed, and return what Google says they hold now; an empty cell is left alone."""
        body = {
            "valueInputOption": "RAW",
            "data": [{"range": place, "values": rows} for place, rows in writes],
            "includeValuesInResponse": True,
            "responseValueRenderOption": "UNFORMATTED_VALUE",
            "responseDateTimeRenderOption": "SERIAL_NUMBER",
        }
        url = gspread.urls.SPREADSHEET_VALUES_BATCH_UPDATE_URL % self._settings.spreadsheet_id
        answer = self._write("values.batchUpdate", url, body, "responses.updatedData.values")
        responses = answer.get("responses", ())
        if len(responses) != len(writes):
            raise TransientError(f"Google answered {len(responses)} of {len(writes)} ranges.")
        return [response.get("updatedData", {}).get("values", ()) for response in responses]

    def _write(self, name: str, url: str, body: Mapping[str, Any], fields: str) -> Any:
        """One call that changes something; it is counted with its bytes."""
        data = _encoder.encode(body)
        self.calls.writes += 1
        self.calls.written_bytes += len(data)
        headers = {"Content-Type": "application/json"}
        return self._call(name, "post", url, self._writes, data=data, headers=headers, params={"fields": fields})

    def _call(self, name: str, method: str, url: str, bucket: Bucket, **arguments: Any) -> Any:
        """One call at the pace of its bucket, its answer parsed, its failure translated."""
        self._wait(name, bucket)
        began = self._clock()
        try:
            response = self._http.request(method, url, **arguments)
            answer = msgspec.json.decode(response.content)
        except gspread.exceptions.APIError as exc:
            status = exc.response.status_code
            logger.debug("%s: status %d after %.3f s", name, status, self._clock() - began)
            if status == TOO_MANY_REQUESTS:
                self.calls.refused += 1
                bucket.slow_down()
            raise translate(status, google_message(exc.response), self._settings) from exc
        except auth_errors.GoogleAuthError as exc:
            raise translate_auth(exc, self._settings.credentials) from exc
        except (requests.RequestException, msgspec.DecodeError) as exc:
            logger.debug("%s: no answer after %.3f s (%s)", name, self._clock() - began, type(exc).__name__)
            raise TransientError(f"{name} had no readable answer ({type(exc).__name__}).") from exc
        self.calls.read_bytes += len(response.content)
        logger.debug("%s: %d bytes in %.3f s", name, len(response.content), self._clock() - began)
        return answer

    def _wait(self, name: str, bucket: Bucket) -> None:
        """Wait until Google has a call to spare for us."""
        seconds = bucket.take(self._clock())
        if seconds >= LONG_WAIT_SECONDS:
            logger.warning(
                "%s waits %.0f seconds, so that Google isn't called more than %g times a minute.",
                name,
                seconds,
                bucket.per_minute,
            )
        self._pause(seconds)


def google_message(response: requests.Response) -> str:
    """What Google says in an error's body, if it is one of its own."""
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"status {response.status_code} without a message"


def translate(status: int, message: str, settings: Settings) -> RemoteError:
    """A refused call -> what it means and what mends it."""
    spreadsheet, email = settings.spreadsheet_id, settings.credentials.email
    if status in {408, 429} or status >= 500:
        return TransientError(f"Google answered {status}: {message.rstrip('.')}.")
    if status == 404:
        return AccessError(
            f"There is no workbook with the id {spreadsheet!r}: check 'spreadsheet_id', the part of the workbook's "
            "address between /d/ and /edit."
        )
    if status == 403:
        return AccessError(
            f"Google doesn't let {email or 'these credentials'} write to the workbook {spreadsheet!r} ({message}). "
            f"Open https://docs.google.com/spreadsheets/d/{spreadsheet}/edit and share it as editor with "
            f"{email or 'the account in use'}; check 'spreadsheet_id', and that the Google Sheets API is enabled."
        )
    if status == 401:
        return AccessError(f"Google doesn't accept the credentials in '{settings.credentials.source}': {message}")
    found = re.search(r"requests\[(\d+)\]", message)
    return RefusedError(f"Google refused to change the sheet ({status}): {message}", int(found[1]) if found else None)


def translate_auth(exc: auth_errors.GoogleAuthError, credentials: Credentials) -> RemoteError:
    """A token that could not be had -> whose fault it is."""
    if isinstance(exc, auth_errors.TransportError) or getattr(exc, "retryable", False):
        return TransientError(f"Google's token service could not be reached ({type(exc).__name__}).")
    if credentials.key is None and credentials.source == "emulator":
        return AccessError(
            "The emulator wants credentials: set 'credentials_base64', 'credentials_json' or 'credentials_path' to the "
            "key that its /_emulator/credentials gives, or start it with --auth any."
        )
    return AccessError(
        f"Google doesn't accept the credentials in '{credentials.source}' ({oauth_reason(exc)}): check that the key "
        "still exists, that the service account isn't disabled, and that this machine's clock is right."
    )


def oauth_reason(exc: auth_errors.GoogleAuthError) -> str:
    """The reason in a token error, which has it as text first and as the parsed body second."""
    return str(exc.args[0]) if exc.args else type(exc).__name__
