"""The value of one formula's text: arithmetic, comparison, text joining, references and functions.

Design rule: an error is a value that travels to where a function takes it (IFERROR) or to the end; only what isn't
understood is raised, as NotEvaluatedError. No result is larger than a cell can hold.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import floor, isfinite
from typing import Any

from .functions import FUNCTIONS, FormulaError, as_number, as_text
from .layer import ErrorValue, Scalar
from .references import TOKENS
from .values import MAX_CHARACTERS

_BINARY = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 6}
_MAX_DEPTH = 100
"""How deep brackets may be nested: each level takes up to five frames of Python's thousand."""

_WITHOUT_ARGUMENTS = ErrorValue("N_A", "This function takes no arguments.")

Token = tuple[str, str]


class NotEvaluatedError(Exception):
    """The formula uses something that the emulator doesn't know."""


@dataclass(frozen=True, slots=True)
class Area:
    """The values of a range, row by row, as an argument of a function; `single` where it names one cell."""

    values: list[Scalar]
    single: bool = False


def tokenize(text: str) -> list[Token]:
    """The tokens of a formula without its "=". Raises NotEvaluatedError."""
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = TOKENS.match(text, position)
        if not match:
            raise NotEvaluatedError(f"unexpected {text[position]!r}")
        tokens.append((match.lastgroup or "", match[0].strip()))
        position = match.end()
    return tokens


def evaluate(tokens: list[Token], area: Callable[[str], Area | ErrorValue], now: Callable[[], float]) -> Scalar:
    """The value of a formula; None is an empty cell. Raises NotEvaluatedError.

    `area` looks up references, `now` is the serial number of this moment by the workbook's clocks.
    """
    parser = _Parser(tokens, area, now)
    result = scalar(parser.expression(0))
    if parser.position < len(tokens):
        raise NotEvaluatedError(f"unexpected {parser.peek()!r}")
    return result


class _Parser:
    """A precedence climber that evaluates while it reads."""

    def __init__(self, tokens: list[Token], area: Callable[[str], Area | ErrorValue], now: Callable[[], float]) -> None:
        self.tokens = tokens
        self.area = area
        self.volatile: dict[str, Callable[[], float]] = {"NOW": now, "TODAY": lambda: float(floor(now()))}
        self.position = 0
        self.depth = 0

    def peek(self) -> str:
        return self.tokens[self.position][1] if self.position < len(self.tokens) else ""

    def take(self) -> Token:
        if self.position >= len(self.tokens):
            raise NotEvaluatedError("it ends too early")
        self.position += 1
        return self.tokens[self.position - 1]

    def expression(self, level: int) -> Any:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise NotEvaluatedError("it is nested too deeply")
        left = self.unary()
        while _BINARY.get(self.peek(), 0) > level:
            sign = self.take()[1]
            right = self.expression(_BINARY[sign])
            left = attempt(_OPERATIONS[sign], scalar(left), scalar(right))
        self.depth -= 1
        return left

    def unary(self) -> Any:
        signs = []
        while self.peek() in {"+", "-"} and self.tokens[self.position][0] == "operator":
            signs.append(self.take()[1])
        value = self.atom()
        while self.peek() == "%":
            self.take()
            value = attempt(lambda number: as_number(number) / 100, scalar(value))
        for sign in reversed(signs):
            value = attempt(_UNARY[sign], scalar(value))
        return value

    def atom(self) -> Any:
        kind, text = self.take()
        if kind == "number":
            return attempt(float, text)
        if kind == "string":
            return text[1:-1].replace('""', '"')
        if kind == "error":
            return ErrorValue("REF" if text == "#REF!" else "VALUE", "Reference does not exist.")
        if kind == "range":
            return self.area(text)
        if text == "(":
            value = self.expression(0)
            if self.take()[1] != ")":
                raise NotEvaluatedError("a bracket isn't closed")
            return value
        if kind == "name":
            return self.call(text.upper())
        raise NotEvaluatedError(f"unexpected {text!r}")

    def call(self, name: str) -> Any:
        if name in {"TRUE", "FALSE"} and self.peek() != "(":
            return name == "TRUE"
        if self.peek() != "(" or (name not in FUNCTIONS and name not in self.volatile):
            raise NotEvaluatedError(f"it doesn't know {name[:80]}")
        self.take()
        arguments = list(self._arguments())
        if name in self.volatile:
            return self.volatile[name]() if not arguments else _WITHOUT_ARGUMENTS
        return _result(lambda: FUNCTIONS[name](arguments))

    def _arguments(self) -> Iterator[Any]:
        if self.peek() == ")":
            self.take()
            return
        while True:
            value = self.expression(0)
            yield value.values if isinstance(value, Area) else value
            mark = self.take()[1]
            if mark == ")":
                return
            if mark not in {",", ";"}:
                raise NotEvaluatedError(f"unexpected {mark!r}")


def scalar(value: Any) -> Scalar:
    """One value of an operand: an area of one cell is that cell."""
    if not isinstance(value, Area):
        found: Scalar = value
        return found
    if not value.single:
        raise NotEvaluatedError("it uses a whole range as one value")
    return value.values[0]


def attempt(function: Callable[..., Any], *values: Scalar) -> Any:
    """A function of scalars; the first error among them is the result."""
    error = next((value for value in values if isinstance(value, ErrorValue)), None)
    return error or _result(lambda: function(*values))


def _result(function: Callable[[], Any]) -> Any:
    """The value of a computation, or the error that it ends with."""
    try:
        value = function()
        if isinstance(value, float) and not isfinite(value):
            raise FormulaError("NUM", "The result is beyond the range of a double.")
        if isinstance(value, str) and len(value) > MAX_CHARACTERS:
            raise FormulaError("VALUE", f"The text of the result is longer than {MAX_CHARACTERS} characters.")
    except FormulaError as problem:
        return ErrorValue(problem.kind, str(problem))
    return value


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


def _arithmetic(function: Callable[[float, float], float]) -> Callable[[Scalar, Scalar], Scalar]:
    return lambda left, right: function(as_number(left), as_number(right))


def _comparison(function: Callable[[Any, Any], bool]) -> Callable[[Scalar, Scalar], Scalar]:
    return lambda left, right: function(_sort_key(left, right), _sort_key(right, left))


def _sort_key(value: Scalar, other: Scalar) -> tuple[int, Any]:
    """Numbers before text before booleans; text without regard to case; an empty cell is the other side's zero."""
    if value is None:
        value = "" if isinstance(other, str) else 0
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, value)


_OPERATIONS: dict[str, Callable[[Scalar, Scalar], Scalar]] = {
    "&": lambda left, right: as_text(left) + as_text(right),
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(_divide),
    "^": _arithmetic(_power),
    "=": _comparison(operator.eq),
    "<>": _comparison(operator.ne),
    "<": _comparison(operator.lt),
    ">": _comparison(operator.gt),
    "<=": _comparison(operator.le),
    ">=": _comparison(operator.ge),
}
_UNARY: dict[str, Callable[[Scalar], Scalar]] = {"+": as_number, "-": lambda value: -as_number(value)}
