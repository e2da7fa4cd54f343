"""(schema, value) -> cell, by one table and never by guessing at a text.

A cell is a plain Python value: None is empty, str is text, int and float are numbers, bool is a boolean. The schema
decides what a text means (a date or just text) and how a column is shown; the value's own JSON type decides the rest.

Numbers in a sheet are IEEE doubles: what a double can't hold
exactly stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

import msgspec

from target_gsheets.serials import date_serial, date_time_serial, time_serial

Cell: TypeAlias = "str | int | float | bool | None"
ToCell: TypeAlias = "Callable[[Any], Cell]"

MAX_CHARACTERS = 50_000
CUT_AT = 49_990
CUT_MARK = "… [cut]"
MAX_INTEGER = 10**15

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


def column_of(name: str, schema: Mapping[str, Any] | bool) -> Column:
    """Read a property of a stream's schema; of several types the first that isn't null or text counts."""
    if isinstance(schema, bool):  # JSON Schema allows true for anything, false for nothing
        return Column(name, Kind.JSON)
    branches = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    kinds: list[tuple[Kind, int | None]] = []
    for branch in (branch for branch in branches if isinstance(branch, Mapping)):
        types = branch.get("type", ())
        for kind in [types] if isinstance(types, str) else types:
            if kind == "string" and branch.get("format") in FORMATS:
                kinds.append((FORMATS[branch["format"]], None))
            elif kind in TYPES:
                decimals = decimals_of(branch.get("multipleOf", schema.get("multipleOf")))
                kinds.append((TYPES[kind], decimals if kind == "number" else None))
    otherwise = (Kind.TEXT if kinds else Kind.JSON, None)
    return Column(name, *next((found for found in kinds if found[0] is not Kind.TEXT), otherwise))


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


def cell_converter(column: Column, zone: tzinfo, losses: Losses) -> ToCell:
    """A function from a JSON value of this column to its cell; what it can't keep it counts in `losses`."""
    read_text = {
        Kind.DATE: date_serial,
        Kind.DATE_TIME: lambda text: date_time_serial(text, zone),
        Kind.TIME: time_serial,
    }.get(column.kind)

    def to_cell(value: Any) -> Cell:
        if isinstance(value, str):
            serial = read_text(value) if read_text else None
            return serial if serial is not None else clean_text(value, losses)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return value if -MAX_INTEGER < value < MAX_INTEGER else str(value)
        if isinstance(value, (Decimal, float)):
            return number_cell(value)
        return clean_text(compact_json(value, losses), losses)

    return to_cell


def number_cell(value: Decimal | float) -> Cell:
    """A number where the shortest form of the nearest double has the same value, else its exact digits as text."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    nearest = float(exact)
    if exact.is_finite() and Decimal(repr(nearest)) == exact:
        return nearest
    return str(exact)


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
