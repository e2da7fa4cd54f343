"""One call of a method, as the pure modules see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .batch_update.context import Context
from .model import Json, Workbook


@dataclass(slots=True)
class Call:
    """`book` is the workbook that the path names: a fork for a writing method, which may change it."""

    book: Workbook
    path: dict[str, str]
    parameters: Json
    body: Json
    context: Context
    open_other: Callable[[str], Workbook]
    """A fork of a workbook that the caller may write; kept when the call succeeds."""
    guard: Callable[[Workbook], None]
    """Raises RequestError where the workbook changed in what the caller may not edit."""

    def refuse_protected(self) -> None:
        self.guard(self.book)
