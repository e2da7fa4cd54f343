"""What a user may set: the one place for names, descriptions and defaults. No I/O.

How a value may be written is told in values.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tap_mih_postgres.connection import SSL_MODES
from tap_mih_postgres.values import (
    Reader,
    choice,
    is_unset,
    pairs_of,
    patterns_of,
    read_flag,
    read_names,
    read_number,
    read_prefixes,
    read_secret,
    read_text,
)

# A shorter salt could be found by trying, and with it whatever was hashed.
SALT_CHARACTERS = 16

TEXT = {"type": ["string", "null"]}
TEXT_OR_NUMBER = {"type": ["string", "integer", "null"]}
FLAG = {"type": ["boolean", "string", "null"]}
LIST = {"type": ["array", "string", "null"], "items": {"type": "string"}}
PAIRS = {"type": ["object", "string", "null"], "additionalProperties": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: what is accepted as JSON Schema, and how it is read. `default` is as a user writes it."""

    name: str
    schema: Mapping[str, Any]
    description: str
    read: Reader = read_text
    default: object = ""
    secret: bool = False

    def value(self, given: object) -> Any:
        """The value of what was given; raises SettingsError with the setting's name."""
        return self.read(self.name, self.default if is_unset(given) else given)


# The parameters of libpq that have a setting of their own, which wins over the same one in database_url.
CONNECTION_SETTINGS = (
    Setting("host", TEXT, "Host name, address or socket folder of the server."),
    Setting("port", TEXT_OR_NUMBER, "Port of the server; libpq's default is 5432."),
    Setting("user", TEXT, "Role to read with. It needs nothing but CONNECT, USAGE and SELECT."),
    Setting(
        "password", TEXT, "Password of the role; a password file (.pgpass) does as well.", read_secret, secret=True
    ),
    Setting("dbname", TEXT, "Name of the database."),
    Setting("sslmode", TEXT, f"How to use TLS: {', '.join(SSL_MODES)}; libpq's default is prefer."),
    Setting("sslrootcert", TEXT, "File of the certificate authority, for verify-ca and verify-full."),
    Setting("sslcert", TEXT, "File of the client certificate."),
    Setting("sslkey", TEXT, "File of the client certificate's key."),
)

SELECTION_SETTINGS = (
    Setting("schemas", LIST, "Read these schemas only; without any, every schema but the system's.", read_names),
    Setting("excluded_schemas", LIST, "Leave out these schemas.", read_names, ("prisma",)),
    Setting(
        "tables",
        LIST,
        "Read only the tables that fit one of these patterns, as in public.*, *.log_? or users; without any, all.",
        patterns_of(2),
    ),
    Setting("excluded_tables", LIST, "Leave out the tables that fit one of these patterns.", patterns_of(2)),
    Setting(
        "excluded_table_prefixes",
        LIST,
        "Leave out tables whose name begins with one of these; leading underscores and case don't count.",
        read_prefixes,
        ("prisma",),
    ),
    Setting("include_views", FLAG, "Read views too.", read_flag, False),
    Setting("include_materialized_views", FLAG, "Read materialized views too.", read_flag, False),
    Setting("include_foreign_tables", FLAG, "Read foreign tables too.", read_flag, False),
    Setting(
        "excluded_columns",
        LIST,
        "Leave out the columns that fit one of these patterns, as in public.users.password or *.password.",
        patterns_of(3),
    ),
    Setting(
        "masked_columns",
        PAIRS,
        "Send of columns, by patterns as in *.email=hash,users.name=redact, only a hash, *** (redact) or null; "
        "the first pattern that fits counts, and keep exempts from those after it.",
        pairs_of(3, "hash"),
    ),
    Setting(
        "mask_salt",
        TEXT,
        f"Secret text of {SALT_CHARACTERS} characters or more for the hashes of masked_columns: HMAC-SHA-256 of the "
        "value's text.",
        read_secret,
        secret=True,
    ),
    Setting(
        "max_rows_per_table",
        TEXT_OR_NUMBER,
        "Fail a table with more rows than this, by name, before it is read; 0 means any number.",
        read_number,
        0,
    ),
)

TYPE_SETTINGS = (
    Setting(
        "naive_timestamps",
        TEXT,
        "How to send a timestamp without time zone: as_is, or utc if it holds UTC, as Prisma's DateTime does.",
        choice("as_is", "utc"),
        "as_is",
    ),
    Setting("bytea_format", TEXT, "How to send bytea: base64 or hex.", choice("base64", "hex"), "base64"),
)

RUN_SETTINGS = (
    Setting(
        "connect_retries",
        TEXT_OR_NUMBER,
        "How often to try again, after 1, 2, 4, … seconds, where the server can't be reached for the moment or the "
        "connection is lost; then all tables are read anew, in a new snapshot.",
        read_number,
        3,
    ),
    Setting(
        "statement_timeout_seconds",
        TEXT_OR_NUMBER,
        "How long the server may take for one table, the time included in which the target doesn't read; 0 means "
        "any time.",
        read_number,
        3600,
    ),
    Setting(
        "replication",
        PAIRS,
        "Read of tables, by patterns as in events=id,audit.*=created_at, only rows whose replication key, a column, is "
        "new; the first pattern that fits counts, and FULL_TABLE exempts from those after it.",
        pairs_of(2, "column"),
    ),
    Setting(
        "incremental_lag_seconds",
        TEXT_OR_NUMBER,
        "How long a transaction may last that writes to an incremental table: so long after a run, rows that come late "
        "are still found.",
        read_number,
        60,
    ),
    Setting(
        "skip_unchanged",
        FLAG,
        "Don't read tables that can't have changed since the last run; from Postgres 15, not on standbys.",
        read_flag,
        False,
    ),
    Setting(
        "full_pass_every",
        TEXT_OR_NUMBER,
        "Read unchanged tables all the same in one of so many runs; 0 means never.",
        read_number,
        12,
    ),
    Setting(
        "on_denied",
        TEXT,
        "What a table or column that the role may not read does to the run: warn, or fail at its end.",
        choice("warn", "fail"),
        "warn",
    ),
)

SETTINGS = (
    Setting(
        "database_url",
        TEXT,
        "The database: postgresql://user:password@host:5432/name, special characters of the password "
        "percent-encoded, or libpq's key=value form. Required unless host, user or dbname are given apart.",
        secret=True,
    ),
    *CONNECTION_SETTINGS,
    *SELECTION_SETTINGS,
    *TYPE_SETTINGS,
    *RUN_SETTINGS,
)


def config_jsonschema() -> dict[str, Any]:
    """The settings as the SDK wants them, for --about and for its own validation."""
    return {"type": "object", "properties": {row.name: _property(row) for row in SETTINGS}}


def _property(row: Setting) -> dict[str, Any]:
    secret = {"secret": True, "writeOnly": True} if row.secret else {}
    default = list(row.default) if isinstance(row.default, tuple) else row.default
    return {**row.schema, "description": row.description, **secret, **({} if default == "" else {"default": default})}
