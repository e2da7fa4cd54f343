"""The random histories of test_histories.py, of streams that are upserted and appended to.

After a clean run an upserted sheet has every row that the source ever had and nobody deleted, those of now as they are
now; in one that is appended to every record stands once for each run that sent it and came to its end, and at most once
for each that may have died after its commit.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.target.conftest import whole_stream
from tests.target.test_histories import ORDERS, TEXTS, Histories, run_histories, sort, write

METHODS = "users=upsert,log=upsert,events=append-only"


class MethodHistories(Histories):
    """The same days, with rows that stay when they leave the source, and with events that come once."""

    def __init__(self):
        super().__init__()
        self.ever = defaultdict(set)  # what each user ever was
        self.present = set()  # users whose row is in the sheet for certain
        self.most = Counter()  # how often each text was in the log at once
        self.events = 0  # how many there ever were; they are numbers
        self.acknowledged = 0  # ... and how many of them came before the last STATE
        self.sent = Counter()  # how many runs sent each

    # The source

    @rule(number=st.integers(1, 3))
    def let_something_happen(self, number):
        self.events += number
        self.in_line = False

    # Syncs

    def messages(self):
        for number, values in self.users.items():
            self.ever[number].add(values)
        self.most |= Counter(self.log)
        numbers = range(self.acknowledged, self.events)
        self.sent.update(numbers)
        events = [{"n": number} for number in numbers]
        return [*super().messages(), *whole_stream("events", {"n": "integer"}, events, keys=["n"])]

    def run(self, messages=None, **options):
        total = self.events
        super().run(messages, load_method_overrides=METHODS, **options)
        self.acknowledged = total

    def settle(self):
        self.present |= self.users.keys()
        super().settle()

    def forget_notes_of_removed(self):
        """None is removed."""

    def count_notes(self, staying=None):
        super().count_notes({*self.notes})

    @rule(row=st.integers(1, 5), text=TEXTS)
    def sync_while_somebody_overwrites(self, row, text):
        if self.is_current(row):
            self.sync_while([write(self.users_sheet(), row, 1, text)])

    def expected_counts(self):
        """What left the source is there all the same."""
        titles = {sheet["title"]: sheet["properties"]["title"] for sheet in self.sheets()}
        columns = {stream: self.workbook.all_values(titles[stream])[1:] for stream in ("users", "log")}
        return {stream: sum(row[0] != "" for row in rows if row) for stream, rows in columns.items()}

    # People

    def is_current(self, row):
        """Whether a row comes again, so that what people overwrite in it heals."""
        found = dict(self.rows()).get(row)
        return bool(found) and found[0] in self.users

    @precondition(lambda self: self.users)
    @rule(row=st.integers(1, 6), column=st.integers(1, 2), text=TEXTS)
    def overwrite(self, row, column, text):
        if self.is_current(row):
            self.person([write(self.users_sheet(), row, column, text)])
            self.sync_cleanly()

    @rule()
    def overwrite_a_key(self):
        """Nothing: the row goes by another key from then on, and the one that comes again is new."""

    @precondition(lambda self: self.in_line and len(self.users) > 1)
    @rule(data=st.data())
    def delete_a_row(self, data):
        place, row = data.draw(st.sampled_from(self.rows()))
        grid = {"sheetId": self.users_sheet()["sheetId"], "dimension": "ROWS"}
        self.person([{"deleteDimension": {"range": {**grid, "startIndex": place, "endIndex": place + 1}}}])
        self.notes.pop(row[0], None)
        self.present.discard(row[0])

    @rule(order=ORDERS)
    def sort_events(self, order):
        events = next(sheet["properties"] for sheet in self.sheets() if sheet["title"] == "events")
        self.person([sort(events, 0, order)])

    # The law

    @invariant()
    def a_sheet_in_line_equals_its_source(self):
        if not self.in_line:
            return
        titles = {sheet["title"]: sheet["properties"]["title"] for sheet in self.sheets()}
        found = [row for row in self.workbook.all_values(titles["users"])[1:] if row[0] != ""]
        rows = {row[0]: tuple(text or None for text in [*row[1:3], "", ""][:2]) for row in found}
        assert len(rows) == len(found)
        assert {number: rows[number] for number in self.users} == self.users
        assert self.present <= rows.keys() <= self.ever.keys()
        assert all(values in self.ever[number] for number, values in rows.items())
        assert {row[0]: row[3] for row in found if len(row) > 3 and row[3]} == self.notes
        assert self.cell_notes() == self.notes
        log = Counter(row[0] for row in self.workbook.all_values(titles["log"])[1:] if row and row[0])
        assert Counter(self.log) <= log <= self.most
        events = Counter(row[0] for row in self.workbook.all_values(titles["events"])[1:] if row and row[0] != "")
        assert events.keys() == set(range(self.events))
        assert events <= self.sent


def test_after_a_clean_run_nothing_is_lost_or_doubled(emulator, monkeypatch):
    run_histories(MethodHistories, emulator, monkeypatch)
