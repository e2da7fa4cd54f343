"""Formulas: arithmetic, comparison, text joining, references and a small table of functions.

Design rule: a formula is evaluated when it is read; nothing is stored but its text. What this module can't evaluate
becomes an error value of kind "ERROR" whose display is the formula itself, so that nobody takes it for a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import a1
from .functions import FUNCTIONS, FormulaError, as_number, as_text
from .layer import Cell, ErrorValue, Formula, Scalar
from .model import Sheet, Workbook
from .references import TOKENS
from .values import normal_number

_BINARY = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 6}
_MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class Area:
    """The values of a range, row by row, as an argument of a function."""

    values: list[Scalar]


class NotEvaluatedError(Exception):
    """The formula uses something that the emulator doesn't know."""


def tokenize(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = TOKENS.match(text, position)
        if not match:
            raise NotEvaluatedError(f"unexpected {text[position]!r}")
        tokens.append((match.lastgroup or "", match[0].strip()))
        position = match.end()
    return tokens


@dataclass(slots=True)
class Evaluator:
    """Evaluates formulas of one workbook as it is now; results are remembered for the evaluator's life."""

    book: Workbook
    _memo: dict[tuple[int, int, int], Scalar] = field(default_factory=dict)
    _depth: int = 0

    def value(self, sheet: Sheet, row: int, column: int) -> Scalar:
        """The effective value of a cell."""
        cell: Cell = sheet.cells.get(row, column)
        if not isinstance(cell, Formula):
            return cell
        key = (sheet.sheet_id, row, column)
        if key not in self._memo:
            self._memo[key] = ErrorValue("REF", "Circular dependency detected.")
            self._memo[key] = self._evaluate(cell, sheet)
        return self._memo[key]

    def _evaluate(self, formula: Formula, sheet: Sheet) -> Scalar:
        self._depth += 1
        try:
            if self._depth > _MAX_DEPTH:
                raise NotEvaluatedError("a chain of references too long")
            parser = _Parser(tokenize(formula.text[1:]), self, sheet)
            result = parser.whole()
        except FormulaError as problem:
            return ErrorValue(problem.kind, str(problem))
        except NotEvaluatedError as reason:
            return ErrorValue("ERROR", f"sheets-emulator can't evaluate this formula: {reason}.")
        finally:
            self._depth -= 1
        return normal_number(result) if isinstance(result, (int, float)) and not isinstance(result, bool) else result

    def area(self, text: str, sheet: Sheet) -> Area:
        """The values of the range that a formula on `sheet` names."""
        reference = a1.parse(text)
        target = (
            sheet if reference is None or reference.title is None else self.book.maybe_sheet_titled(reference.title)
        )
        if reference is None or target is None:
            raise FormulaError("REF", f"Unresolved sheet name in {text}.")
        height, width = target.cells.height(), target.cells.width()
        rows = range(reference.r0 or 0, height if reference.r1 is None else reference.r1)
        columns = range(reference.c0 or 0, width if reference.c1 is None else reference.c1)
        return Area([self.value(target, row, column) for row in rows for column in columns])


class _Parser:
    """A precedence climber that evaluates while it reads."""

    def __init__(self, tokens: list[tuple[str, str]], evaluator: Evaluator, sheet: Sheet) -> None:
        self.tokens = tokens
        self.position = 0
        self.evaluator = evaluator
        self.sheet = sheet

    def whole(self) -> Scalar:
        result = scalar(self.expression(0))
        if self.position < len(self.tokens):
            raise NotEvaluatedError(f"unexpected {self.tokens[self.position][1]!r}")
        return 0 if result is None else result

    def peek(self) -> str:
        return self.tokens[self.position][1] if self.position < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.position >= len(self.tokens):
            raise NotEvaluatedError("it ends too early")
        self.position += 1
        return self.tokens[self.position - 1]

    def expression(self, level: int) -> Any:
        left = self.unary()
        while _BINARY.get(self.peek(), 0) > level:
            operator = self.take()[1]
            right = self.expression(_BINARY[operator])
            left = operate(operator, scalar(left), scalar(right))
        return left

    def unary(self) -> Any:
        if self.peek() in {"+", "-"}:
            sign = self.take()[1]
            value = as_number(scalar(self.unary()))
            return -value if sign == "-" else value
        value = self.atom()
        while self.peek() == "%":
            self.take()
            value = as_number(scalar(value)) / 100
        return value

    def atom(self) -> Any:
        kind, text = self.take()
        if kind == "number":
            return float(text)
        if kind == "string":
            return text[1:-1].replace('""', '"')
        if kind == "error":
            raise FormulaError("REF" if text == "#REF!" else "VALUE", "Reference does not exist.")
        if kind == "range":
            return self.evaluator.area(text, self.sheet)
        if text == "(":
            value = self.expression(0)
            if self.take()[1] != ")":
                raise NotEvaluatedError("a bracket isn't closed")
            return value
        if kind == "name":
            return self.call(text)
        raise NotEvaluatedError(f"unexpected {text!r}")

    def call(self, name: str) -> Any:
        if name.upper() in {"TRUE", "FALSE"} and self.peek() != "(":
            return name.upper() == "TRUE"
        function = FUNCTIONS.get(name.upper())
        if self.peek() != "(" or function is None:
            raise NotEvaluatedError(f"it doesn't know {name}")
        self.take()
        arguments = list(self._arguments())
        return function(arguments)

    def _arguments(self) -> Iterator[Any]:
        if self.peek() == ")":
            self.take()
            return
        while True:
            try:
                value: Any = self.expression(0)
            except FormulaError as problem:
                value = ErrorValue(problem.kind, str(problem))
                self._skip_argument()
            yield value.values if isinstance(value, Area) else value
            if self.take()[1] == ")":
                return

    def _skip_argument(self) -> None:
        """Go on after an argument whose evaluation failed, so that IFERROR sees the others."""
        depth = 0
        while self.position < len(self.tokens) and not (depth == 0 and self.peek() in {",", ";", ")"}):
            depth += {"(": 1, ")": -1}.get(self.peek(), 0)
            self.position += 1


def scalar(value: Any) -> Scalar:
    """One value of an operand: an area of one cell is that cell."""
    if isinstance(value, Area):
        if len(value.values) != 1:
            raise NotEvaluatedError("it uses a whole range as one value")
        value = value.values[0]
    if isinstance(value, ErrorValue):
        raise FormulaError(value.kind, value.message)
    found: Scalar = value
    return found


def _divide(left: float, right: float) -> float:
    if right == 0:
        raise FormulaError("DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero.")
    return left / right


def _power(left: float, right: float) -> float:
    try:
        result = left**right
    except (OverflowError, ZeroDivisionError) as error:
        raise FormulaError("NUM", "The result is too large.") from error
    if isinstance(result, complex):
        raise FormulaError("NUM", "The result isn't a real number.")
    return float(result)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divide,
    "^": _power,
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def operate(operator: str, left: Scalar, right: Scalar) -> Scalar:
    if operator == "&":
        return as_text(left) + as_text(right)
    if operator in _ARITHMETIC:
        return _ARITHMETIC[operator](as_number(left), as_number(right))
    return _COMPARISONS[operator](_sort_key(left, right), _sort_key(right, left))


def _sort_key(value: Scalar, other: Scalar) -> tuple[int, Any]:
    """Numbers before text before booleans; text without regard to case; an empty cell is the other side's zero."""
    if value is None:
        value = "" if isinstance(other, str) else 0
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, value)
