"""Which tables and columns are read, and which of them only masked. No I/O.

What is left out or masked is so in the SELECT: it never leaves the server. A mask takes the place of a column's type
and guard, so that everything after it treats the column as any other.

- `hash` is HMAC-SHA-256 of the value's text in UTF-8 with the salt as the key, in hexadecimal: equal values stay
  equal, so that keys and references still match. The salt never stands in a statement, where logs and
  pg_stat_activity would show it: the session sets it as a parameter of its own, see database.py.
- `redact` is `***`, and tells only that there is a value; `null` doesn't tell that.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tap_mih_postgres.patterns import Pattern, exact_pattern
from tap_mih_postgres.settings import Settings
from tap_mih_postgres.type_table import JsonType, Template

FULL_TABLE = "FULL_TABLE"

# The server's parameters that hold what HMAC makes of the salt.
SALT_PARAMETERS = ("tap_mih_postgres.inner_salt", "tap_mih_postgres.outer_salt")
SHA256_BLOCK_BYTES = 64

_INNER, _OUTER = (f"(SELECT current_setting('{name}')::bytea)" for name in SALT_PARAMETERS)
MASKS: Mapping[str, JsonType] = {
    "hash": JsonType(
        {"type": "string"},
        Template(f"encode(sha256({_OUTER} || sha256({_INNER} || convert_to({{value}}::text, 'UTF8'))), 'hex')"),
    ),
    "redact": JsonType({"type": "string"}, Template("CASE WHEN {value} IS DISTINCT FROM NULL THEN '***' END")),
    "null": JsonType({"type": "string"}, Template("NULL::text")),
}
# Masks, and None for no mask, behind which a value still tells rows apart, and so may be (part of) a key.
KEEPS_KEYS = {None, "keep", "hash"}

# Words for what nobody should find in a spreadsheet, as whole words of a name in snake_case.
SECRETS = re.compile(
    r"(^|_)(pass_?(word|wd|phrase|code)s?|pwds?|secrets?|tokens?|jwts?|otps?|totp|mfa|salts?|credentials?"
    r"|(api|private|access|secret|encryption|signing|license|ssh|session)_?keys?|session_?ids?|cookies?"
    r"|cvv2?|cvc2?|pins?|ssns?|social_security(_(number|no))?|(credit_?|debit_?)?card_?(number|no)|iban|tax_?id)(_|$)"
)
# Whether there is a password, and when it changed, is no secret.
HARMLESS_TYPES = {"boolean", "integer", "number"}
HARMLESS_FORMATS = {"date", "time", "date-time", "duration"}


@dataclass(frozen=True, slots=True)
class Selection:
    """The settings that choose, asked by name."""

    settings: Settings

    def has_table(self, schema: str, table: str) -> bool:
        """Whether a table is to be read."""
        wanted = not self.settings.tables or any(pattern.fits(schema, table) for pattern in self.settings.tables)
        unwanted = any(pattern.fits(schema, table) for pattern in self.settings.excluded_tables)
        return wanted and not unwanted and not is_excluded(table, self.settings.excluded_table_prefixes)

    def has_column(self, schema: str, table: str, column: str) -> bool:
        """Whether a column of a table that is read is to be read too."""
        return not any(pattern.fits(schema, table, column) for pattern in self.settings.excluded_columns)

    def mask_of(self, schema: str, table: str, column: str) -> str | None:
        """The mask of a column: a name in MASKS, `keep`, or None where no pattern fits."""
        masks = self.settings.masked_columns
        return next((mask for pattern, mask in masks if pattern.fits(schema, table, column)), None)

    def replication_of(self, schema: str, table: str, columns: Sequence[str]) -> str | None:
        """The replication key of a table, FULL_TABLE, or None where no pattern fits that names one of its columns."""
        fitting = (word for pattern, word in self.settings.replication if pattern.fits(schema, table))
        return next((word for word in fitting if word == FULL_TABLE or word in columns), None)

    def unmet(self, tables: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str, str]]) -> list[str]:
        """A sentence for each pattern that fits none of the tables, or none of the columns."""
        settings = self.settings
        asked: list[tuple[str, Iterable[Pattern], Sequence[tuple[str, ...]], str]] = [
            ("tables", settings.tables, tables, "table"),
            ("excluded_tables", settings.excluded_tables, tables, "table"),
            ("replication", (pattern for pattern, _ in settings.replication), tables, "table"),
            ("excluded_columns", settings.excluded_columns, columns, "column"),
            ("masked_columns", (pattern for pattern, _ in settings.masked_columns), columns, "column"),
        ]
        return [
            f"{name!r} has {pattern.text!r}, which fits no {kind}: correct or remove it"
            for name, patterns, names, kind in asked
            for pattern in patterns
            if not any(pattern.fits(*each) for each in names)
        ]

    def salt_parameters(self) -> dict[str, str]:
        """What the session must set to hash: parameters of the server, and values as secret as the salt."""
        if not any(mask == "hash" for _, mask in self.settings.masked_columns):
            return {}
        key = self.settings.mask_salt.encode()
        block = (hashlib.sha256(key).digest() if len(key) > SHA256_BLOCK_BYTES else key).ljust(
            SHA256_BLOCK_BYTES, b"\0"
        )
        pads = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
        return {name: f"\\x{pad.hex()}" for name, pad in zip(SALT_PARAMETERS, pads, strict=True)}


def is_excluded(table: str, prefixes: Iterable[str]) -> bool:
    """Whether a table's name begins with one of the prefixes (case folded, without leading underscores).

    `_prisma_migrations` is Prisma's own, while `_PostToTag` is a many-to-many table of the application's.
    """
    return table.lstrip("_").casefold().startswith(tuple(prefixes))


def masked(plain: JsonType, mask: str | None) -> JsonType:
    """What a value becomes behind a mask."""
    return MASKS.get(mask or "", plain)


def looks_secret(column: str, json: JsonType) -> bool:
    """Whether a column's name says that its values, which are of this type, should stay on the server."""
    types = json.schema.get("type", ())
    kinds = set(types if isinstance(types, list) else [types])
    if kinds & HARMLESS_TYPES or json.schema.get("format") in HARMLESS_FORMATS:
        return False
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+", "_", column).lower()
    return SECRETS.search(snake) is not None


def exclusion_line(columns: Iterable[tuple[str, str, str]], settings: Settings) -> str:
    """The value of `excluded_columns` that leaves these columns out as well as those that it has."""
    return ",".join([*(pattern.text for pattern in settings.excluded_columns), *(exact_pattern(*c) for c in columns)])
