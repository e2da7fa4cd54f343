"""Postgres' catalog: the one query that reads it, and what its answer means. No I/O.

The query returns one JSON document, so that everything comes from one statement and in one round trip.

Stream names: a table of the first schema of the search path is `table`, any other `schema-table`. Where two tables
would get the same name (`a-b` in public and `b` in the schema `a`), the first in the order (first schema, then schema,
then table) has it, and the others are called by their quoted name, `"a"."b"`.

Keys: the primary key; else, of the unique indexes over columns that can't be null (whole, valid, immediate, without
expressions), the one with the fewest columns, then with the earliest columns, then by name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tap_mih_postgres.types import Field, JsonType, PostgresType, Types, json_type, nullable

CATALOG_QUERY = """
WITH RECURSIVE relation AS (
    SELECT c.oid, n.nspname, c.relname, c.relkind,
           has_schema_privilege(n.oid, 'USAGE') AS usable,
           has_table_privilege(c.oid, 'SELECT') AS readable
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s::text[]))
      AND n.nspname <> ALL (%(excluded_schemas)s::text[])
), attribute AS (
    SELECT a.attrelid, a.atttypid, a.attnum, json_build_object(
        'name', a.attname, 'number', a.attnum, 'type', a.atttypid::bigint, 'modifier', a.atttypmod,
        -- since Postgres 18 a NOT NULL constraint may be declared before the rows keep it
        'nullable', NOT a.attnotnull OR EXISTS (
            SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n'
            AND k.conkey[1] = a.attnum AND NOT k.convalidated),
        'readable', r.usable AND
            CASE WHEN r.readable THEN true ELSE has_column_privilege(a.attrelid, a.attnum, 'SELECT') END
    ) AS described
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
    WHERE a.attnum > 0 AND NOT a.attisdropped
), type(oid) AS (
    SELECT atttypid FROM attribute
    UNION
    SELECT part.oid FROM type t JOIN pg_type p ON p.oid = t.oid CROSS JOIN LATERAL (
        SELECT p.typelem WHERE p.typelem <> 0 AND p.typlen = -1
        UNION ALL SELECT p.typbasetype WHERE p.typtype = 'd'
        UNION ALL SELECT f.atttypid FROM pg_attribute f
            WHERE p.typtype = 'c' AND f.attrelid = p.typrelid AND f.attnum > 0 AND NOT f.attisdropped
    ) AS part(oid)
)
SELECT json_build_object(
    'first_schema', current_schema(),
    'missing_schemas', (
        SELECT json_agg(s) FROM unnest(%(schemas)s::text[]) AS s
        WHERE NOT EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = s)),
    'tables', (SELECT json_agg(json_build_object(
        'schema', r.nspname, 'name', r.relname, 'partitioned', r.relkind = 'p',
        'lockable', r.usable AND r.readable, 'row_security', row_security_active(r.oid),
        'columns', (SELECT json_agg(a.described ORDER BY a.attnum) FROM attribute a WHERE a.attrelid = r.oid),
        'indexes', (SELECT json_agg(json_build_object(
                'name', x.relname, 'primary', i.indisprimary,
                'columns', (SELECT json_agg(k.attnum ORDER BY k.place)
                            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
                            WHERE k.place <= i.indnkeyatts)))
            FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
            WHERE i.indrelid = r.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
              AND i.indexprs IS NULL AND (i.indisprimary OR i.indimmediate))
    )) FROM relation r),
    'types', (SELECT json_agg(json_build_object(
        'oid', p.oid::bigint, 'schema', n.nspname, 'name', p.typname, 'kind', p.typtype,
        'element', CASE WHEN p.typlen = -1 THEN p.typelem::bigint ELSE 0 END,
        'base', p.typbasetype::bigint, 'modifier', p.typtypmod,
        'labels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = p.oid),
        'fields', (SELECT json_agg(json_build_object(
                'name', f.attname, 'type', f.atttypid::bigint, 'modifier', f.atttypmod) ORDER BY f.attnum)
            FROM pg_attribute f
            WHERE p.typtype = 'c' AND f.attrelid = p.typrelid AND f.attnum > 0 AND NOT f.attisdropped)
    )) FROM type t JOIN pg_type p ON p.oid = t.oid JOIN pg_namespace n ON n.oid = p.typnamespace)
)
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is now: dropped ones aren't there, generated ones are like the others."""

    name: str
    number: int
    nullable: bool
    readable: bool
    json: JsonType


@dataclass(frozen=True, slots=True)
class Index:
    """A unique index that could be a key: whole, valid, over columns alone; `columns` are their numbers."""

    name: str
    primary: bool
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is a stream. `columns` are those that the role may read, `denied` the names of the others.

    `lockable` says that the role may read the whole table, without which it can't lock it; `row_security` that policies
    decide which rows it sees.
    """

    stream: str
    schema: str
    name: str
    partitioned: bool
    lockable: bool
    columns: tuple[Column, ...]
    denied: tuple[str, ...]
    key: tuple[str, ...]
    row_security: bool = False

    @property
    def readable(self) -> bool:
        """Whether the role may read anything of it; a table without columns still has a number of rows."""
        return bool(self.columns) or self.lockable


@dataclass(frozen=True, slots=True)
class Discovery:
    """The tables to read, in no promised order, and the wanted schemas that don't exist."""

    tables: tuple[Table, ...]
    missing_schemas: tuple[str, ...]


def read_discovery(document: Mapping[str, Any], excluded_prefixes: Sequence[str]) -> Discovery:
    """The meaning of CATALOG_QUERY's document."""
    types = {kind.oid: kind for kind in map(_read_type, document["types"] or ())}
    rows = [row for row in document["tables"] or () if not is_excluded(row["name"], excluded_prefixes)]
    names = name_streams(((row["schema"], row["name"]) for row in rows), document["first_schema"])
    tables = tuple(_read_table(row, names[row["schema"], row["name"]], types) for row in rows)
    return Discovery(tables, tuple(document["missing_schemas"] or ()))


def is_excluded(table: str, prefixes: Iterable[str]) -> bool:
    """Whether a table's name begins with one of the prefixes (case folded, without leading underscores).

    `_prisma_migrations` is Prisma's own, while `_PostToTag` is a many-to-many table of the application's.
    """
    return table.lstrip("_").casefold().startswith(tuple(prefixes))


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
    sure = {column.number: column.name for column in columns if not column.nullable and column.readable}
    usable = [index for index in indexes if sure.keys() >= set(index.columns)]
    best = min(usable, key=_preference, default=None)
    return tuple(sure[number] for number in best.columns) if best else ()


def _preference(index: Index) -> tuple[bool, int, list[int], str]:
    return not index.primary, len(index.columns), sorted(index.columns), index.name


def stream_schema(columns: Iterable[Column], key: Collection[str]) -> dict[str, Any]:
    """The JSON Schema of a stream's records."""
    properties = {
        column.name: nullable(column.json.schema) if column.nullable else column.json.schema for column in columns
    }
    required = [name for name in key if name in properties]
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _read_type(row: Mapping[str, Any]) -> PostgresType:
    fields = tuple(Field(**field) for field in row["fields"] or ())
    return PostgresType(**{**row, "labels": tuple(row["labels"] or ()), "fields": fields})


def _read_table(row: Mapping[str, Any], stream: str, types: Types) -> Table:
    columns = [_read_column(column, types) for column in row["columns"] or ()]
    indexes = [Index(index["name"], index["primary"], tuple(index["columns"])) for index in row["indexes"] or ()]
    return Table(
        stream=stream,
        schema=row["schema"],
        name=row["name"],
        partitioned=row["partitioned"],
        lockable=row["lockable"],
        columns=tuple(column for column in columns if column.readable),
        denied=tuple(column.name for column in columns if not column.readable),
        key=choose_key(columns, indexes),
        row_security=row["row_security"],
    )


def _read_column(row: Mapping[str, Any], types: Types) -> Column:
    return Column(
        name=row["name"],
        number=row["number"],
        nullable=row["nullable"],
        readable=row["readable"],
        json=json_type(row["type"], row["modifier"], types),
    )
