"""(schema, value) -> cell, by one table and never by guessing at a text.

A cell is a plain Python value: None is empty, str is text, int and float are numbers, bool is a boolean. The schema
decides what a text means (a date or just text) and how a column is shown; the value's own JSON type decides the rest.

Serial numbers count days since 1899-12-30 without a time zone, so an instant is first moved to the workbook's zone:
in autumn two instants an hour apart share a serial. Numbers in a sheet are IEEE doubles: what a double can't hold
exactly stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

import msgspec

Cell: TypeAlias = "str | int | float | bool | None"
ToCell: TypeAlias = "Callable[[Any], Cell]"

MAX_CHARACTERS = 50_000
CUT_AT = 49_990
CUT_MARK = "… [cut]"
MAX_INTEGER = 10**15
SERIAL_DAY_ZERO = date(1899, 12, 30).toordinal()
MICROSECONDS_A_DAY = 86_400_000_000

# What Sheets can't hold: control characters but tab and line breaks, and halves of surrogate pairs.
REFUSED_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?")
DATE_TIME = re.compile(rf"{DATE.pattern}[T ]{TIME.pattern}(Z|[+-]\d\d(?::?\d\d)?)?")


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
    """A number format as the API names it: type and pattern."""

    type: str
    pattern: str


@dataclass(slots=True)
class Losses:
    """What could not be kept of the values: texts cut to Sheets' limit, control characters removed."""

    cut: int = 0
    removed: int = 0


def column_of(name: str, schema: Mapping[str, Any]) -> Column:
    """Read a property of a stream's schema; of several types the first that isn't null or text counts."""
    branches = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    kinds: list[Kind] = []
    for branch in branches:
        types = branch.get("type", ())
        for kind in [types] if isinstance(types, str) else types:
            if kind == "string" and branch.get("format") in FORMATS:
                kinds.append(FORMATS[branch["format"]])
            elif kind in TYPES:
                kinds.append(TYPES[kind])
    kind = next((kind for kind in kinds if kind is not Kind.TEXT), Kind.TEXT if kinds else Kind.JSON)
    return Column(name, kind, decimals_of(schema.get("multipleOf")) if kind is Kind.NUMBER else None)


def decimals_of(multiple: Any) -> int | None:
    """The decimals of a JSON Schema's `multipleOf`: 0.01 has two. None where it doesn't say."""
    if multiple is None:
        return None
    exponent = Decimal(str(multiple)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else None


def number_format(column: Column, *, milliseconds: bool) -> NumberFormat | None:
    """How a column shows its numbers; None leaves it to Sheets."""
    fraction = ".000" if milliseconds else ""
    if column.kind is Kind.NUMBER:
        decimals = column.decimals
        return None if decimals is None else NumberFormat("NUMBER", "0." + "0" * decimals if decimals else "0")
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
        return clean_text(compact_json(value), losses)

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


_json_encoder = msgspec.json.Encoder(decimal_format="number")


def compact_json(value: Any) -> str:
    """JSON without blanks, keys in source order, numbers with all their digits."""
    return _json_encoder.encode(value).decode()


def day_number(year: str, month: str, day: str) -> int | None:
    """Days since 1899-12-30; None before it, or where there is no such day."""
    try:
        number = date(int(year), int(month), int(day)).toordinal() - SERIAL_DAY_ZERO
    except ValueError:
        return None
    return number if number >= 0 else None


def microseconds_of(hour: str, minute: str, second: str, fraction: str | None) -> int | None:
    """Microseconds since midnight; None for 24:00:00 and for leap seconds, which a serial can't show."""
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        return None
    whole = (int(hour) * 60 + int(minute)) * 60 + int(second)
    return whole * 1_000_000 + int((fraction or "").ljust(6, "0"))


def date_serial(text: str) -> int | None:
    """The serial of an ISO date; None for what a sheet can't show as one, such as infinity or the year 44 BC."""
    found = DATE.fullmatch(text)
    return day_number(found[1], found[2], found[3]) if found else None


def time_serial(text: str) -> float | None:
    """The serial, a fraction of a day, of an ISO time without an offset."""
    found = TIME.fullmatch(text)
    microseconds = microseconds_of(found[1], found[2], found[3], found[4]) if found else None
    return None if microseconds is None else microseconds / MICROSECONDS_A_DAY


def date_time_serial(text: str, zone: tzinfo) -> float | None:
    """The serial of an ISO date and time, as the clocks of `zone` show it; without an offset, as it is written."""
    found = DATE_TIME.fullmatch(text)
    if not found:
        return None
    days = day_number(found[1], found[2], found[3])
    microseconds = microseconds_of(found[4], found[5], found[6], found[7])
    if days is None or microseconds is None:
        return None
    if found[8]:
        return zoned_serial(days, microseconds, parse_offset(found[8]), zone)
    return days + microseconds / MICROSECONDS_A_DAY


def zoned_serial(days: int, microseconds: int, offset: timedelta, zone: tzinfo) -> float | None:
    """Move a day and a time of day from an offset to a zone; None where that leaves the range of serials."""
    try:
        instant = datetime.fromordinal(days + SERIAL_DAY_ZERO).replace(tzinfo=timezone.utc)
        local = (instant + timedelta(microseconds=microseconds) - offset).astimezone(zone)
    except OverflowError:
        return None
    days = local.toordinal() - SERIAL_DAY_ZERO
    since_midnight = timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    return days + (since_midnight // timedelta(microseconds=1)) / MICROSECONDS_A_DAY if days >= 0 else None


def parse_offset(text: str) -> timedelta:
    """Z, +02, +0200 or +02:00 as a time difference."""
    if text == "Z":
        return timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -offset if text[0] == "-" else offset
