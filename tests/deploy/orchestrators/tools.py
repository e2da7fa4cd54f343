"""Other people's tools, each in a virtual environment of its own below ours, made once.

Airflow pins half of the package index; nothing of that may reach the environment that the tests of the product run in.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

STORE = Path(sys.prefix) / "tools"
UV = Path(sys.executable).with_name("uv")
REQUIREMENTS = {
    "airflow": ("apache-airflow==3.3.2",),
    "kubernetes": ("kubernetes-validate==1.37.0",),
}


def install(tool: str) -> Path:
    """The bin folder of a tool's environment, with what REQUIREMENTS name."""
    requirements = REQUIREMENTS[tool]
    home = STORE / f"{tool}-{requirements[0].rpartition('==')[2]}"
    done = home / "complete"
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, home], check=True)
        subprocess.run([UV, "pip", "install", "--quiet", "--python", home / "bin/python", *requirements], check=True)
        done.touch()
    return home / "bin"
