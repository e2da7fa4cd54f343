"""The demo in a container: `docker compose --profile demo up demo`, and a browser at http://localhost:8080.

The emulator, which must be on the same machine as what takes it for Google, runs beside the very entry point of the
real container; the database is a server of its own, filled at the first start and changed a little every minute.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg

from demo import seed
from demo.child import ROOT
from demo.emulator import sheets_emulator
from demo.environment import meltano_environment

CHANGE_SECONDS = 60.0
STOP_SECONDS = 70.0
DATABASE = "DEMO_DATABASE_URL"
PORT = "DEMO_PORT"
# What the demo has in common with the image, whose health check reads it too.
KEPT = ("DB_SYNC_CRON", "DB_SYNC_STATE_FOLDER", "MELTANO_DATABASE_URI")


def fill_once(connection: psycopg.Connection[Any]) -> None:
    """Fill the database, unless that was done before."""
    found = connection.execute("""SELECT to_regclass('"User"')""").fetchone()
    if found == (None,):
        seed.fill(connection)


@contextlib.contextmanager
def entry_point(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The schedule, as the container keeps it; ended in good order."""
    process = subprocess.Popen(["db-sync"], env=dict(environment), cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def leave(_number: int, _frame: FrameType | None) -> None:
    """End the children in good order."""
    raise SystemExit(0)


def main() -> int:
    """Run until a signal comes, or until the schedule ends by itself."""
    signal.signal(signal.SIGTERM, leave)
    folder = Path(tempfile.gettempdir())
    url, port = os.environ[DATABASE], os.environ.get(PORT) or "8080"
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(psycopg.connect(url, autocommit=True))
        fill_once(connection)
        # Its page is for the browser of the machine around the container.
        emulator = stack.enter_context(sheets_emulator(folder, "--host", "0.0.0.0", "--port", port))
        workbook = emulator.create_workbook("Boutique")
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment = meltano_environment(folder / "meltano", url, emulator.url, workbook, emulator.key)
        process = stack.enter_context(entry_point({**environment, **kept}))
        print(f"The workbook: http://localhost:{port}/spreadsheets/d/{workbook}", flush=True)
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(CHANGE_SECONDS)
            connection.execute(seed.CHANGES["UPDATE Product"])


if __name__ == "__main__":
    sys.exit(main())
