"""What is known to differ from Google, or could not be checked: the tables that the page of gaps is made of.

Design rule: a doubt is written here in the same commit as the code that rests on it.
"""

from __future__ import annotations

UNCHECKED: tuple[tuple[str, str], ...] = (
    (
        "addProtectedRange, addNamedRange, addSheet with an id that exists",
        "Refused, as the discovery document says. The text of the refusal is ours.",
    ),
    (
        "deleteProtectedRange, deleteNamedRange, deleteFilterView, deleteBanding with an unknown id",
        "Refused. Google documents this for updates only; the text follows `No NamedRange with id: X`.",
    ),
    (
        "insertRange, deleteRange, cutPaste",
        "What lies wholly within the cells that move goes along: references, merges, named, protected and banded "
        "ranges, filters, conditional formats; what reaches out of them stays. A merge that would be torn is refused "
        "in our words. Values, notes and merges that are pushed out make the grid grow, formats are cut off. "
        "cutPaste empties the source whatever is pasted; a reference to what is pasted over stays.",
    ),
    (
        "copyPaste",
        "PASTE_NORMAL and PASTE_NO_BORDERS bring merges and conditional formats, which take the place of those at the "
        "destination; PASTE_FORMAT brings formats, validation and conditional formats. TRANSPOSE moves each formula by "
        "its own way and doesn't transpose what it refers to.",
    ),
    (
        "Negative indexes",
        "Refused as values of a wrong type are, in our words. Numbers beyond a double are refused; JSON nested deeper "
        "than its reader can go (some thousand) too.",
    ),
    ("Parts of a colour beyond 0 and 1", "The nearer of the two."),
    (
        "A new sheet of many rows",
        "Measured by its own rows and columns; a resize by the old columns first (issue threads).",
    ),
    (
        "Scopes",
        "A token needs one of the scopes that the discovery document names for the method. `drive.file` opens every "
        "file, not only those that the application made.",
    ),
    (
        "Credentials",
        "`?key=` and `?access_token=` are taken and ignored; a 401 has no WWW-Authenticate header.",
    ),
    (
        "Permissions",
        "Who gives a file away stays writer. A change of the owner's own permission is refused with 403. A domain "
        "opens the file to the accounts whose addresses end in it; a group has no members here. Members that "
        "Drive doesn't know are ignored, those of a wrong type refused, in the words of Sheets.",
    ),
    (
        "updateDimensionGroup",
        "Folding sets hiddenByUser of each row or column, unfolding takes it away, also from rows hidden otherwise and "
        "from folded groups inside. A group beyond the grid is refused in our words.",
    ),
    ("Developer metadata", "Its id is positive and can't be changed."),
    ("A workbook's version", "Google has no write condition on a revision; neither has the emulator."),
    (
        "The faults `disabled` and `office`",
        "Messages and reason as quoted in public issues; the order of the details and their rest are guessed.",
    ),
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
        "Separators, words of booleans and default patterns of fifteen languages and nine countries are those of CLDR "
        "and of Sheets' own functions, not recorded; what they show is read back. Names of months and days, and "
        "decimals inside of formulas, stay English; any locale is taken.",
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
        "Numbers, percent, currency ($, €, £ and the locale's own), dates, times and durations in the common forms; "
        "other forms stay text. `1/2`, `1-2` and `Jan 5` are dates of the current year (UTC), dates with dots only "
        "where the locale writes them so. A date with a time shows 24 hours, also where AM or PM was typed. A number "
        "beyond a double, such as `1e400`, stays text.",
    ),
    (
        "Typing into a cell that has a number format",
        "The format stays, whatever is typed; in a cell of percents the text `7` is 7 %, the JSON number 7 is 700 %.",
    ),
    (
        "Number patterns",
        "As Google's guide and, where it is silent, ECMA-376 say: `0.##` shows `5.`, a blank fraction leaves its room, "
        "`##0.0E+0` is an engineering exponent, `*x` shows nothing, `_x` a space. Where no section's condition holds, "
        "`###` is shown. Unknown brackets are shown as they stand.",
    ),
    (
        "A formula that refers to an empty cell",
        "Shows nothing, and has neither effectiveValue nor formattedValue.",
    ),
    (
        "Errors of formulas",
        "The kinds are Google's (#NUM! beyond a double, #VALUE! for a text of over 50,000 characters), most of the "
        "messages are ours. Every cell of a circle is #REF!.",
    ),
    (
        "findReplace",
        "What is replaced is typed in again, so that a text may become a number or a date. `$1` names a group, one "
        "that doesn't exist is refused; a backslash is a backslash.",
    ),
    (
        "pasteData",
        "Fields may be quoted as in CSV. The paste types that carry values type them in; the others are refused.",
    ),
    (
        "NOW and TODAY",
        "The moment at which the cell is read. Google computes them when the workbook is opened or edited, and as "
        "often as its recalculation setting says.",
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
    (
        "Formulas",
        "Only arithmetic, comparison, `&`, references and a few functions; any other shows its own text, and so does "
        "one of more than about 100 brackets inside of each other.",
    ),
    (
        "Data validation",
        "Kept and answered, not enforced. References in its formulas, in filter criteria and in the rules of other "
        "sheets don't follow what moves.",
    ),
    (
        "Filters, banding, conditional formats",
        "Kept and answered; they neither hide nor colour a cell, and effectiveFormat doesn't show them.",
    ),
    ("sortRange", "Text is compared by case-folded code points, not by the locale."),
    ("findReplace", "Regular expressions are Python's, not RE2."),
    ("pasteData", "Text with a delimiter only, no HTML."),
    ("Charts, pivot tables, slicers, tables, data sources, comments", "Not emulated."),
    ("XLSX export", "Values, formulas, number formats, bold, italic, colours, notes, merges, frozen panes, widths."),
    (
        "--seed FILE.xlsx",
        "Values, formulas, number formats and frozen panes. A state that holds it isn't seeded again.",
    ),
    (
        "Search in Drive",
        "Terms on name, mimeType, times, trashed, starred, sharedWithMe, parents, owners, writers and readers; "
        "`fullText`, properties and `visibility` are refused. orderBy by folder, starred and quotaBytesUsed changes "
        "nothing: all files are equal in them.",
    ),
    (
        "The page",
        "Wrapped text makes its row higher than the API says. Rotated text, padding and rich text aren't drawn, and "
        "text doesn't go on over empty cells in frozen columns.",
    ),
    ("sortRange over merges, writing into a merge's covered cells", "Taken; the values are kept and answered."),
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
