"""A tap and the target as two processes with a pipe between them, as Meltano and people run them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("target-gsheets")


@dataclass(frozen=True)
class Piped:
    """How both ended, the last STATE passed on (None: there was none), and what the target said."""

    tap: int
    target: int
    state: Any
    log: str


def pipe_into_target(
    tap: Sequence[str | Path], folder: Path, config: Mapping[str, Any], settings: Mapping[str, Any], state: Any = None
) -> Piped:
    """Run a tap's command with these settings, and a STATE where there is one, into a target with this config."""
    files = {"tap.json": settings, "target.json": config, **({"state.json": state} if state else {})}
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    command = [*tap, "--config", folder / "tap.json", *(("--state", folder / "state.json") if state else ())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as source:
        target = subprocess.run(
            [COMMAND, "--config", folder / "target.json"],
            stdin=source.stdout, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    states = [json.loads(line) for line in target.stdout.splitlines()]
    return Piped(source.returncode, target.returncode, states[-1] if states else None, target.stderr)
