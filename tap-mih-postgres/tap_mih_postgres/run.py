"""What the streams of a run share: one session with one snapshot, a version, and who failed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from tap_mih_postgres.database import Session
from tap_mih_postgres.errors import DeniedError, StreamError
from tap_mih_postgres.messages import MessageWriter
from tap_mih_postgres.settings import Settings


@dataclass(slots=True)
class Run:
    """A run; one that begins anew after a lost connection keeps what it's given, and gets a new session and version.

    `version` is that of its records, in milliseconds since the epoch. `unreadable` has the streams that can't be read.
    """

    settings: Settings
    logger: logging.Logger
    writer: MessageWriter
    session: Session = field(init=False)
    version: int = 0
    unreadable: dict[str, StreamError] = field(default_factory=dict)

    def begin(self, milliseconds: int) -> None:
        """Begin, or begin anew: rows that were sent before are void to a target that sees a newer version."""
        self.version = max(milliseconds, self.version + 1)
        self.unreadable.clear()

    def report_failure(self, error: StreamError) -> None:
        """Name a stream that can't be read; the others go on, and the run fails at its end."""
        self.unreadable[error.stream] = error
        if isinstance(error, DeniedError):
            self.log_denied(f"{error}; it is left out")
        else:
            self.logger.error("%s", error)

    def log_denied(self, sentence: str) -> None:
        """Say what the role may not read, as loudly as the settings take it."""
        self.logger.log(logging.ERROR if self.fails_on_denied else logging.WARNING, "%s", sentence)

    @property
    def fails_on_denied(self) -> bool:
        """Whether a right that is missing fails the run at its end."""
        return self.settings.on_denied == "fail"
