"""Whoever looks at the workbook, at whatever moment, sees all tables whole, and all of one state of the source."""

from __future__ import annotations

import threading

import pytest
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials

from tests.target.conftest import whole_stream

TABLES = ("orders", "lines", "users")
COLUMNS = {"id": "integer", "generation": "integer", "text": "string"}


def source(generation):
    """Three tables that all say which state of the source they are of; rows change, come and go."""
    messages = []
    for number, table in enumerate(TABLES):
        ids = range(generation, 200 + 17 * ((generation * (number + 3)) % 5) + generation)
        rows = [{"id": each, "generation": generation, "text": f"{table} {each} of {generation}"} for each in ids]
        messages += whole_stream(table, COLUMNS, rows, version=generation)
    return messages, {table: len(range(generation, 200 + 17 * ((generation * (number + 3)) % 5) + generation))
                      for number, table in enumerate(TABLES)}  # fmt: skip


def read_all(session, url):
    """One read of all that is visible: the generations in each tab, by its title."""
    fields = "sheets(properties(title,hidden),data.rowData.values.userEnteredValue)"
    answer = session.get(url, params={"includeGridData": True, "fields": fields}).json()
    found = {}
    for sheet in answer["sheets"]:
        if not sheet["properties"].get("hidden") and sheet["properties"]["title"] in TABLES:
            rows = [row.get("values", []) for row in sheet["data"][0].get("rowData", [])]
            cells = [row[1].get("userEnteredValue", {}) if len(row) > 1 else {} for row in rows[1:]]
            found[sheet["properties"]["title"]] = [cell["numberValue"] for cell in cells if cell]
    return found


@pytest.mark.parametrize("max_request_bytes", [5_000, 2_000_000], ids=["staged", "in-one-request"])
def test_a_reader_never_sees_an_empty_half_written_or_mixed_set_of_tables(workbook, max_request_bytes):
    key = Credentials.from_service_account_info(
        workbook.emulator.credentials, scopes=["https://www.googleapis.com/auth/spreadsheets"]
    )
    views, done = [], threading.Event()

    def poll():
        with AuthorizedSession(key) as session:
            while not done.is_set():
                views.append(read_all(session, f"{workbook.emulator.url}/v4/spreadsheets/{workbook.spreadsheet_id}"))

    reader = threading.Thread(target=poll)
    reader.start()
    sizes = {}
    try:
        for generation in range(1, 12):
            messages, sizes[generation] = source(generation)
            workbook.sync(*messages, max_request_bytes=max_request_bytes)
    finally:
        done.set()
        reader.join()
    states = []
    for view in views:
        generations = {number for numbers in view.values() for number in numbers}
        assert len(generations) <= 1, "tables of two states side by side"
        if not generations:
            assert view == {}, "a sheet without rows"
            continue
        (generation,) = generations
        assert {table: len(numbers) for table, numbers in view.items()} == sizes[generation]
        states.append(generation)
    assert states == sorted(states)
    assert len(set(states)) >= 5, "the reader was too slow to prove anything"
