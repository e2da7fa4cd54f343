"""setup.sh: what it leaves behind, with stand-ins for what takes a minute."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder to set up, in which everything is installed already."""
    for name in ("setup.sh", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    version = next(line.split('"')[1] for line in (ROOT / "pyproject.toml").read_text().splitlines() if '"uv==' in line)
    for program, says in (("python", ""), ("uv", version.replace("==", " "))):
        path = tmp_path / ".venv/bin" / program
        path.write_text(f"#!/bin/sh\necho {says}\n")
        path.chmod(0o755)
    return tmp_path


def test_meltano_s_folder_is_its_owner_s_alone(project: Path) -> None:
    for _ in range(2):
        subprocess.run(["sh", "setup.sh"], cwd=project, env={"PYTHON": sys.executable, "VENV": ".venv",
                       "PATH": "/usr/bin:/bin"}, check=True)  # fmt: skip
        assert (project / ".meltano").stat().st_mode & 0o777 == 0o700
        (project / ".meltano").chmod(0o755)  # as runs of Meltano made it before
