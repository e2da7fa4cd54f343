"""Formulas: their values, and what happens to their references."""

from __future__ import annotations

from typing import Any

import pytest

from sheets_emulator.batch_update.adjust import deleted, inserted
from sheets_emulator.formulas import Evaluator
from sheets_emulator.layer import ErrorValue, Formula
from sheets_emulator.model import Sheet, Workbook
from sheets_emulator.references import adjusted, renamed, shifted

CELLS = [[1, 2.5, "x", True], [Formula("=A1+B1"), None, "10", 7], [Formula("=A3")]]


def value(book: Workbook, text: str) -> Any:
    sheet = book.sheets[0]
    for row, cells in enumerate(CELLS):
        sheet.cells.set_row(row, cells)
    sheet.cells.put(9, 9, Formula(text))
    book.sheets.append(Sheet(5, "My 'other'"))
    book.sheets[1].cells.put(0, 0, 41)
    return Evaluator(book).value(sheet, 9, 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=4/2", 2),
        ("=1+2*3^2", 19),
        ("=-2^2", 4),
        ("=(1+2)*3", 9),
        ("=10%", 0.1),
        ('="a"&1&"b"""', 'a1b"'),
        ("=A1", 1),
        ("=a1+$B$1", 3.5),
        ("=A2", 3.5),
        ("=B2+1", 1),
        ("=SUM(A1:B2)", 7),
        ("=SUM(A1:D1)", 3.5),
        ("=SUM(A:A,1)", ErrorValue("REF", "Circular dependency detected.")),
        ("=C2+1", 11),
        ("='My ''other'''!A1+1", 42),
        ('=IF(A1=1,"yes","no")', "yes"),
        ("=1<>2", True),
        ('="A"="a"', True),
        ("=ROUND(2.345,2)", 2.35),
        ('=COUNTA(A1:D1)&"/"&COUNT(A1:D1)', "4/2"),
        ("=AVERAGE(A1:B1)", 1.75),
        ("=MAX(A1:B2)+MIN(1,-1)", 2.5),
        ("=IFERROR(1/0,5)", 5),
        ('=CONCATENATE(C1,"-",D1)', "x-TRUE"),
        ("=TRUE", True),
        ("=Z99", 0),
    ],
)
def test_formulas_have_their_value(book: Workbook, text: str, expected: Any) -> None:
    found = value(book, text)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("=1/0", "DIVIDE_BY_ZERO"),
        ('="x"+1', "VALUE"),
        ("=Nowhere!A1", "REF"),
        ("=#REF!+1", "REF"),
        ("=A3", "REF"),
        ("=XLOOKUP(1,A1,B1)", "ERROR"),
        ("=1+", "ERROR"),
        ("=(1", "ERROR"),
        ("=1 2", "ERROR"),
        ("=A1:B2+1", "ERROR"),
        ("={1,2}", "ERROR"),
    ],
)
def test_formulas_that_fail_are_errors(book: Workbook, text: str, kind: str) -> None:
    found = value(book, text)
    assert isinstance(found, ErrorValue)
    assert found.kind == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=A2+SUM(B1:B5)", "=A4+SUM(B1:B7)"),
        ('=A2&"A2"&Other!A2', '=A4&"A2"&Other!A2'),
        ("='S'!$A$2", "='S'!$A$4"),
        ("=1+1", "=1+1"),
    ],
)
def test_references_follow_inserted_rows(text: str, expected: str) -> None:
    assert adjusted(text, "S", "S", "ROWS", inserted(1, 2)) == expected


def test_references_to_deleted_cells_are_lost() -> None:
    assert adjusted("=A2+SUM(B1:B5)", "S", "S", "ROWS", deleted(1, 2)) == "=#REF!+SUM(B1:B4)"
    assert adjusted("=SUM(B:C)", "S", "S", "COLUMNS", deleted(0, 1)) == "=SUM(A:B)"


def test_a_pasted_formula_moves_its_relative_references_only() -> None:
    assert shifted("=A1+$B$2+C$3+$D4", 1, 2) == "=C2+$B$2+E$3+$D5"


def test_a_renamed_sheet_is_renamed_in_formulas() -> None:
    assert renamed("='Old S'!A1+Old!B2", "Old S", "New S") == "='New S'!A1+Old!B2"
