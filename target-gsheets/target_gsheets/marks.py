"""What we leave in a workbook to know our own again: developer metadata `target-gsheets` on each sheet of ours. Pure.

    {"stream": …, "columns": [[name, format, header, state], …], "keys": …, "bookmark": …}    mirrors a stream
    {"role": "status"}                                                                 holds the generation's token
    {"role": "staging", "run": …, "at": …}                                             is being filled, hidden
    {"role": "copy", "stream": …, "sheet": …}                                          holds what a sheet once held

So people may rename any tab, a column that left the source can be told from theirs, and what a killed run left behind
is found. Google keeps at most 30,000 characters of metadata for a sheet (second-hand).
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

METADATA_KEY = "target-gsheets"
KEPT = "kept"
MAX_METADATA_CHARACTERS = 29_000  # of 30,000, which may count the key, and what somebody else leaves on the sheet


@dataclass(frozen=True, slots=True)
class ColumnMark:
    """A column that we wrote: its name, the format we gave it, and its header where that had to differ."""

    name: str
    shown_as: str = ""
    header: str = ""
    state: str = ""  # KEPT where it left the source and stays

    @property
    def text(self) -> str:
        """What stands above the column."""
        return self.header or self.name


@dataclass(frozen=True, slots=True)
class StreamMark:
    """On the sheet of a stream: the columns that are ours, and digests of the keys as we left them and of the bookmark
    that came with the rows.
    """

    stream: str
    columns: tuple[ColumnMark, ...] = ()
    keys: str = ""
    bookmark: str = ""
    runs: tuple[str, ...] = ()  # the last that appended rows, where rows are appended whatever is there
    hidden: bool = False  # by us, since its stream went
    metadata_id: int = 0

    def to_value(self) -> str:
        """The entry's value. Many columns are compressed; far too many are left out, and then a column that has the
        name of one of ours counts as ours.
        """
        columns = [[column.name, *trimmed([column.shown_as, column.header, column.state])] for column in self.columns]
        rest = {"keys": self.keys, "bookmark": self.bookmark, "run": " ".join(self.runs)} | (
            {"hidden": True} if self.hidden else {}
        )
        value = compact({"stream": self.stream, "columns": columns, **rest})
        if len(value) > MAX_METADATA_CHARACTERS:
            value = compact({"stream": self.stream, "columns": packed(columns), **rest})
        if len(value) > MAX_METADATA_CHARACTERS:
            value = compact({"stream": self.stream, "columns": [], **rest})
        return value


@dataclass(frozen=True, slots=True)
class StatusMark:
    """On the sheet that holds the token of the generation."""

    metadata_id: int = 0

    def to_value(self) -> str:
        """The entry's value."""
        return compact({"role": "status"})


@dataclass(frozen=True, slots=True)
class StagingMark:
    """On a hidden sheet that a run fills; `at` is when, in seconds since 1970."""

    run: str
    at: float
    metadata_id: int = 0

    def to_value(self) -> str:
        """The entry's value."""
        return compact({"role": "staging", "run": self.run, "at": round(self.at)})


@dataclass(frozen=True, slots=True)
class CopyMark:
    """On the hidden copy of a sheet, by its id, that a stream took over."""

    stream: str
    sheet_id: int
    metadata_id: int = 0

    def to_value(self) -> str:
        """The entry's value."""
        return compact({"role": "copy", "stream": self.stream, "sheet": self.sheet_id})


AnyMark: TypeAlias = "StreamMark | StatusMark | StagingMark | CopyMark"


def maybe_mark(entries: Sequence[Mapping[str, Any]]) -> AnyMark | None:
    """Our entry among a sheet's developer metadata, unless somebody has overwritten it."""
    for entry in entries:
        if entry.get("metadataKey") == METADATA_KEY:
            try:
                mark = parse_mark(json.loads(entry.get("metadataValue", "")))
            except (ValueError, KeyError, TypeError):
                continue
            return replace(mark, metadata_id=entry.get("metadataId", 0))
    return None


def parse_mark(value: Mapping[str, Any]) -> AnyMark:
    """Read an entry's value; raise ValueError, KeyError or TypeError where it isn't one of ours."""
    if not isinstance(value, Mapping):
        raise TypeError("a mark is an object")
    role = value.get("role")
    if role == "status":
        return StatusMark()
    if role == "staging":
        return StagingMark(str(value["run"]), float(value["at"]))
    if role == "copy":
        return CopyMark(str(value["stream"]), int(value["sheet"]))
    columns = value["columns"]
    columns = unpacked(columns) if isinstance(columns, str) else columns
    columns = tuple(ColumnMark(*map(str, column)) for column in columns)
    stream, keys, bookmark, run = (str(value[name]) for name in ("stream", "keys", "bookmark", "run"))
    return StreamMark(stream, columns, keys, bookmark, tuple(run.split()), bool(value.get("hidden")))


def packed(columns: Sequence[Any]) -> str:
    """Columns as a compressed text."""
    return base64.b85encode(zlib.compress(compact(columns).encode(), 9)).decode()


def unpacked(text: str) -> Any:
    """The columns of a compressed text; raise ValueError where it is none."""
    try:
        return json.loads(zlib.decompress(base64.b85decode(text)))
    except zlib.error as exc:
        raise ValueError("no compressed columns") from exc


def trimmed(texts: list[str]) -> list[str]:
    """The texts without the empty ones at their end."""
    while texts and not texts[-1]:
        texts.pop()
    return texts


def compact(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
