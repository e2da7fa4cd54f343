"""Every request kind and every method of values with what nobody would send: never a 500, and all or nothing.

The default run is short. For a long one: FUZZ_EXAMPLES=5000 .venv/bin/pytest tests/emulator/test_fuzz_requests.py
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheets_emulator.exchange import Incoming, Outgoing
from sheets_emulator.server import Server
from sheets_emulator.state_codec import encode_head, encode_rows

from .strategies import request, values_call

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
RUN = settings(
    max_examples=EXAMPLES or 400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
GRID = {"rowCount": 12, "columnCount": 12}
FURNITURE = [
    {"updateSheetProperties": {"properties": {"gridProperties": GRID}, "fields": "gridProperties"}},
    {"addSheet": {"properties": {"sheetId": 7, "title": "Second", "gridProperties": GRID}}},
    {"mergeCells": {"range": {"startRowIndex": 4, "endRowIndex": 6, "startColumnIndex": 3, "endColumnIndex": 5}}},
    {"addNamedRange": {"namedRange": {"namedRangeId": "a", "name": "N_1", "range": {"endRowIndex": 3}}}},
    {"addProtectedRange": {"protectedRange": {"protectedRangeId": 1, "range": {"sheetId": 7}}}},
    {"setBasicFilter": {"filter": {"range": {"endColumnIndex": 4}, "criteria": {"1": {"hiddenValues": ["x"]}}}}},
    {"addFilterView": {"filter": {"filterViewId": 1, "range": {"sheetId": 7}}}},
    {
        "addBanding": {
            "bandedRange": {"bandedRangeId": 1, "range": {"endRowIndex": 9}, "rowProperties": {"headerColor": {}}}
        }
    },
    {"addDimensionGroup": {"range": {"dimension": "ROWS", "startIndex": 2, "endIndex": 4}}},
    {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataId": 1,
                "metadataKey": "k",
                "visibility": "DOCUMENT",
                "location": {"dimensionRange": {"dimension": "ROWS", "startIndex": 1, "endIndex": 2}},
            }
        }
    },
    {
        "addConditionalFormatRule": {
            "rule": {"ranges": [{"endRowIndex": 5}], "booleanRule": {"condition": {"type": "BLANK"}, "format": {}}}
        }
    },
    {
        "updateCells": {
            "start": {},
            "fields": "userEnteredValue,note",
            "rows": [
                {
                    "values": [
                        {"userEnteredValue": {"numberValue": row}},
                        {"userEnteredValue": {"stringValue": f"s{row}"}, "note": "n"},
                        {"userEnteredValue": {"formulaValue": f"=A{row + 1}+Second!B2"}},
                    ]
                }
                for row in range(6)
            ],
        }
    },
]


class Fuzzed:
    """A server with one furnished workbook."""

    def __init__(self) -> None:
        self.server = Server.create(trust_any=True, check_all_responses=True)
        self.id = self.server.create_spreadsheet("Fuzz")
        answer = self.send("POST", ":batchUpdate", {}, {"requests": FURNITURE})
        assert answer.status == 200, answer.body
        self.fresh = self.server.store.workbooks[self.id]

    def begin(self) -> None:
        """Go back to the furnished workbook."""
        self.server.store.workbooks[self.id] = self.fresh

    def send(self, verb: str, path: str, query: dict[str, Any], body: Any) -> Outgoing:
        texts = {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
        encoded = b"" if body is None else json.dumps(body).encode()
        where = f"/v4/spreadsheets/{self.id}{path}"
        return self.server.handle(
            Incoming(verb, where, urlencode(texts), encoded, "Bearer x", "application/json", "http://localhost")
        )

    def state(self) -> Any:
        book = self.server.store.workbooks[self.id]
        return [encode_head(book), *(encode_rows(layer.rows) for sheet in book.sheets for layer in sheet.layers)]

    def try_call(self, verb: str, path: str, query: dict[str, Any], body: Any) -> Outgoing:
        """Send a call, and hold it to the laws: answered or refused, all or nothing, and the workbook can be read."""
        before = self.state()
        answer = self.send(verb, path, query, body)
        assert answer.status in {200, 400, 404}, answer.body
        if answer.status != 200:
            assert self.state() == before
            return answer
        for sheet in self.server.store.workbooks[self.id].sheets:
            for layer in sheet.layers:
                assert layer.height() <= sheet.row_count
                assert layer.width() <= sheet.column_count
        if sum(sheet.row_count for sheet in self.server.store.workbooks[self.id].sheets) > 3000:
            return answer
        whole = self.send("GET", "", {"includeGridData": True}, None)
        assert whole.status == 200, whole.body
        for option in ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"):
            read = self.send("GET", "/values/A1:Z20", {"valueRenderOption": option}, None)
            assert read.status in {200, 400}, read.body
        return answer


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Fuzzed]:
    return Fuzzed()


@RUN
@given(requests=st.lists(request(), min_size=1, max_size=3), shown=st.booleans())
def test_no_batch_is_a_500_and_a_refused_one_changes_nothing(fuzzed: Fuzzed, requests: list[Any], shown: bool) -> None:
    fuzzed.begin()
    answer = fuzzed.try_call("POST", ":batchUpdate", {}, {"requests": requests, "includeSpreadsheetInResponse": shown})
    if answer.status == 200:
        assert "replies" in msgspec.json.decode(answer.body)


@RUN
@given(calls=st.lists(values_call(), min_size=1, max_size=2))
def test_no_call_of_values_is_a_500_and_a_refused_one_changes_nothing(fuzzed: Fuzzed, calls: list[Any]) -> None:
    fuzzed.begin()
    for call in calls:
        fuzzed.try_call(*call)
