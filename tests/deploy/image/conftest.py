"""The image, and what it runs against: a database of the embedded server and a workbook of the emulator."""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from demo import seed
from demo.emulator import Emulator, sheets_emulator
from demo.postgres import Server
from demo.workbook import Contents, read_workbook
from tests.deploy.image import building

PATIENCE_SECONDS = 90.0
# As docker-compose.yml runs it.
HARDENED = (
    "--network=host", "--read-only", "--tmpfs=/tmp:rw,mode=1777,size=512m", "--cap-drop=all",
    "--security-opt=no-new-privileges", "--no-healthcheck",
)  # fmt: skip


@dataclass
class Site:
    """A database and a workbook, and the containers that were started on them."""

    image: str
    folder: Path
    emulator: Emulator
    server: Server
    connection: psycopg.Connection[Any]
    workbook: str
    variables: dict[str, str]
    volume: str = field(default_factory=lambda: f"db-sync-test-{uuid4().hex[:12]}")
    containers: list[str] = field(default_factory=list)

    def options(self, changed: Mapping[str, str | None]) -> list[str]:
        variables = {name: value for name, value in {**self.variables, **changed}.items() if value is not None}
        path = self.folder / f"{uuid4().hex}.env"
        path.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
        return [*HARDENED, f"--env-file={path}", f"--volume={self.volume}:/data"]

    def run(
        self, *arguments: str, options: Sequence[str] = (), **variables: str | None
    ) -> subprocess.CompletedProcess[str]:
        """Run a container to its end."""
        command = ["podman", "run", "--rm", *self.options(variables), *options, self.image, *arguments]
        return podman(command)

    def start(self, *arguments: str, options: Sequence[str] = (), **variables: str | None) -> Container:
        """Start a container that stays."""
        name = f"db-sync-test-{uuid4().hex[:12]}"
        self.containers.append(name)
        command = ["podman", "run", "--detach", "--name", name, *self.options(variables), *options, self.image]
        answer = podman([*command, *arguments])
        assert answer.returncode == 0, answer.stderr
        return Container(name)

    def fault(self, *faults: dict[str, Any]) -> None:
        """Script faults of the emulator; none ends them."""
        answer = self.emulator.private.post(f"{self.emulator.url}/_emulator/faults", json={"faults": list(faults)})
        answer.raise_for_status()

    def calls(self, api: str) -> int:
        """How many calls of one kind the emulator has answered."""
        return sum(call.api == api for call in self.emulator.calls())

    def contents(self) -> Contents:
        """What the workbook holds now."""
        return read_workbook(self.emulator, self.workbook)

    def rows(self) -> dict[str, int]:
        """The rows of every sheet."""
        return {title: len(rows) - 1 for title, rows in self.contents().items()}

    def status(self) -> str:
        """The state of the last run, as the status sheet has it."""
        return str(self.emulator.get(f"{self.workbook}/values/_sync!A2")["values"][0][0])

    def assert_equal(self, table: str, key: str = "id") -> None:
        """A table's keys are those of its sheet, each once."""
        wanted = [str(row[0]) for row in self.connection.execute(f'SELECT "{key}" FROM "{table}" ORDER BY 1')]
        rows = self.contents()[table]
        at = rows[0].index(key)
        assert sorted(str(row[at]) for row in rows[1:]) == sorted(wanted)

    def close(self) -> None:
        self.fault()
        for name in self.containers:
            podman(["podman", "rm", "--force", "--time=0", name])
        podman(["podman", "volume", "rm", "--force", self.volume])


@dataclass(frozen=True)
class Container:
    """A container that runs in the background."""

    name: str

    def logs(self) -> str:
        answer = podman(["podman", "logs", self.name])
        return answer.stdout + answer.stderr

    def lines(self) -> list[dict[str, Any]]:
        """What it said; every line must be JSON. One that is being written isn't one yet."""
        answer = podman(["podman", "logs", self.name])
        said = [*answer.stdout.splitlines(keepends=True), *answer.stderr.splitlines(keepends=True)]
        return [json.loads(line) for line in said if line.endswith("\n")]

    def runs(self) -> list[dict[str, Any]]:
        """The runs that ended, as the entry point says them."""
        return [line for line in self.lines() if "wall_seconds" in line]

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        return podman(["podman", "exec", self.name, *command])

    def health(self) -> subprocess.CompletedProcess[str]:
        """Run the image's own health check, as an engine does every minute."""
        inspected = json.loads(podman(["podman", "image", "inspect", f"{building.IMAGE}:db-sync"]).stdout)
        kind, *command = inspected[0]["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.execute(*command)

    def stop(self, seconds: int) -> float:
        """End it as `docker stop` does; return how long that took."""
        begun = time.monotonic()
        assert podman(["podman", "stop", f"--time={seconds}", self.name]).returncode == 0
        return time.monotonic() - begun

    def kill(self) -> None:
        assert podman(["podman", "kill", "--signal=KILL", self.name]).returncode == 0

    def status(self) -> int:
        """The exit status of a container that has ended."""
        return int(podman(["podman", "wait", self.name]).stdout)

    def is_running(self) -> bool:
        return podman(["podman", "inspect", "--format", "{{.State.Running}}", self.name]).stdout.strip() == "true"


def podman(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=building.environment(), capture_output=True, text=True, check=False)


def wait_until(true: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Return once something is so; fail with its name when it doesn't become so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for this: {what}"
        time.sleep(0.1)


@pytest.fixture(scope="session")
def image() -> str:
    """The image that `make image-test` has built."""
    return f"{building.IMAGE}:db-sync"


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with sheets_emulator(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture
def open_site(image: str, postgres_server: Server, emulator: Emulator, tmp_path: Path) -> Iterator[Callable[[], Site]]:
    """Makes sites, each with a small database of its own."""
    with contextlib.ExitStack() as stack:
        yield functools.partial(make_site, stack, image, postgres_server, emulator, tmp_path)


def make_site(stack: contextlib.ExitStack, image: str, server: Server, emulator: Emulator, folder: Path) -> Site:
    name = f"db_{uuid4().hex}"
    url = server.create_database(name)
    connection = stack.enter_context(psycopg.connect(url, autocommit=True))
    connection.execute("CREATE TABLE note (id int PRIMARY KEY, text text)")
    connection.execute("INSERT INTO note SELECT n, 'note ' || n FROM generate_series(1, 50) n")
    workbook = emulator.create_workbook(name)
    variables = {
        "DB_SYNC_DATABASE_URL": url,
        "GOOGLE_SPREADSHEET_ID": workbook,
        "GOOGLE_CREDENTIALS_BASE64": base64.b64encode(json.dumps(emulator.key).encode()).decode(),
        "SHEETS_EMULATOR_HOST": emulator.url,
    }
    site = Site(image, folder, emulator, server, connection, workbook, variables)
    stack.callback(site.close)
    return site


@pytest.fixture
def site(open_site: Callable[[], Site]) -> Site:
    """A site with a table of 50 rows."""
    return open_site()


@pytest.fixture
def shop(site: Site) -> Site:
    """A site with the demo's database."""
    site.connection.execute("DROP TABLE note")
    seed.fill(site.connection)
    return site
