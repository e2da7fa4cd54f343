"""Items of a sheet's list that have an id: filter views, banded ranges, protected ranges.

Design rule: an id is unique in the workbook, whatever the sheet; an item is replaced in its place, or goes to the end
of another sheet's list.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import RequestError
from ..model import Json, Sheet, Workbook
from .context import Context


@dataclass(frozen=True, slots=True)
class Listed:
    """The items of one kind: the name of their list, of their id, and the noun of refusals."""

    name: str
    id_name: str
    noun: str

    def new_id(self, book: Workbook, wanted: Json, context: Context) -> int:
        """The id that the client chose, or a new one; refused where it exists."""
        taken = [item[self.id_name] for sheet in book.sheets for item in sheet.items(self.name)]
        number: int | None = wanted.get(self.id_name)
        if number is not None and number in taken:
            raise RequestError(f"A {self.noun} with the id {number} already exists.")
        return number or context.new_id(taken)

    def find(self, book: Workbook, number: int | None) -> tuple[Sheet, Json]:
        for sheet in book.sheets:
            for item in sheet.items(self.name):
                if item[self.id_name] == number:
                    return sheet, item
        raise RequestError(f"No {self.noun} with id: {number}")

    def add(self, sheet: Sheet, item: Json) -> None:
        sheet.lists.setdefault(self.name, []).append(item)

    def replace(self, sheet: Sheet, old: Json, target: Sheet, new: Json) -> None:
        if target is sheet:
            sheet.lists[self.name] = [new if item is old else item for item in sheet.items(self.name)]
        else:
            self.remove(sheet, old)
            self.add(target, new)

    def remove(self, sheet: Sheet, old: Json) -> None:
        sheet.lists[self.name] = [item for item in sheet.items(self.name) if item is not old]
