"""Random batches: an invalid one changes nothing, answers keep the contract, the file holds the acknowledged state.

The default run is short. For a long one: FUZZ_EXAMPLES=2000 .venv/bin/pytest tests/emulator/test_fuzz.py
(so many examples, each of up to 40 steps).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sheets_emulator.contract import response_faults
from sheets_emulator.exchange import Incoming, Outgoing
from sheets_emulator.server import Server
from sheets_emulator.state_codec import encode_head, encode_rows
from sheets_emulator.store import Store

IDS = st.sampled_from([0, 0, 0, 0, 1])
INDEX = st.integers(0, 7)
VALUE = st.one_of(
    st.builds(lambda text: {"stringValue": text}, st.text(max_size=5)),
    st.builds(lambda number: {"numberValue": number}, st.floats(allow_nan=False, allow_infinity=False, width=32)),
    st.builds(lambda flag: {"boolValue": flag}, st.booleans()),
    st.sampled_from([{"formulaValue": "=A1+1"}, {"formulaValue": "=SUM(A1:B9)"}, {}]),
)


@st.composite
def grid_range(draw: st.DrawFn) -> dict[str, int]:
    r0, c0 = draw(INDEX), draw(INDEX)
    bounds = {"startRowIndex": r0, "endRowIndex": r0 + draw(st.sampled_from([1, 2, 3, 4, 0]))}
    return {
        "sheetId": draw(IDS),
        **bounds,
        "startColumnIndex": c0,
        "endColumnIndex": c0 + draw(st.sampled_from([1, 2, 3, 4, 0])),
    }


@st.composite
def span(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(INDEX)
    end = start + draw(st.sampled_from([1, 2, 0]))
    return {
        "sheetId": draw(IDS),
        "dimension": draw(st.sampled_from(["ROWS", "COLUMNS"])),
        "startIndex": start,
        "endIndex": end,
    }


CELL = st.builds(
    lambda value, note, bold: {
        "userEnteredValue": value,
        "note": note,
        "userEnteredFormat": {"textFormat": {"bold": bold}},
    },
    VALUE,
    st.sampled_from(["", "n"]),
    st.booleans(),
)
ROWS = st.lists(st.builds(lambda cells: {"values": cells}, st.lists(CELL, max_size=4)), max_size=4)
MASKS = st.sampled_from(["*", "userEnteredValue", "userEnteredFormat.textFormat", "note", "userEnteredValue,note"])
SMALL_GRID = {"rowCount": 12, "columnCount": 12}
BUILDERS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "addSheet": st.builds(
        lambda i: {"properties": {"sheetId": i, "title": f"S{i}", "gridProperties": SMALL_GRID}}, IDS
    ),
    "deleteSheet": st.builds(lambda i: {"sheetId": i}, IDS),
    "updateCells": st.builds(lambda r, rows, f: {"range": r, "rows": rows, "fields": f}, grid_range(), ROWS, MASKS),
    "appendCells": st.builds(lambda i, rows, f: {"sheetId": i, "rows": rows, "fields": f}, IDS, ROWS, MASKS),
    "repeatCell": st.builds(lambda r, c, f: {"range": r, "cell": c, "fields": f}, grid_range(), CELL, MASKS),
    "insertDimension": st.builds(lambda s, b: {"range": s, "inheritFromBefore": b}, span(), st.booleans()),
    "deleteDimension": st.builds(lambda s: {"range": s}, span()),
    "moveDimension": st.builds(lambda s, d: {"source": s, "destinationIndex": d}, span(), INDEX),
    "copyPaste": st.builds(lambda s, d: {"source": s, "destination": d}, grid_range(), grid_range()),
    "sortRange": st.builds(lambda r, c: {"range": r, "sortSpecs": [{"dimensionIndex": c}]}, grid_range(), INDEX),
    "mergeCells": st.builds(lambda r: {"range": r, "mergeType": "MERGE_ALL"}, grid_range()),
    "unmergeCells": st.builds(lambda r: {"range": r}, grid_range()),
    "addProtectedRange": st.builds(
        lambda r, i: {"protectedRange": {"protectedRangeId": i + 1, "range": r}}, grid_range(), IDS
    ),
    "deleteProtectedRange": st.builds(lambda i: {"protectedRangeId": i + 1}, IDS),
    "addNamedRange": st.builds(lambda r, i: {"namedRange": {"name": f"N_{i}", "range": r}}, grid_range(), IDS),
    "addDimensionGroup": st.builds(lambda s: {"range": s}, span()),
    "createDeveloperMetadata": st.builds(
        lambda s: {
            "developerMetadata": {"metadataKey": "k", "visibility": "DOCUMENT", "location": {"dimensionRange": s}}
        },
        span(),
    ),
    "setBasicFilter": st.builds(lambda r: {"filter": {"range": r}}, grid_range()),
    "addBanding": st.builds(
        lambda r: {"bandedRange": {"range": r, "rowProperties": {"firstBandColor": {"red": 0.5}}}}, grid_range()
    ),
}
REQUEST = st.sampled_from(sorted(BUILDERS)).flatmap(lambda kind: BUILDERS[kind].map(lambda body: {kind: body}))


def state(store: Store) -> dict[str, Any]:
    return {
        identity: [encode_head(book), *(encode_rows(layer.rows) for sheet in book.sheets for layer in sheet.layers)]
        for identity, book in store.workbooks.items()
    }


class Batches(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "state.db"
        self.server = Server.create(Store(self.path), trust_any=True, check_all_responses=True)
        self.id = self.server.create_spreadsheet("Fuzz")
        self.send(
            "batchUpdate",
            {
                "requests": [
                    {
                        "updateSheetProperties": {
                            "properties": {"gridProperties": SMALL_GRID},
                            "fields": "gridProperties",
                        }
                    }
                ]
            },
        )

    def send(self, method: str, body: dict[str, Any]) -> Outgoing:
        path = f"/v4/spreadsheets/{self.id}:{method}"
        request = Incoming(
            "POST", path, "", msgspec.json.encode(body), "Bearer x", "application/json", "http://localhost"
        )
        return self.server.handle(request)

    @rule(requests=st.lists(REQUEST, min_size=1, max_size=3))
    def batch(self, requests: list[dict[str, Any]]) -> None:
        before = state(self.server.store)
        answer = self.send("batchUpdate", {"requests": requests, "includeSpreadsheetInResponse": True})
        assert answer.status in {200, 400}, answer.body
        if answer.status == 400:
            assert state(self.server.store) == before
        else:
            assert len(msgspec.json.decode(answer.body)["replies"]) == len(requests)

    @rule()
    def reopen(self) -> None:
        """As after kill -9: what lies in the files is opened elsewhere, while nobody closed them."""
        there = self.path.parent / "killed"
        there.mkdir(exist_ok=True)
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{self.path}{suffix}", there / f"{self.path.name}{suffix}")
        second = Store(there / self.path.name)
        found = {identity: [*book] for identity, book in state(second).items()}
        second.close()
        expected = state(self.server.store)
        assert found.keys() == expected.keys()
        assert all(found[identity] == expected[identity] for identity in expected)

    @invariant()
    def the_whole_spreadsheet_keeps_the_contract(self) -> None:
        if not hasattr(self, "server"):
            return
        request = Incoming(
            "GET", f"/v4/spreadsheets/{self.id}", "includeGridData=true", b"", "Bearer x", "", "http://localhost"
        )
        answer = self.server.handle(request)
        assert answer.status == 200, answer.body
        body = msgspec.json.decode(answer.body)
        assert response_faults("Spreadsheet", body) == []
        for sheet in self.server.store.workbooks[self.id].sheets:
            for layer in sheet.layers:
                assert layer.height() <= sheet.row_count
                assert layer.width() <= sheet.column_count

    def teardown(self) -> None:
        if hasattr(self, "server"):
            self.server.store.close()
            self.folder.cleanup()


TestBatches = Batches.TestCase
LONG = int(os.environ.get("FUZZ_EXAMPLES", "0"))
TestBatches.settings = settings(
    max_examples=LONG or 25,
    stateful_step_count=40 if LONG else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
