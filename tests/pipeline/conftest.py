"""The two plugins as real processes between a real Postgres and the emulator, with gspread as an independent reader."""

from __future__ import annotations

import contextlib
import functools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import gspread
import psycopg
import pytest

from demo.emulator import Call, Emulator, sheets_emulator
from demo.environment import clean_environment
from demo.postgres import Server
from tests.pipeline.expected import read_sheets

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
GOOGLE = "https://sheets.googleapis.com"
FOREIGN = "somebody-elses-workbook"


@dataclass(frozen=True)
class Ended:
    """How a pipe ended: the exit statuses of its two processes, STATE lines, and all that was said on stderr."""

    tap: int
    target: int
    states: list[str]
    log: str


class EmulatedClient(gspread.HTTPClient):  # type: ignore[misc]
    """gspread's own client, with the emulator in Google's place."""

    def __init__(self, *args: Any, url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = url

    def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, endpoint.replace(GOOGLE, self.url), *args, **kwargs)


@dataclass
class Mirror:
    """One database and one workbook, and the pipe between them."""

    folder: Path
    emulator: Emulator
    spreadsheet: gspread.Spreadsheet
    database_url: str
    connection: psycopg.Connection[Any]
    calls: list[Call] = field(default_factory=list)

    def execute(self, *statements: str) -> None:
        """Change the database, each statement in a transaction of its own."""
        for statement in statements:
            self.connection.execute(statement.encode())

    def tap_config(self, **settings: Any) -> Path:
        return write_config(self.folder, "tap", {"database_url": self.database_url, **settings})

    def target_config(self, **settings: Any) -> Path:
        config = {
            "spreadsheet_id": self.spreadsheet.id,
            "credentials_json": self.emulator.key,
            "api_endpoint": self.emulator.url,
            "retry_seconds": 5,
        }
        return write_config(self.folder, "target", {**config, **settings})

    def run(
        self, *, tap: dict[str, Any] | None = None, target: dict[str, Any] | None = None, state: str | None = None
    ) -> Ended:
        """Run `tap | target` once, from this STATE, and remember the calls it took."""
        self.emulator.forget_calls()
        ended = run_pipe(self.tap_config(**tap or {}), self.target_config(**target or {}), state)
        self.calls = self.emulator.calls()
        return ended

    def sync(self) -> None:
        """Run the pipe, which must succeed."""
        ended = self.run()
        assert (ended.tap, ended.target) == (0, 0), ended.log

    def messages(self) -> list[str]:
        """What the tap sends for the database as it is now."""
        command = [str(BIN / "tap-mih-postgres"), "--config", str(self.tap_config())]
        answer = subprocess.run(command, capture_output=True, text=True, check=True, env=clean_environment())
        return answer.stdout.splitlines(keepends=True)

    def send(self, lines: list[str], **settings: Any) -> Ended:
        """Let the target read these lines."""
        self.emulator.forget_calls()
        command = [str(BIN / "target-gsheets"), "--config", str(self.target_config(**settings))]
        answer = subprocess.run(
            command, input="".join(lines), capture_output=True, text=True, check=False, env=clean_environment()
        )
        self.calls = self.emulator.calls()
        return Ended(0, answer.returncode, answer.stdout.splitlines(), answer.stderr)

    def sheets(self) -> dict[str, list[list[Any]]]:
        """What the workbook holds now."""
        return read_sheets(self.spreadsheet)

    @property
    def writes(self) -> list[Call]:
        return [call for call in self.calls if call.writes]


def write_config(folder: Path, name: str, config: dict[str, Any]) -> Path:
    path = folder / f"{name}-{uuid4().hex}.json"
    path.write_text(json.dumps(config))
    return path


def run_pipe(tap_config: Path, target_config: Path, state: str | None = None) -> Ended:
    """Run `tap-mih-postgres | target-gsheets` as a shell would."""
    environment = clean_environment()
    log = tap_config.with_suffix(".log")
    options: list[str | Path] = []
    if state is not None:
        file = tap_config.with_suffix(".state")
        file.write_text(state)
        options = ["--state", file]
    with log.open("w") as stderr:
        tap = subprocess.Popen(
            [BIN / "tap-mih-postgres", "--config", tap_config, *options],
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment,
        )
        target = subprocess.Popen(
            [BIN / "target-gsheets", "--config", target_config],
            stdin=tap.stdout,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment,
            text=True,
        )
        assert tap.stdout is not None
        tap.stdout.close()
        states, _ = target.communicate(timeout=60)
        tap.wait(10)
    return Ended(tap.returncode, target.returncode, states.splitlines(), log.read_text())


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator in a process of its own, as the demo runs it."""
    folder = tmp_path_factory.mktemp("emulator")
    with sheets_emulator(folder, "--quota", "off", "--foreign", FOREIGN) as running:
        yield running


@pytest.fixture(scope="session")
def gspread_client(emulator: Emulator) -> gspread.Client:
    """gspread with the account that owns the workbooks."""
    client = functools.partial(EmulatedClient, url=emulator.url)
    return gspread.Client(auth=None, session=emulator.session, http_client=client)


@pytest.fixture(scope="session")
def open_mirror(
    postgres_server: Server,
    emulator: Emulator,
    gspread_client: gspread.Client,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[], Mirror]]:
    """Makes mirrors, each of an empty database and an empty workbook of its own."""
    with contextlib.ExitStack() as stack:

        def make() -> Mirror:
            name = f"db_{uuid4().hex}"
            url = postgres_server.create_database(name)
            connection = stack.enter_context(psycopg.connect(url, autocommit=True))
            spreadsheet = gspread_client.open_by_key(emulator.create_workbook(name))
            return Mirror(tmp_path_factory.mktemp("mirror"), emulator, spreadsheet, url, connection)

        yield make


@pytest.fixture
def mirror(open_mirror: Callable[[], Mirror]) -> Mirror:
    """A mirror of an empty database."""
    return open_mirror()
