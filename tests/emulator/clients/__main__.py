"""Runs other people's clients, by their own tests, against the emulator: `python -m tests.emulator.clients [NAME…]`.

They come from the package indexes, each into an environment of its own under .pytest_cache/clients, once. Prints each
failure with its reason or the word NEW, then how many passed and failed; ends with 1 where a failure has no reason or
a reason no failure.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from sheets_emulator.testing import Emulator, running_emulator

from .suites import GOOGLE_SPREADSHEET, PYTHON, PythonSuite

HERE = Path(__file__).parent
CACHE = Path(".pytest_cache", "clients").absolute()
Outcomes = dict[str, str]
"""The name of a test -> why it failed; empty where it passed."""


def run(command: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", **(environment or {})},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def installed(suite: PythonSuite) -> tuple[Path, Path]:
    """(the Python, the unpacked sdist) of a suite."""
    name = f"{suite.package}-{suite.version}"
    home, source = CACHE / name, CACHE / name / "source"
    python = home / "venv" / "bin" / "python"
    if not source.is_dir():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        run([sys.executable, "-m", "venv", "venv"], home)
        pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        run([*pip, "install", "pytest", f"{suite.package}=={suite.version}", *suite.needs], home)
        run([*pip, "download", "--no-deps", "--no-binary", suite.package, f"{suite.package}=={suite.version}"], home)
        (archive,) = home.glob("*.tar.gz")
        with tarfile.open(archive) as files:
            files.extractall(home, filter="data")
        next(path for path in home.iterdir() if (path / "PKG-INFO").is_file()).rename(source)
    return python, source


def run_python(suite: PythonSuite, emulator: Emulator) -> Outcomes:
    python, source = installed(suite)
    outcomes: Outcomes = {}
    for tests in suite.tests:
        folder, report = (source / tests).parent, CACHE / "report.xml"
        suite.prepare(emulator, folder)
        report.unlink(missing_ok=True)
        command = [str(python), "-m", "pytest", "-q", "-c", os.devnull, "--rootdir=.", f"--junit-xml={report}"]
        environment = {"PYTHONPATH": str(HERE / "redirect"), "SHEETS_EMULATOR": emulator.url}
        said = run([*command, Path(tests).name], folder, environment)
        if not report.is_file():
            raise SystemExit(f"{suite.package}: no test ran\n{said}")
        for case in ElementTree.parse(report).iter("testcase"):
            wrong = [item.get("message", "") for item in case if item.tag in {"failure", "error"}]
            outcomes[str(case.get("name"))] = (wrong[0] or "failed") if wrong else ""
    return outcomes


def run_node(emulator: Emulator) -> Outcomes:
    """google-spreadsheet has no tests in its package: google_spreadsheet.cjs takes each of its features one step."""
    home = CACHE / f"google-spreadsheet-{GOOGLE_SPREADSHEET}"
    packages = [f"google-spreadsheet@{GOOGLE_SPREADSHEET}", "google-auth-library@10"]
    if not (home / "node_modules").is_dir():
        home.mkdir(parents=True, exist_ok=True)
        run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", ".", *packages], home)
    shutil.copy(HERE / "google_spreadsheet.mjs", home)
    outcomes: Outcomes = json.loads(run(["node", "google_spreadsheet.mjs", emulator.url], home))
    return outcomes


def tell(name: str, outcomes: Outcomes, explained: Mapping[str, str]) -> tuple[int, int, int]:
    """Print what failed; answers how many passed, failed, and came unexpected."""
    failed = {test: why for test, why in outcomes.items() if why}
    for test, why in failed.items():
        print(f"  {test}: {explained.get(test) or 'NEW: ' + why.strip().splitlines()[0][:300]}")
    healed = explained.keys() - failed.keys()
    for test in sorted(healed):
        print(f"  {test}: passes, though it is explained: {explained[test]}")
    print(f"{name}: {len(outcomes) - len(failed)} of {len(outcomes)} passed", flush=True)
    return len(outcomes) - len(failed), len(failed), len((failed.keys() - explained.keys()) | healed)


def main(wanted: list[str]) -> int:
    results = []
    with running_emulator(auth="any") as emulator:
        for suite in PYTHON:
            if not wanted or suite.package in wanted:
                results.append(tell(suite.package, run_python(suite, emulator), suite.explained))
        if (not wanted or "google-spreadsheet" in wanted) and shutil.which("npm") and shutil.which("node"):
            results.append(tell("google-spreadsheet (Node)", run_node(emulator), {}))
    passed, failed, unexpected = (sum(counts) for counts in zip(*results, strict=True))
    print(f"{passed} passed, {failed} failed")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
