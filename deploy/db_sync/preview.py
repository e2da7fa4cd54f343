"""What a run would do, without doing it: both sides are asked, and nothing is written anywhere.

The target's own --check answers for the workbook; the tap is read to its end as in a run, and its records are counted
instead of kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from db_sync.errors import no_program
from db_sync.names import explain_names, value_of
from db_sync.report import CELLS_LIMIT, align, count

CHECK = ("invoke", "target-gsheets", "--check")
READ = ("invoke", "tap-mih-postgres")
# Meltano says in a sentence why the tap can't discover its tables when asked for that, and with a traceback otherwise.
DISCOVER = (*READ, "--discover")
# The setting, its default in the tap, and what it leaves out.
RULES = (
    ("excluded_schemas", "prisma", "schemas"),
    ("excluded_table_prefixes", "prisma", "tables whose name begins with"),
    ("excluded_tables", "", "tables"),
    ("excluded_columns", "", "columns"),
    ("schemas", "", "all schemas but"),
    ("tables", "", "all tables but"),
)


@dataclass(slots=True)
class Sheet:
    """One sheet to come: its rows without the header, and its columns."""

    rows: int
    columns: int

    @property
    def cells(self) -> int:
        """Its cells, the header's among them."""
        return (self.rows + 1) * self.columns


def count_messages(lines: Iterable[bytes]) -> dict[str, Sheet]:
    """The sheets that a tap's messages would make, in their order."""
    sheets: dict[str, Sheet] = {}
    for line in lines:
        message = json.loads(line)
        if message["type"] == "SCHEMA":
            sheets.setdefault(message["stream"], Sheet(0, 0)).columns = len(message["schema"]["properties"])
        elif message["type"] == "RECORD":
            sheets[message["stream"]].rows += 1
    return sheets


def render_preview(sheets: Mapping[str, Sheet], variables: Mapping[str, str]) -> str:
    """The sheets to come with their sums, and the rules by which tables are left out."""
    rows = [(name, f"{sheet.rows:,}", f"{sheet.columns:,}", f"{sheet.cells:,}") for name, sheet in sheets.items()]
    cells = sum(sheet.cells for sheet in sheets.values())
    share = f"{count(cells, 'cell')}, of the {CELLS_LIMIT:,} that a workbook may have"
    total = f"{count(len(sheets), 'table')}, {count(sum(sheet.rows for sheet in sheets.values()), 'row')}, {share}"
    rules = [(what, value_of(name, variables) or default) for name, default, what in RULES]
    left_out = "; ".join(f"{what} {value}" for what, value in rules if value)
    return "\n".join(
        [*align([("table", "rows", "columns", "cells"), *rows], figures=3), "", total, f"Left out: {left_out}."]
    )


def check(variables: Mapping[str, str]) -> int:
    """Print what either side says and what a run would bring; return 0 where it could begin."""
    print("The workbook\n", flush=True)  # noqa: T201
    with start(CHECK, variables, stdout=subprocess.PIPE) as target:
        said = repeat(target.stdout, sys.stdout)
    print("\nThe database\n", flush=True)  # noqa: T201
    sheets, complaints = read_tables(variables)
    if sheets is not None:
        print(render_preview(sheets, variables))  # noqa: T201
    faults = [side for side, failed in (("workbook", target.returncode), ("database", sheets is None)) if failed]
    print(f"\n{render_verdict(faults)}")  # noqa: T201
    if names := explain_names(problems_in(said) + complaints, variables):
        print(names)  # noqa: T201
    return 1 if faults else 0


def render_verdict(faults: Sequence[str]) -> str:
    """What the check of both sides comes to; the faults are the sides that aren't ready."""
    if not faults:
        return "Both sides are ready to run. Nothing was changed."
    sides = " and ".join(f"the {side}" for side in faults)
    return f"Not ready to run: look at what is said of {sides} above. Nothing was changed."


def problems_in(report: str) -> str:
    """The lines of the target's report that say what has to be mended."""
    return "\n".join(line for line in report.splitlines() if line.startswith("PROBLEM"))


def repeat(lines: Iterable[bytes] | None, stream: TextIO) -> str:
    """Print lines as they come; return them as one text."""
    said = []
    for line in lines or ():
        said.append(line.decode(errors="replace"))
        print(said[-1], end="", file=stream, flush=True)
    return "".join(said)


def start(
    arguments: Sequence[str], variables: Mapping[str, str], stdout: int, stderr: int | None = None
) -> subprocess.Popen[bytes]:
    """Start Meltano, which says little unless it is told otherwise; raise RunError where there is none."""
    level = variables.get("MELTANO_CLI_LOG_LEVEL") or variables.get("DB_SYNC_LOG_LEVEL") or "warning"
    # By its variable Meltano learns of the level after its first line.
    command = ("meltano", f"--log-level={level.lower()}", *arguments)
    try:
        return subprocess.Popen(command, env=dict(variables), stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
    except FileNotFoundError as error:
        raise no_program("meltano") from error


def read_tables(variables: Mapping[str, str]) -> tuple[dict[str, Sheet] | None, str]:
    """The sheets to come, or None and what the tap said where it fails."""
    with start(DISCOVER, variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as tap:
        said = repeat(tap.stderr, sys.stderr)
    if tap.returncode:
        return None, said
    with start(READ, variables, stdout=subprocess.PIPE) as tap:
        sheets = count_messages(tap.stdout or ())
    return (None if tap.returncode else sheets), ""
