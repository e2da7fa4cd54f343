"""What can go wrong before Meltano has the word.

DbSyncError
├── SettingsError    the environment lacks something or holds something unusable: all of it is named at once
└── RunError         a run can't begin: its folder can't be written
    └── BusyError    another run has the lock

A message is for the operator: the values, the remedy, never a secret.
"""

from __future__ import annotations

from collections.abc import Sequence


class DbSyncError(Exception):
    """The base of all errors of this package."""

    status = 1


class SettingsError(DbSyncError):
    """One sentence for each thing that is missing or wrong."""

    status = 2

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class RunError(DbSyncError):
    """The run can't begin."""


def no_program(name: str) -> RunError:
    """What to say where a program isn't found."""
    return RunError(
        f"There is no {name} on the PATH: activate the virtual environment ('. .venv/bin/activate'), or put its "
        ".venv/bin on the PATH."
    )


class BusyError(RunError):
    """Another run is going on; the status is sysexits' for "try again later"."""

    status = 75
