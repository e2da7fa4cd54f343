"""A real public database, every cell of it."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.pipeline.conftest import Mirror
from tests.pipeline.expected import actual_table, expected_table, moment_columns

CHINOOK = Path(__file__).parents[2].parent / "shared" / "data" / "chinook.sql"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@pytest.mark.skipif(not CHINOOK.exists(), reason=f"the Chinook database isn't there: {CHINOOK}")
def test_every_cell_of_chinook_is_mirrored(mirror: Mirror) -> None:
    # Before the marker the script makes a database of its own, by a command of psql.
    mirror.connection.execute(CHINOOK.read_bytes().partition(b"\\c chinook;")[2])
    before = set(mirror.sheets())
    mirror.sync()
    tables = {row[0] for row in mirror.connection.execute(TABLES)}
    sheets = mirror.sheets()
    assert set(sheets) - before == tables
    count = 0
    for table in tables:
        expected = expected_table(mirror.connection, "public", table, ZoneInfo("Europe/Paris"))
        assert actual_table(sheets[table], moment_columns(mirror.connection, "public", table)) == expected, table
        count += expected.rows.total()
    assert (len(tables), count) == (11, 15_607)
    mirror.sync()
    assert mirror.writes == []
