"""What the user is told of a discovery, in sentences. No I/O: who logs them, and how loudly, is the tap's matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tap_mih_postgres.catalog import Discovery, Table
from tap_mih_postgres.selection import exclusion_line
from tap_mih_postgres.settings import Settings


def discovery_warnings(discovery: Discovery, settings: Settings) -> Iterator[str]:
    """What may not be as the user thinks: patterns that fit nothing, rows that are hidden, secrets in plain sight."""
    yield from discovery.unmet
    for table in discovery.tables:
        if table.row_security:
            yield f"of table {_place(table)} the role sees only what row-level security lets through"
    if discovery.secrets:
        names = ", ".join(map(".".join, discovery.secrets))
        line = exclusion_line(discovery.secrets, settings)
        yield (
            f"columns whose names suggest secrets are sent as they are: {names}. To leave them out, set "
            f"excluded_columns: '{line}'. To send something else, or to say that they are no secrets, name them in "
            "'masked_columns' with hash, redact, null or keep"
        )


def denials(tables: Iterable[Table]) -> Iterator[str]:
    """A sentence for each table that the role may not read, or not in all of its columns."""
    for table in tables:
        if not table.readable:
            yield f"table {_place(table)} is left out: GRANT the role SELECT on it and USAGE on its schema"
        elif table.denied:
            columns = ", ".join(map(repr, table.denied))
            yield f"of table {_place(table)}, left out: {columns}: the role lacks SELECT on them"


def _place(table: Table) -> str:
    return f"{table.schema}.{table.name}"
