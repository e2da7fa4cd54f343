"""What a workbook holds, and in which rows it differs from what it held before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.emulator import Emulator

STATUS = "_sync"  # the sheet that says how the sync goes
Row = tuple[object, ...]
Contents = dict[str, list[Row]]


@dataclass(frozen=True)
class Changes:
    """Rows of one sheet that came, went, or kept their first cell and changed in others."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def read_workbook(emulator: Emulator, workbook: str) -> Contents:
    """The cells of every visible table that has any, header first, as the API gives them unformatted."""
    fields = "sheets.properties(title,hidden)"
    sheets = [sheet["properties"] for sheet in emulator.get(workbook, fields=fields)["sheets"]]
    titles = [sheet["title"] for sheet in sheets if not sheet.get("hidden") and sheet["title"] != STATUS]
    ranges = ["'" + title.replace("'", "''") + "'" for title in titles]
    answer = emulator.get(f"{workbook}/values:batchGet", ranges=ranges, valueRenderOption="UNFORMATTED_VALUE")
    values = [[tuple(row) for row in block.get("values", [])] for block in answer["valueRanges"]]
    return {title: rows for title, rows in zip(titles, values, strict=True) if rows}


def compare_rows(before: Sequence[Row], after: Sequence[Row]) -> Changes:
    """Count what differs, without regard to the order of the rows."""
    gone = list((Counter(before) - Counter(after)).elements())
    new = list((Counter(after) - Counter(before)).elements())
    changed = (Counter(row[:1] for row in gone) & Counter(row[:1] for row in new)).total()
    return Changes(added=len(new) - changed, changed=changed, removed=len(gone) - changed)


def compare_contents(before: Mapping[str, Sequence[Row]], after: Mapping[str, Sequence[Row]]) -> dict[str, Changes]:
    """The changes of every sheet that there is, headers aside."""
    return {title: compare_rows(before.get(title, [])[1:], rows[1:]) for title, rows in after.items()}
