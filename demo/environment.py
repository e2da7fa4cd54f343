"""The environment of the demo's processes: the caller's, without anything that could lead to real data.

A developer's shell and .env may well hold the address of a production database and a Google key. The variables
below are dropped, and Meltano is told to read an .env file that doesn't exist.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

OURS = ("DB_SYNC_", "GOOGLE_", "MELTANO_", "PG", "SHEETS_EMULATOR_", "SINGER_", "TAP_MIH_POSTGRES_", "TARGET_GSHEETS_")
PYTHONS = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
LOOPBACK = "127.0.0.1,localhost"


def clean_environment() -> dict[str, str]:
    """The caller's environment without our variables, and without a proxy before this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS) and name not in PYTHONS}
    return {**kept, "NO_PROXY": LOOPBACK, "no_proxy": LOOPBACK}


def meltano_environment(
    system_folder: Path, database_url: str, emulator_url: str, workbook: str, key: Mapping[str, Any]
) -> dict[str, str]:
    """What `meltano run` needs to mirror one database into one workbook of the emulator.

    Meltano's own state lies in the system folder, apart from that of the user's runs.
    """
    return {
        **clean_environment(),
        "MELTANO_SYS_DIR_ROOT": str(system_folder),
        # Empty, it means the default, and keeps the level in a developer's .env away.
        "DB_SYNC_LOG_LEVEL": "",
        "DB_SYNC_DATABASE_URL": database_url,
        "SHEETS_EMULATOR_HOST": emulator_url,
        "GOOGLE_SPREADSHEET_ID": workbook,
        "GOOGLE_CREDENTIALS_BASE64": base64.b64encode(json.dumps(key).encode()).decode(),
    }
