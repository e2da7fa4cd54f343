"""The settings of the connection -> libpq's parameters, checked. No I/O.

No message here repeats a secret, nor any piece of a URL: in a URL whose password isn't percent-encoded, the password
ends up in the host, the port or the database name.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tap_mih_postgres.errors import SettingsError

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

# What Prisma adds to its URLs for itself. Its sslaccept isn't here: to drop that would weaken the check in silence.
PRISMA_PARAMETERS = frozenset(
    {"schema", "connection_limit", "pool_timeout", "socket_timeout", "pgbouncer", "statement_cache_size"}
)

# libpq's own variables that say which database is meant; with one of them, no setting needs to.
LIBPQ_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGDATABASE", "PGUSER", "PGSERVICE")

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


def read_connection(
    url: str, apart: Mapping[str, str], environment: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """(libpq parameters, parameter -> name of the setting it came from); those apart win over the URL's."""
    given = {name: value for name, value in apart.items() if value}
    if not url and not given.keys() & {"host", "user", "dbname"} and not any(map(environment.get, LIBPQ_VARIABLES)):
        raise SettingsError(
            "no database is named: set 'database_url' to postgresql://user:password@host:5432/name, "
            "or 'host', 'user', 'password' and 'dbname' apart"
        )
    from_url = parse_url(url) if url else {}
    origins = {**dict.fromkeys(from_url, "database_url"), **{name: name for name in given}}
    connection = {**from_url, **given}
    check_connection(connection, origins)
    return connection, origins


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
