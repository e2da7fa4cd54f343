"""The units as systemd reads them, and the service's command with the variables that it would get."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.orchestrators.conftest import ROOT, Site
from tests.deploy.test_manifests import read_unit

UNITS = ROOT / "deploy/systemd"


@pytest.fixture(autouse=True)
def _systemd() -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze isn't installed")


def installed(site: Site, folder: Path) -> Path:
    """The units with this project's folder for /opt/db-sync, which systemd looks for."""
    folder.mkdir()
    for unit in UNITS.iterdir():
        (folder / unit.name).write_text(unit.read_text().replace("/opt/db-sync", str(site.folder)))
    return folder


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_systemd_has_nothing_to_say_against_the_units(site: Site, tmp_path: Path) -> None:
    folder = installed(site, tmp_path / "units")
    verified = analyze("verify", folder / "db-sync.timer", folder / "db-sync.service")
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_systemd_names_a_key_that_is_spelt_wrong(site: Site, tmp_path: Path) -> None:
    service = installed(site, tmp_path / "units") / "db-sync.service"
    service.write_text(service.read_text().replace("StateDirectory=", "StateDirectry="))
    assert "StateDirectry" in analyze("verify", service).stderr


def test_the_timer_strikes_every_five_minutes() -> None:
    (moment,) = read_unit("db-sync.timer")["Timer"]["OnCalendar"]
    answer = analyze("calendar", "--iterations=3", "--base-time=2026-01-01 00:01:00 UTC", moment)
    assert re.findall(r"00:\d\d:00", answer.stdout)[:3] == ["00:05:00", "00:10:00", "00:15:00"]


def test_the_service_is_shut_off_from_all_it_does_not_need(site: Site, tmp_path: Path) -> None:
    service = installed(site, tmp_path / "units") / "db-sync.service"
    said = analyze("security", "--offline=true", "--threshold=20", service)
    assert said.returncode == 0, said.stdout.splitlines()[-1]


def test_the_services_command_mirrors_the_database(site: Site, tmp_path: Path) -> None:
    service = read_unit("db-sync.service")["Service"]
    home = tmp_path / "home"
    home.mkdir()
    places = {"=/tmp/": f"={tmp_path}/", "/opt/db-sync": str(site.folder), "/var/lib/db-sync": str(home)}
    assignments = service["Environment"]
    for place, here in places.items():
        assignments = [each.replace(place, here) for each in assignments]
    (command,) = service["ExecStart"]
    ended = site.run(
        command.replace("/opt/db-sync", str(site.folder)).split(),
        **dict(each.split("=", 1) for each in assignments),
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert site.rows() == {"orders": 40, "order_lines": 60, "users": 2}
    assert (home / "meltano.db").exists()
