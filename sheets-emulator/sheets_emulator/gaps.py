"""What is known to differ from Google, or could not be checked: data, and the page made of it.

Design rule: a doubt is written here in the same commit as the code that rests on it. docs/emulator-gaps.md is this
table; a test fails when the page is out of date.
"""

from __future__ import annotations

from .batch_update import REDUCERS, gaps

UNCHECKED: tuple[tuple[str, str], ...] = (
    (
        "addProtectedRange, addNamedRange, addSheet with an id that exists",
        "Refused, as the discovery document says. The text of the refusal is ours.",
    ),
    (
        "deleteProtectedRange, deleteNamedRange, deleteFilterView, deleteBanding with an unknown id",
        "Refused. Google documents this for updates only; the text follows `No NamedRange with id: X`.",
    ),
    ("A workbook's version", "Google has no write condition on a revision; neither has the emulator."),
    (
        "deleteDeveloperMetadata whose filter matches nothing",
        "Succeeds with an empty reply. An existing metadataId is refused at creation, in our words.",
    ),
    (
        "Developer metadata on sheet 0",
        "`location.sheetId: 0` is answered; in `dimensionRange` the zero drops out as in GridRange.",
    ),
    ("Size of developer metadata", "At most 30,000 characters for the spreadsheet and for each sheet, in our words."),
    ("duplicateSheet and copyTo", "Ranges get new ids and the sheet's developer metadata is copied; not documented."),
    (
        "batchUpdate with more than 100,000 requests",
        "Refused in our words before any is applied; neither the number nor Google's text is documented.",
    ),
    (
        "The mask of a batchUpdate with includeSpreadsheetInResponse",
        "Decides alone whether cells are answered, as it was measured for spreadsheets.get: `updatedSpreadsheet` "
        "brings them, `*` doesn't.",
    ),
    ("copyPaste of values", "Text such as `=1+1` or `007` stays text; not documented."),
    (
        "A text that begins with an apostrophe",
        "Kept and answered as it is under RAW; whether Google ever answers the apostrophe it shows isn't known.",
    ),
    (
        "A resize or deletion that would leave only frozen rows",
        "Refused with the text known from Apps Script; over the API only the deletion is likely to be worded so.",
    ),
    (
        "deleteSheet of the last visible sheet",
        "Refused in our words; the recordings know only the refusal to hide it.",
    ),
    (
        "A GridRange that ends outside of the grid",
        "Refused (recorded for updateCells), but clipped for repeatCell, as gspread-formatting's own tests expect.",
    ),
    (
        "Protected ranges",
        "The text of the refusal is Google's; that values.batchUpdate puts `Invalid data[i]: ` in front is our guess. "
        "Writing to a protected cell what it holds already is refused, as Google's help for AppSheet implies; null "
        "leaves a cell untouched. Anybody who may write the workbook may take away a warning.",
    ),
    (
        "Unknown paths in a field mask",
        "Refused for answers with the text that other clients saw; for update requests (`Invalid field: x`) in our "
        "words.",
    ),
    (
        "FORMULA with FORMATTED_STRING",
        "Dates come as text, as the discovery document says and gspread-dataframe expects.",
    ),
    (
        "Locales",
        "Separators, words of booleans and default patterns of fifteen languages are those of CLDR and of Sheets' own "
        "functions, not recorded. Names of months and days, and decimals inside of formulas, stay English; any locale "
        "is taken.",
    ),
    ("CellData.hyperlink", "The link of the text format or of a HYPERLINK formula whose address is a literal."),
    (
        "Refusal of 18,279 columns and of a title of 101 characters; an empty title",
        "In our words, since Google's are not known; an empty title takes the next free name.",
    ),
    (
        "values.append",
        "The table is the block of cells around the last filled cell of the range, diagonals included (recorded for "
        "single rows). INSERT_ROWS inserts before what follows the table.",
    ),
    (
        "Automatic number format",
        "Ten significant digits for fractions, integers whole up to 15 digits, then an exponent with five decimals.",
    ),
    (
        "USER_ENTERED",
        "Numbers, percent, currency ($, €, £), dates and times in the common forms of en_US; day first and decimal "
        "comma in the larger European locales. Other forms stay text.",
    ),
    ("Formats of a formula's result", "A formula doesn't take over the number format of the cells it refers to."),
    ("autoResizeDimensions", "Arial's widths fitted to one recorded column; other texts may differ by a few percent."),
    ("Colours", "Cut off to steps of 1/255 everywhere; recorded for tabs only."),
    (
        "A group that begins at index 0",
        "Sets rowGroupControlAfter or columnGroupControlAfter; recorded for columns, the reason is our guess.",
    ),
    ("A named range called like a sheet", "Unquoted it means the named range, in quotes the sheet."),
    ("Quotas", "The budgets refill together at the full minute; Google doesn't say when."),
    (
        "503 after a write",
        "Fires only where a fault asks for it. The answer is cut, the change is kept, as issue threads report.",
    ),
)

DIFFERENT: tuple[tuple[str, str], ...] = (
    ("Formulas", "Only arithmetic, comparison, `&`, references and a few functions; any other shows its own text."),
    ("Data validation", "Kept and answered, not enforced."),
    (
        "Filters, banding, conditional formats",
        "Kept and answered; they neither hide nor colour a cell, and effectiveFormat doesn't show them.",
    ),
    ("sortRange", "Text is compared by case-folded code points, not by the locale."),
    ("findReplace", "Regular expressions are Python's, not RE2."),
    ("pasteData", "Text with a delimiter only, no HTML."),
    ("Charts, pivot tables, slicers, tables, data sources, comments", "Not emulated."),
    ("XLSX export", "Values, formulas, number formats, bold, italic, colours, notes, merges, frozen panes, widths."),
    ("--seed FILE.xlsx", "Values, formulas, formats of dates and frozen rows."),
    ("Gzip", "A compressed request is read; answers aren't compressed."),
    ("180 seconds", "No request times out."),
    (
        "Drive",
        "Spreadsheets only; no folders, revisions, comments or shared drives. An upload becomes a spreadsheet where "
        "the metadata asks for one; what Drive would keep as it is (a simple upload of a new file) is refused. CSV and "
        "tab-separated text only; that the tab is called Sheet1 is our guess.",
    ),
    (
        "docs.google.com/spreadsheets/d/ID/export",
        "Answers CSV, TSV and XLSX, which google-spreadsheet for Node asks for; no PDF, ODS or HTML.",
    ),
    (
        "--auth any",
        "Every bearer token is the same account. Two recordings list another account among the editors of a protected "
        "range: the only requests of the replay that don't match.",
    ),
)


def page() -> str:
    """docs/emulator-gaps.md."""
    return "\n".join(
        [
            "# Where the emulator differs from Google",
            "",
            "Made from `sheets_emulator/gaps.py`; a test fails when this page is out of date. To renew it:",
            "`.venv/bin/python -m sheets_emulator.gaps > docs/emulator-gaps.md`",
            "",
            "## Request kinds of batchUpdate",
            "",
            f"{len(REDUCERS)} are emulated. These are refused with status 501 and change nothing:",
            "",
            *(f"- `{kind}`" for kind in gaps()),
            "",
            "## Known differences",
            "",
            *_table(DIFFERENT),
            "",
            "## What nobody could check",
            "",
            "Neither the documentation nor a recording of the real API says. The emulator does what is likelier,",
            "or what is stricter.",
            "",
            *_table(UNCHECKED),
            "",
        ]
    )


def _table(rows: tuple[tuple[str, str], ...]) -> list[str]:
    return ["| what | in the emulator |", "|---|---|", *(f"| {what} | {how} |" for what, how in rows)]


if __name__ == "__main__":
    import sys

    sys.stdout.write(page())
