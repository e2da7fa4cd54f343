"""What a user may set. The table SETTINGS is the one place for names, descriptions and defaults.

Settings come from JSON files, from environment variables and through Meltano, which knows texts better than lists:
so a list may be an array, the text of one, or comma-separated text, and a setting that is missing, null or empty
text means its default. (An array without items means none: that is how to exclude nothing.)

No message here repeats a secret, nor any piece of a URL: in a URL whose password isn't percent-encoded, the password
ends up in the host, the port or the database name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tap_mih_postgres.errors import SettingsError

APPLICATION_NAME = "tap-mih-postgres"
CONNECT_SECONDS = 15

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

TEXT = {"type": ["string", "null"]}
TEXT_OR_NUMBER = {"type": ["string", "integer", "null"]}
LIST = {"type": ["array", "string", "null"], "items": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: the JSON Schema of what is accepted, and the default of a list."""

    name: str
    schema: Mapping[str, Any]
    description: str
    default: tuple[str, ...] | None = None
    secret: bool = False


# The parameters of libpq that have a setting of their own, which wins over the same one in database_url.
CONNECTION_SETTINGS = (
    Setting("host", TEXT, "Host name, address or socket folder of the server."),
    Setting("port", TEXT_OR_NUMBER, "Port of the server; libpq's default is 5432."),
    Setting("user", TEXT, "Role to read with. It needs nothing but CONNECT, USAGE and SELECT."),
    Setting("password", TEXT, "Password of the role; a password file (.pgpass) does as well.", secret=True),
    Setting("dbname", TEXT, "Name of the database."),
    Setting("sslmode", TEXT, f"How to use TLS: {', '.join(SSL_MODES)}; libpq's default is prefer."),
    Setting("sslrootcert", TEXT, "File of the certificate authority, for verify-ca and verify-full."),
    Setting("sslcert", TEXT, "File of the client certificate."),
    Setting("sslkey", TEXT, "File of the client certificate's key."),
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
    Setting("schemas", LIST, "Read these schemas only; without any, every schema but the system's.", ()),
    Setting("excluded_schemas", LIST, "Leave out these schemas.", ("prisma",)),
    Setting(
        "excluded_table_prefixes",
        LIST,
        "Leave out tables whose name begins with one of these; leading underscores and case don't count.",
        ("prisma",),
    ),
)

# What Prisma adds to its URLs for itself. Its sslaccept isn't here: to drop that would weaken the check in silence.
PRISMA_PARAMETERS = frozenset(
    {"schema", "connection_limit", "pool_timeout", "socket_timeout", "pgbouncer", "statement_cache_size"}
)

# How libpq's complaints begin, and what can be said of them without what follows.
URL_FAULTS = {
    "invalid URI query parameter": "it has a parameter after '?' that libpq doesn't know",
    "invalid connection option": "it has an option that libpq doesn't know",
    "invalid percent-encoded token": "a '%' in it must be written %25",
    'missing "="': "it is neither a URL that begins with postgresql:// nor key=value pairs",
}
URL_REMEDY = (
    "write postgresql://user:password@host:5432/name, with special characters of the password percent-encoded "
    "(@ is %40, / is %2F, % is %25)"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked.

    `connection` are libpq's parameters; `origins` tells from which setting each of them came.
    """

    connection: Mapping[str, str]
    origins: Mapping[str, str]
    schemas: tuple[str, ...]
    excluded_schemas: tuple[str, ...]
    excluded_table_prefixes: tuple[str, ...]

    def setting_of(self, parameter: str) -> str:
        """The setting to look at when this parameter is wrong, quoted for a message."""
        has_url = "database_url" in self.origins.values()
        return repr(self.origins.get(parameter) or ("database_url" if has_url else parameter))

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """Check a plugin's configuration; raises SettingsError with the setting's name and the remedy."""
        connection, origins = read_connection(config)
        check_connection(connection, origins)
        lists = {row.name: read_list(row, config.get(row.name)) for row in SETTINGS if row.default is not None}
        lists["excluded_table_prefixes"] = tuple(fold_prefix(prefix) for prefix in lists["excluded_table_prefixes"])
        return cls(connection, origins, **lists)


def config_jsonschema() -> dict[str, Any]:
    """The settings as the SDK wants them, for --about and for its own validation."""
    return {"type": "object", "properties": {row.name: _property(row) for row in SETTINGS}}


def _property(row: Setting) -> dict[str, Any]:
    secret = {"secret": True, "writeOnly": True} if row.secret else {}
    default = {"default": list(row.default)} if row.default else {}
    return {**row.schema, "description": row.description, **secret, **default}


def read_connection(config: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """(libpq parameters, parameter -> name of the setting it came from); those apart win over the URL's."""
    url = read_text("database_url", config.get("database_url"))
    apart = {row.name: read_text(row.name, config.get(row.name)) for row in CONNECTION_SETTINGS}
    given = {name: value for name, value in apart.items() if value}
    if not url and not given.keys() & {"host", "user", "dbname"}:
        raise SettingsError(
            "no database is named: set 'database_url' to postgresql://user:password@host:5432/name, "
            "or 'host', 'user', 'password' and 'dbname' apart"
        )
    from_url = parse_url(url) if url else {}
    origins = {**dict.fromkeys(from_url, "database_url"), **{name: name for name in given}}
    return {**from_url, **given}, origins


def read_text(name: str, value: object) -> str:
    """A setting's text, empty where it isn't set. Spaces around it are dropped, except a password's."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SettingsError(f"{name!r} must be text")
    return str(value) if name == "password" else str(value).strip()


def read_list(row: Setting, value: object) -> tuple[str, ...]:
    """A setting's list from an array, the text of one or comma-separated text; empty text means the default."""
    items = _split(row.name, value) if isinstance(value, str) else value
    if items is None:
        return row.default or ()
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) and is_name(item) for item in items):
        raise SettingsError(f'{row.name!r} must be a list of names: a,b or ["a", "b"]')
    return tuple(item.strip() for item in items if item.strip())


def is_name(item: str) -> bool:
    """Whether this is likely a name: quotes and braces are left over from a file or a shell that kept them."""
    return not any(mark in item for mark in "\"'{}[]")


def _split(name: str, text: str) -> object:
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except ValueError as exc:
            raise SettingsError(
                f'{name!r} begins like a JSON array but isn\'t one ({exc}): write a,b or ["a", "b"]'
            ) from exc
    return [item for item in text.split(",") if item.strip()] or None


def fold_prefix(prefix: str) -> str:
    """A prefix as it is compared: without leading underscores, case folded."""
    folded = prefix.lstrip("_").casefold()
    if not folded:
        raise SettingsError(
            f"'excluded_table_prefixes' has {prefix!r}, which would leave out every table, "
            "since leading underscores don't count: remove it"
        )
    return folded


def parse_url(url: str) -> dict[str, str]:
    """libpq's parameters of a URL or of key=value pairs."""
    scheme, mark, _ = url.partition("://")
    if mark and scheme not in {"postgres", "postgresql"} and "=" not in scheme:
        raise SettingsError(f"'database_url' doesn't begin with postgresql://: {URL_REMEDY}")
    try:
        parsed = conninfo_to_dict(drop_prisma_parameters(url))
    except psycopg.ProgrammingError as exc:
        fault = next((said for begin, said in URL_FAULTS.items() if str(exc).startswith(begin)), "")
        # Without its cause: libpq quotes the piece it stumbled on, which may be of the password.
        raise SettingsError(f"'database_url' can't be understood{fault and ': '}{fault}: {URL_REMEDY}") from None
    return {name: str(value) for name, value in parsed.items()}


def drop_prisma_parameters(url: str) -> str:
    """The URL without the parameters that Prisma adds for itself and libpq would refuse."""
    mark = url.find("?", url.rfind("@") + 1)
    if "://" not in url or mark < 0:
        return url
    kept = [pair for pair in url[mark + 1 :].split("&") if pair.partition("=")[0] not in PRISMA_PARAMETERS]
    return url[:mark] + ("?" + "&".join(kept) if kept else "")


def check_connection(connection: Mapping[str, str], origins: Mapping[str, str]) -> None:
    """Raise SettingsError for what libpq would answer with a piece of the password, or with less than a remedy."""
    if "@" in connection.get("host", "") + connection.get("dbname", ""):
        raise SettingsError(f"the host or the database name of 'database_url' holds an '@': {URL_REMEDY}")
    ports = connection.get("port", "")
    if not all(port.isascii() and port.isdigit() and 0 < int(port) < 65536 for port in ports.split(",") if port):
        raise SettingsError(f"the port in {origins['port']!r} must be a number from 1 to 65535; in a URL: {URL_REMEDY}")
    mode = connection.get("sslmode", "prefer")
    if mode not in SSL_MODES:
        raise SettingsError(f"the sslmode in {origins['sslmode']!r} must be one of {', '.join(SSL_MODES)}")
