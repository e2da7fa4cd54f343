"""Formulas: their values, and what happens to their references."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_emulator.batch_update.adjust import along, deleted, inserted
from sheets_emulator.formulas import Evaluator
from sheets_emulator.layer import ErrorValue, Formula
from sheets_emulator.methods import new_workbook
from sheets_emulator.model import Sheet, Workbook
from sheets_emulator.references import relocated, renamed, shifted
from sheets_emulator.render import Renderer

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
        ("=Z99", None),
        ("=Z99+1", 1),
        ("=Z99&1", "1"),
        ("=IFERROR((1/0)+1,5)+2", 7),
        ("=IFERROR(SUM(A1,1/0),IFERROR(A1/0,8))", 8),
        ("=--5", 5),
        ("=2+-3", -1),
        ('="-"&1', "-1"),
        ("=" + "-" * 5000 + "1", 1),
        ("=" + "(" * 90 + "1" + ")" * 90, 1),
        ('="1/1/2020"+0', 43831),
        ('="50%"*2', 1),
        ("=ROUND(1e30,2)", 1e30),
        ("=ROUND(1,500)", 1),
        ("=ROUND(1555,-2)", 1600),
        ("=ROUND(1,-500)", 0),
        ("=IFERROR(1e308*10,1)", 1),
        ("=COUNT('My ''other'''!A1:ZZZ99999999)", 1),
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
        ("=SUM(1 2)", "ERROR"),
        ("=" + "(" * 900 + "1" + ")" * 900, "ERROR"),
        ("=" + "IF(TRUE," * 300 + "1" + ")" * 300, "ERROR"),
        ("=1e308*10", "NUM"),
        ("=1e400", "NUM"),
        ("=0-1e400", "NUM"),
        ("=10^400", "NUM"),
        ("=SUM(1e308,1e308)", "NUM"),
        ("=(0-8)^0.5", "NUM"),
        ('="inf"+1', "VALUE"),
        ('="nan"+1', "VALUE"),
        ('="1_0"+1', "VALUE"),
        ('="\u0663"+1', "VALUE"),
        ("=A" + "9" * 5000, "ERROR"),
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
    assert relocated(text, "S", "S", along("ROWS", inserted(1, 2))) == expected


def test_references_to_deleted_cells_are_lost() -> None:
    assert relocated("=A2+SUM(B1:B5)", "S", "S", along("ROWS", deleted(1, 2))) == "=#REF!+SUM(B1:B4)"
    assert relocated("=SUM(B:C)", "S", "S", along("COLUMNS", deleted(0, 1))) == "=SUM(A:B)"


def test_a_pasted_formula_moves_its_relative_references_only() -> None:
    assert shifted("=A1+$B$2+C$3+$D4", 1, 2) == "=C2+$B$2+E$3+$D5"


def test_a_renamed_sheet_is_renamed_in_formulas() -> None:
    assert renamed("='Old S'!A1+Old!B2", "Old S", "New S") == "='New S'!A1+Old!B2"


def test_a_chain_of_formulas_is_as_long_as_a_column(book: Workbook) -> None:
    sheet = book.sheets[0]
    sheet.cells.put(0, 0, 1)
    for row in range(1, 5_000):
        sheet.cells.put(row, 0, Formula(f"=A{row}+1"))
    assert Evaluator(book).value(sheet, 4_999, 0) == 5_000


def test_a_running_sum_over_all_rows_above_is_evaluated(book: Workbook) -> None:
    sheet = book.sheets[0]
    sheet.cells.put(0, 0, 1)
    for row in range(1, 40):
        sheet.cells.put(row, 0, Formula(f"=SUM(A$1:A{row})"))
    assert Evaluator(book).value(sheet, 39, 0) == 2**38


def test_a_circle_of_formulas_is_an_error_wherever_it_is_entered(book: Workbook) -> None:
    sheet = book.sheets[0]
    for row, text in enumerate(["=A2", "=A3+1", "=A1", "=IFERROR(A1,7)"]):
        sheet.cells.put(row, 0, Formula(text))
    for row in range(3):
        found = Evaluator(book).value(sheet, row, 0)
        assert isinstance(found, ErrorValue)
        assert found.kind == "REF"
    assert Evaluator(book).value(sheet, 3, 0) == 7


def test_a_text_that_doubles_from_cell_to_cell_ends_in_an_error(book: Workbook) -> None:
    sheet = book.sheets[0]
    sheet.cells.put(0, 0, "x" * 10_000)
    for row in range(1, 60):
        sheet.cells.put(row, 0, Formula(f"=A{row}&A{row}"))
    found = Evaluator(book).value(sheet, 59, 0)
    assert isinstance(found, ErrorValue)
    assert found.kind == "VALUE"


def test_now_is_the_moment_of_reading_by_the_workbook_s_clocks(book: Workbook) -> None:
    sheet = book.sheets[0]
    for column, text in enumerate(
        ["=NOW()", "=TODAY()", '=IF((NOW()-D1)*86400>60;"late";"in time")', 45_474.5, "=NOW(1)"]
    ):
        sheet.cells.put(0, column, Formula(text) if isinstance(text, str) else text)
    book.properties["timeZone"] = "Europe/Paris"
    book.clock = lambda: 1_719_828_000.0  # 2024-07-01 10:00 UTC, noon in Paris
    assert [Evaluator(book).value(sheet, 0, column) for column in range(3)] == [45_474.5, 45_474, "in time"]
    book.clock = lambda: 1_719_828_000.0 + 61
    assert Evaluator(book).value(sheet, 0, 2) == "late"
    found = Evaluator(book).value(sheet, 0, 4)
    assert isinstance(found, ErrorValue)
    assert found.kind == "N_A"


def test_a_reference_to_an_empty_cell_shows_nothing(book: Workbook) -> None:
    sheet = book.sheets[0]
    sheet.cells.put(0, 0, Formula("=Z99"))
    assert Renderer(book).value_rows(sheet, sheet.box) == [[""]]
    assert Renderer(book).cell_data(sheet, 0, 0, lambda name: "Value" in name) == {
        "userEnteredValue": {"formulaValue": "=Z99"}
    }


WORDS = st.sampled_from(
    ["1", "1e400", "1e308", '"x"', '"', "A1", "A1:B2", "A:A", "9:9", "B2", "Z9", "#REF!", "TRUE", "(", ")", ",", ";"]
    + ["+", "-", "*", "/", "^", "&", "%", "=", "<>", "'S'!A1", "S!A1", "!", "{", " ", "A999999999999999", "AAAA1"]
    + [f"{name}(" for name in ("SUM", "IF", "IFERROR", "ROUND", "AND", "LEN", "HYPERLINK", "COUNTA", "NOW")]
)
FORMULAS = st.one_of(
    st.text(max_size=20),
    st.lists(WORDS, max_size=12).map("".join),
    st.builds(lambda word, times: word * times, WORDS, st.integers(0, 2000)),
)


@given(texts=st.lists(FORMULAS.map(lambda text: Formula("=" + text)), min_size=1, max_size=4))
def test_every_formula_has_a_value_that_can_be_shown(texts: list[Formula]) -> None:
    book = new_workbook("1book", "alice@example.com", "A book", "2024-01-01T00:00:00.000Z")
    sheet = book.sheets[0]
    sheet.cells.set_row(0, [*texts, 1, "x", 1e308])
    renderer = Renderer(book)
    for column, formula in enumerate(texts):
        assert isinstance(renderer.formatted(renderer.effective(sheet, 0, column), None, formula.text), str)
        for change in (lambda box: box, lambda _: None):
            assert relocated(formula.text, "Sheet1", "Sheet1", change).startswith("=")
        assert shifted(formula.text, 3, 20_000).startswith("=")
