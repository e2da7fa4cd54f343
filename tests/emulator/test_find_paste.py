"""findReplace, pasteData and delimited text: what is replaced or pasted is typed in."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_emulator.delimited import split_rows
from sheets_emulator.errors import ApiError
from sheets_emulator.layer import Formula
from sheets_emulator.model import Workbook
from sheets_emulator.render import Renderer
from sheets_emulator.value_writing import enter_row


def typed(book: Workbook, *row: Any) -> None:
    enter_row(book.sheets[0], 0, 0, list(row), "en_US")


def shown(book: Workbook) -> list[list[Any]]:
    return Renderer(book).value_rows(book.sheets[0], book.sheets[0].box)


@pytest.mark.parametrize(
    ("cell", "options", "after"),
    [
        ("abc", {"find": "(b)", "replacement": "<$1>", "searchByRegex": True}, "a<b>c"),
        ("abc", {"find": "(b)", "replacement": "$0$0", "searchByRegex": True}, "abbc"),
        ("abc", {"find": "b", "replacement": "\\1\\q", "searchByRegex": True}, "a\\1\\qc"),
        ("abc", {"find": "b", "replacement": "$1\\1"}, "a$1\\1c"),
        ("ab", {"find": "a|ab", "replacement": "X", "searchByRegex": True, "matchEntireCell": True}, "X"),
        ("ab", {"find": "a", "replacement": "X", "matchEntireCell": True}, "ab"),
        ("a.b", {"find": ".", "replacement": "-"}, "a-b"),
        ("ab", {"find": "(x)?b", "replacement": "$1c", "searchByRegex": True}, "ac"),
        ("aaa", {"find": "x*", "replacement": "-", "searchByRegex": True}, "-a-a-a-"),
        ("50%", {"find": "5", "replacement": "6"}, "60%"),
        ("5x", {"find": "x", "replacement": "%"}, "5%"),
        ("1/31/2020", {"find": "2020", "replacement": "2021"}, "1/31/2021"),
        ("$5.00", {"find": "5", "replacement": "7"}, "$7.00"),
    ],
)
def test_what_is_replaced_is_typed_in_again(
    book: Workbook, batch: Any, cell: str, options: dict[str, Any], after: str
) -> None:
    typed(book, cell)
    batch({"findReplace": {"allSheets": True, **options}})
    assert shown(book) == [[after]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"find": "(b)", "replacement": "$3"}, r"group \$3, the expression has 1"),
        ({"find": "(", "replacement": ""}, "Invalid regular expression"),
        ({"find": "a{99999999999}", "replacement": ""}, "Invalid regular expression"),
        ({"find": "(" * 5000 + ")" * 5000, "replacement": ""}, "Invalid regular expression"),
        ({"find": "b", "replacement": "x" * 50_001}, "more than the maximum of 50000 characters"),
        ({"find": ".", "replacement": "x" * 20_000}, "more than the maximum of 50000 characters"),
    ],
    ids=["group", "bracket", "repeat", "depth", "length", "growth"],
)
def test_an_expression_that_cannot_be_used_is_refused(
    book: Workbook, batch: Any, options: dict[str, Any], message: str
) -> None:
    typed(book, "abc")
    with pytest.raises(ApiError, match=message):
        batch({"findReplace": {"allSheets": True, "searchByRegex": True, **options}})


def test_a_percent_cell_takes_seven_for_seven_percent(book: Workbook) -> None:
    typed(book, "50%", "50%", "50%")
    typed(book, "7", 7, "=7")
    assert [book.sheets[0].cells.get(0, column) for column in range(3)] == [0.07, 7, Formula("=7")]


def paste(data: str, delimiter: str = ",", kind: str = "PASTE_NORMAL") -> dict[str, Any]:
    return {"pasteData": {"coordinate": {}, "data": data, "delimiter": delimiter, "type": kind}}


@pytest.mark.parametrize(
    ("data", "delimiter", "rows"),
    [
        ("50%,2020-01-01", ",", [["50%", "2020-01-01"]]),
        ('"a,b",c', ",", [["a,b", "c"]]),
        ("a::b::c:d", "::", [["a", "b", "c:d"]]),
        ('a"b', '"', [["a", "b"]]),
        ("a\n\nb\n", ",", [["a"], [], ["b"]]),
    ],
)
def test_pasted_text_is_cut_at_its_delimiter(
    book: Workbook, batch: Any, data: str, delimiter: str, rows: list[list[str]]
) -> None:
    batch(paste(data, delimiter))
    assert shown(book) == rows


def test_a_pasted_field_may_not_exceed_a_cell(batch: Any) -> None:
    with pytest.raises(ApiError, match="more than the maximum of 50000 characters"):
        batch(paste("x" * 140_000))


def test_text_holds_no_formats_to_paste(batch: Any) -> None:
    with pytest.raises(ApiError, match="nothing to paste with PASTE_FORMAT"):
        batch(paste("a", kind="PASTE_FORMAT"))


@pytest.mark.parametrize("member", [{"note": "n" * 50_001}, {"userEnteredValue": {"formulaValue": "=" + "1" * 50_000}}])
def test_a_note_and_a_formula_have_the_limit_of_a_cell(batch: Any, member: dict[str, Any]) -> None:
    with pytest.raises(ApiError, match="more than the maximum of 50000 characters"):
        batch({"updateCells": {"start": {}, "rows": [{"values": [member]}], "fields": "*"}})


FIELDS = st.lists(st.lists(st.text('a,"\t \r\n', max_size=6), min_size=2, max_size=4), max_size=4)


@given(rows=FIELDS, delimiter=st.sampled_from([",", "\t", ";"]))
def test_rows_that_are_written_as_csv_are_read_back(rows: list[list[str]], delimiter: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    assert split_rows(text.getvalue(), delimiter) == rows


@given(text=st.text(), delimiter=st.text(min_size=1, max_size=3))
def test_every_text_has_rows(text: str, delimiter: str) -> None:
    assert all(isinstance(field, str) for row in split_rows(text, delimiter) for field in row)
