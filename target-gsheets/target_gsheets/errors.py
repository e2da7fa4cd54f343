"""What can go wrong, by who can mend it.

    TargetGSheetsError
    ├── ConfigurationError      a setting is wrong: the operator mends it
    ├── SourceError             the input breaks the Singer contract: the tap mends it
    ├── LimitError              the data doesn't fit into a workbook: the operator selects less
    ├── SheetError              one sheet can't be brought in line; the others can
    └── RemoteError             Google said no, or nothing at all
        ├── AccessError         the credentials or the sharing don't allow it
        ├── RefusedError        a request was refused as invalid: a bug of ours, or a protected range
        └── TransientError      the outcome is unknown or the quota is used up: read, plan and try again

A message is a sentence or two with the values and the remedy, never with a credential.
"""

from __future__ import annotations

import re
from typing import Any

MAX_SHOWN_CHARACTERS = 60


class TargetGSheetsError(Exception):
    """The root of everything that ends a run with one sentence and exit status 1."""


class ConfigurationError(TargetGSheetsError):
    """A setting is missing or wrong."""


class SourceError(TargetGSheetsError):
    """The input is not what the Singer specification promises."""


class LimitError(TargetGSheetsError):
    """The streams don't fit into a Google Sheets workbook."""


class SheetError(TargetGSheetsError):
    """A sheet is in a state in which writing to it would do harm; its stream fails, the others go on."""


class RemoteError(TargetGSheetsError):
    """Google's servers refused or failed."""


class AccessError(RemoteError):
    """Google knows neither these credentials nor their right to this workbook."""


class RefusedError(RemoteError):
    """Google refused a request as invalid; nothing of its batch was applied.

    `request` is the request's place in the batch, where Google says it.
    """

    def __init__(self, message: str, request: int | None = None) -> None:
        super().__init__(message)
        self.request = request


class TransientError(RemoteError):
    """The call may or may not have been carried out: only a new look at the workbook tells."""


def shown(value: Any) -> str:
    """A setting's value as a message may repeat it: its beginning, since it may be a key in the wrong place, and no
    password.
    """
    text = value if isinstance(value, str) else repr(value)
    beginning = text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}…"
    plain = re.sub(r"//[^/]*@", "//…@", beginning)
    return repr(plain) if isinstance(value, str) else plain
