"""(schema, value) -> cell, by one table and never by guessing at a text.

A cell is a plain Python value: None is empty, str is text, int and float are numbers, bool is a boolean. The schema
decides what a text means (a date or just text) and how a column is shown; the value's own JSON type decides the rest.

Numbers in a sheet are IEEE doubles: what a double can't hold
exactly stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

import msgspec

from target_gsheets.serials import date_serial, date_time_serial, time_serial

Cell: TypeAlias = "str | int | float | bool | None"

MAX_CHARACTERS = 50_000
CUT_AT = 49_990
CUT_MARK = "… [cut]"
MAX_INTEGER = 10**15
EXACT_DIGITS = 15  # so many of a decimal number come through a double unharmed
PLAIN_TYPES = {str, bool, type(None)}  # JSON values that are cells as they are, or texts

# What UTF-8 can't hold, and JSON can: halves of surrogate pairs.
SURROGATES = re.compile("[\ud800-\udfff]")
# What Sheets can't hold: these, and control characters but tab and line breaks.
REFUSED_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Kind(Enum):
    """What a column holds, as far as it decides how texts are read and cells are shown."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    DATE_TIME = "date-time"
    TIME = "time"
    JSON = "json"


FORMATS = {"date": Kind.DATE, "date-time": Kind.DATE_TIME, "time": Kind.TIME}
TYPES = {
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "object": Kind.JSON,
    "array": Kind.JSON,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a stream: its name, what it holds, and the decimals that its schema promises, if any."""

    name: str
    kind: Kind = Kind.TEXT
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number format as the API names it: type and pattern; without a pattern it is left to Sheets."""

    type: str
    pattern: str

    def __str__(self) -> str:
        return f"{self.type} {self.pattern}".strip()


@dataclass(slots=True)
class Losses:
    """What could not be kept of the values: texts cut to Sheets' limit, control characters removed."""

    cut: int = 0
    removed: int = 0


def column_of(name: str, schema: Any) -> Column:
    """Read a property of a stream's schema; of several types the first that isn't null or text counts.

    What says nothing of types, or is no schema, is anything: JSON Schema allows true for that, and taps more.
    """
    if not isinstance(schema, Mapping):
        return Column(name, Kind.JSON)
    branches = [schema, *list_of(schema.get("anyOf")), *list_of(schema.get("oneOf"))]
    kinds: list[tuple[Kind, int | None]] = []
    for branch in (branch for branch in branches if isinstance(branch, Mapping)):
        types = branch.get("type")
        for kind in [types] if isinstance(types, str) else filter(is_text, list_of(types)):
            if kind == "string" and str(branch.get("format")) in FORMATS:
                kinds.append((FORMATS[branch["format"]], None))
            elif kind in TYPES:
                decimals = decimals_of(branch.get("multipleOf", schema.get("multipleOf")))
                kinds.append((TYPES[kind], decimals if kind == "number" else None))
    otherwise = (Kind.TEXT if kinds else Kind.JSON, None)
    return Column(name, *next((found for found in kinds if found[0] is not Kind.TEXT), otherwise))


def list_of(found: Any) -> list[Any]:
    """A list of a schema; empty where it is none."""
    return found if isinstance(found, list) else []


def is_text(found: Any) -> bool:
    """Whether a part of a schema is a text."""
    return isinstance(found, str)


def decimals_of(multiple: Any) -> int | None:
    """The decimals of a JSON Schema's `multipleOf`: 0.01 has two. None where it doesn't say."""
    if isinstance(multiple, bool) or not isinstance(multiple, (int, float, Decimal)):
        return None
    exponent = Decimal(str(multiple)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else None


def number_format(column: Column, *, milliseconds: bool) -> NumberFormat | None:
    """How a column shows its numbers; None where it holds none."""
    fraction = ".000" if milliseconds else ""
    if column.kind is Kind.NUMBER:
        decimals = column.decimals
        return NumberFormat("NUMBER", "" if decimals is None else "0." + "0" * decimals if decimals else "0")
    return {
        Kind.INTEGER: NumberFormat("NUMBER", "0"),
        Kind.DATE: NumberFormat("DATE", "yyyy-mm-dd"),
        Kind.DATE_TIME: NumberFormat("DATE_TIME", f"yyyy-mm-dd hh:mm:ss{fraction}"),
        Kind.TIME: NumberFormat("TIME", f"hh:mm:ss{fraction}"),
    }.get(column.kind)


def has_milliseconds(cells: Any) -> bool:
    """Whether any serial number among these cells has a fraction of a second worth showing."""
    numbers = (cell for cell in cells if isinstance(cell, float))
    return any(abs(number * 86_400 - round(number * 86_400)) >= 0.0005 for number in numbers)


def plain_cells(values: Sequence[Any], losses: Losses) -> Sequence[Cell]:
    """JSON values of one column as cells, as far as their own type decides: numbers, and objects and arrays as text.

    A text is left as it is: what it means, the schema says.
    """
    kinds = {*map(type, values)} - PLAIN_TYPES
    if kinds == {int}:
        numbers = [value for value in values if type(value) is int]
        if min(numbers) > -MAX_INTEGER and max(numbers) < MAX_INTEGER:
            return values
    if not kinds:
        return values
    return [value if type(value) in PLAIN_TYPES else plain_cell(value, losses) for value in values]


def plain_cell(value: Any, losses: Losses) -> Cell:
    """One JSON value as plain_cells has it."""
    if isinstance(value, (Decimal, float)):
        return number_cell(value)
    if isinstance(value, (str, bool)) or value is None:
        return value
    if isinstance(value, int):
        return value if -MAX_INTEGER < value < MAX_INTEGER else str(value)
    return compact_json(value, losses)


def column_converter(column: Column, zone: tzinfo, losses: Losses) -> Callable[[Sequence[Cell]], Sequence[Cell]]:
    """A function from plain cells of this column to its cells; what it can't keep of texts it counts in `losses`."""
    read_text: Callable[[str], Cell] | None = {
        Kind.DATE: date_serial,
        Kind.DATE_TIME: lambda text: date_time_serial(text, zone),
        Kind.TIME: time_serial,
    }.get(column.kind)

    def to_cells(values: Sequence[Cell]) -> Sequence[Cell]:
        if str not in {*map(type, values)}:
            return values
        if read_text:
            values = [
                serial if isinstance(cell, str) and (serial := read_text(cell)) is not None else cell for cell in values
            ]
        texts = [cell for cell in values if isinstance(cell, str)]
        if are_clean(texts):
            return values
        return [clean_text(cell, losses) if isinstance(cell, str) else cell for cell in values]

    return to_cells


def number_cell(value: Decimal | float) -> Cell:
    """A number where the shortest form of the nearest double has the same value, else its exact digits as text."""
    text = str(value)
    if not text[-1].isdigit():  # no number, or an infinite one
        return text
    nearest = float(text)
    is_short = len(text) <= EXACT_DIGITS and "E" not in text
    if is_short or repr(nearest) == text or Decimal(repr(nearest)) == Decimal(text):
        return as_read(nearest)
    return text


def as_read(cell: Cell) -> Cell:
    """A number as the API answers it: without a point where it is whole."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def are_clean(texts: Sequence[str]) -> bool:
    """Whether `clean_text` would leave all of these as they are."""
    if not texts:
        return True
    return (
        "" not in texts
        and max(map(len, texts)) <= MAX_CHARACTERS // 2
        and not REFUSED_CHARACTERS.search("\n".join(texts))
    )


def clean_text(text: str, losses: Losses) -> str | None:
    """The text that a cell can hold: empty is None, refused characters are gone, 50,000 characters at most."""
    text, removed = REFUSED_CHARACTERS.subn("", text)
    losses.removed += removed
    # Counted as UTF-16, the longer of the two ways in which Google might count.
    if len(text) > MAX_CHARACTERS // 2 and len(text.encode("utf-16-le")) // 2 > MAX_CHARACTERS:
        losses.cut += 1
        text = text.encode("utf-16-le")[: CUT_AT * 2].decode("utf-16-le", "ignore") + CUT_MARK
    return text or None


def canonical(text: str) -> str:
    """A text without what Sheets might add on its own: nobody outside Google knows for certain.

    A text that begins with `=`, `+` or `'` may come back with an apostrophe in front, and line breaks may come back
    as line feeds. Taken as different, such a cell would be written again in every run.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text[1:] if text[:2] in {"'=", "'+", "''"} else text


_json_encoder = msgspec.json.Encoder(decimal_format="number")


def compact_json(value: Any, losses: Losses) -> str:
    """JSON without blanks, keys in source order, numbers with all their digits."""
    try:
        return _json_encoder.encode(value).decode()
    except UnicodeEncodeError:
        return _json_encoder.encode(without_surrogates(value, losses)).decode()


def without_surrogates(value: Any, losses: Losses) -> Any:
    """An object or array without halves of surrogate pairs, which are counted: UTF-8 has none."""
    if isinstance(value, str):
        text, removed = SURROGATES.subn("", value)
        losses.removed += removed
        return text
    if isinstance(value, Mapping):
        return {without_surrogates(name, losses): without_surrogates(part, losses) for name, part in value.items()}
    if isinstance(value, list):
        return [without_surrogates(part, losses) for part in value]
    return value
