"""What the catalog query's answer means: tables, columns, keys. No I/O.

Stream names: a table of the first schema of the search path is `table`, any other `schema-table`. Where two tables
would get the same name (`a-b` in public and `b` in the schema `a`), the first in the order (first schema, then schema,
then table) has it, and the others are called by their quoted name, `"a"."b"`.

Keys: the primary key; else, of the unique indexes over columns that can't be null (whole, valid, immediate, without
expressions), the one with the fewest columns, then with the earliest columns, then by name. Columns that are left out,
or masked so that they tell nothing apart, make no key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tap_mih_postgres.selection import KEEPS_KEYS, MASKS, Selection, looks_secret, masked
from tap_mih_postgres.settings import Settings
from tap_mih_postgres.type_table import JsonType, Schema, chosen_types
from tap_mih_postgres.types import Field, PostgresType, Types, json_type, nullable, order_schema

# Postgres' relkinds: tables, partitioned tables, views; no lock can be had on materialized views and foreign tables.
LOCKABLE = {"r", "p", "v"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is now: dropped ones aren't there, generated ones are like the others.

    `mask` is the name of the mask that `json` is, if it is one. `type` is its (schema, name), `operators` the schema of
    what compares it. `declared` is the type in Postgres' own words, as in numeric(10,2).
    """

    name: str
    number: int
    nullable: bool
    readable: bool
    json: JsonType
    mask: str | None = None
    type: tuple[str, str] = ("pg_catalog", "text")
    operators: str = "pg_catalog"
    declared: str = ""

    @property
    def schema(self) -> Schema:
        """The JSON Schema of its values; `x-sql-datatype`, as the SDK calls it, says what they are at the source."""
        found = nullable(self.json.schema) if self.nullable else self.json.schema
        return found if self.mask in MASKS else {**found, "x-sql-datatype": self.declared}

    @property
    def tells_rows_apart(self) -> bool:
        """Whether it may be part of a key."""
        return self.readable and not self.nullable and self.mask in KEEPS_KEYS


@dataclass(frozen=True, slots=True)
class Index:
    """A unique index that could be a key: whole, valid, over columns alone; `columns` are their numbers."""

    name: str
    primary: bool
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or a view and the like, that is a stream.

    `kind` is its relkind. `columns` are those that are wanted and that the role may read, `denied` the names of those
    that it may not. `whole` says that it may read the whole table; `row_security` that policies decide which rows it
    sees. `rows` is the planner's estimate, None where it has none. `replication` is what the settings say of it: a
    replication key, FULL_TABLE, or None. `computed` says that a column is computed when it is read.
    """

    stream: str
    schema: str
    name: str
    kind: str
    whole: bool
    columns: tuple[Column, ...]
    denied: tuple[str, ...]
    key: tuple[str, ...]
    row_security: bool = False
    rows: int | None = None
    replication: str | None = None
    oid: int = 0
    computed: bool = False

    @property
    def readable(self) -> bool:
        """Whether the role may read anything of it; a table without columns still has a number of rows."""
        return bool(self.columns) or self.whole

    @property
    def lockable(self) -> bool:
        """Whether the server lets the role lock it."""
        return self.whole and self.kind in LOCKABLE

    @property
    def is_view(self) -> bool:
        """Whether its rows are those of a query."""
        return self.kind in {"v", "m"}


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the catalog says: the tables to read, in no promised order, and what the user should know.

    `labels` are those of all enums that are used, by oid. `missing_schemas` are the wanted schemas that don't exist,
    `unmet` a sentence for each pattern that fits nothing, `secrets` the columns, as (schema, table, column), that are
    sent as they are and whose names suggest better.
    """

    tables: tuple[Table, ...]
    labels: Mapping[int, tuple[str, ...]]
    missing_schemas: tuple[str, ...]
    unmet: tuple[str, ...]
    secrets: tuple[tuple[str, str, str], ...]


def read_discovery(document: Mapping[str, Any], settings: Settings) -> Discovery:
    """The meaning of CATALOG_QUERY's document."""
    types = Types(
        {kind.oid: kind for kind in map(_read_type, document["types"] or ())},
        chosen_types({"naive_timestamps": settings.naive_timestamps, "bytea_format": settings.bytea_format}),
    )
    selection = Selection(settings)
    every = document["tables"] or ()
    rows = [row for row in every if selection.has_table(row["schema"], row["name"])]
    names = name_streams(((row["schema"], row["name"]) for row in rows), document["first_schema"])
    tables = tuple(_read_table(row, names[row["schema"], row["name"]], types, selection) for row in rows)
    return Discovery(
        tables,
        {oid: kind.labels for oid, kind in types.kinds.items() if kind.labels},
        tuple(document["missing_schemas"] or ()),
        tuple(
            selection.unmet(
                [(row["schema"], row["name"]) for row in every],
                [(row["schema"], row["name"], column["name"]) for row in every for column in row["columns"] or ()],
            )
        ),
        tuple(
            (table.schema, table.name, column.name)
            for table in tables
            for column in table.columns
            if column.mask is None and looks_secret(column.name, column.json)
        ),
    )


def name_streams(tables: Iterable[tuple[str, str]], first_schema: str | None) -> dict[tuple[str, str], str]:
    """(schema, table) -> the stream's name; every name is given once."""
    names: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for schema, table in sorted(tables, key=lambda pair: (pair[0] != first_schema, pair)):
        name = next(name for name in _candidates(schema, table, first_schema) if name not in taken)
        names[schema, table] = name
        taken.add(name)
    return names


def _candidates(schema: str, table: str, first_schema: str | None) -> Iterator[str]:
    yield table if schema == first_schema else f"{schema}-{table}"
    name = ".".join(f'"{part}"' for part in (schema.replace('"', '""'), table.replace('"', '""')))
    while True:
        yield name
        name += "_"


def choose_key(columns: Sequence[Column], indexes: Iterable[Index]) -> tuple[str, ...]:
    """The names of the key's columns in the index's order, empty where there is none that the role may read."""
    sure = {column.number: column.name for column in columns if column.tells_rows_apart}
    usable = [index for index in indexes if sure.keys() >= set(index.columns)]
    best = min(usable, key=_preference, default=None)
    return tuple(sure[number] for number in best.columns) if best else ()


def _preference(index: Index) -> tuple[bool, int, list[int], str]:
    return not index.primary, len(index.columns), sorted(index.columns), index.name


def stream_schema(columns: Iterable[Column], key: Collection[str]) -> dict[str, Any]:
    """The JSON Schema of a stream's records."""
    properties = {column.name: column.schema for column in columns}
    required = [name for name in key if name in properties]
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _read_type(row: Mapping[str, Any]) -> PostgresType:
    fields = tuple(Field(**field) for field in row["fields"] or ())
    return PostgresType(**{**row, "labels": tuple(row["labels"] or ()), "fields": fields})


def _read_table(row: Mapping[str, Any], stream: str, types: Types, selection: Selection) -> Table:
    place = (row["schema"], row["name"])
    columns = [
        _read_column(column, types, selection.mask_of(*place, column["name"]))
        for column in row["columns"] or ()
        if selection.has_column(*place, column["name"])
    ]
    indexes = [Index(index["name"], index["primary"], tuple(index["columns"])) for index in row["indexes"] or ()]
    return Table(
        stream=stream,
        schema=row["schema"],
        name=row["name"],
        kind=row["kind"],
        whole=row["readable"],
        columns=tuple(column for column in columns if column.readable),
        denied=tuple(column.name for column in columns if not column.readable),
        key=choose_key(columns, indexes),
        row_security=row["row_security"],
        rows=row["rows"],
        oid=row["oid"],
        computed=row["computed"],
        replication=selection.replication_of(*place, [column.name for column in columns]),
    )


def _read_column(row: Mapping[str, Any], types: Types, mask: str | None) -> Column:
    return Column(
        name=row["name"],
        number=row["number"],
        nullable=row["nullable"] or mask == "null",
        readable=row["readable"],
        json=masked(json_type(row["type"], row["modifier"], types), mask),
        mask=mask,
        type=(types.kinds[row["type"]].schema, types.kinds[row["type"]].name),
        operators=order_schema(row["type"], types),
        declared=row["declared"],
    )
