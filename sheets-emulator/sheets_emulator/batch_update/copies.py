"""What a copied sheet brings along: its ranges point at the copy and get ids of their own.

Design rule: used by duplicateSheet and by spreadsheets.sheets.copyTo alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..model import Json, Sheet, Workbook
from .ranged import on_sheet

_IDS = {"protectedRanges": "protectedRangeId", "bandedRanges": "bandedRangeId", "filterViews": "filterViewId"}


def renumber_copies(
    book: Workbook, source_id: int, copy: Sheet, new_id: Callable[[Iterable[object]], int], *, metadata: bool = True
) -> None:
    """A copied sheet's ranges point at the copy and get ids of their own; its developer metadata is copied too [?]."""
    for name in (*_IDS, "conditionalFormats", "rowGroups", "columnGroups"):
        items = [on_sheet(item, copy.sheet_id) for item in copy.items(name)]
        if name in _IDS:
            taken = [item[_IDS[name]] for sheet in book.sheets for item in sheet.items(name)]
            for index, item in enumerate(items):
                items[index] = {**item, _IDS[name]: new_id(taken)}
                taken.append(items[index][_IDS[name]])
        if items:
            copy.lists[name] = items
    if copy.basic_filter is not None:
        copy.basic_filter = on_sheet(copy.basic_filter, copy.sheet_id)
    if metadata:
        _copy_metadata(book, source_id, copy.sheet_id, new_id)


def _copy_metadata(book: Workbook, source_id: int, sheet_id: int, new_id: Callable[[Iterable[object]], int]) -> None:
    for item in list(book.developer_metadata):
        location = item["location"]
        if location["locationType"] == "SHEET" and location.get("sheetId", 0) == source_id:
            where: Json = {**location, "sheetId": sheet_id}
        elif "dimensionRange" in location and location["dimensionRange"].get("sheetId", 0) == source_id:
            where = {**location, "dimensionRange": {**location["dimensionRange"], "sheetId": sheet_id}}
        else:
            continue
        taken = [other["metadataId"] for other in book.developer_metadata]
        book.developer_metadata.append({**item, "metadataId": new_id(taken), "location": where})
