"""A plugin's configuration -> Settings, checked. No I/O.

What there is to set is told in settings_table.py, what the connection's settings become in connection.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tap_mih_postgres.connection import read_connection
from tap_mih_postgres.errors import SettingsError
from tap_mih_postgres.patterns import Pattern
from tap_mih_postgres.settings_table import CONNECTION_SETTINGS, SALT_CHARACTERS, SETTINGS

MASKS = ("hash", "redact", "null", "keep")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked.

    `connection` are libpq's parameters; `origins` tells from which setting each of them came.
    """

    connection: Mapping[str, str]
    origins: Mapping[str, str]
    schemas: tuple[str, ...]
    excluded_schemas: tuple[str, ...]
    tables: tuple[Pattern, ...]
    excluded_tables: tuple[Pattern, ...]
    excluded_table_prefixes: tuple[str, ...]
    include_views: bool
    include_materialized_views: bool
    include_foreign_tables: bool
    excluded_columns: tuple[Pattern, ...]
    masked_columns: tuple[tuple[Pattern, str], ...]
    mask_salt: str
    max_rows_per_table: int
    naive_timestamps: str
    bytea_format: str
    connect_retries: int
    statement_timeout_seconds: int
    replication: tuple[tuple[Pattern, str], ...]
    incremental_lag_seconds: int
    skip_unchanged: bool
    full_pass_every: int
    on_denied: str

    def setting_of(self, parameter: str) -> str:
        """The setting to look at when this parameter is wrong, quoted for a message."""
        has_url = "database_url" in self.origins.values()
        return repr(self.origins.get(parameter) or ("database_url" if has_url else parameter))

    @classmethod
    def from_config(cls, config: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
        """Check a plugin's configuration; raises SettingsError with the setting's name and the remedy.

        `environment` are the process' variables, where libpq looks for what isn't set.
        """
        values = {row.name: row.value(config.get(row.name)) for row in SETTINGS}
        url, apart = values.pop("database_url"), {row.name: values.pop(row.name) for row in CONNECTION_SETTINGS}
        connection, origins = read_connection(url, apart, environment or {})
        settings = cls(connection, origins, **values)
        settings.check_masks()
        return settings

    def check_masks(self) -> None:
        """Raise SettingsError for a mask that there isn't, or a hash without a secret."""
        masks = {mask for _, mask in self.masked_columns}
        if unknown := sorted(masks - set(MASKS)):
            raise SettingsError(f"'masked_columns' has the mask {unknown[0]!r}: use one of {', '.join(MASKS)}")
        if "hash" in masks and len(self.mask_salt) < SALT_CHARACTERS:
            raise SettingsError(
                f"'masked_columns' asks for hashes, and they need a secret in 'mask_salt' of {SALT_CHARACTERS} "
                "characters or more, the same in every run: `openssl rand -hex 16` makes one"
            )
