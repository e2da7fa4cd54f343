"""A pytest fixture, `sheets_emulator`: an emulator in process, empty for each test.

Design rule: nothing is imported until a test asks for it, since pytest loads this module wherever the package is
installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .testing import Emulator


@pytest.fixture(scope="session")
def _shared_sheets_emulator() -> Iterator[Emulator]:
    from .testing import running_emulator  # noqa: PLC0415

    with running_emulator() as emulator:
        yield emulator


@pytest.fixture
def sheets_emulator(_shared_sheets_emulator: Emulator) -> Emulator:
    """A running emulator without workbooks, faults and calls."""
    _shared_sheets_emulator.reset()
    return _shared_sheets_emulator
