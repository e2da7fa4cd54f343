"""What the note on a header says: what the column is at the source, whose clocks it goes by, where people may write.

It is set when the column is made, and people's from then on. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from target_gsheets.cells import Column, Kind, Losses, clean_text

OWN_COLUMNS = "Mirrored: what is written here is put back. Your own columns go to the right."
MAX_DESCRIPTION_CHARACTERS = 1_000


def header_note(schema: Mapping[str, Any] | bool, column: Column, zone: tzinfo) -> str:
    """The note of a column with this schema, whose instants are shown in a zone."""
    lines = [description_of(schema), f"Type at the source: {type_of(schema, column)}."]
    if column.kind is Kind.DATE_TIME:
        lines.append(f"Times with an offset are shown by the clocks of {zone}.")
    return "\n".join([*filter(None, lines), OWN_COLUMNS])


def description_of(schema: Mapping[str, Any] | bool) -> str:
    """What the source says of the column, if anything."""
    text = schema.get("description") if isinstance(schema, Mapping) else None
    return clean_text(text[:MAX_DESCRIPTION_CHARACTERS], Losses()) or "" if isinstance(text, str) else ""


def type_of(schema: Mapping[str, Any] | bool, column: Column) -> str:
    """The type in the source's own words where the SCHEMA has them, as the SDK's SQL taps may; else in its own."""
    native = schema.get("x-sql-datatype") if isinstance(schema, Mapping) else None
    if isinstance(native, str) and native.strip():
        return clean_text(native[:100], Losses()) or column.kind.value
    decimals = f" with {column.decimals} decimals" if column.decimals else ""
    return f"{column.kind.value}{decimals}"
