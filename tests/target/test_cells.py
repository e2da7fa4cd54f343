"""From JSON Schema and value to cell."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_gsheets.cells import (
    CUT_MARK,
    Column,
    Kind,
    Losses,
    NumberFormat,
    column_converter,
    column_of,
    has_milliseconds,
    number_format,
    plain_cells,
)

UTC = ZoneInfo("UTC")
PARIS = ZoneInfo("Europe/Paris")


def to_cell(kind, value, zone=UTC, losses=None):
    losses = losses or Losses()
    (cell,) = column_converter(Column("c", kind), zone, losses)(plain_cells([value], losses))
    return cell


@pytest.mark.parametrize(
    "text",
    ["007", "=1+1", "+33 6 12", "'quoted", "1e5", "TRUE", "12345678901234567890", "a\nb", "été 🎉", "2020-01-01"],
)
def test_text_stays_text_whatever_it_looks_like(text):
    assert to_cell(Kind.TEXT, text) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (0, 0),
        (999_999_999_999_999, 999_999_999_999_999),
        (-999_999_999_999_999, -999_999_999_999_999),
        (1_000_000_000_000_000, "1000000000000000"),
        (9_007_199_254_740_993, "9007199254740993"),
        (Decimal("0.1"), 0.1),
        (Decimal("1.50"), 1.5),
        (Decimal("1E+2"), 100),
        (Decimal("12345678901234567.89"), "12345678901234567.89"),
        (Decimal("0.1000000000000000055511151231257827"), "0.1000000000000000055511151231257827"),
        (Decimal("1E+400"), "1E+400"),
    ],
)
def test_a_number_is_a_number_only_where_a_double_holds_it(value, cell):
    assert to_cell(Kind.NUMBER, value) == cell
    assert type(to_cell(Kind.NUMBER, value)) is type(cell)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_double_is_a_number(value):
    assert to_cell(Kind.NUMBER, Decimal(repr(value))) == value


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_stays_text_in_a_number_column(text):
    assert to_cell(Kind.NUMBER, text) == text


@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_stays_a_boolean(value):
    assert to_cell(Kind.BOOLEAN, value) is value


@pytest.mark.parametrize(("value", "cell"), [(None, None), ("", None)])
def test_null_and_empty_text_are_empty_cells(value, cell):
    assert to_cell(Kind.TEXT, value) is cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [({"b": 1, "a": [1, None, "é"]}, '{"b":1,"a":[1,null,"é"]}'), ([], "[]"), ({"n": Decimal("1.10")}, '{"n":1.10}')],
)
def test_objects_and_arrays_are_compact_json_in_source_order(value, cell):
    assert to_cell(Kind.JSON, value) == cell


@pytest.mark.parametrize(
    ("kind", "text", "serial"),
    [
        (Kind.DATE, "1899-12-30", 0),
        (Kind.DATE, "2024-02-29", 45351),
        (Kind.DATE_TIME, "2024-01-01T12:00:00", 45292.5),
        (Kind.DATE_TIME, "2024-01-01 12:00:00", 45292.5),
        (Kind.DATE_TIME, "2024-01-01T12:00:00Z", 45292.5),
        (Kind.DATE_TIME, "2024-01-01T12:00:00+00:00", 45292.5),
        (Kind.DATE_TIME, "2024-01-01T17:30:00+05:30", 45292.5),
        (Kind.DATE_TIME, "2024-01-01T09:00:00-03", 45292.5),
        (Kind.TIME, "18:00:00", 0.75),
        (Kind.TIME, "00:00:00.5", 0.5 / 86400),
    ],
)
def test_dates_and_times_are_serial_numbers(kind, text, serial):
    assert to_cell(kind, text) == serial


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.DATE, "infinity"),
        (Kind.DATE, "1899-12-29"),
        (Kind.DATE, "0044-03-15 BC"),
        (Kind.DATE, "12024-01-01"),
        (Kind.DATE, "2023-02-29"),
        (Kind.DATE_TIME, "-infinity"),
        (Kind.DATE_TIME, "1800-01-01T00:00:00"),
        (Kind.DATE_TIME, "9999-12-31T23:59:59-01:00"),
        (Kind.DATE_TIME, "2024-01-01"),
        (Kind.TIME, "24:00:00"),
        (Kind.TIME, "12:00:00+02"),
    ],
)
def test_what_a_serial_cannot_show_stays_iso_text(kind, text):
    assert to_cell(kind, text) == text


def test_an_instant_is_shown_by_the_clocks_of_the_zone():
    assert to_cell(Kind.DATE_TIME, "2024-07-01T10:00:00Z", PARIS) == to_cell(Kind.DATE_TIME, "2024-07-01T12:00:00")
    assert to_cell(Kind.DATE_TIME, "2024-01-01T10:00:00Z", PARIS) == to_cell(Kind.DATE_TIME, "2024-01-01T11:00:00")


def test_a_local_time_is_not_moved_by_the_zone():
    assert to_cell(Kind.DATE_TIME, "2024-07-01T10:00:00", PARIS) == to_cell(Kind.DATE_TIME, "2024-07-01T10:00:00", UTC)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9998, 12, 31)))
def test_a_serial_gives_the_microsecond_back(moment):
    serial = to_cell(Kind.DATE_TIME, moment.isoformat())
    assert abs((datetime(1899, 12, 30) + timedelta(days=serial)) - moment) < timedelta(microseconds=40)


@given(
    st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2037, 12, 31), timezones=st.just(timezone.utc)),
    st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_zones_agree_with_the_standard_library(moment, name):
    zone = ZoneInfo(name)
    local = moment.astimezone(zone).replace(tzinfo=None)
    assert to_cell(Kind.DATE_TIME, moment.isoformat(), zone) == to_cell(Kind.DATE_TIME, local.isoformat())


def test_characters_that_sheets_refuses_are_removed_and_counted():
    losses = Losses()
    assert to_cell(Kind.TEXT, "a\x00b\x1fc\td\n", losses=losses) == "abc\td\n"
    assert losses == Losses(cut=0, removed=2)


@pytest.mark.parametrize(
    ("value", "cell", "removed"),
    [("\ud800x", "x", 1), ({"a\udfff": ["\ud800b", 1]}, '{"a":["b",1]}', 2), (["🎉"], '["🎉"]', 0)],
    ids=["text", "json", "none"],
)
def test_halves_of_surrogate_pairs_are_removed_and_counted(value, cell, removed):
    losses = Losses()
    assert to_cell(Kind.TEXT, value, losses=losses) == cell
    assert losses == Losses(cut=0, removed=removed)


@pytest.mark.parametrize(("character", "kept"), [("x", 49_990), ("🎉", 24_995)], ids=["ascii", "astral"])
def test_a_text_over_the_limit_is_cut_and_counted(character, kept):
    losses = Losses()
    cell = to_cell(Kind.TEXT, character * 60_000, losses=losses)
    assert cell == character * kept + CUT_MARK
    assert losses.cut == 1


def test_a_text_at_the_limit_is_whole():
    losses = Losses()
    assert to_cell(Kind.TEXT, "x" * 50_000, losses=losses) == "x" * 50_000
    assert losses.cut == 0


@pytest.mark.parametrize(
    ("schema", "column"),
    [
        ({"type": ["null", "string"]}, Column("c", Kind.TEXT)),
        ({"type": "string", "format": "uuid"}, Column("c", Kind.TEXT)),
        ({"type": ["string", "null"], "format": "date-time"}, Column("c", Kind.DATE_TIME)),
        (
            {"anyOf": [{"type": "string", "format": "date-time"}, {"type": ["string", "null"]}]},
            Column("c", Kind.DATE_TIME),
        ),
        ({"type": ["number", "string", "null"], "multipleOf": Decimal("0.01")}, Column("c", Kind.NUMBER, 2)),
        ({"type": "number", "multipleOf": Decimal("1E-10")}, Column("c", Kind.NUMBER, 10)),
        ({"type": "number", "multipleOf": 100}, Column("c", Kind.NUMBER, 0)),
        ({"type": "integer", "multipleOf": 5}, Column("c", Kind.INTEGER)),
        ({"anyOf": [{"type": "number", "multipleOf": Decimal("0.01")}, {"type": "null"}]}, Column("c", Kind.NUMBER, 2)),
        ({"oneOf": [{"type": "string"}, {"type": "number", "multipleOf": 1}]}, Column("c", Kind.NUMBER, 0)),
        ({"multipleOf": Decimal("0.1"), "anyOf": [{"type": ["number", "null"]}]}, Column("c", Kind.NUMBER, 1)),
        ({"anyOf": [{"type": "boolean"}, {"type": "number", "multipleOf": 1}]}, Column("c", Kind.BOOLEAN)),
        ({"type": "number", "multipleOf": "0,01"}, Column("c", Kind.NUMBER)),
        ({"type": "number", "multipleOf": True}, Column("c", Kind.NUMBER)),
        ({"type": ["array", "null"], "items": {"type": "string"}}, Column("c", Kind.JSON)),
        ({}, Column("c", Kind.JSON)),
    ],
)
def test_the_schema_says_what_a_column_holds(schema, column):
    assert column_of("c", schema) == column


@pytest.mark.parametrize(
    ("column", "milliseconds", "expected"),
    [
        (Column("c", Kind.DATE), False, NumberFormat("DATE", "yyyy-mm-dd")),
        (Column("c", Kind.DATE_TIME), False, NumberFormat("DATE_TIME", "yyyy-mm-dd hh:mm:ss")),
        (Column("c", Kind.DATE_TIME), True, NumberFormat("DATE_TIME", "yyyy-mm-dd hh:mm:ss.000")),
        (Column("c", Kind.TIME), False, NumberFormat("TIME", "hh:mm:ss")),
        (Column("c", Kind.INTEGER), False, NumberFormat("NUMBER", "0")),
        (Column("c", Kind.NUMBER, 2), False, NumberFormat("NUMBER", "0.00")),
        (Column("c", Kind.NUMBER, 0), False, NumberFormat("NUMBER", "0")),
        (Column("c", Kind.NUMBER), False, NumberFormat("NUMBER", "")),
        (Column("c", Kind.TEXT), False, None),
    ],
)
def test_a_column_shows_its_numbers_in_its_own_way(column, milliseconds, expected):
    assert number_format(column, milliseconds=milliseconds) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("2024-01-01T12:34:56", False), ("2024-01-01T12:34:56.789", True)], ids=["whole", "fraction"]
)
def test_milliseconds_are_seen_where_there_are_any(text, expected):
    assert has_milliseconds([None, "infinity", to_cell(Kind.DATE_TIME, text)]) is expected
