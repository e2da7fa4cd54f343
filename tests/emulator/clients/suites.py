"""Which clients' own tests are run against the emulator, what they need, and why some of them fail.

Design rule: versions are pinned, so that a failure that isn't named here is news. A reason says who is at fault.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from google.oauth2.credentials import Credentials

from sheets_emulator.testing import Emulator

Prepare = Callable[[Emulator, Path], None]


@dataclass(frozen=True, slots=True)
class PythonSuite:
    """An sdist with tests in it: `tests` are the files, `prepare` puts beside them what they want to find."""

    package: str
    version: str
    tests: tuple[str, ...]
    needs: tuple[str, ...]
    prepare: Prepare
    explained: dict[str, str] = field(default_factory=dict)


def _config(emulator: Emulator, folder: Path) -> None:
    """gspread-formatting and gspread-dataframe want a key file and the id of a workbook."""
    (folder / "creds.json").write_text(json.dumps(emulator.credentials), "utf-8")
    (folder / "tests.config").write_text(f"[Spreadsheet]\nid: {emulator.create_spreadsheet('Tests')}\n", "utf-8")


def _tokens(_: Emulator, folder: Path) -> None:
    """ezsheets wants a client secret, which it doesn't read while these tokens are valid. Its throttle is off."""
    (folder / "conftest.py").write_text("import ezsheets\n\nezsheets.IGNORE_QUOTA = True\n", "utf-8")
    (folder / "credentials-sheets.json").write_text("{}", "utf-8")
    for name in ("token-sheets.pickle", "token-drive.pickle"):
        (folder / name).write_bytes(pickle.dumps(Credentials("anything")))


PYTHON = (
    PythonSuite(
        "gspread-formatting",
        "1.2.0",
        ("test.py",),
        ("gspread==6.2.1", "gspread-dataframe==4.0.0", "oauth2client==4.1.3", "pandas<3"),
        _config,
        {"test_conditional_format_rules": "ours: effectiveFormat ignores conditional formats (docs/emulator-gaps.md)"},
    ),
    PythonSuite(
        "gspread-dataframe",
        "4.0.0",
        ("tests/gspread_dataframe_test.py", "tests/gspread_dataframe_integration.py"),
        ("gspread==6.2.1", "oauth2client==4.1.3", "pandas<3"),
        _config,
        {"test_squeeze": "theirs: pandas 2 has no squeeze any more; no call is made"},
    ),
    PythonSuite(
        "ezsheets",
        "2026.4.28",
        ("tests/test_ezsheets.py",),
        (),
        _tokens,
        {
            "test_restricted_and_link_viewable": "theirs: opens workbooks of its author at Google",
            "test_eq": "theirs: opens workbooks of its author at Google and asks his web site",
        },
    ),
)

GOOGLE_SPREADSHEET = "5.3.0"
