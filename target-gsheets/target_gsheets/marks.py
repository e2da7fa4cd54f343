"""What we leave in a workbook to know our own again: developer metadata `target-gsheets`. Pure.

On each sheet of ours, and on the workbook:

    {"stream": …, "columns": [[name, format, header, state], …], "keys": …, "bookmark": …}    mirrors a stream
    {"role": "staging", "run": …, "at": …}                                             is being filled, hidden
    {"role": "copy", "stream": …, "sheet": …}                                          holds what a sheet once held
    {"role": "status", "sheet": …, "streams": […], "at": …, "state": …, "notes": […]}  which is the status sheet, and
                                                                                       what it says; on the workbook

So people may rename any tab, a column that left the source can be told from theirs, and what a killed run left behind
is found. What the workbook itself carries nobody can delete by hand, so it remembers which streams had a sheet. Google
keeps at most 30,000 characters of metadata for a sheet, and as many for the workbook (second-hand).
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

METADATA_KEY = "target-gsheets"
KEPT = "kept"
NO_SHEET = -1  # the id of a sheet that is gone; Google's begin with 0
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
    unkeyed: tuple[str, ...] = ()  # digests of the rows that we wrote and that have no key
    is_partial: bool = False  # its sheet was deleted, and of an incremental stream only what is new has come since

    def to_value(self) -> str:
        """The entry's value. Many columns are compressed; far too many are left out, and then a column that has the
        name of one of ours counts as ours.
        """
        columns = [[column.name, *trimmed([column.shown_as, column.header, column.state])] for column in self.columns]
        rest: dict[str, Any] = {"keys": self.keys, "bookmark": self.bookmark, "run": " ".join(self.runs)}
        flags = {"hidden": self.hidden, "partial": self.is_partial, "unkeyed": " ".join(self.unkeyed)}
        rest |= {name: flag for name, flag in flags.items() if flag}
        value = compact({"stream": self.stream, "columns": columns, **rest})
        if len(value) > MAX_METADATA_CHARACTERS:
            value = compact({"stream": self.stream, "columns": packed(columns), **rest})
        if len(value) > MAX_METADATA_CHARACTERS:
            value = compact({"stream": self.stream, "columns": [], **rest})
        return value


@dataclass(frozen=True, slots=True)
class StatusMark:
    """On the workbook: the sheet that holds the generation's token and shows the status, and what it says."""

    sheet_id: int
    streams: Mapping[str, int] = field(default_factory=dict)  # those that have had a sheet, each with its id
    at: int = 0  # when the status was written, in seconds since 1970; 0 for never
    state: str = ""  # what it says on top: the state of the run that wrote it, and digests of the rest
    interval: int = 0  # how long it may be until the next time, in seconds
    is_shown: bool = False
    metadata_id: int = 0
    notes: Mapping[str, str] = field(default_factory=dict)  # streams with a note or an error, each with its digest

    def to_value(self) -> str:
        """The entry's value. Many streams are compressed; far too many are forgotten, their notes first."""
        rest = {"at": self.at, "state": self.state, "interval": self.interval, "shown": self.is_shown}
        head = {"role": "status", "sheet": self.sheet_id, **rest}
        streams, notes = list(self.streams.items()), list(self.notes.items())
        values = (
            compact({**head, "streams": some, "notes": others})
            for some, others in ((streams, notes), (packed(streams), packed(notes)), (packed(streams), []), ([], []))
        )
        return next(value for value in values if len(value) <= MAX_METADATA_CHARACTERS)


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
        return parse_status(value)
    if role == "staging":
        return StagingMark(str(value["run"]), float(value["at"]))
    if role == "copy":
        return CopyMark(str(value["stream"]), int(value["sheet"]))
    columns = tuple(ColumnMark(*map(str, column)) for column in unpacked(value["columns"]))
    stream, keys, bookmark, run = (str(value[name]) for name in ("stream", "keys", "bookmark", "run"))
    hidden, partial = (bool(value.get(name)) for name in ("hidden", "partial"))
    unkeyed = tuple(str(value.get("unkeyed", "")).split())
    return StreamMark(stream, columns, keys, bookmark, tuple(run.split()), hidden, unkeyed=unkeyed, is_partial=partial)


def parse_status(value: Mapping[str, Any]) -> StatusMark:
    """Read the workbook's entry."""
    streams = {str(stream): int(sheet_id) for stream, sheet_id in unpacked(value["streams"])}
    sheet, at, interval = (int(value[name]) for name in ("sheet", "at", "interval"))
    notes = {str(stream): str(digest) for stream, digest in unpacked(value.get("notes", ()))}
    return StatusMark(sheet, streams, at, str(value["state"]), interval, bool(value["shown"]), notes=notes)


def packed(items: Sequence[Any]) -> str:
    """A list as a compressed text."""
    return base64.b85encode(zlib.compress(compact(items).encode(), 9)).decode()


def unpacked(items: Any) -> Any:
    """A list, which may be a compressed text; raise ValueError where it is another text."""
    if not isinstance(items, str):
        return items
    try:
        return json.loads(zlib.decompress(base64.b85decode(items)))
    except zlib.error as exc:
        raise ValueError("no compressed list") from exc


def trimmed(texts: list[str]) -> list[str]:
    """The texts without the empty ones at their end."""
    while texts and not texts[-1]:
        texts.pop()
    return texts


def compact(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
