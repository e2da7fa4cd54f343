"""Which tables can't have changed since they were last sent whole. No I/O.

A fingerprint holds what moves when rows do: the files and counters of a table, or of all its partitions; when the
server started and its statistics were reset, since counters begin anew then; and what is selected, so that a new mask
or label takes effect at once.

A counter moves after its transaction has become visible, at times a minute after, and never before. So the counters are
read, and their transaction is ended, before the snapshot of the rows begins: a change that they have is in the rows.
One that is in the rows and not yet in them moves them later, and costs one more pass. One that is in neither is found
when its counter has moved. (Read within the snapshot they could have a change that its rows lack, which would be lost.)

No fingerprint is to be had where counters may stand still (standbys, track_counts off, and servers before 15, whose
statistics travel by UDP), nor of what has none of its own: views, foreign tables, rows that policies decide on, columns
that are computed when they are read. And so that nothing that was overlooked here lasts, everything is read every
`full_pass_every` runs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

# The catalog functions of the statistics' views: those would join what isn't asked for.
CHANGES_QUERY = """
SELECT json_build_object(
    'reliable', NOT pg_is_in_recovery() AND current_setting('track_counts')::bool
        AND current_setting('server_version_num')::int >= 150000,
    'server', json_build_array(
        pg_postmaster_start_time(), pg_stat_get_bgwriter_stat_reset_time(), d.oid::bigint,
        pg_stat_get_db_stat_reset_time(d.oid), current_setting('lc_monetary')),
    'tables', (
        SELECT json_object_agg(parts.root, parts.described) FROM (
            SELECT root, json_agg(json_build_array(
                    c.oid::bigint, c.relkind, pg_relation_filenode(c.oid)::bigint, pg_stat_get_tuples_inserted(c.oid),
                    pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid)) ORDER BY c.oid) AS described
            FROM unnest(%(oids)s::oid[]) AS root
            CROSS JOIN LATERAL (
                SELECT root AS oid UNION SELECT relid FROM pg_partition_tree(root) WHERE isleaf) AS part
            JOIN pg_class c ON c.oid = part.oid
            GROUP BY root) AS parts))
FROM pg_database d WHERE d.datname = current_database()
"""
COUNTED_KINDS = {"r", "p", "m"}


def find_fingerprint(changes: Mapping[str, Any], oid: int, selected: Sequence[Any]) -> str | None:
    """The fingerprint of a table in CHANGES_QUERY's document, None if there's none to rely on.

    `selected` is all that decides what is sent of it, as JSON.
    """
    parts = (changes["tables"] or {}).get(str(oid))
    if not changes["reliable"] or not parts or not all(kind in COUNTED_KINDS for _, kind, *_ in parts):
        return None
    return hashlib.sha256(json.dumps([changes["server"], parts, selected]).encode()).hexdigest()


def may_skip(state: Mapping[str, Any], fingerprint: str | None, skipped: int, full_pass_every: int) -> bool:
    """Whether a stream with this STATE and this fingerprint can be left unread; 0 means no full pass.

    `skipped` is how many times in a row it was left unread. It isn't part of the stream's bookmark, which must stay the
    same as long as the rows do: a target may remember with which bookmark its rows came.
    """
    due = full_pass_every and skipped + 1 >= full_pass_every
    return fingerprint is not None and state.get("fingerprint") == fingerprint and not due


def read_state(state: Mapping[str, Any], fingerprint: str | None) -> dict[str, Any]:
    """The STATE of a stream that was read whole after its fingerprint was taken."""
    rest = {name: value for name, value in state.items() if name != "fingerprint"}
    return rest if fingerprint is None else {**rest, "fingerprint": fingerprint}
