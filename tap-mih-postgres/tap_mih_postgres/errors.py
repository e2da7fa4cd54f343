"""Every error that a user may see: one or two sentences with what happened, the values, and the remedy.

    TapError
    ├── SettingsError          a setting is wrong or missing                                  configuration
    ├── CatalogError           the given catalog or state isn't one, or asks for what isn't there  configuration
    ├── SessionError           a new session may do better: the run begins anew, some times   remote
    │   ├── ConnectError           no session could be opened
    │   └── ConnectionLostError    the session, or its snapshot, ended while it was needed
    ├── OutputClosedError      the target closed the pipe                                     remote
    ├── StreamError            one stream can't be read; the others go on                     source data
    │   └── DeniedError        ... for want of a right: a warning, not a failure
    └── StreamsFailedError     the end of a run in which streams failed

Anything else that leaves this package is our bug, and is logged with its traceback. No message holds a password, nor
a piece of a connection URL that couldn't be taken apart: any piece of it may be the password.
"""

from __future__ import annotations

from collections.abc import Sequence


class TapError(Exception):
    """What a user did or met, said in a sentence; the command prints it and ends with status 1."""


class SettingsError(TapError):
    """A setting is wrong or missing."""


class CatalogError(TapError):
    """A file given with --catalog or --state isn't what it should be, or a selected stream isn't in the database."""


class SessionError(TapError):
    """There is no session to read with. `transient` says whether it's worth while to try again in a moment."""

    def __init__(self, message: str, *, transient: bool = True) -> None:
        self.transient = transient
        super().__init__(message)


class ConnectError(SessionError):
    """No session could be opened."""


class ConnectionLostError(SessionError):
    """The session ended while it was needed, or its snapshot. Neither can be resumed in another session."""


class OutputClosedError(TapError):
    """Whoever reads our standard output has stopped reading."""

    def __init__(self) -> None:
        super().__init__("the target closed its input before the end: its own log says why")


class StreamError(TapError):
    """One stream can't be read."""

    def __init__(self, stream: str, reason: str) -> None:
        self.stream = stream
        super().__init__(f"stream {stream!r} can't be read: {reason}")


class DeniedError(StreamError):
    """The role may not read what the stream needs."""


class StreamsFailedError(TapError):
    """Streams failed; the others were sent whole."""

    def __init__(self, failed: Sequence[str], total: int) -> None:
        names = ", ".join(repr(name) for name in failed)
        super().__init__(f"{len(failed)} of {total} streams could not be read whole, see above: {names}")
