"""The emulator inside of a test: a context manager and a pytest fixture.

    with running_emulator() as emulator:
        emulator.url, emulator.credentials, emulator.calls(), emulator.create_spreadsheet("title"), emulator.reset()

Design rule: the server runs in a daemon thread of the same process on a free loopback port, so that real clients talk
to it through a real socket while the test may look at, and change, its state between two calls.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import by_hand
from .accounts import MAIN
from .app import App
from .faults import parse_faults
from .model import Json, Workbook
from .quota import Quota
from .routes import API_NAMES
from .running import bind, url_of, uvicorn_server
from .server import Server
from .store import Store


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator."""

    url: str
    server: Server

    @property
    def credentials(self) -> Json:
        """A service account key that the emulator trusts."""
        return self.credentials_of(MAIN)

    def credentials_of(self, account: str) -> Json:
        """The key of the account of this name, made at the first use: somebody else to share a workbook with."""
        return self.server.account(account).credentials(self.url)

    def user_credentials_of(self, account: str = MAIN, *scopes: str) -> Json:
        """The token file of a user of this name, as gcloud writes it, who has allowed these scopes; the tokens are the
        account's.
        """
        user = self.server.account(account)
        if scopes:
            self.server.accounts.consented[user.email] = frozenset(scopes)
        return user.user_credentials()

    def calls(self) -> list[Json]:
        """The calls so far, as GET /_emulator/calls lists them."""
        return list(self.server.calls)

    def forget_calls(self) -> None:
        self.server.calls.clear()

    def create_spreadsheet(self, title: str = "Untitled") -> str:
        """A fresh workbook of the account; answers its id. It isn't listed as a call."""
        return self.server.create_spreadsheet(title)

    def workbook(self, spreadsheet_id: str) -> Workbook:
        """The workbook as it is now, to look at."""
        return self.server.store.workbooks[spreadsheet_id]

    def edit(self, spreadsheet_id: str, *requests: Json) -> list[Json]:
        """Apply requests of batchUpdate as a person at the page would, without a call; see by_hand.py."""
        return by_hand.edit(self.server, spreadsheet_id, *requests)

    def type_in(self, spreadsheet_id: str, a1: str, values: list[list[Any]]) -> None:
        """Type values from a cell on, as a person would: `type_in(id, "B2", [["=1+1"]])`."""
        by_hand.type_in(self.server, spreadsheet_id, a1, values)

    def share(self, spreadsheet_id: str, email: str, role: str = "writer") -> None:
        """Give somebody the role of a reader, commenter or writer, as the owner would at the page."""
        by_hand.share(self.server, spreadsheet_id, email, role)

    def reset(self) -> None:
        """Forget workbooks, faults and calls."""
        self.server.reset()

    def set_faults(self, *faults: Json) -> None:
        """Script faults, as POST /_emulator/faults takes them; none ends them."""
        self.server.faults[:] = parse_faults({"faults": list(faults)}, API_NAMES)

    @contextmanager
    def before_each_call(self, hook: Callable[[str], None]) -> Iterator[None]:
        """Run `hook(api)` before each call is answered, such as "spreadsheets.batchUpdate".

        It runs in a thread of its own while the call waits: it edits by `edit` and `type_in`, or calls the server as a
        client does; such calls run no hook. What it raises is logged, and the call is answered 500.
        """
        self.server.hooks.append(hook)
        try:
            yield
        finally:
            self.server.hooks.remove(hook)


@contextmanager
def running_emulator(
    *,
    state: Path | None = None,
    auth: str = "service-account",
    quota: str = "off",
    foreign: tuple[str, ...] = (),
    **options: Any,
) -> Iterator[Emulator]:
    """Run an emulator until the block ends. Every response is checked against the discovery document."""
    server = Server.create(
        Store(state),
        trust_any=auth == "any",
        quota=Quota.parse(quota),
        foreign=frozenset(foreign),
        check_all_responses=options.pop("check_all_responses", True),
        **options,
    )
    listener = bind("127.0.0.1", 0)
    runner = uvicorn_server(App(server))
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]}, daemon=True, name="sheets-emulator")
    thread.start()
    while not runner.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield Emulator(url_of(listener), server)
    finally:
        runner.should_exit = True
        thread.join(5)
        server.store.close()
        listener.close()
