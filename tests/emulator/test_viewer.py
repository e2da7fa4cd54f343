"""The page of a workbook."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sheets_emulator.testing import Emulator

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def shown(api: Any, spreadsheet_id: str) -> str:
    """A workbook with something of everything; its id."""
    cells = [
        {"userEnteredValue": {"stringValue": "<b>text</b>"}, "note": "a note"},
        {
            "userEnteredValue": {"numberValue": 45000.5},
            "userEnteredFormat": {"numberFormat": {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm"}},
        },
        {
            "userEnteredValue": {"boolValue": True},
            "userEnteredFormat": {"textFormat": {"bold": True}, "backgroundColor": {"red": 1}},
        },
        {"userEnteredValue": {"formulaValue": "=1+1"}},
        {"userEnteredValue": {"formulaValue": "=XLOOKUP(1)"}},
    ]
    answer = api.batch(
        spreadsheet_id,
        {
            "updateCells": {
                "start": {"rowIndex": 1},
                "rows": [{"values": cells}],
                "fields": "userEnteredValue,userEnteredFormat,note",
            }
        },
        {"updateCells": {"start": {"rowIndex": 900}, "rows": [{"values": cells[:1]}], "fields": "userEnteredValue"}},
        {
            "updateSheetProperties": {
                "properties": {"gridProperties": {"frozenRowCount": 1}},
                "fields": "gridProperties.frozenRowCount",
            }
        },
        {
            "addSheet": {
                "properties": {"title": "Hidden & co", "hidden": True, "tabColorStyle": {"rgbColor": {"red": 1}}}
            }
        },
    )
    assert answer.status_code == 200, answer.text
    api.emulator.forget_calls()
    return spreadsheet_id


def look(emulator: Emulator, path: str) -> Any:
    return requests.get(emulator.url + path, timeout=10).json()


def test_a_page_needs_nothing_from_outside(emulator: Emulator, shown: str) -> None:
    for path in (f"/spreadsheets/d/{shown}", f"/spreadsheets/d/{shown}/edit", "/"):
        answer = requests.get(emulator.url + path, timeout=10)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", answer.text)
    assert emulator.calls() == []


def test_a_page_of_no_workbook_is_404_and_harmless(emulator: Emulator) -> None:
    answer = requests.get(emulator.url + "/spreadsheets/d/<script>", timeout=10)
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_the_tabs_tell_what_the_page_needs(emulator: Emulator, shown: str) -> None:
    view = look(emulator, f"/_emulator/view/{shown}")
    first, second = view["sheets"]
    assert (first["title"], first["frozenRows"], first["rows"], len(first["widths"])) == ("Sheet1", 1, 1000, 26)
    assert (second["hidden"], second["color"]) == (True, "rgb(255,0,0)")
    assert look(emulator, "/_emulator/view/none") == {"error": "no such workbook"}


def test_cells_are_shown_as_formatted(emulator: Emulator, shown: str) -> None:
    data = look(emulator, f"/_emulator/view/{shown}/0?start=1&count=1")
    text, date, flag, formula, unknown = data["rows"][0]
    styles = data["styles"]
    assert (text["t"], text["n"]) == ("<b>text</b>", "a note")
    assert (date["t"], styles[date["s"]]) == ("2023-03-15 12:00", "text-align:right")
    assert (flag["t"], styles[flag["s"]]) == ("TRUE", "text-align:center;font-weight:600;background:rgb(255,0,0)")
    assert (formula["t"], formula["f"]) == ("2", "=1+1")
    assert unknown["t"] == "=XLOOKUP(1)"


def test_rows_are_answered_in_portions(emulator: Emulator, shown: str) -> None:
    assert look(emulator, f"/_emulator/view/{shown}/0?start=800&count=200")["rows"][100] == ["<b>text</b>"]
    assert look(emulator, f"/_emulator/view/{shown}/0?start=0&count=99999")["rows"][1:2]
    assert look(emulator, f"/_emulator/view/{shown}/7") == {"error": "no such sheet"}
    assert "error" in look(emulator, f"/_emulator/view/{shown}/0?start=x")


def test_the_activity_shows_the_latest_call_first(api: Any, shown: str) -> None:
    api.read(shown, "A1")
    api.write(shown, "A1", [["x"]])
    activity = look(api.emulator, "/_emulator/activity")
    assert [call["api"] for call in activity["calls"]] == ["spreadsheets.values.update", "spreadsheets.values.get"]
    assert activity["quota"]["write"]["used"] >= 1


def rendered(address: str) -> str:
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", "--dump-dom"]
    done = subprocess.run([*command, address], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")
def test_a_browser_shows_the_sheet(emulator: Emulator, shown: str) -> None:
    page = rendered(f"{emulator.url}/spreadsheets/d/{shown}#gid=0&range=A901")
    assert '<h1 id="title">A book</h1>' in page
    assert 'class="hidden"' in page
    assert "&lt;b&gt;text&lt;/b&gt;" in page
    assert 'id="r900" class="n hot"' in page or 'class="n hot" id="r900"' in page
    assert re.search(r'<tr[^>]* class="frozen last"[^>]*><th class="n" id="r0" style="top: 24px;">1</th>', page)
    assert page.count("<tr") < 200, "only the rows in sight are drawn"


@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")
def test_a_browser_shows_heights_borders_and_text_that_goes_on(api: Any, emulator: Emulator, shown: str) -> None:
    red = {"style": "SOLID_THICK", "color": {"red": 1}}
    rows = {"dimension": "ROWS"}
    emulator.edit(
        shown,
        {
            "updateDimensionProperties": {
                "range": {**rows, "startIndex": 3, "endIndex": 5},
                "properties": {"hiddenByUser": True},
                "fields": "hiddenByUser",
            }
        },
        {
            "updateDimensionProperties": {
                "range": {**rows, "startIndex": 6, "endIndex": 7},
                "properties": {"pixelSize": 80},
                "fields": "pixelSize",
            }
        },
        {"updateBorders": {"range": {"startRowIndex": 6, "endRowIndex": 7, "endColumnIndex": 1}, "bottom": red}},
    )
    emulator.type_in(shown, "A8", [["a text that doesn't fit its column and goes on over B and C"]])
    page = rendered(f"{emulator.url}/spreadsheets/d/{shown}")
    assert not re.search('id="r3"|id="r4"', page), "hidden rows are hidden"
    assert '<tr style="height: 80px;"><th class="n" id="r6">7</th>' in page
    assert re.search(r"border-bottom:3px solid rgb\(255,\s?0,\s?0\)|border-bottom: 3px solid rgb\(255, 0, 0\)", page)
    assert re.search(r'<td class="spill"[^>]*><div style="width: ?\d{3}px;?">a text', page)


def test_links_are_told_apart_from_what_only_looks_like_one(api: Any, spreadsheet_id: str) -> None:
    uris = ["https://example.com/", "#gid=0&range=A1", "javascript:alert(1)"]
    cells: list[Any] = [
        {"userEnteredValue": {"stringValue": "x"}, "userEnteredFormat": {"textFormat": {"link": {"uri": uri}}}}
        for uri in uris
    ]
    cells.append({"userEnteredValue": {"formulaValue": '=HYPERLINK("https://example.com/a", "label")'}})
    start = {"start": {"sheetId": 0}, "rows": [{"values": cells}], "fields": "userEnteredValue,userEnteredFormat"}
    assert api.batch(spreadsheet_id, {"updateCells": start}).ok
    shown = api.get(spreadsheet_id, fields="sheets.data.rowData.values.hyperlink")["sheets"][0]["data"][0]["rowData"][0]
    assert [cell["hyperlink"] for cell in shown["values"]] == [*uris, "https://example.com/a"]
    (row,) = look(api.emulator, f"/_emulator/view/{spreadsheet_id}/0")["rows"]
    assert [cell.get("l") for cell in row] == [*uris[:2], None, "https://example.com/a"]
    assert row[3]["t"] == "label"


@pytest.fixture
def tab(emulator: Emulator) -> Iterator[Any]:
    """A tab of a real browser; a script's error fails the test."""
    if BROWSER is None:
        pytest.skip("no chromium is installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright isn't installed")
    errors: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        browser.close()
    assert errors == []


WATCH = """() => {
  window.frames_seen = 0; window.empty_seen = 0;
  const look = () => {
    window.frames_seen++;
    if (!document.querySelector('td[data-at="1:0"]')?.textContent) window.empty_seen++;
    requestAnimationFrame(look);
  };
  look();
}"""


def test_a_change_appears_by_itself_and_no_frame_is_empty(api: Any, shown: str, tab: Any) -> None:
    tab.goto(f"{api.emulator.url}/spreadsheets/d/{shown}")
    tab.wait_for_selector("td.note")
    tab.evaluate(WATCH)
    for text in ("second", "third"):
        api.write(shown, "A2", [[text]])
        tab.wait_for_selector(f"td:text('{text}')", timeout=5000)
    assert tab.evaluate("window.frames_seen") > 10
    assert tab.evaluate("window.empty_seen") == 0


def test_a_note_is_shown_beside_its_cell_on_hover_and_while_the_cell_is_selected(
    api: Any, shown: str, tab: Any
) -> None:
    tab.goto(f"{api.emulator.url}/spreadsheets/d/{shown}")
    tab.wait_for_selector("td.note")
    note = tab.locator("#note")
    assert not note.is_visible()
    tab.hover('td[data-at="1:0"]')
    assert note.inner_text() == "a note"
    cell, box = tab.locator('td[data-at="1:0"]').bounding_box(), note.bounding_box()
    assert (box["x"], box["y"]) == (cell["x"] + cell["width"] + 6, cell["y"])
    tab.hover('td[data-at="4:3"]')
    assert not note.is_visible()
    tab.click('td[data-at="1:0"]')
    tab.hover('td[data-at="4:3"]')
    assert note.is_visible()
    tab.click('td[data-at="4:3"]')
    assert not note.is_visible()


def test_a_long_text_in_a_frozen_row_goes_on_over_the_empty_cells_beside_it(api: Any, shown: str, tab: Any) -> None:
    api.emulator.type_in(shown, "B1", [["a text that doesn't fit its column and goes on over C and D"]])
    tab.goto(f"{api.emulator.url}/spreadsheets/d/{shown}")
    tab.wait_for_selector("tr.frozen td.spill")
    beside = tab.locator('td[data-at="0:2"]').bounding_box()
    at = [beside["x"] + 20, beside["y"] + 10]
    assert tab.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('td').dataset.at", at) == "0:1"


def test_wrapped_text_makes_its_row_as_high_as_it_needs(api: Any, shown: str, tab: Any) -> None:
    api.emulator.type_in(shown, "A5", [["a text that doesn't fit its column and is wrapped"]])
    cell = {"userEnteredFormat": {"wrapStrategy": "WRAP"}}
    grid = {"startRowIndex": 4, "endRowIndex": 5, "endColumnIndex": 1}
    api.emulator.edit(shown, {"repeatCell": {"range": grid, "cell": cell, "fields": "userEnteredFormat.wrapStrategy"}})
    tab.goto(f"{api.emulator.url}/spreadsheets/d/{shown}")
    wrapped = tab.wait_for_selector('td[data-at="4:0"]')
    assert wrapped.bounding_box()["height"] > 60


def test_the_second_tab_lists_the_calls_as_they_come_and_shows_the_quotas(api: Any, shown: str, tab: Any) -> None:
    tab.goto(f"{api.emulator.url}/spreadsheets/d/{shown}")
    tab.click("#show-calls")
    assert not tab.locator("#bar").is_visible(), "the bar of the cell has nothing to say here"
    tab.wait_for_selector(".gauge")
    assert tab.locator(".gauge").count() == 2
    api.read(shown, "A1")
    tab.wait_for_selector("#calls td:text('spreadsheets.values.get')", timeout=5000)
    cells = tab.locator("#calls tr").nth(1).locator("td").all_inner_texts()
    assert (cells[0], cells[2]) == ("spreadsheets.values.get", "200")
    assert cells[5].endswith(" ms")


def test_the_page_is_part_of_the_package() -> None:
    import sheets_emulator

    assert (Path(sheets_emulator.__file__).parent / "page.html").is_file()
