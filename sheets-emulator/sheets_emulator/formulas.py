"""Formulas of a workbook: what each cell's formula amounts to.

Design rule: a formula is evaluated when it is read, so NOW is the moment of reading; nothing is stored but its text.
What a formula refers to is evaluated before it, from a list of what is open, so that a chain of cells may be as long
as a column. What can't be evaluated becomes an error value of kind "ERROR" whose display is the formula itself, so
that nobody takes it for a result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from . import a1
from .a1 import Box
from .dates import EPOCH
from .expressions import Area, NotEvaluatedError, Token, evaluate, tokenize
from .layer import Cell, ErrorValue, Formula, Scalar
from .model import Sheet, Workbook
from .typed_numbers import normal_number

_Key = tuple[int, int, int]
_CIRCULAR = ErrorValue("REF", "Circular dependency detected.")


@dataclass(frozen=True, slots=True)
class _Open:
    """A formula whose references are being evaluated: the places that may still need it."""

    key: _Key
    sheet: Sheet
    tokens: list[Token]
    pending: Iterator[tuple[Sheet, int, int]]


@dataclass(slots=True)
class Evaluator:
    """Evaluates formulas of one workbook as it is now; results are remembered for the evaluator's life."""

    book: Workbook
    _memo: dict[_Key, Scalar] = field(default_factory=dict)

    def value(self, sheet: Sheet, row: int, column: int) -> Scalar:
        """The effective value of a cell; None where it is empty or refers to an empty one."""
        cell: Cell = sheet.cells.get(row, column)
        if not isinstance(cell, Formula):
            return cell
        key = (sheet.sheet_id, row, column)
        if key not in self._memo:
            self._settle(sheet, row, column)
        return self._memo[key]

    def _settle(self, sheet: Sheet, row: int, column: int) -> None:
        """Evaluate a formula after all that it refers to; one that is open already is a circle."""
        opened = [self._open(sheet, row, column)]
        while opened:
            last = opened[-1]
            place = next((p for p in last.pending if (p[0].sheet_id, p[1], p[2]) not in self._memo), None)
            if place is not None:
                opened.append(self._open(*place))
                continue
            opened.pop()
            if last.tokens:
                self._memo[last.key] = self._evaluate(last)

    def _open(self, sheet: Sheet, row: int, column: int) -> _Open:
        key = (sheet.sheet_id, row, column)
        self._memo[key] = _CIRCULAR
        try:
            tokens = tokenize(sheet.cells.get(row, column).text[1:])
        except NotEvaluatedError as reason:
            self._memo[key] = _unknown(reason)
            tokens = []
        return _Open(key, sheet, tokens, self._formulas(tokens, sheet))

    def _formulas(self, tokens: list[Token], sheet: Sheet) -> Iterator[tuple[Sheet, int, int]]:
        """The places of the formulas that a formula on `sheet` refers to."""
        for text in dict.fromkeys(text for kind, text in tokens if kind == "range"):
            found = self._resolve(text, sheet)
            if found is None or not found[0].cells.has_formulas:
                continue
            target, box, _ = found
            for row in range(box.r0, box.r1):
                for column, cell in enumerate(target.cells.row(row)[box.c0 : box.c1], box.c0):
                    if isinstance(cell, Formula):
                        yield target, row, column

    def _evaluate(self, formula: _Open) -> Scalar:
        try:
            result = evaluate(formula.tokens, lambda text: self._area(text, formula.sheet), self._now)
        except NotEvaluatedError as reason:
            return _unknown(reason)
        return normal_number(result) if isinstance(result, (int, float)) and not isinstance(result, bool) else result

    def _now(self) -> float:
        """The serial number of this moment by the workbook's clocks, as NOW has it."""
        moment = datetime.fromtimestamp(self.book.clock(), ZoneInfo(str(self.book.properties.get("timeZone", "UTC"))))
        return (moment.replace(tzinfo=None) - EPOCH) / timedelta(days=1)

    def _area(self, text: str, sheet: Sheet) -> Area | ErrorValue:
        """The values of the range that a formula on `sheet` names; what lies beyond the last filled cell is left."""
        found = self._resolve(text, sheet)
        if found is None:
            return ErrorValue("REF", f"Unresolved sheet name in {text[:80]}.")
        target, box, single = found
        if single and box.empty:
            return Area([None], single)
        rows, columns = range(box.r0, box.r1), range(box.c0, box.c1)
        return Area([self.value(target, row, column) for row in rows for column in columns], single)

    def _resolve(self, text: str, sheet: Sheet) -> tuple[Sheet, Box, bool] | None:
        """(sheet, filled box, is it one cell) of a reference in a formula on `sheet`."""
        reference = a1.parse(text)
        if reference is None or reference.whole_sheet:
            return None
        target = sheet if reference.title is None else self.book.maybe_sheet_titled(reference.title)
        if target is None:
            return None
        r0, c0 = reference.r0 or 0, reference.c0 or 0
        r1 = a1.OPEN if reference.r1 is None else reference.r1
        c1 = a1.OPEN if reference.c1 is None else reference.c1
        box = Box(r0, min(r1, target.cells.height()), c0, min(c1, target.cells.width()))
        return target, box, (r1 - r0, c1 - c0) == (1, 1)


def _unknown(reason: NotEvaluatedError) -> ErrorValue:
    return ErrorValue("ERROR", f"sheets-emulator can't evaluate this formula: {reason}.")
