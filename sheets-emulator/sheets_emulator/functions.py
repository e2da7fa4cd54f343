"""The spreadsheet functions that the emulator evaluates: one table from a name to a function of its arguments.

Design rule: an argument is a scalar or a list (the values of a range); an error is raised as FormulaError, never
returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from .formats import format_general
from .layer import ErrorValue, Scalar
from .values import maybe_typed


class FormulaError(Exception):
    """A cell error; `kind` is the ErrorType of the API."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def as_number(value: Scalar) -> float:
    """A scalar as an operand of arithmetic: empty is 0, TRUE is 1, text is read as if typed, or refused."""
    if isinstance(value, (bool, int, float)):
        return float(value)
    if value is None:
        return 0.0
    typed = maybe_typed(str(value).strip())
    if typed is None:
        raise FormulaError("VALUE", f"'{str(value)[:200]}' is a text and cannot be coerced to a number.")
    return float(typed[0])


def as_text(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return format_general(value) if isinstance(value, (int, float)) else str(value)


def _flat(arguments: list[Any]) -> Iterator[tuple[Scalar, bool]]:
    """Every value with whether it came out of a range; an error among them is the result."""
    for argument in arguments:
        for value in argument if isinstance(argument, list) else [argument]:
            if isinstance(value, ErrorValue):
                raise FormulaError(value.kind, value.message)
            yield value, isinstance(argument, list)


def _numbers(arguments: list[Any]) -> list[float]:
    """The numbers of the arguments: text and booleans of a range don't count, those written out do."""
    return [
        as_number(value)
        for value, in_range in _flat(arguments)
        if not in_range or (isinstance(value, (int, float)) and not isinstance(value, bool))
    ]


def _one(arguments: list[Any], index: int, default: Scalar = None) -> Scalar:
    value: Any = arguments[index] if index < len(arguments) else default
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, ErrorValue):
        raise FormulaError(value.kind, value.message)
    found: Scalar = value
    return found


def _average(arguments: list[Any]) -> float:
    numbers = _numbers(arguments)
    if not numbers:
        raise FormulaError("DIVIDE_BY_ZERO", "Evaluation of function AVERAGE caused a divide by zero error.")
    return sum(numbers) / len(numbers)


_MOST_PLACES = 400
"""More places than any double has, before the point or after it."""


def _round(arguments: list[Any]) -> float:
    places = max(-_MOST_PLACES, min(int(as_number(_one(arguments, 1, 0))), _MOST_PLACES))
    amount = Decimal(repr(as_number(_one(arguments, 0))))
    context = Context(prec=2 * _MOST_PLACES)
    return float(amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context))


def _if(arguments: list[Any]) -> Scalar:
    chosen = 1 if as_number(_one(arguments, 0)) else 2
    return _one(arguments, chosen, False)


def _iferror(arguments: list[Any]) -> Scalar:
    try:
        return _one(arguments, 0)
    except FormulaError:
        return _one(arguments, 1, "")


def _count(arguments: list[Any]) -> int:
    values = [value for argument in arguments for value in (argument if isinstance(argument, list) else [argument])]
    return sum(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _text(arguments: list[Any]) -> str:
    return as_text(_one(arguments, 0))


FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "ABS": lambda arguments: abs(as_number(_one(arguments, 0))),
    "AND": lambda arguments: all(as_number(value) for value, _ in _flat(arguments)),
    "AVERAGE": _average,
    "CONCAT": lambda arguments: "".join(as_text(value) for value, _ in _flat(arguments)),
    "CONCATENATE": lambda arguments: "".join(as_text(value) for value, _ in _flat(arguments)),
    "COUNT": _count,
    "COUNTA": lambda arguments: sum(value is not None for value, _ in _flat(arguments)),
    "FALSE": lambda _: False,
    "HYPERLINK": lambda arguments: _one(arguments, 1, _one(arguments, 0)),
    "IF": _if,
    "IFERROR": _iferror,
    "LEN": lambda arguments: len(_text(arguments)),
    "LOWER": lambda arguments: _text(arguments).lower(),
    "MAX": lambda arguments: max(_numbers(arguments), default=0),
    "MIN": lambda arguments: min(_numbers(arguments), default=0),
    "NOT": lambda arguments: not as_number(_one(arguments, 0)),
    "OR": lambda arguments: any(as_number(value) for value, _ in _flat(arguments)),
    "PI": lambda _: 3.141592653589793,
    "ROUND": _round,
    "SUM": lambda arguments: sum(_numbers(arguments)),
    "TRUE": lambda _: True,
    "UPPER": lambda arguments: _text(arguments).upper(),
}
