"""What libpq and the server answer -> a sentence with the remedy. No I/O.

The server's words may be in any language and libpq's come without a code, so a connection's failure is known by its
text where that is English, and else repeated as it is, less the password. Once connected, SQLSTATE tells.
"""

from __future__ import annotations

import re

from tap_mih_postgres.errors import ConnectError, ConnectionLostError, DeniedError, StreamError
from tap_mih_postgres.settings import Settings

# (what the text holds, what to say, the parameters whose settings to name); the first that fits counts.
CONNECT_REMEDIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"password authentication failed", "it refuses the user {user} or the password", ("user", "password")),
    (r"no password supplied", "it asks for a password and none is set", ("password",)),
    (r"role .* does not exist", "it has no user {user}", ("user",)),
    (r"database .* does not exist", "it has no database {dbname}", ("dbname",)),
    (r"permission denied for database", "the user {user} may not CONNECT to the database {dbname}", ("user", "dbname")),
    (
        r"no pg_hba.conf entry|pg_hba.conf rejects",
        "it doesn't admit the user {user} from here in this way",
        ("user", "dbname", "sslmode"),
    ),
    (r"(?i)\bssl|certificate|private key", "TLS failed: {text}", ("sslmode", "sslrootcert", "sslcert", "sslkey")),
    (r"failed to resolve host|could not translate host", "there is no host of that name", ("host",)),
    (r"definition of service|service file", "{text}", ("service",)),
    (r"too many connections|connection slots", "it has no connection left: wait, or raise its max_connections", ()),
    (
        r"starting up|shutting down|not yet accepting|in recovery mode",
        "it isn't ready ({text}): try again in a while",
        (),
    ),
    (
        r"refused|No such file|timeout|timed out|unreachable|No route",
        "nothing answers there ({text})",
        ("host", "port"),
    ),
)
FALLBACK = ("{text}", ("host", "port", "user", "password", "dbname"))
# What may be over in a moment: these rows alone are tried again.
TRANSIENT = ("it has no connection left", "it isn't ready", "nothing answers there")

# SQLSTATE -> what happened to a stream and what helps.
STREAM_REMEDIES = {
    "42501": "the role lacks a right ({text}): GRANT it, or leave the table out with 'excluded_tables'",
    "42P01": "it was dropped or renamed when the run had begun ({text}): run again",
    "42703": "a column was dropped or renamed when the run had begun ({text}): run again",
    "42883": "its replication key has no order, or none with its own kind ({text}): choose another, or FULL_TABLE",
    "55P03": "another session held it locked all the while, for DDL as a rule: run again when that has ended",
    "57014": (
        "the server cancelled the query ({text}): raise 'statement_timeout_seconds', leave the table out with "
        "'excluded_tables', or run again"
    ),
    "22021": "it holds bytes that aren't text in its encoding ({text}): correct them, or deselect the column",
    "22P05": "it holds characters that UTF-8 lacks ({text}): correct them, or deselect the column",
}
LOST_REMEDIES = {
    "40001": "if it recurs, turn the standby's hot_standby_feedback on, or raise its max_standby_streaming_delay",
}
LOST_FALLBACK = "run again, and if it recurs, look at the server's log and at the network between"
RIGHT_MISSING = "42501"
SNAPSHOT_LOST = "40001"
NOT_TEXT = "22021"


def connect_failure(text: str, settings: Settings) -> ConnectError:
    """The error to raise when libpq says `text` instead of connecting."""
    known = ((said, names) for pattern, said, names in CONNECT_REMEDIES if re.search(pattern, text))
    said, parameters = next(known, FALLBACK)
    values = {name: repr(settings.connection.get(name, "(default)")) for name in ("user", "dbname")}
    what = said.format(**values, text=_without_password(brief(text), settings))
    message = f"cannot connect to {_where(settings)}: {what}{_check(parameters, settings)}"
    return ConnectError(message, transient=said.startswith(TRANSIENT))


def connection_lost(doing: str, sqlstate: str | None, text: str) -> ConnectionLostError:
    """The error for a session that ended, or whose snapshot did, with this SQLSTATE and primary message."""
    remedy = LOST_REMEDIES.get(sqlstate or "", LOST_FALLBACK)
    return ConnectionLostError(f"the connection to Postgres was lost while {doing} ({brief(text)}): {remedy}")


def stream_failure(stream: str, sqlstate: str | None, text: str) -> StreamError:
    """The error for a stream whose reading failed with this SQLSTATE and primary message."""
    reason = STREAM_REMEDIES.get(sqlstate or "", "{text}").format(text=brief(text))
    kind = DeniedError if sqlstate == RIGHT_MISSING else StreamError
    return kind(stream, reason)


def too_large(stream: str, most: int) -> StreamError:
    """The error for a table with more rows than the settings allow."""
    return StreamError(
        stream,
        f"it has more than the {most} rows that 'max_rows_per_table' allows: raise that, or leave the table out with "
        "'excluded_tables'",
    )


def brief(text: str) -> str:
    """One line of what libpq says in several, without its own preamble."""
    line = " ".join(text.split())
    line = re.sub(r"^connection (failed|is bad): ", "", line)
    line = re.sub(r"^connection to server (at|on) .*? failed: ", "", line)
    line = re.sub(r" Is the server running .*$", "", line)
    return re.sub(r"^(FATAL|ERROR): +", "", line).rstrip(".")


def _where(settings: Settings) -> str:
    host = settings.connection.get("host", "the default host")
    port = settings.connection.get("port", "")
    return f"Postgres at {host}{port and ':'}{port}"


def _check(parameters: tuple[str, ...], settings: Settings) -> str:
    names = list(dict.fromkeys(settings.setting_of(name) for name in parameters))
    return f"; check {' and '.join(names)}" if names else ""


def _without_password(text: str, settings: Settings) -> str:
    password = settings.connection.get("password")
    return text.replace(password, "***") if password else text
