"""Other people's packages, each installed once into an environment of its own within ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(sys.prefix) / "packages"


class InstallError(Exception):
    """A package can't be installed here; says why."""


def install(package: str, program: str) -> Path:
    """The program of a package, as in `name==1.0`; raises InstallError."""
    home = HOME / package
    uv = Path(sys.executable).with_name("uv")
    if not (home / "installed").exists():
        for arguments in (
            ["venv", "--clear", "--python", sys.executable, home],
            ["pip", "install", "--prerelease", "if-necessary-or-explicit", "--python", home, package],
        ):
            done = subprocess.run([uv, *map(str, arguments)], check=False, capture_output=True, text=True)
            if done.returncode:
                raise InstallError(f"{package} can't be installed: {done.stderr.strip().splitlines()[-1]}")
        (home / "installed").touch()
    return home / "bin" / program


def install_or_skip(package: str, program: str) -> Path:
    """The program of a package for a test, which is skipped where that can't be installed."""
    try:
        return install(package, program)
    except InstallError as error:
        pytest.skip(str(error))
