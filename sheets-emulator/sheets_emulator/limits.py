"""How big a workbook may be.

Design rule: Google's numbers, and its text where it is known. Each state that is kept is checked, whatever made it.
"""

from __future__ import annotations

from .errors import RequestError
from .model import Workbook

MAX_CELLS = 10_000_000
MAX_COLUMNS = 18_278
TOO_MANY_CELLS = f"This action would increase the number of cells in the workbook above the limit of {MAX_CELLS} cells."


def check_size(book: Workbook) -> None:
    """Raises RequestError where the workbook has more cells than Google allows."""
    if book.cell_count() > MAX_CELLS:
        raise RequestError(TOO_MANY_CELLS)
