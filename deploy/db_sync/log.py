"""What the entry point itself says, on stderr: JSON lines beside Meltano's in the schedule, plain text otherwise."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any


@dataclass(frozen=True, slots=True)
class Log:
    """Where sentences go."""

    as_json: bool

    def say(self, event: str, level: str = "info", **fields: Any) -> None:
        """Say what happens (info), what to look at some day (warning), or what somebody must mend (error)."""
        if self.as_json:
            now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            line = json.dumps({**fields, "timestamp": now, "level": level, "logger": "db-sync", "event": event})
        else:
            line = f"db-sync: {event}"
        print(line, file=sys.stderr, flush=True)  # noqa: T201
