"""A protection of the mirrored columns that only warns whoever edits them: one for each sheet of a stream. Pure.

It reaches from the first of our columns to the last, and so over those of people's that stand between.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from target_gsheets import batch
from target_gsheets.filling import SheetPlan
from target_gsheets.workbook import Sheet

Request: TypeAlias = "dict[str, Any]"

DESCRIPTION = "target-gsheets: mirrored columns"  # by which ours are known


def protection_steps(plan: SheetPlan, sheet: Sheet | None, *, wanted: bool) -> Iterator[Request]:
    """Make, move or remove the protection of a sheet (None: a new one), so that there is one, or none."""
    ours = [found for found in sheet.protections if found.description == DESCRIPTION] if sheet else []
    there = ours[:1] if wanted and plan.places else []
    yield from (batch.delete_protection(found.protection_id) for found in ours[len(there) :])
    if there and there[0].columns != plan.span:
        yield batch.move_protection(there[0].protection_id, plan.sheet_id, plan.span)
    elif wanted and plan.places and not there:
        yield batch.protect_columns(plan.sheet_id, plan.span, DESCRIPTION)
