"""How the process ends: an error is one line on stderr and exit status 1, never a traceback for a user's mistake.

What isn't one of our errors, or the SDK's complaint about a setting, is our bug and keeps its traceback.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from singer_sdk.exceptions import ConfigurationError as SdkConfigurationError
from singer_sdk.exceptions import MappingError
from singer_sdk.plugin_base import SingerCommand
from singer_sdk.typing import DEFAULT_JSONSCHEMA_VALIDATOR

from target_gsheets.errors import ConfigurationError, TargetGSheetsError


class TargetCommand(SingerCommand):
    """The target's command line."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command, and say in one line why it failed."""
        # Meltano shows all warnings, and a file that click still holds open when we leave isn't worth one.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            return super().main(*args, **kwargs)
        except (TargetGSheetsError, SdkConfigurationError, MappingError) as exc:
            self.logger.error(one_line(exc))
            sys.exit(1)


@contextmanager
def readable_settings(where: str) -> Iterator[None]:
    """Turn what the SDK raises on unreadable settings into one sentence without their text."""
    try:
        yield
    except (OSError, ValueError, TypeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else type(exc).__name__
        raise ConfigurationError(f"The settings in {where} can't be read ({reason}).") from None


def forget_empty(environment: MutableMapping[str, str], prefix: str) -> None:
    """Drop the variables of ours that are empty: they mean "not set", and the SDK would parse them."""
    for name in [name for name in environment if name.startswith(prefix) and not environment[name].strip()]:
        del environment[name]


def type_errors(config: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """The settings of a wrong type, each with the types it may have, never with its value: it may be a secret."""
    errors = []
    for error in DEFAULT_JSONSCHEMA_VALIDATOR(schema).iter_errors(config):
        if error.path:  # what is missing altogether is said by parse_settings
            types = schema["properties"][error.path[0]].get("type", "another type")
            names = [types] if isinstance(types, str) else [name for name in types if name != "null"]
            errors.append(f"'{error.path[0]}' must be of type {' or '.join(names)}")
    return errors


def one_line(exc: Exception) -> str:
    """An error's message on one line, without the SDK's preamble to a bad record."""
    reason = getattr(exc, "error_message", None) or (exc.args[0] if exc.args else type(exc).__name__)
    return " ".join(str(reason).split())
