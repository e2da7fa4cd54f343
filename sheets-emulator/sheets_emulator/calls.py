"""One call of a method, as the pure modules see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .batch_update import dimensions, sheets
from .batch_update.context import Context
from .errors import InvalidArgumentError, RequestError
from .model import Json, Sheet, Workbook


@dataclass(slots=True)
class Call:
    """`book` is the workbook that the path names: a fork for a writing method, which may change it."""

    book: Workbook
    path: dict[str, str]
    parameters: Json
    body: Json
    context: Context
    open_other: Callable[[str], Workbook]
    """A fork of another workbook that the caller may write; kept when the call succeeds."""
    guard: Callable[[Workbook], None]
    """Raises RequestError where the workbook changed in what the caller may not edit."""

    def refuse_protected(self) -> None:
        try:
            self.guard(self.book)
        except RequestError as error:
            raise InvalidArgumentError(error.message) from error

    def resize(self, sheet: Sheet, rows: int, columns: int) -> None:
        try:
            sheets.resize(sheet, rows, columns)
        except RequestError as error:
            raise InvalidArgumentError(error.message) from error

    def insert_rows(self, sheet: Sheet, at: int, count: int) -> None:
        try:
            dimensions.insert(self.book, sheet, "ROWS", (at, at + count))
        except RequestError as error:
            raise InvalidArgumentError(error.message) from error
