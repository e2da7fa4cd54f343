"""One call from its bytes to its answer: authentication, quota, contract, method, store.

Design rule: everything here is synchronous, so the event loop serialises the state; HTTP itself, faults and sleeping
are in app.py.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from random import Random, SystemRandom
from typing import Any
from urllib.parse import parse_qs

import msgspec

from . import accepting, contract
from .accounts import GOOGLE_AUDIENCE, MAIN, Account, Accounts, email_of
from .batch_update.context import Context
from .calls import Call
from .discovery import Method
from .drive_calls import DriveCall, DriveError, Reply, as_drive_refusal, may
from .errors import (
    ApiError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    RequestError,
    ServerError,
    TokenRefusedError,
)
from .exchange import Incoming, Outgoing, json_body
from .faults import Fault
from .fields import parse_mask, project
from .guards import guard
from .masks import check_answer_mask
from .methods import METHODS, READ, READS_ITS_OWN, VALUE_WRITERS, WRITE, new_workbook
from .model import Json, Workbook
from .quota import Quota
from .routes import drive_request, drive_scopes, find_drive, find_method
from .store import Store

MAX_PAYLOAD = 10_485_760
CHECKED_BYTES = 100_000
_MASKED = frozenset({"spreadsheets.get", "spreadsheets.getByDataFilter"})


@dataclass(slots=True)
class Server:
    """The state of a running emulator. `clock` answers seconds since 1970; `hooks` run before each call."""

    store: Store
    accounts: Accounts
    quota: Quota = field(default_factory=Quota)
    foreign: frozenset[str] = frozenset()
    clock: Callable[[], float] = time.time
    random: Random = field(default_factory=SystemRandom)
    check_all_responses: bool = False
    faults: list[Fault] = field(default_factory=list)
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=100_000))
    hooks: list[Callable[[str], None]] = field(default_factory=list)
    in_hook: bool = False
    """Whether a hook runs now: the calls that it makes run none."""
    uploads: Json = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while a call is answered; whoever changes the store from another thread takes it."""

    @classmethod
    def create(cls, store: Store | None = None, *, trust_any: bool = False, **options: Any) -> Server:
        store = store or Store()
        server = cls(store, Accounts(store.accounts(), trust_any), **options)
        store.clock = server.clock
        server.account(MAIN)
        return server

    def account(self, name: str) -> Account:
        """The service account of this name, made at the first use; raises ValueError for a name that can't be."""
        email = email_of(name)
        if email not in self.accounts.known:
            account = self.accounts.known[email] = Account.create(email)
            self.store.keep_account(account)
        return self.accounts.known[email]

    def now(self) -> str:
        """The time as Drive writes it."""
        moment = datetime.fromtimestamp(self.clock(), timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    def reset(self) -> None:
        """Forget workbooks, faults and calls; accounts and tokens stay."""
        self.store.clear()
        self.faults.clear()
        self.calls.clear()
        self.uploads.clear()

    def create_spreadsheet(self, title: str, owner: str | None = None) -> str:
        """A fresh workbook, without a call; answers its id."""
        book = new_workbook(new_file_id(), owner or email_of(MAIN), title, self.now())
        self.store.keep([book])
        return book.spreadsheet_id

    def handle(self, request: Incoming) -> Outgoing:
        """Answer a call; every refusal comes out in its wire shape."""
        try:
            with self.lock:
                return self._handle(request)
        except DriveError as error:
            return Outgoing(error.http_code, msgspec.json.encode(error.body()))
        except ApiError as error:
            return Outgoing(error.code, msgspec.json.encode(error.body()))
        except RequestError as error:
            return Outgoing(400, msgspec.json.encode(InvalidArgumentError(error.message).body()))
        except TokenRefusedError as error:
            return Outgoing(error.code, msgspec.json.encode(error.body()))

    def _handle(self, request: Incoming) -> Outgoing:
        if request.verb == "POST" and request.path == "/token":
            return self._token(request)
        found = find_method(request.verb, request.path)
        if found:
            return self._sheets_call(request, *found)
        in_drive = find_drive(request.verb, request.path)
        if in_drive:
            return self._drive_call(request, *in_drive)
        raise NotFoundError(
            f"Not found: {request.verb} {request.path} is no method of Sheets v4 or Drive v3 that is emulated."
        )

    def _token(self, request: Incoming) -> Outgoing:
        form = {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        uris = (f"{request.base_url}/token", GOOGLE_AUDIENCE)
        return Outgoing(200, msgspec.json.encode(self.accounts.exchange(form, uris, self.clock())))

    def _sheets_call(self, request: Incoming, method: Method, path: dict[str, str]) -> Outgoing:
        account = self.accounts.authenticate(request.authorization, self.clock(), method.scopes)
        kind, function = METHODS[method.api]
        self.quota.spend(kind, account, self.clock())
        if len(request.body) > MAX_PAYLOAD:
            raise InvalidArgumentError(f"Request payload size exceeds the limit: {MAX_PAYLOAD} bytes.")
        parameters = accepting.accept_parameters(method, parse_qs(request.query, keep_blank_values=True))
        root = "data" if method.request == "ValueRange" else ""
        body = accepting.accept_request(method.request, json_body(request.body), root) if method.request else {}
        mask = parameters.get("fields")
        if mask:
            check_answer_mask(method.response, mask)
        others: list[Workbook] = []
        book = self._open(path.get("spreadsheetId"), account, READ if method.api in READS_ITS_OWN else kind)
        call = Call(
            book,
            path,
            parameters,
            body,
            Context(account, self.random),
            lambda other: self._open_other(other, account, others),
            guard(book, account) if method.api in VALUE_WRITERS else lambda _: None,
        )
        answer = function(call)
        encoded = msgspec.json.encode(answer)
        self._check(method, answer, encoded)
        if kind == WRITE:
            self.keep(others if method.api in READS_ITS_OWN else [book])
        if mask and method.api not in _MASKED:
            encoded = msgspec.json.encode(_project(mask, answer))
        return Outgoing(200, encoded)

    def _open(self, spreadsheet_id: str | None, account: str, kind: str) -> Workbook:
        """The workbook of a call: a fork where it writes, a fresh one where it creates."""
        if spreadsheet_id is None:
            return new_workbook(new_file_id(), account, "Untitled spreadsheet", self.now())
        book = self.store.get(spreadsheet_id)
        if spreadsheet_id in self.foreign:
            raise PermissionDeniedError("The caller does not have permission")
        if book is None:
            raise NotFoundError("Requested entity was not found.")
        role = may(book, account)
        if role is None or (kind == WRITE and role in {"reader", "commenter"}):
            raise PermissionDeniedError("The caller does not have permission")
        return book.fork() if kind == WRITE else book

    def _open_other(self, spreadsheet_id: str, account: str, others: list[Workbook]) -> Workbook:
        others.append(self._open(spreadsheet_id, account, WRITE))
        return others[-1]

    def keep(self, books: list[Workbook]) -> None:
        """Make forks that were changed now the current state."""
        now = self.now()
        for book in books:
            book.modified = now
        self.store.keep(books)

    def _check(self, method: Method, answer: Any, encoded: bytes) -> None:
        """An answer that breaks the discovery document is a bug of ours; large ones are checked where asked for."""
        if len(encoded) > CHECKED_BYTES and not self.check_all_responses:
            return
        faults = contract.response_faults(method.response, answer)
        if faults:
            raise ServerError(f"sheets-emulator: its answer to {method.api} breaks the contract: {'; '.join(faults)}")

    def _drive_call(
        self, request: Incoming, api: str, handler: Callable[[DriveCall], Reply], path: dict[str, str]
    ) -> Outgoing:
        account = self.accounts.authenticate(request.authorization, self.clock(), drive_scopes(api))
        query = {name: values[-1] for name, values in parse_qs(request.query, keep_blank_values=True).items()}
        body, schema = {}, drive_request(api)
        with as_drive_refusal():
            if schema and not request.path.startswith("/upload/"):
                body = accepting.accept_drive(schema, json_body(request.body))
            now = self.now()
            call = DriveCall(self.store, account, path, query, body, request, now, new_file_id, self.uploads)
            reply = handler(call)
        if reply.status == 204:
            return Outgoing(204, b"")
        encoded = reply.body if isinstance(reply.body, bytes) else msgspec.json.encode(reply.body)
        return Outgoing(reply.status, encoded, reply.media_type, reply.headers)


def _project(mask: str, answer: Any) -> Any:
    return project(parse_mask(mask), answer)


def new_file_id() -> str:
    """44 characters that begin with 1, as Drive's are."""
    return "1" + secrets.token_urlsafe(33)[:43]
