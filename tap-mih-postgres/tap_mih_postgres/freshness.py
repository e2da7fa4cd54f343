"""Which tables can't have changed since they were last sent whole. No I/O.

A fingerprint holds what moves when rows do: the files and counters of a table, or of all its partitions; when the
server started and its statistics were reset, since counters begin anew then; and what is selected, so that a new mask
or label takes effect at once.

A counter moves after its transaction has become visible, at times a minute after, and never before. So the counters are
read, and their transaction is ended, before the snapshot of the rows begins: a change that they have is in the rows.
One that is in the rows and not yet in them moves them later, and costs one more pass. One that is in neither is found
when its counter has moved. (Read within the snapshot they could have a change that its rows lack, which would be lost.)

A stream's bookmark is a hash of what was sent, and so stays the same as long as that does: a target may remember with
which bookmark its rows came. What comes and goes stands beside the bookmarks in STATE, under `fingerprints`: the
fingerprint, and how many times in a row the stream was left unread. The fingerprint is sealed with the bookmark, so
that it counts for no other one; a stream whose bookmark a target or a runner has dropped or put back is read.

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

# Members of STATE, and of a stream's bookmark.
MEMBER = "fingerprints"
CONTENT = "content"


def find_fingerprint(changes: Mapping[str, Any], oid: int, selected: Sequence[Any]) -> str | None:
    """The fingerprint of a table in CHANGES_QUERY's document, None if there's none to rely on.

    `selected` is all that decides what is sent of it, as JSON.
    """
    parts = (changes["tables"] or {}).get(str(oid))
    if not changes["reliable"] or not parts or not all(kind in COUNTED_KINDS for _, kind, *_ in parts):
        return None
    return _short_hash(json.dumps([changes["server"], parts, selected]).encode())


def may_skip(state: Mapping[str, Any], stream: str, fingerprint: str | None, full_pass_every: int) -> bool:
    """Whether a stream with this fingerprint can be left unread after a run that ended with STATE; 0: no full pass."""
    kept = state.get(MEMBER, {}).get(stream)
    content = state.get("bookmarks", {}).get(stream, {}).get(CONTENT)
    if not fingerprint or not kept or not content or kept["fingerprint"] != seal(fingerprint, content):
        return False
    return not full_pass_every or bool(kept["skipped"] + 1 < full_pass_every)


def read_kept(state: Mapping[str, Any]) -> dict[str, Any]:
    """The fingerprints of a STATE that somebody may have edited."""
    kept = state.get(MEMBER)
    if not isinstance(kept, Mapping):
        return {}
    return {
        stream: {"fingerprint": entry.get("fingerprint"), "skipped": entry["skipped"]}
        for stream, entry in kept.items()
        if isinstance(entry, Mapping) and isinstance(entry.get("skipped"), int)
    }


def note_skipped(state: dict[str, Any], stream: str) -> None:
    """Count a run that has left a stream unread."""
    kept = state[MEMBER][stream]
    state[MEMBER] = {**state[MEMBER], stream: {**kept, "skipped": kept["skipped"] + 1}}


def note_read(state: dict[str, Any], stream: str, fingerprint: str | None, content: str) -> None:
    """Put a stream that was read whole, after its fingerprint was taken, into STATE: as one that can be left unread
    next time, or where it has no fingerprint as one that can't.
    """
    bookmark = state.setdefault("bookmarks", {}).setdefault(stream, {})
    others = {name: kept for name, kept in state.pop(MEMBER, {}).items() if name != stream}
    bookmark.pop(CONTENT, None)
    if fingerprint:
        bookmark[CONTENT] = content
        others[stream] = {"fingerprint": seal(fingerprint, content), "skipped": 0}
    if others:
        state[MEMBER] = others


def seal(fingerprint: str, content: str) -> str:
    """A fingerprint that counts with one content alone."""
    return _short_hash(f"{fingerprint} {content}".encode())


class Content:
    """A hash of what is sent of a stream: of `selected`, which decides it, and of the rows.

    The rows of a table without a key come in any order, and each is hashed for itself, at 0.8 µs: then a row that only
    moved within its file changes nothing. Those that have an order are hashed together, for a third of that.
    """

    def __init__(self, selected: Sequence[Any], *, ordered: bool) -> None:
        self._selected = json.dumps(selected).encode()
        self._ordered = ordered
        self._rows = hashlib.sha256()
        self._sum = 0

    def add(self, rows: Sequence[bytes | memoryview]) -> None:
        """Take in some rows, each of which ends in a line feed."""
        if self._ordered:
            self._rows.update(b"".join(rows))
        else:
            self._sum += sum(int.from_bytes(hashlib.sha256(row).digest(), "big") for row in rows)

    @property
    def hash(self) -> str:
        """The hash so far."""
        return _short_hash(self._selected + self._rows.digest() + b"%d" % self._sum)


def _short_hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
