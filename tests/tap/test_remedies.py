from __future__ import annotations

import pytest

from tap_mih_postgres.errors import DeniedError
from tap_mih_postgres.remedies import connect_failure, connection_lost, stream_failure
from tap_mih_postgres.settings import Settings

SETTINGS = Settings.from_config({"database_url": "postgresql://ann:pw-123@db:6000/app", "sslcert": "c.pem"})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            'connection failed: connection to server at "10.0.0.1" failed: FATAL:  database "app" does not exist',
            "it has no database 'app'; check 'database_url'",
        ),
        ('FATAL:  role "ann" does not exist', "it has no user 'ann'; check 'database_url'"),
        (
            'FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "ann", database "app", no encryption',
            "it doesn't admit the user 'ann' from here in this way; check 'database_url'",
        ),
        (
            'FATAL:  permission denied for database "app"\nDETAIL:  User does not have CONNECT privilege.',
            "the user 'ann' may not CONNECT to the database 'app'; check 'database_url'",
        ),
        (
            'FATAL:  pg_hba.conf rejects connection for host "1.2.3.4", user "ann", database "app", SSL off',
            "it doesn't admit the user 'ann' from here in this way; check 'database_url'",
        ),
        (
            'connection is bad: root certificate file "/x" does not exist',
            "TLS failed: root certificate file \"/x\" does not exist; check 'database_url' and 'sslcert'",
        ),
        (
            "connection failed: FATAL:  sorry, too many clients already: too many connections",
            "it has no connection left: wait, or raise its max_connections",
        ),
        (
            "FATAL:  the database system is starting up",
            "it isn't ready (the database system is starting up): try again",
        ),
        (
            "FATAL:  the database system is in recovery mode",
            "it isn't ready (the database system is in recovery mode): try again",
        ),
        (
            "FATAL:  Passwort-Authentifizierung (pw-123) für Benutzer »ann« fehlgeschlagen",
            "Passwort-Authentifizierung (***) für Benutzer »ann« fehlgeschlagen; check 'database_url'",
        ),
    ],
)
def test_a_failed_connection_is_explained(text: str, sentence: str) -> None:
    message = str(connect_failure(text, SETTINGS))
    assert message.startswith("cannot connect to Postgres at db:6000: " + sentence)
    assert "pw-123" not in message


def test_a_missing_right_is_told_from_a_failure() -> None:
    assert isinstance(stream_failure("t", "42501", "permission denied"), DeniedError)
    assert not isinstance(stream_failure("t", "22012", "division by zero"), DeniedError)


def test_a_standbys_conflict_names_what_helps() -> None:
    message = str(connection_lost("reading", "40001", "terminating connection due to conflict with recovery"))
    assert "due to conflict with recovery" in message
    assert "hot_standby_feedback" in message
    assert connect_failure("connection refused", SETTINGS).transient
    assert not connect_failure('role "ann" does not exist', SETTINGS).transient


def test_what_isnt_known_is_repeated_in_one_line() -> None:
    assert str(stream_failure("t", None, "ERROR:  what\n  now.")) == "stream 't' can't be read: what now"
