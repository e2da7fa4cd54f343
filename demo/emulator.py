"""The Sheets emulator in a process of its own, and what the demo asks of it over HTTP."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials

from demo.child import child_process
from demo.environment import clean_environment

START_SECONDS = 30.0
SCOPES = ("https://www.googleapis.com/auth/spreadsheets",)
# These search by POST; every other call that isn't a GET writes.
READS_BY_POST = frozenset(
    {
        "spreadsheets.getByDataFilter",
        "spreadsheets.values.batchGetByDataFilter",
        "spreadsheets.developerMetadata.search",
    }
)


class EmulatorStartError(RuntimeError):
    """The emulator did not start; the message holds what it said."""


@dataclass(frozen=True)
class Call:
    """One call of the API, as the emulator counted it."""

    method: str
    api: str
    status: int
    request_bytes: int
    response_bytes: int

    @property
    def writes(self) -> bool:
        return self.api.startswith("spreadsheets") and self.method != "GET" and self.api not in READS_BY_POST


class Emulator:
    """A running emulator, and a session with the service account that it trusts."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.private = requests.Session()
        # A proxy of the caller's environment must not come between us and our own machine.
        self.private.trust_env = False
        self.key: dict[str, Any] = self.private.get(f"{url}/_emulator/credentials").json()
        credentials = Credentials.from_service_account_info(self.key, scopes=SCOPES)  # type: ignore[no-untyped-call]
        self.session = AuthorizedSession(credentials, auth_request=Request(self.private))  # type: ignore[no-untyped-call]
        self.session.trust_env = False

    def create_workbook(self, title: str) -> str:
        """Make an empty French workbook and return its id."""
        properties = {"title": title, "locale": "fr_FR", "timeZone": "Europe/Paris"}
        answer = self.session.post(f"{self.url}/v4/spreadsheets", json={"properties": properties})
        answer.raise_for_status()
        return str(answer.json()["spreadsheetId"])

    def page(self, workbook: str) -> str:
        """The address at which a browser shows the workbook."""
        return f"{self.url}/spreadsheets/d/{workbook}"

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON answer to a GET of the Sheets API."""
        answer = self.session.get(f"{self.url}/v4/spreadsheets/{path}", params=parameters)
        answer.raise_for_status()
        return answer.json()

    def forget_calls(self) -> None:
        """Begin a new list of calls."""
        self.private.delete(f"{self.url}/_emulator/calls").raise_for_status()

    def calls(self) -> list[Call]:
        """The calls of the Sheets API since the list began; those of the token endpoint aren't among them."""
        answer = self.private.get(f"{self.url}/_emulator/calls").json()
        calls = [Call(*(entry[name] for name in Call.__dataclass_fields__)) for entry in answer]
        return [call for call in calls if call.api.startswith("spreadsheets")]


def wait_for_address(process: subprocess.Popen[bytes], log: Path) -> str:
    """The base URL that the emulator announces; raise with its log when it ends or START_SECONDS pass."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        text = log.read_text(errors="replace")
        if found := re.search(r"^listening on (http://\S+)$", text, re.MULTILINE):
            return found[1]
        if process.poll() is not None or time.monotonic() > deadline:
            raise EmulatorStartError(f"the Sheets emulator did not start:\n{text}")
        time.sleep(0.05)


@contextlib.contextmanager
def sheets_emulator(folder: Path, *options: str) -> Iterator[Emulator]:
    """Run `sheets-emulator serve` on a free port; its log and, with --state, its workbooks lie in the folder."""
    command = [str(Path(sys.executable).with_name("sheets-emulator")), "serve", "--port", "0", *options]
    log = folder / "emulator.log"
    log.unlink(missing_ok=True)
    with child_process(command, log, clean_environment()) as process:
        yield Emulator(wait_for_address(process, log))
