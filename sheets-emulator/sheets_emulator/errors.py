"""What the emulator refuses, in Google's words and shape.

    ApiError                      {"error": {code, message, status, details?}}
    ├── InvalidArgumentError      400  the request is wrong
    ├── FailedPreconditionError   400  a fault that a test asked for: the file is none of Google's own
    ├── UnauthenticatedError      401  no token, or one that this server did not give
    ├── PermissionDeniedError     403  the workbook belongs to somebody else
    ├── NotFoundError             404  no such workbook, or no such method
    ├── TooManyRequestsError      429  a quota is used up
    ├── ServerError               500  a bug of the emulator, or a fault that a test asked for
    ├── NotEmulatedError          501  Google can do it, this server cannot
    ├── UnavailableError          503  a fault that a test asked for
    └── DriveError                in drive_calls.py: the shape of Drive
    TokenRefusedError             400  the OAuth shape {"error", "error_description"}
    RequestError                  a request is wrong, which has no shape yet: a batch adds its place and kind, the edge
                                  answers 400
    ConfigurationError            an option can't be used: the message names it, and `serve` ends with status 1
    ├── ListenError               in running.py: --host, --port
    ├── SeedError                 in seed.py: --seed
    └── StateError                in store.py: --state

Design rule: where Google's own text is known (recorded, or quoted in a public issue) it is used; every other text names
the value and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar


class ApiError(Exception):
    """A refusal with an HTTP code, a status word and a message; `details` is Google's list of typed details."""

    code: ClassVar[int] = 500
    status: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def body(self) -> dict[str, Any]:
        """Google's wire shape."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return {"error": error}


class InvalidArgumentError(ApiError):
    code, status = 400, "INVALID_ARGUMENT"


class UnauthenticatedError(ApiError):
    code, status = 401, "UNAUTHENTICATED"


class PermissionDeniedError(ApiError):
    code, status = 403, "PERMISSION_DENIED"


class NotFoundError(ApiError):
    code, status = 404, "NOT_FOUND"


class TooManyRequestsError(ApiError):
    code, status = 429, "RESOURCE_EXHAUSTED"


class ServerError(ApiError):
    pass


class NotEmulatedError(ApiError):
    code, status = 501, "UNIMPLEMENTED"


class FailedPreconditionError(ApiError):
    code, status = 400, "FAILED_PRECONDITION"


class UnavailableError(ApiError):
    code, status = 503, "UNAVAILABLE"


class TokenRefusedError(Exception):
    """The token endpoint's refusal, RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.code = 401 if error == "invalid_client" else 400
        self.error = error
        self.description = description

    def body(self) -> dict[str, str]:
        return {"error": self.error, "error_description": self.description}


class ConfigurationError(Exception):
    """What was given on the command line, or to running_emulator(), can't be used."""


class RequestError(Exception):
    """A request, or one of a batch, is wrong. `bare` keeps the text without the place and kind in front."""

    def __init__(self, message: str, *, bare: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.bare = bare


@contextmanager
def as_refusal() -> Iterator[None]:
    """Raise a RequestError as the InvalidArgumentError that a client sees."""
    try:
        yield
    except RequestError as error:
        raise InvalidArgumentError(error.message) from error


def field_violations(violations: list[tuple[str, str]]) -> InvalidArgumentError:
    """The error for (field path, description) pairs, as Google's JSON layer words it (recorded)."""
    return InvalidArgumentError(
        "\n".join(description for _, description in violations),
        [
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [
                    {"field": field, "description": description} if field else {"description": description}
                    for field, description in violations
                ],
            }
        ],
    )


OFFICE_FILE = "This operation is not supported for this document. The document must not be an Office file."
"""What Google answers for a workbook that is still an .xlsx file (quoted in public issues)."""


def api_disabled(project: int) -> PermissionDeniedError:
    """What Google answers while the API isn't enabled in the project of the credentials (quoted in public issues)."""
    address = f"https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project={project}"
    return PermissionDeniedError(
        f"Google Sheets API has not been used in project {project} before or it is disabled. Enable it by visiting "
        f"{address} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to "
        "our systems and retry.",
        [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "SERVICE_DISABLED",
                "domain": "googleapis.com",
                "metadata": {
                    "service": "sheets.googleapis.com",
                    "serviceTitle": "Google Sheets API",
                    "consumer": f"projects/{project}",
                    "activationUrl": address,
                },
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [{"description": "Google developers console API activation", "url": address}],
            },
        ],
    )
