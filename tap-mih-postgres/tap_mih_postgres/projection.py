"""Table and chosen columns -> the SQL that reads them, as psycopg.sql.

Names are quoted by psycopg.sql alone, and aliases of ours that could meet a name of the table's are made longer until
they don't: `row_to_json(t)` fails on a table that has a column `t`.

An inheritance parent is read with ONLY: its children are tables, and streams, of their own, so their rows would be
mirrored twice. A partitioned table is read as a whole, its partitions aren't streams.

`max_rows_per_table` is asked for with a count that goes no further than it has to.

Rows come in the order of the key, so that two runs over the same rows send the same. With the server's part counted,
that cost 3 % of a run over a million rows by a serial key, and 15 % by a random uuid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psycopg import sql

from tap_mih_postgres.catalog import Column, Table
from tap_mih_postgres.type_table import Elements, Fields, Guard, Template

# The most dimensions that Postgres' arrays have (MAXDIM).
DIMENSIONS = 6

# JSON escapes every control character, so that with these nothing is ever quoted and a line is a row as it stands.
# The brace that is missing at the end of a row's message is added by the server: see messages.py.
COPY = sql.SQL(
    "COPY (SELECT row_to_json({row})::text || '}}' FROM ({select}) AS {row}) TO STDOUT"
    " (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01', ESCAPE E'\\x01', ENCODING 'UTF8')"
)
SOURCE = sql.Identifier("source")


@dataclass(frozen=True, slots=True)
class Since:
    """The rows of an incremental stream: `start` or more as replication key; all, nulls first, for None."""

    column: Column
    start: str | None

    @property
    def condition(self) -> sql.Composed:
        """WHERE and so on; operators by their schema, since the search path has none."""
        if self.start is None:
            return sql.SQL("").format()
        return sql.SQL(" WHERE {key} OPERATOR({schema}.>=) {start}::{type}").format(
            key=sql.Identifier("source", self.column.name),
            schema=sql.Identifier(self.column.operators),
            start=sql.Literal(self.start),
            type=sql.Identifier(*self.column.type),
        )


def copy_rows(
    table: Table, columns: Sequence[Column], since: Since | None = None, limit: int | None = None
) -> sql.Composed:
    """COPY of one line of JSON per row, with `}` after it, in the order of the keys if there are any."""
    select = select_columns(table, columns)
    order = [sql.Identifier("source", name) + sql.SQL("") for name in table.key]
    if since:
        select += since.condition
        order.insert(0, sql.Identifier("source", since.column.name) + sql.SQL(" NULLS FIRST"))
    if order:
        select += sql.SQL(" ORDER BY ") + sql.SQL(", ").join(order)
    if limit is not None:
        select += sql.SQL(" LIMIT {}").format(limit)
    row = _free_alias("row", (column.name for column in columns))
    return COPY.format(row=row, select=select)


def select_columns(table: Table, columns: Sequence[Column]) -> sql.Composed:
    """SELECT of these columns, each behind its guard and under its own name."""
    targets = [
        sql.SQL("{} AS {}").format(
            guarded(sql.Identifier("source", column.name), column.json.guard), sql.Identifier(column.name)
        )
        for column in columns
    ]
    return sql.SQL("SELECT {} FROM {} AS {}").format(sql.SQL(", ").join(targets), from_table(table), SOURCE)


def count_rows(table: Table, since: Since | None, most: int) -> sql.Composed:
    """SELECT of the number of rows, or of one more than `most`."""
    condition = since.condition if since else sql.SQL("")
    return sql.SQL("SELECT count(*) FROM (SELECT FROM {} AS {}{} LIMIT {}) AS counted").format(
        from_table(table), SOURCE, condition, most + 1
    )


def newest_value(table: Table, column: Column) -> sql.Composed:
    """SELECT of the greatest value's text, null if there is none, and of the server's time in seconds."""
    return sql.SQL(
        "SELECT (SELECT {key}::text FROM {table} AS {source} WHERE {key} IS NOT NULL"
        " ORDER BY {key} DESC LIMIT 1), extract(epoch FROM clock_timestamp())::float8"
    ).format(key=sql.Identifier("source", column.name), table=from_table(table), source=SOURCE)


def lock_tables(tables: Iterable[Table]) -> sql.Composed:
    """A lock against nothing but DDL and TRUNCATE, which a snapshot doesn't protect from."""
    return sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE NOWAIT").format(sql.SQL(", ").join(map(from_table, tables)))


def from_table(table: Table) -> sql.Composed:
    """The table's name, with ONLY where there may be children that are streams of their own."""
    only = sql.SQL("ONLY " if table.kind in {"r", "f"} else "")
    return only + sql.Identifier(table.schema, table.name)


def guarded(value: sql.Composable, guard: Guard | None, depth: int = 0) -> sql.Composable:
    """The value as it goes into row_to_json. `depth` keeps the aliases of nested guards apart."""
    match guard:
        case None:
            return value
        case Template(template):
            return sql.SQL(template).format(value=value)
        case Elements(element):
            return _elements(value, element, depth)
        case Fields(fields):
            return _fields(value, fields, depth)


def _elements(array: sql.Composable, guard: Guard, depth: int) -> sql.Composable:
    """The array's shape isn't in its type, so each number of dimensions has its branch."""
    branches = [
        sql.SQL(" WHEN {} THEN {}").format(dimensions, _dimension(array, guard, depth, 1, dimensions))
        for dimensions in range(1, DIMENSIONS + 1)
    ]
    return sql.SQL(
        "CASE WHEN {array} IS NOT NULL THEN CASE coalesce(array_ndims({array}), 0)"
        " WHEN 0 THEN '[]'::json{branches} END END"
    ).format(array=array, branches=sql.Composed(branches))


def _dimension(array: sql.Composable, guard: Guard, depth: int, dimension: int, dimensions: int) -> sql.Composable:
    """The JSON array of one dimension: the guarded elements in the last, arrays before it."""
    alias = [sql.Identifier(f"i{depth}_{number}") for number in range(1, dimensions + 1)]
    if dimensions == 1:  # unnest walks the array once, each subscript would begin at its start; not in FROM, where
        # it would take composites apart
        element = guarded(sql.SQL("{}.e").format(alias[0]), guard, depth + 1)
        return sql.SQL("(SELECT json_agg({element}) FROM (SELECT unnest({array}) AS e) AS {a})").format(
            element=element, array=array, a=alias[0]
        )
    if dimension < dimensions:
        inner = _dimension(array, guard, depth, dimension + 1, dimensions)
    else:
        subscripts = sql.Composed([sql.SQL("[{}.n]").format(name) for name in alias])
        inner = guarded(sql.SQL("({}){}").format(array, subscripts), guard, depth + 1)
    return sql.SQL(
        "(SELECT json_agg({inner} ORDER BY {a}.n) FROM generate_subscripts({array}, {dimension}) AS {a}(n))"
    ).format(inner=inner, array=array, dimension=dimension, a=alias[dimension - 1])


def _fields(value: sql.Composable, fields: Sequence[tuple[str, Guard | None]], depth: int) -> sql.Composable:
    """A composite built anew; IS DISTINCT FROM, since a row of nulls IS NULL and yet isn't null."""
    targets = [
        sql.SQL("{} AS {}").format(
            guarded(sql.SQL("({}).{}").format(value, sql.Identifier(name)), guard, depth + 1), sql.Identifier(name)
        )
        for name, guard in fields
    ]
    return sql.SQL(
        "CASE WHEN {value} IS DISTINCT FROM NULL THEN (SELECT row_to_json({row}) FROM (SELECT {targets}) AS {row}) END"
    ).format(value=value, row=_free_alias("row", (name for name, _ in fields)), targets=sql.SQL(", ").join(targets))


def _free_alias(alias: str, names: Iterable[str]) -> sql.Identifier:
    """The alias, longer by as many underscores as it takes to be none of the names."""
    taken = set(names)
    while alias in taken:
        alias += "_"
    return sql.Identifier(alias)
