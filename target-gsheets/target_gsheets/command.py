"""How the process ends: an error is one line on stderr and exit status 1, never a traceback for a user's mistake."""

from __future__ import annotations

import sys
import warnings
from typing import Any

from singer_sdk.exceptions import ConfigurationError as SdkConfigurationError
from singer_sdk.exceptions import MappingError
from singer_sdk.plugin_base import SingerCommand

from target_gsheets.errors import TargetGSheetsError

# What is said in a line. What isn't one of these is our bug, and keeps its traceback.
SAID_ERRORS = (TargetGSheetsError, SdkConfigurationError, MappingError)


class TargetCommand(SingerCommand):
    """The target's command line."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command, and say in one line why it failed."""
        # Meltano shows all warnings, and a file that click still holds open when we leave isn't worth one.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            return super().main(*args, **kwargs)
        except SAID_ERRORS as exc:
            self.logger.error(one_line(exc))
            sys.exit(1)


def one_line(exc: Exception) -> str:
    """An error's message on one line, without the SDK's preamble to a bad record."""
    reason = getattr(exc, "error_message", None) or (exc.args[0] if exc.args else type(exc).__name__)
    return " ".join(str(reason).split())
