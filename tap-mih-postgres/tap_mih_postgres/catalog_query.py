"""The one query that reads Postgres' catalog, and what it asks for. No I/O.

It returns one JSON document, so that everything comes from one statement and in one round trip.
"""

from __future__ import annotations

from tap_mih_postgres.settings import Settings

CATALOG_QUERY = """
WITH RECURSIVE relation AS (
    SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples,
           has_schema_privilege(n.oid, 'USAGE') AS usable,
           has_table_privilege(c.oid, 'SELECT') AS readable
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind::text = ANY (%(kinds)s::text[]) AND NOT c.relispartition AND c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND (cardinality(%(schemas)s::text[]) = 0 OR n.nspname = ANY (%(schemas)s::text[]))
      AND n.nspname <> ALL (%(excluded_schemas)s::text[])
), attribute AS (
    SELECT a.attrelid, a.atttypid, a.attnum, json_build_object(
        'name', a.attname, 'number', a.attnum, 'type', a.atttypid::bigint, 'modifier', a.atttypmod,
        'declared', format_type(a.atttypid, a.atttypmod),
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
        'oid', r.oid::bigint, 'schema', r.nspname, 'name', r.relname, 'kind', r.relkind,
        'computed', EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attgenerated = 'v'),
        'readable', r.usable AND r.readable, 'row_security', row_security_active(r.oid),
        -- where nobody has counted it is -1, or 0 before Postgres 14
        'rows', nullif(CASE WHEN r.relkind = 'p' THEN (
                SELECT sum(l.reltuples) FROM pg_partition_tree(r.oid) AS p JOIN pg_class l ON l.oid = p.relid
                WHERE p.isleaf AND l.reltuples > 0)
            ELSE greatest(r.reltuples, 0) END, 0)::bigint,
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


def catalog_parameters(settings: Settings) -> dict[str, list[str]]:
    """What CATALOG_QUERY asks for."""
    more = {"v": settings.include_views, "m": settings.include_materialized_views, "f": settings.include_foreign_tables}
    kinds = ["r", "p", *(kind for kind, included in more.items() if included)]
    return {"schemas": [*settings.schemas], "excluded_schemas": [*settings.excluded_schemas], "kinds": kinds}
