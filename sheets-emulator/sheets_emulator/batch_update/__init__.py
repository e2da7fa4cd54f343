"""spreadsheets.batchUpdate: one table maps a request kind to its reducer.

Design rule: a reducer changes the fork it is given and answers its reply; it raises RequestError and never looks at
other requests. The batch is atomic because the fork is thrown away when any of them fails.
"""

from __future__ import annotations

from collections.abc import Callable

from ..discovery import request_kinds
from ..errors import InvalidArgumentError, NotEmulatedError, RequestError
from ..guards import guard
from ..limits import check_size
from ..masks import check_update_mask
from ..model import Json, Workbook
from . import (
    banding,
    cells,
    conditional,
    copying,
    dimensions,
    filters,
    find,
    groups,
    merges,
    metadata,
    named,
    paste,
    protection,
    sheets,
    shifting,
)
from .context import Context, Reducer

MAX_REQUESTS = 100_000

REDUCERS: dict[str, Reducer] = {
    **sheets.REDUCERS,
    **cells.REDUCERS,
    **dimensions.REDUCERS,
    **copying.REDUCERS,
    **paste.REDUCERS,
    **shifting.REDUCERS,
    **find.REDUCERS,
    **merges.REDUCERS,
    **named.REDUCERS,
    **protection.REDUCERS,
    **metadata.REDUCERS,
    **filters.REDUCERS,
    **groups.REDUCERS,
    **banding.REDUCERS,
    **conditional.REDUCERS,
}


def apply_batch(book: Workbook, requests: list[Json], context: Context) -> list[Json]:
    """Apply every request to `book`, which the caller throws away on an error; answers one reply per request."""
    if not requests:
        raise InvalidArgumentError("Must specify at least one request.")
    if len(requests) > MAX_REQUESTS:
        raise InvalidArgumentError(
            f"Too many requests: {len(requests)}. At most {MAX_REQUESTS} are accepted in one batch."
        )
    check = guard(book, context.account)
    return [_apply(book, index, request, context, check) for index, request in enumerate(requests)]


def _apply(book: Workbook, index: int, request: Json, context: Context, check: Callable[[Workbook], None]) -> Json:
    if len(request) != 1:
        found = f"It has {', '.join(request)}." if request else "No request set."
        raise InvalidArgumentError(f"Invalid requests[{index}]: {found}")
    ((kind, body),) = request.items()
    reducer = REDUCERS.get(kind)
    if reducer is None:
        raise NotEmulatedError(
            f"Invalid requests[{index}].{kind}: sheets-emulator doesn't emulate {kind}, nothing was applied."
        )
    try:
        if "fields" in body:
            check_update_mask(kind, body["fields"])
        reply = reducer(book, body, context)
        check(book)
        check_size(book)
    except RequestError as error:
        message = error.message if error.bare else f"Invalid requests[{index}].{kind}: {error.message}"
        raise InvalidArgumentError(message) from error
    return {kind: reply} if reply is not None else {}


def gaps() -> list[str]:
    """The request kinds of the discovery document that have no reducer."""
    return sorted(request_kinds() - REDUCERS.keys())
