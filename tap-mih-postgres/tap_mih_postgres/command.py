"""How the process ends: a TapError as one line on stderr and status 1, never a traceback for a user's mistake.

`--discover` and `--test` do their work while click still reads the options, so `main` is the only place that sees
every error. What isn't a TapError or the SDK's complaint about stream maps is our bug, and keeps its traceback.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Iterable, MutableMapping
from typing import Any

from singer_sdk.exceptions import ConfigurationError, MappingError
from singer_sdk.plugin_base import SingerCommand

from tap_mih_postgres.errors import CatalogError, TapError


class TapCommand(SingerCommand):
    """The tap's command line."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command, and say in one line why it failed."""
        # Meltano shows all warnings, and a file that click still holds open when we leave isn't worth one.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            return super().main(*args, **kwargs)
        except (TapError, ConfigurationError, MappingError) as error:
            self.logger.error("%s", error)
            sys.exit(1)


def check_log_level(environment: MutableMapping[str, str], names: Iterable[str]) -> None:
    """Forget a level that is empty; end the process, which has no log yet, for one that doesn't exist."""
    for name in names:
        level = environment.get(name, "INFO").strip().upper()
        if not level:
            del environment[name]
        elif not isinstance(logging.getLevelName(level), int):
            sys.exit(f"{name} is {level!r}, which is no log level: use DEBUG, INFO, WARNING or ERROR")


def check_json_option(option: str, text: str, key: str) -> None:
    """Raise CatalogError, with the option's name, unless the text is an object; if it has `key`, of the right kind."""
    try:
        content = json.loads(text)
    except ValueError as exc:
        raise CatalogError(f"the file given with {option} isn't JSON ({exc})") from exc
    kind = list if key == "streams" else dict
    if not isinstance(content, dict) or not isinstance(content.get(key, kind()), kind):
        raise CatalogError(f"the file given with {option} isn't a Singer {option.strip('-')}: see its member {key!r}")
