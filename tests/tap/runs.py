"""How the tests run the tap: in this process where its messages matter, as a command where its end does."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from tap_mih_postgres.tap import TapMihPostgres

COMMAND = Path(sys.executable).with_name("tap-mih-postgres")


@dataclass(frozen=True)
class Messages:
    """Everything that a run wrote to standard output."""

    all: list[dict[str, Any]]

    @classmethod
    def parse(cls, output: bytes) -> Messages:
        # Not splitlines(): text may hold U+2028, which it takes for the end of a line.
        lines = output.split(b"\n")
        assert lines[-1] == b"", "the last line is whole"
        return cls([json.loads(line, parse_float=Decimal) for line in lines[:-1]])

    def of(self, stream: str) -> list[dict[str, Any]]:
        return [message for message in self.all if message.get("stream") == stream]

    def records(self, stream: str) -> list[dict[str, Any]]:
        return [message["record"] for message in self.of(stream) if message["type"] == "RECORD"]

    def schema(self, stream: str) -> dict[str, Any]:
        return next(message["schema"] for message in self.of(stream) if message["type"] == "SCHEMA")

    def kinds(self, stream: str) -> list[str]:
        return [message["type"] for message in self.of(stream)]

    @property
    def streams(self) -> set[str]:
        return {message["stream"] for message in self.all if message["type"] == "SCHEMA"}

    @property
    def activated(self) -> set[str]:
        return {message["stream"] for message in self.all if message["type"] == "ACTIVATE_VERSION"}


class Output:
    """Standard output for a run in this process."""

    def __init__(self) -> None:
        self.bytes = io.BytesIO()

    def messages(self) -> Messages:
        return Messages.parse(self.bytes.getvalue())

    def __enter__(self) -> Output:
        self._text = io.TextIOWrapper(self.bytes, encoding="utf-8")
        self._redirect = redirect_stdout(self._text)
        self._redirect.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._redirect.__exit__(None, None, None)
        self._text.flush()
        self._text.detach()


def run_in_process(config: Mapping[str, Any], **options: Any) -> Messages:
    """Run the tap's sync here and return what it sent."""
    with Output() as output:
        TapMihPostgres(config=dict(config), **options).sync_all()
    return output.messages()


def discover(config: Mapping[str, Any]) -> dict[str, Any]:
    """The catalog, as --discover gives it."""
    catalog: dict[str, Any] = json.loads(TapMihPostgres(config=dict(config), setup_mapper=False).catalog_json_text)
    return catalog


def run_command(
    folder: Path, config: Mapping[str, Any], *options: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command with a configuration file, in a process that has its imports from this one.

    test_command.py runs the installed one, which takes half a second to begin.
    """
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    arguments = ["--config", str(file), *options]
    with (folder / "out").open("w+b") as out, (folder / "err").open("w+b") as err:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the child doesn't miss
            pid = os.fork()
        if not pid:
            os.environ.update(environment or {})
            be_command(arguments, out, err)
        _, status = os.waitpid(pid, 0)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(
            arguments, os.waitstatus_to_exitcode(status), out.read().decode(), err.read().decode()
        )


def be_command(arguments: list[str], out: BinaryIO, err: BinaryIO) -> NoReturn:
    """Do what the installed command does, and end this process with its status."""
    status: Any = 1
    try:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8") for number in (1, 2))
        for handler in [*logging.root.handlers]:  # of pytest
            logging.root.removeHandler(handler)
        warnings.resetwarnings()
        signal.alarm(60)
        TapMihPostgres.cli.main(arguments, "tap-mih-postgres")
    except SystemExit as ended:
        status = ended.code
    except BaseException:  # what Python itself would do
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status if isinstance(status, int) else int(status is not None))
