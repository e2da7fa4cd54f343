"""The only module that calls Google. It goes through gspread's HTTP client and the session of session.py.

Nothing is sent twice from here: a call either returns Google's answer or raises what its failure means, and a
TransientError says that the outcome is unknown. gspread's own retrying client isn't used, because it sends writes
again blindly and never stops under a lasting 429.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gspread.exceptions
import gspread.urls
import msgspec
import requests
from google.auth import exceptions as auth_errors
from gspread.http_client import HTTPClient

from target_gsheets.errors import RemoteError, TransientError
from target_gsheets.quota import Bucket
from target_gsheets.refusals import parse_refusal, refused_token, translate, unreachable
from target_gsheets.session import connect
from target_gsheets.settings import Settings
from target_gsheets.workbook import FIELDS, Row, Workbook, decode_updates, decode_values, parse_workbook

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

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float],
        pause: Callable[[float], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        """Without a call. `pause` waits; it is called before every call and raises where no other shall be made.

        `clock` measures, `now` tells the time since 1970, to be compared with Google's.
        """
        self.calls = CallCount()
        self.settings = settings
        self._clock = clock
        self._pause = pause
        self._reads = Bucket(settings.quota_reads_per_minute, clock())
        self._writes = Bucket(settings.quota_writes_per_minute, clock())
        self._connection = connect(settings, now)
        self._http = HTTPClient(None, session=self._connection.session)  # type: ignore[arg-type]  # the session signs
        self._http.set_timeout(TIMEOUT_SECONDS)

    def read_workbook(self) -> Workbook:
        """The sheets of the workbook and what marks them, without cells."""
        return parse_workbook(self.read_spreadsheet(FIELDS))

    def read_spreadsheet(self, fields: str) -> Any:
        """These fields of spreadsheets.get, as Google answers them."""
        self.calls.reads += 1
        url = gspread.urls.SPREADSHEET_URL % self.settings.spreadsheet_id
        return self._call("spreadsheets.get", "get", url, self._reads, params={"fields": fields})

    def read_values(self, ranges: Sequence[str]) -> list[Sequence[msgspec.Raw]]:
        """The rows of these A1 ranges, in order and still as JSON: numbers as numbers, dates as serial numbers."""
        self.calls.reads += 1
        url = gspread.urls.SPREADSHEET_VALUES_BATCH_URL % self.settings.spreadsheet_id
        params = {
            "ranges": list(ranges),
            "valueRenderOption": "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
            "fields": "valueRanges.values",
        }
        found: list[Sequence[msgspec.Raw]] = self._call(
            "values.batchGet", "get", url, self._reads, decode=decode_values, params=params
        )
        if len(found) != len(ranges):
            raise TransientError(f"Google answered {len(found)} of {len(ranges)} ranges.")
        return found

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
        url = gspread.urls.SPREADSHEET_BATCH_UPDATE_URL % self.settings.spreadsheet_id
        return self._write("spreadsheets.batchUpdate", url, body, fields)

    def write_values(self, writes: Sequence[tuple[str, Sequence[Row]]]) -> list[Sequence[Row]]:
        """Write rows to A1 ranges, unparsed, and return what Google says they hold now; an empty cell is left alone."""
        body = {
            "valueInputOption": "RAW",
            "data": [{"range": place, "values": list(rows)} for place, rows in writes],
            "includeValuesInResponse": True,
            "responseValueRenderOption": "UNFORMATTED_VALUE",
            "responseDateTimeRenderOption": "SERIAL_NUMBER",
        }
        url = gspread.urls.SPREADSHEET_VALUES_BATCH_UPDATE_URL % self.settings.spreadsheet_id
        found: list[Sequence[Row]] = self._write(
            "values.batchUpdate", url, body, "responses.updatedData.values", decode=decode_updates
        )
        if len(found) != len(writes):
            raise TransientError(f"Google answered {len(found)} of {len(writes)} ranges.")
        return found

    def _write(
        self,
        name: str,
        url: str,
        body: Mapping[str, Any],
        fields: str,
        decode: Callable[[bytes], Any] = msgspec.json.decode,
    ) -> Any:
        """One call that changes something; it is counted with its bytes."""
        data = _encoder.encode(body)
        self.calls.writes += 1
        self.calls.written_bytes += len(data)
        headers = {"Content-Type": "application/json"}
        params = {"fields": fields}
        return self._call(name, "post", url, self._writes, decode=decode, data=data, headers=headers, params=params)

    def _call(
        self,
        name: str,
        method: str,
        url: str,
        bucket: Bucket,
        *,
        decode: Callable[[bytes], Any] = msgspec.json.decode,
        **arguments: Any,
    ) -> Any:
        """One call at the pace of its bucket, its answer parsed, its failure translated."""
        self._wait(name, bucket)
        self.authorise()
        began = self._clock()
        response: requests.Response | None = None
        try:
            response = self._http.request(method, url, **arguments)
            self.calls.read_bytes += len(response.content)
            return decode(response.content)
        except gspread.exceptions.APIError as exc:
            response = exc.response
            if response.status_code == TOO_MANY_REQUESTS:
                self.calls.refused += 1
                bucket.slow_down()
            refusal = parse_refusal(response.status_code, response.content)
            raise translate(refusal, self.settings, writes=bucket is self._writes) from exc
        except auth_errors.GoogleAuthError as exc:
            raise self._translate_auth(exc) from exc
        except (requests.RequestException, msgspec.DecodeError) as exc:
            raise unreachable(self.settings.api_endpoint or url, kinds_of(exc)) from exc
        finally:
            sent = len(arguments.get("data", b""))
            self._log(f"{method.upper()} {name}", response, self._clock() - began, sent)

    def authorise(self) -> None:
        """Have a token that is good for the next call; raise RemoteError where Google gives none."""
        found = self._connection.credentials
        try:
            if not found.valid:
                found.refresh(self._connection.tokens)  # type: ignore[no-untyped-call]
        except auth_errors.GoogleAuthError as exc:
            raise self._translate_auth(exc) from exc
        account = str(getattr(found, "service_account_email", None) or "")
        if "@" in account and not self.settings.credentials.email:  # of the machine's own account
            self.settings = replace(self.settings, credentials=replace(self.settings.credentials, account=account))

    def _translate_auth(self, exc: auth_errors.GoogleAuthError) -> RemoteError:
        """A token that could not be had -> whose fault it is."""
        credentials = self.settings.credentials
        if isinstance(exc, auth_errors.TransportError) or getattr(exc, "retryable", False):
            return unreachable(credentials.token_address, kinds_of(exc))
        return refused_token(oauth_reason(exc), credentials, self.clock_ahead)

    @property
    def clock_ahead(self) -> float | None:
        """By how many seconds our clock is ahead of Google's; None before the first answer."""
        return self._connection.clocks.ahead

    @staticmethod
    def _log(what: str, response: requests.Response | None, seconds: float, sent: int) -> None:
        """One line about a call, without its address."""
        status = "no answer" if response is None else str(response.status_code)
        received = 0 if response is None else len(response.content)
        logger.debug("%s: %s in %.0f ms, %d bytes sent, %d received", what, status, seconds * 1000, sent, received)

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


def oauth_reason(exc: auth_errors.GoogleAuthError) -> str:
    """The reason in a token error, which has it as text first and as the parsed body second."""
    return str(exc.args[0]) if exc.args else type(exc).__name__


def kinds_of(exc: BaseException | None) -> list[str]:
    """The names of an exception's class and of those that led to it."""
    kinds = []
    while exc is not None:
        kinds.append(type(exc).__name__)
        exc = exc.__cause__ or exc.__context__
    return kinds
