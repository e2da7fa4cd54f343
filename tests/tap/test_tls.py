"""TLS in every mode, and certificates in place of passwords. The embedded server is built without: see servers.py."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from demo.postgres import Server, initialise, running_server
from tap_mih_postgres.errors import ConnectError
from tests.tap.runs import run_in_process
from tests.tap.servers import PASSWORD, make_launch

pytestmark = pytest.mark.skipif(
    not os.environ.get("TEST_POSTGRES") or not shutil.which("openssl"), reason="needs a server with TLS, and openssl"
)


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_certificates(folder: Path) -> None:
    """Two authorities, `ca` and `strangers`; of the first a server's certificate and one for the role `secure`."""
    for name in ("ca", "strangers"):
        openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.crt")  # fmt: skip
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    for name, subject in (("server", "/CN=localhost"), ("client", "/CN=secure")):
        openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", f"{name}.key",
                "-out", f"{name}.csr")  # fmt: skip
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", "names", "-out", f"{name}.crt")  # fmt: skip
        (folder / f"{name}.key").chmod(0o600)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return folder


@pytest.fixture(scope="module")
def secure(certificates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that admits the role `secure` by certificate alone."""
    home = tmp_path_factory.mktemp("secure")
    launch = make_launch(home)
    data = initialise(launch, home, PASSWORD)
    for name in ("server.crt", "server.key", "ca.crt"):
        shutil.copy2(certificates / name, data / name)
        if launch.user:
            shutil.chown(data / name, launch.user)
    rules = data / "pg_hba.conf"
    rules.write_text("hostssl all secure all cert\nhost all secure all reject\n" + rules.read_text())
    with running_server(launch, data, PASSWORD, ssl="on", ssl_ca_file="ca.crt") as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE ROLE secure LOGIN")
            connection.execute("CREATE TABLE a (id int)")
            connection.execute("GRANT SELECT ON a TO secure")
        yield server


def config(secure: Server, certificates: Path, **settings: str) -> dict[str, Any]:
    files = {
        name: str(certificates / settings.pop(name))
        for name in ("sslcert", "sslkey", "sslrootcert")
        if name in settings
    }
    return {"host": "127.0.0.1", "port": secure.port, "user": "secure", "dbname": "postgres", **settings, **files}


CLIENT = {"sslcert": "client.crt", "sslkey": "client.key"}


@pytest.mark.parametrize(
    "settings",
    [
        {"sslmode": "prefer"},
        {"sslmode": "require"},
        {"sslmode": "verify-ca", "sslrootcert": "ca.crt"},
        {"sslmode": "verify-full", "sslrootcert": "ca.crt"},
    ],
    ids=lambda settings: settings["sslmode"],
)
def test_a_certificate_opens_the_door(secure: Server, certificates: Path, settings: dict[str, str]) -> None:
    assert run_in_process(config(secure, certificates, **CLIENT, **settings)).activated == {"a"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param({"sslmode": "require"}, "TLS failed.*'sslcert'", id="no certificate"),
        pytest.param({"sslmode": "disable", **CLIENT}, "doesn't admit the user 'secure'.*'sslmode'", id="no TLS"),
        pytest.param(
            {"sslmode": "verify-full", "sslrootcert": "strangers.crt", **CLIENT},
            "TLS failed.*'sslrootcert'",
            id="a stranger's server",
        ),
    ],
)
def test_a_closed_door_says_what_to_check(
    secure: Server, certificates: Path, settings: dict[str, str], said: str
) -> None:
    with pytest.raises(ConnectError, match=said) as caught:
        run_in_process(config(secure, certificates, **settings))
    assert not caught.value.transient
