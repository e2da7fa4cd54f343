"""What a run has done to the workbook so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from target_gsheets.departures import Departure
from target_gsheets.filling import SheetPlan
from target_gsheets.wanted import WantedSheet
from target_gsheets.workbook import Sheet


@dataclass(slots=True)
class Outcome:
    """What was done: the sheets with the changes that we made, and the streams that failed alone."""

    plans: dict[str, tuple[SheetPlan, WantedSheet]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    silent: Mapping[str, Sheet | None] = field(default_factory=dict)  # the sheets of streams that sent nothing
    departures: tuple[Departure, ...] = ()
    staying: str = ""  # why sheets stay whose stream went
    behind: frozenset[str] = frozenset()  # streams that must be sent whole: their sheet isn't what their bookmark says
    cells: int | None = None  # of the workbook's grids as they will be
    is_done: bool = False  # the workbook is in line, save for the streams that failed

    @property
    def sheets(self) -> list[tuple[SheetPlan, WantedSheet]]:
        """The sheets that are in line now."""
        return [found for stream, found in self.plans.items() if stream not in self.failed]
