"""Random histories of a source, of people, of faults, kills and overlapping runs: after a clean run every sheet equals
its source, and what people wrote beside a row is still beside it.

The default run takes a share of them; `make test-faults` takes a thousand and more.
"""

from __future__ import annotations

import json
import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from target_gsheets.errors import RemoteError
from tests.target.conftest import Killed, open_workbook, whole_stream

HISTORIES = int(os.environ.get("FAULT_HISTORIES", "20"))
STEPS = 25

IDS = st.integers(1, 12)
TEXTS = st.sampled_from(["a", "b", "=1+1", "007", "'x", "été", None])
ORDERS = st.sampled_from(["ASCENDING", "DESCENDING"])
COLUMNS = {"id": "integer", "name": "string", "zip": "string"}
FAULTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["429", "500", "503", "html", "cut", "truncate"]),
        "when": st.sampled_from(["before", "after"]),
        "nth": st.integers(1, 3),
        "method": st.sampled_from(["spreadsheets.batchUpdate", "spreadsheets.get", "spreadsheets.values.batchGet"]),
    }
)


class Histories(RuleBasedStateMachine):
    """A keyed table whose rows people annotate, beside and on the key, and a keyless one, through good and bad days."""

    context: pytest.MonkeyPatch

    def __init__(self):
        super().__init__()
        self.opened = open_workbook(self.emulator)
        self.workbook = self.opened.__enter__()
        self.users = {}
        self.log = []
        self.notes = {}
        self.synced = {}  # the users as a clean run brought them last
        self.in_line = False

    def teardown(self):
        self.emulator.set_faults()
        self.opened.__exit__(None, None, None)

    # The source

    @rule(number=IDS, name=TEXTS, zip_code=TEXTS)
    def put_user(self, number, name, zip_code):
        self.users[number] = (name, zip_code)
        self.in_line = False

    @rule(number=IDS)
    def drop_user(self, number):
        self.users.pop(number, None)
        self.in_line = False

    @rule(texts=st.lists(TEXTS.filter(bool), max_size=4))
    def write_log(self, texts):
        self.log = texts
        self.in_line = False

    # Syncs

    @initialize(number=IDS)
    def first_sync(self, number):
        self.put_user(number, "first", None)
        self.sync_cleanly()

    def messages(self):
        rows = [{"id": number, "name": name, "zip": code} for number, (name, code) in self.users.items()]
        lines = [{"text": text} for text in self.log]
        return [*whole_stream("users", COLUMNS, rows), *whole_stream("log", {"text": "string"}, lines, keys=())]

    def run(self, messages=None, **options):
        """A run that may be staged: even these small tables are too big for its requests."""
        self.workbook.sync(*(messages or self.messages()), max_request_bytes=self.max_request_bytes, **options)

    max_request_bytes = 2_000_000

    @rule(small=st.booleans())
    def choose_how_big_requests_are(self, small):
        self.max_request_bytes = 1_000 if small else 2_000_000

    @rule()
    def sync_cleanly(self):
        self.emulator.set_faults()
        self.run()
        self.settle()

    def settle(self):
        self.forget_notes_of_removed()
        self.synced = dict(self.users)
        self.in_line = True

    @rule(faults=st.lists(FAULTS, min_size=1, max_size=3))
    def sync_through_faults(self, faults):
        self.emulator.set_faults(*faults)
        self.run_that_may_fail()

    def run_that_may_fail(self, **options):
        """A run that comes to its end or passes on no STATE."""
        try:
            self.run(**options)
        except (RemoteError, Killed):
            assert self.workbook.states == []
            self.emulator.set_faults()
            self.count_notes()
        else:
            self.settle()
        finally:
            self.emulator.set_faults()

    @rule(call=st.integers(1, 7), lost=st.booleans())
    def kill_a_sync(self, call, lost):
        """It dies before a call, or, where that is lost, after the call was carried out."""
        if lost:
            self.emulator.set_faults({"kind": "cut", "when": "after", "nth": call})

        def between(number):
            if number == call + lost:
                raise Killed

        self.run_that_may_fail(between=between)

    @rule(call=st.integers(1, 6), older=st.booleans())
    def sync_while_another_run_does(self, call, older):
        """A run that began earlier, maybe with older rows, is overtaken by one with the rows of now."""
        now, then = self.users, self.synced
        self.users = then if older else now
        messages = self.messages()
        self.users = now

        def between(number):
            if number == call:
                self.run()

        self.run(messages, between=between)
        self.count_notes({*now} & {*then} if older else {*now})
        if not older:
            self.settle()

    def count_notes(self, staying=None):
        """Nobody knows whether a run came to its end: the notes are those in the sheet, each on its own row.

        Only with a row that went may one be gone.
        """
        self.in_line = False
        found = {row[0]: row[3] for _, row in self.rows() if len(row) > 3 and row[3]}
        assert found.items() <= self.notes.items()
        assert self.cell_notes() == found
        staying = {*self.users} if staying is None else staying
        assert not (self.notes.keys() - found.keys()) & staying
        self.notes = found

    @rule(row=st.integers(1, 5), text=TEXTS)
    def sync_while_somebody_overwrites(self, row, text):
        sheet = self.users_sheet()
        row = min(row, sheet["gridProperties"]["rowCount"] - 1)
        self.sync_while([write(sheet, row, 1, text)])

    @rule(column=st.integers(0, 2), order=ORDERS)
    def sync_while_somebody_sorts(self, column, order):
        self.sync_while([sort(self.users_sheet(), column, order)])

    @rule(row=st.integers(1, 5))
    def sync_while_somebody_inserts_a_row(self, row):
        sheet = self.users_sheet()
        row = min(row, sheet["gridProperties"]["rowCount"] - 1)
        grid = {"sheetId": sheet["sheetId"], "dimension": "ROWS", "startIndex": row, "endIndex": row + 1}
        self.sync_while([{"insertDimension": {"range": grid}}])

    def sync_while(self, requests):
        """Somebody edits just before a commit, if there is one. Only where rows go may another's note be lost."""
        edited = []
        going = [row[0] for _, row in self.rows() if row[0] not in self.users]

        def edit(api):
            if api == "spreadsheets.batchUpdate" and not edited:
                edited.append(True)
                self.emulator.edit(self.workbook.spreadsheet_id, *requests)

        with self.emulator.before_each_call(edit):
            self.run()
        if edited:
            self.run()
        if edited and going:
            self.count_notes(staying=set())
        self.settle()

    def forget_notes_of_removed(self):
        """A row that went took its note with it."""
        self.notes = {number: note for number, note in self.notes.items() if number in self.users}

    # People

    def users_sheet(self):
        return next(sheet["properties"] for sheet in self.sheets() if sheet["title"] == "users")

    def sheets(self):
        return [
            {"title": found["developerMetadata"][0]["metadataValue"].split('"')[3], "properties": found["properties"]}
            for found in self.workbook.reader.fetch_sheet_metadata()["sheets"]
            if "stream" in found.get("developerMetadata", [{}])[0].get("metadataValue", "")
        ]

    def person(self, requests):
        """What somebody does in the browser."""
        self.workbook.reader.batch_update({"requests": requests})
        self.in_line = False

    def rows(self):
        """The rows of the users' sheet with their place in the grid."""
        title = self.users_sheet()["title"]
        return list(enumerate(self.workbook.all_values(title)))[1:]

    def cell_notes(self):
        """The notes on the cells of the first column, by the key that their row has."""
        title = self.users_sheet()["title"].replace("'", "''")
        asked = {"ranges": f"'{title}'!A2:A", "fields": "sheets.data.rowData.values(note,effectiveValue)"}
        data = self.workbook.reader.fetch_sheet_metadata(params=asked)["sheets"][0].get("data", [{}])[0]
        cells = [row.get("values", [{}])[0] for row in data.get("rowData", [])]
        return {cell["effectiveValue"]["numberValue"]: cell["note"] for cell in cells if "note" in cell}

    @rule(column=st.integers(0, 2), order=ORDERS)
    def sort(self, column, order):
        self.person([sort(self.users_sheet(), column, order)])

    @precondition(lambda self: self.in_line and self.users)
    @rule(data=st.data(), text=st.sampled_from(["somebody's", 99, None]))
    def overwrite_a_key(self, data, text):
        place, row = data.draw(st.sampled_from(self.rows()))
        twins = [values for values in self.users.values() if values == self.users.get(row[0])]
        # A row that holds nothing but its key can't be told by the cells beside it; nor can two equal ones.
        if row[0] in self.users and any(self.users[row[0]]) and len(twins) == 1:
            self.person([write(self.users_sheet(), place, 0, text)])
            self.sync_cleanly()

    @precondition(lambda self: self.in_line and self.users)
    @rule(column=st.integers(0, 2), text=st.sampled_from(["Header", None]))
    def overwrite_a_header(self, column, text):
        self.person([write(self.users_sheet(), 0, column, text)])
        self.sync_cleanly()
        title = self.users_sheet()["title"]
        assert self.workbook.all_values(title)[0][:3] == ["id", "name", "zip"]

    @precondition(lambda self: self.in_line and self.users)
    @rule(data=st.data())
    def annotate(self, data):
        place, row = data.draw(st.sampled_from(self.rows()))
        if row[0] in self.users:
            sheet = self.users_sheet()
            requests = []
            if sheet["gridProperties"]["columnCount"] < 4:
                requests.append({"appendDimension": {"sheetId": sheet["sheetId"], "dimension": "COLUMNS", "length": 1}})
            text = f"note on {row[0]}"
            self.notes[row[0]] = text
            self.person([*requests, write(sheet, place, 3, text), write_note(sheet, place, text)])

    @precondition(lambda self: self.in_line and len(self.users) > 1)
    @rule(data=st.data())
    def delete_a_row(self, data):
        place, row = data.draw(st.sampled_from(self.rows()))
        grid = {
            "sheetId": self.users_sheet()["sheetId"],
            "dimension": "ROWS",
            "startIndex": place,
            "endIndex": place + 1,
        }
        self.person([{"deleteDimension": {"range": grid}}])
        self.notes.pop(row[0], None)

    @precondition(lambda self: self.users)
    @rule(row=st.integers(1, 6), column=st.integers(1, 2), text=TEXTS)
    def overwrite(self, row, column, text):
        sheet = self.users_sheet()
        if row < sheet["gridProperties"]["rowCount"]:
            self.person([write(sheet, row, column, text)])

    @rule(title=st.sampled_from(["Clients", "users", "Über uns"]))
    def rename(self, title):
        properties = {"sheetId": self.users_sheet()["sheetId"], "title": title}
        self.person([{"updateSheetProperties": {"properties": properties, "fields": "title"}}])

    # People and the status sheet

    def status_sheet(self):
        """The status sheet's properties, None where somebody deleted it."""
        (entry,) = self.workbook.reader.fetch_sheet_metadata()["developerMetadata"]
        number = json.loads(entry["metadataValue"])["sheet"]
        sheets = self.workbook.reader.fetch_sheet_metadata()["sheets"]
        return next((sheet["properties"] for sheet in sheets if sheet["properties"]["sheetId"] == number), None)

    @rule(row=st.integers(0, 6), column=st.integers(0, 8), text=TEXTS)
    def write_over_the_status(self, row, column, text):
        sheet = self.status_sheet()
        grid = sheet["gridProperties"] if sheet else {}
        if sheet and row < grid["rowCount"] and column < grid["columnCount"]:
            self.person([write(sheet, row, column, text)])

    @rule(column=st.integers(0, 8), order=ORDERS)
    def sort_the_status(self, column, order):
        sheet = self.status_sheet()
        if sheet and column < sheet["gridProperties"]["columnCount"] and sheet["gridProperties"]["rowCount"] > 4:
            self.person([sort(sheet, column, order, top=4)])

    @rule(at=st.integers(0, 5), dimension=st.sampled_from(["ROWS", "COLUMNS"]), insert=st.booleans())
    def insert_into_the_status_or_delete_from_it(self, at, dimension, insert):
        sheet = self.status_sheet()
        if sheet and sheet["gridProperties"]["rowCount"] > 6:
            grid = {"sheetId": sheet["sheetId"], "dimension": dimension, "startIndex": at, "endIndex": at + 1}
            self.person([{"insertDimension" if insert else "deleteDimension": {"range": grid}}])

    @rule()
    def delete_the_status(self):
        sheet = self.status_sheet()
        if sheet:
            self.person([{"deleteSheet": {"sheetId": sheet["sheetId"]}}])

    @rule(title=st.sampled_from(["Status", "log", "_sync"]))
    def rename_the_status(self, title):
        sheet = self.status_sheet()
        taken = {found.title.casefold() for found in self.workbook.reader.worksheets()}
        if sheet and title.casefold() not in taken:
            properties = {"sheetId": sheet["sheetId"], "title": title}
            self.person([{"updateSheetProperties": {"properties": properties, "fields": "title"}}])

    @rule()
    def sync_when_the_status_is_due(self):
        """Whatever people did to the status sheet, what a run writes there is what it did."""
        self.emulator.set_faults()
        self.run(status_every=0)
        self.settle()
        rows = self.workbook.all_values(self.status_sheet()["title"])
        tops = [row for row in rows if "ok" in row]
        assert tops
        assert all("running" in row for row in tops[:1])
        assert self.counts(rows) == self.expected_counts()

    def expected_counts(self):
        """How many rows each sheet has of its stream."""
        return {"users": len(self.users), "log": len(self.log)}

    @staticmethod
    def counts(rows):
        """The rows of each stream, as the status sheet says it."""
        at = next(number for number, row in enumerate(rows) if {"Stream", "Rows", "Note"} <= {*row})
        name, count = rows[at].index("Stream"), rows[at].index("Rows")
        return {row[name]: row[count] for row in reversed(rows[at + 1 :]) if row[name] in {"users", "log"}}

    # The law

    @invariant()
    def a_sheet_in_line_equals_its_source(self):
        if not self.in_line:
            return
        titles = {sheet["title"]: sheet["properties"]["title"] for sheet in self.sheets()}
        found = self.workbook.all_values(titles["users"])[1:]
        wanted = {number: [name or "", code or ""] for number, (name, code) in self.users.items()}
        mirrored = [row for row in found if row[0] != ""]
        assert sorted(row[0] for row in mirrored) == sorted(wanted)
        assert {row[0]: [*row[1:3], "", ""][:2] for row in mirrored} == wanted
        assert {row[0]: row[3] for row in mirrored if len(row) > 3 and row[3]} == self.notes
        assert self.cell_notes() == self.notes
        log = self.workbook.all_values(titles["log"])[1:]
        assert Counter(row[0] for row in log if row and row[0]) == Counter(self.log)


def write(sheet, row, column, text):
    """A request that writes a text into a cell, or clears it."""
    kind = "stringValue" if isinstance(text, str) else "numberValue"
    value = {"userEnteredValue": {kind: text}} if text else {}
    start = {"sheetId": sheet["sheetId"], "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": [{"values": [value]}], "fields": "userEnteredValue"}}


def write_note(sheet, row, text):
    """A request that puts a note on the first cell of a row."""
    start = {"sheetId": sheet["sheetId"], "rowIndex": row, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": [{"values": [{"note": text}]}], "fields": "note"}}


def sort(sheet, column, order, top=1):
    """A request that sorts all rows below the header, which is so high."""
    grid = {"sheetId": sheet["sheetId"], "startRowIndex": top, "startColumnIndex": 0}
    return {"sortRange": {"range": grid, "sortSpecs": [{"dimensionIndex": column, "sortOrder": order}]}}


def test_after_a_clean_run_every_sheet_equals_its_source(emulator, monkeypatch):
    run_histories(Histories, emulator, monkeypatch)


def run_histories(histories, emulator, monkeypatch):
    """Try a share of the histories, or as many as the environment says."""
    monkeypatch.setattr("target_gsheets.patience.LONGEST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr("target_gsheets.staging.MIN_STAGED_BYTES", 200)
    machine = type("Machine", (histories,), {"emulator": emulator})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
