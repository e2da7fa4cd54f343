"""Where the command `db-sync` begins: with an ear for SIGTERM, before anything that takes time.

The kernel doesn't deliver a signal to process 1 of a container that has no handler for it, and `docker stop` would wait
in vain for its whole grace period.
"""

from __future__ import annotations

import importlib
import signal
import sys
from types import FrameType


def leave(number: int, _frame: FrameType | None) -> None:
    """End as a shell says that the signal ended us; a run and the schedule have better handlers of their own."""
    sys.exit(128 + number)


def main() -> int:
    """Listen, and then load the rest."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    status: int = importlib.import_module("db_sync.command").main()
    return status
