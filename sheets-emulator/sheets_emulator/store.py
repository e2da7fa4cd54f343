"""Where workbooks live: in memory, and in a SQLite file when one is given.

Design rule: `keep` returns only after the file holds the new state, in one transaction with every workbook that a
call changed; a killed process loses nothing that was acknowledged. SQLite in WAL mode without fsync survives the
death of the process, not that of the machine, which is what an emulator needs. The file is locked while it is open:
two servers on one file would overwrite each other.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from .accounts import Account
from .errors import ConfigurationError
from .layer import Row
from .limits import check_size
from .model import Workbook
from .state_codec import changed_chunks, decode_rows, decode_workbook, encode_head, encode_rows

_TABLES = """
CREATE TABLE IF NOT EXISTS workbook (id TEXT PRIMARY KEY, head BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS chunk (
    id TEXT, sheet INTEGER, layer TEXT, number INTEGER, rows BLOB NOT NULL, PRIMARY KEY (id, sheet, layer, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account (email TEXT PRIMARY KEY, key BLOB NOT NULL);
"""


_NAMES = {"workbook", "chunk", "account"}
PATIENCE = 3.0
"""Seconds to wait for the lock: a server that was told to end does so within two."""


class StateError(ConfigurationError):
    """The state file can't be used; the message names it."""

    def __init__(self, path: Path, why: object) -> None:
        super().__init__(f"can't use {path} as the state file: {why}. Give another --state.")


class Store:
    """Workbooks by id. What `get` answers is never changed in place: a writer keeps a fork."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises StateError where the file isn't ours, is in use, or can't be read or written."""
        self.workbooks: dict[str, Workbook] = {}
        self.clock: Callable[[], float] = time.time
        self._file: sqlite3.Connection | None = None
        if path:
            try:
                self._file = _open(path)
                self._load(self._file)
            except (sqlite3.Error, msgspec.DecodeError, KeyError, TypeError) as error:
                self.close()
                raise StateError(path, "another sheets-emulator uses it" if _is_locked(error) else error) from error

    def _load(self, file: sqlite3.Connection) -> None:
        layers: dict[str, dict[tuple[int, str], list[Row]]] = {}
        query = "SELECT id, sheet, layer, number, rows FROM chunk ORDER BY id, sheet, layer, number"
        for identity, sheet, layer, number, blob in file.execute(query):
            rows = layers.setdefault(identity, {}).setdefault((sheet, layer), [])
            rows.extend([()] * (number * 256 - len(rows)))
            rows.extend(decode_rows(blob))
        for identity, head in file.execute("SELECT id, head FROM workbook"):
            self._take(decode_workbook(head, layers.get(identity, {})))

    def _take(self, book: Workbook) -> None:
        book.clock = self._now
        self.workbooks[book.spreadsheet_id] = book

    def _now(self) -> float:
        return self.clock()

    def get(self, spreadsheet_id: str) -> Workbook | None:
        return self.workbooks.get(spreadsheet_id)

    def keep(self, books: Iterable[Workbook]) -> None:
        """Make these states the current ones, all or none; raises RequestError where one is too big."""
        books = list(books)
        for book in books:
            check_size(book)
        if self._file:
            with self._file as file:
                file.execute("BEGIN")
                for book in books:
                    _write(file, self.workbooks.get(book.spreadsheet_id), book)
        for book in books:
            self._take(book)

    def remove(self, spreadsheet_id: str) -> None:
        if self._file:
            with self._file as file:
                file.execute("BEGIN")
                file.execute("DELETE FROM workbook WHERE id = ?", (spreadsheet_id,))
                file.execute("DELETE FROM chunk WHERE id = ?", (spreadsheet_id,))
        self.workbooks.pop(spreadsheet_id, None)

    def clear(self) -> None:
        """Forget every workbook; accounts stay."""
        for spreadsheet_id in list(self.workbooks):
            self.remove(spreadsheet_id)

    def accounts(self) -> dict[str, Account]:
        """The service accounts that the file holds, by e-mail."""
        found = self._file.execute("SELECT key FROM account").fetchall() if self._file else []
        accounts = [Account.from_json(msgspec.json.decode(key)) for (key,) in found]
        return {account.email: account for account in accounts}

    def keep_account(self, account: Account) -> None:
        if self._file:
            key = msgspec.json.encode(account.credentials(""))
            self._file.execute("INSERT INTO account VALUES (?, ?)", (account.email, key))

    def close(self) -> None:
        """Leave one file: SQLite takes the -wal file in and removes it when the last connection closes."""
        if self._file:
            self._file.close()
            self._file = None


def _is_locked(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def _open(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        strange = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")} - _NAMES
        if strange:
            raise StateError(path, f"it is another program's database, with the table {min(strange)}")
        file.execute("PRAGMA locking_mode = EXCLUSIVE")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = OFF")
        file.executescript(_TABLES)
    except (sqlite3.Error, StateError):
        file.close()
        raise
    return file


def _write(file: sqlite3.Connection, old: Workbook | None, new: Workbook) -> None:
    identity = new.spreadsheet_id
    file.execute("INSERT OR REPLACE INTO workbook VALUES (?, ?)", (identity, encode_head(new)))
    for (sheet, layer, number), rows in changed_chunks(old, new).items():
        key = (identity, sheet, layer, number)
        if rows is None:
            file.execute("DELETE FROM chunk WHERE id = ? AND sheet = ? AND layer = ? AND number = ?", key)
        else:
            file.execute("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?)", (*key, encode_rows(rows)))
