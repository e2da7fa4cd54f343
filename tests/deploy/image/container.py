"""The image at work: what an operator sees, and what faults do. Run by `make image-test`, in the order of a life."""

from __future__ import annotations

import re

from tests.deploy.image.conftest import Site

CPU_SECONDS = 3.5


def test_a_container_without_settings_names_all_that_is_missing(site: Site) -> None:
    answer = site.run(
        DB_SYNC_DATABASE_URL=None, GOOGLE_SPREADSHEET_ID=None, DB_SYNC_CRON="often", DB_SYNC_TIMEZONE="Paris"
    )
    assert answer.returncode == 2
    assert [line.split()[1] for line in answer.stderr.splitlines()] == [
        "DB_SYNC_DATABASE_URL", "GOOGLE_SPREADSHEET_ID", "DB_SYNC_CRON", "DB_SYNC_TIMEZONE",
    ]  # fmt: skip


def test_once_mirrors_the_database_and_prints_a_table(shop: Site) -> None:
    answer = shop.run("--once")
    assert answer.returncode == 0, answer.stderr
    assert shop.rows()["User"] == 400
    print(answer.stdout)


def test_a_tick_without_changes_writes_nothing_and_costs_little(shop: Site) -> None:
    assert shop.run("--once").returncode == 0
    shop.emulator.forget_calls()
    answer = shop.run("sh", "-c", "db-sync --tick >&2; times")
    assert answer.returncode == 0, answer.stderr
    assert [call for call in shop.emulator.calls() if call.writes] == []
    minutes_seconds = re.findall(r"(\d+)m([\d.]+)s", answer.stdout)[2:]
    spent = sum(60 * int(minutes) + float(seconds) for minutes, seconds in minutes_seconds)
    print(f"a tick without changes: {spent:.2f} CPU-seconds")
    assert spent <= CPU_SECONDS
