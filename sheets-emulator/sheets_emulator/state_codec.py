"""Workbooks to bytes and back, for the state file.

Design rule: rows go in chunks, so that a change of one row writes one chunk; a chunk's objects (formulas, formats)
are written once and referred to by number.
"""

from __future__ import annotations

from operator import is_
from typing import Any

import msgspec

from .a1 import Box
from .layer import ErrorValue, Formula, Layer, Row
from .model import Json, Sheet, Workbook

CHUNK_ROWS = 256
LAYERS = ("cells", "formats", "extras")
_OBJECT = 1

Chunk = tuple[int, str, int]
"""Sheet id, layer, number of the chunk."""


def encode_rows(rows: list[Row]) -> bytes:
    """One chunk as MessagePack: [objects, rows]; an object in a row is an extension with its number."""
    numbers: dict[int, int] = {}
    objects: list[Any] = []

    def hook(wrapped: Any) -> Any:
        value = wrapped.value
        if id(value) not in numbers:
            numbers[id(value)] = len(objects)
            objects.append(_object_json(value))
        return msgspec.msgpack.Ext(_OBJECT, str(numbers[id(value)]).encode())

    encoder = msgspec.msgpack.Encoder(enc_hook=hook)
    # dicts and dataclasses would be encoded in place: wrap them so that the hook sees them
    body = encoder.encode([[_wrapped(cell) for cell in row] for row in rows])
    return msgspec.msgpack.encode([objects, body])


class _Wrapped:
    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


_PLAIN = frozenset({str, int, float, bool, type(None)})


def _wrapped(cell: Any) -> Any:
    return cell if type(cell) in _PLAIN else _Wrapped(cell)


def _object_json(value: Any) -> Json:
    if isinstance(value, Formula):
        return {"formula": value.text}
    if isinstance(value, ErrorValue):
        return {"error": [value.kind, value.message]}
    return {"json": value}


def decode_rows(blob: bytes) -> list[Row]:
    objects, body = msgspec.msgpack.decode(blob)
    known = [_from_object(item) for item in objects]

    def hook(_: int, data: memoryview) -> Any:
        return known[int(bytes(data))]

    decoder = msgspec.msgpack.Decoder(ext_hook=hook)
    return [tuple(row) for row in decoder.decode(body)]


def _from_object(item: Json) -> Any:
    if "formula" in item:
        return Formula(item["formula"])
    return ErrorValue(*item["error"]) if "error" in item else item["json"]


def encode_head(book: Workbook) -> bytes:
    """Everything of a workbook but its cells."""
    head = {
        "id": book.spreadsheet_id,
        "owner": book.owner,
        "properties": book.properties,
        "created": book.created,
        "modified": book.modified,
        "named": book.named_ranges,
        "metadata": book.developer_metadata,
        "permissions": book.permissions,
        "drive": book.drive,
        "version": book.version,
        "sheets": [_sheet_head(sheet) for sheet in book.sheets],
    }
    return msgspec.json.encode(head)


def _sheet_head(sheet: Sheet) -> Json:
    return {
        "id": sheet.sheet_id,
        "title": sheet.title,
        "rows": sheet.row_count,
        "columns": sheet.column_count,
        "properties": sheet.properties,
        "grid": sheet.grid,
        "row_dimensions": list(sheet.row_dimensions.items()),
        "column_dimensions": list(sheet.column_dimensions.items()),
        "merges": sheet.merges,
        "basic_filter": sheet.basic_filter,
        "lists": sheet.lists,
    }


def decode_workbook(blob: bytes, layers: dict[tuple[int, str], list[Row]]) -> Workbook:
    head = msgspec.json.decode(blob)
    return Workbook(
        spreadsheet_id=head["id"],
        owner=head["owner"],
        properties=head["properties"],
        sheets=[_sheet(one, layers) for one in head["sheets"]],
        created=head["created"],
        modified=head["modified"],
        named_ranges=head["named"],
        developer_metadata=head["metadata"],
        permissions=head["permissions"],
        drive=head["drive"],
        version=head["version"],
    )


def _sheet(head: Json, layers: dict[tuple[int, str], list[Row]]) -> Sheet:
    cells, formats, extras = (Layer(layers.get((head["id"], name), [])) for name in LAYERS)
    return Sheet(
        sheet_id=head["id"],
        title=head["title"],
        row_count=head["rows"],
        column_count=head["columns"],
        properties=head["properties"],
        grid=head["grid"],
        cells=cells,
        formats=formats,
        extras=extras,
        row_dimensions=dict(head["row_dimensions"]),
        column_dimensions=dict(head["column_dimensions"]),
        merges=[Box(*box) for box in head["merges"]],
        basic_filter=head["basic_filter"],
        lists=head["lists"],
    )


def changed_chunks(old: Workbook | None, new: Workbook) -> dict[Chunk, list[Row] | None]:
    """The chunks that differ between two states: their rows, or None where they are gone."""
    before = _layers(old) if old is not None else {}
    after = _layers(new)
    changed: dict[Chunk, list[Row] | None] = {}
    for key in before.keys() | after.keys():
        left, right = before.get(key, []), after.get(key, [])
        if left is right:
            continue
        for start in range(0, max(len(left), len(right)), CHUNK_ROWS):
            rows = right[start : start + CHUNK_ROWS]
            if not _same(left[start : start + CHUNK_ROWS], rows):
                changed[key[0], key[1], start // CHUNK_ROWS] = rows or None
    return changed


def _same(left: list[Row], right: list[Row]) -> bool:
    """By identity: equality would take 1, 1.0 and True for the same."""
    return len(left) == len(right) and all(map(is_, left, right))


def _layers(book: Workbook) -> dict[tuple[int, str], list[Row]]:
    return {
        (sheet.sheet_id, name): layer.rows
        for sheet in book.sheets
        for name, layer in zip(LAYERS, sheet.layers, strict=True)
    }
