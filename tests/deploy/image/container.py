"""The image at work: what an operator sees, and what faults do. Run by `make image-test`, in the order of a life."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable

import psycopg
import psycopg.sql
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.emulator import Emulator
from demo.postgres import free_port
from demo.workbook import read_workbook
from sheets_emulator.testing import running_emulator
from tests.deploy.image import building
from tests.deploy.image.conftest import Site, wait_until

DEMO = f"{building.IMAGE}:demo"
CPU_SECONDS = 3.5
TICKS = 4
SECONDS_10 = "*/10 * * * * * *"
SHORT = {"TARGET_GSHEETS_RETRY_SECONDS": "1", "TAP_MIH_POSTGRES_CONNECT_RETRIES": "0"}
COMMIT = "spreadsheets.batchUpdate"


def test_a_container_without_settings_names_all_that_is_missing(site: Site) -> None:
    answer = site.run(
        DB_SYNC_DATABASE_URL=None, GOOGLE_SPREADSHEET_ID=None, DB_SYNC_CRON="often", DB_SYNC_TIMEZONE="Paris"
    )
    assert answer.returncode == 2
    assert [json.loads(line)["event"].split()[0] for line in answer.stderr.splitlines()] == [
        "DB_SYNC_DATABASE_URL", "GOOGLE_SPREADSHEET_ID", "DB_SYNC_CRON", "DB_SYNC_TIMEZONE",
    ]  # fmt: skip


def test_check_says_what_will_come_and_writes_nothing(shop: Site) -> None:
    shop.emulator.forget_calls()
    answer = shop.run("--check")
    assert answer.returncode == 0, answer.stderr
    print(answer.stdout)
    assert str(shop.emulator.key["client_email"]) in answer.stdout
    assert f"https://docs.google.com/spreadsheets/d/{shop.workbook}" in answer.stdout
    assert "15 tables, 8,304 rows, " in answer.stdout
    assert "Left out: schemas prisma; tables whose name begins with prisma." in answer.stdout
    assert shop.rows() == {}
    wrong = shop.run("--check", DB_SYNC_DATABASE_URL="postgresql://mih@127.0.0.1:9/x", GOOGLE_SPREADSHEET_ID="1" * 44)
    assert wrong.returncode == 1
    assert "There is no workbook" in wrong.stdout
    assert "127.0.0.1" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_once_mirrors_the_database_and_prints_a_table(shop: Site) -> None:
    answer = shop.run("--once")
    assert answer.returncode == 0, answer.stderr
    assert shop.rows()["User"] == 400
    print(answer.stdout)


def test_another_workbook_gets_everything_at_once(shop: Site) -> None:
    assert shop.run("--once").returncode == 0
    another = shop.emulator.create_workbook("another")
    answer = shop.run("--once", GOOGLE_SPREADSHEET_ID=shop.emulator.page(another))
    assert answer.returncode == 0, answer.stderr
    assert "their sheets aren't as it left them" not in answer.stderr
    assert read_workbook(shop.emulator, another) == shop.contents()


def test_a_tick_without_changes_writes_nothing_and_costs_little(shop: Site) -> None:
    assert shop.run("--once").returncode == 0
    shop.emulator.forget_calls()
    # Whatever else the machine does only adds to the figure: the least of some is the nearest to the truth.
    spent = [tick_seconds(shop) for _ in range(TICKS)]
    print("ticks without changes, in CPU-seconds:", ", ".join(f"{each:.2f}" for each in spent))
    assert [call for call in shop.emulator.calls() if call.writes] == []
    assert min(spent) <= CPU_SECONDS


def tick_seconds(site: Site) -> float:
    """The CPU-seconds of one tick, all its processes included."""
    answer = site.run("sh", "-c", "db-sync --tick >&2; times")
    assert answer.returncode == 0, answer.stderr
    of_children = re.findall(r"(\d+)m([\d.]+)s", answer.stdout)[2:]
    return sum(60 * int(minutes) + float(seconds) for minutes, seconds in of_children)


def test_a_run_finds_all_of_its_modules_compiled(site: Site) -> None:
    programs = "db_sync.command, meltano.cli, tap_mih_postgres.tap, target_gsheets.target"
    answer = site.run("python", "-v", "-c", f"import {programs}")
    assert answer.returncode == 0, answer.stderr
    read = re.findall(r"^# code object from '?(\S+?)'?$", answer.stderr, re.MULTILINE)
    assert len(read) > 500
    assert [path for path in read if not path.endswith(".pyc")] == []


def test_the_schedule_runs_and_logs_json_and_ends_on_sigterm(site: Site) -> None:
    container = site.start(DB_SYNC_CRON=SECONDS_10, DB_SYNC_LOG_LEVEL="debug")
    wait_until(lambda: len(container.runs()) >= 2, "two ticks")
    assert [run["status"] for run in container.runs()] == [0] * len(container.runs())
    assert {"run", "streams", "calls", "seconds"} <= container.runs()[0].keys()
    site.assert_equal("note")
    assert container.health().returncode == 0
    assert container.stop(75) < 30
    assert container.status() == 0
    assert_no_secret(site, container.logs())


def assert_no_secret(site: Site, text: str) -> None:
    key = json.loads(base64.b64decode(site.variables["GOOGLE_CREDENTIALS_BASE64"]))
    for secret in (site.variables["GOOGLE_CREDENTIALS_BASE64"], site.connection.info.password):
        assert secret not in text
    assert key["private_key"].splitlines()[1] not in text


def test_the_container_is_nobody_in_particular_and_can_write_nothing_else(site: Site) -> None:
    script = (
        "id -u; touch /app/x /usr/local/bin/x /etc/x; cat /proc/self/status; find / -xdev -perm -4000 -exec id {} +"
    )
    answer = site.run("sh", "-c", script)
    assert answer.stdout.splitlines()[0] == "10001"
    assert answer.stderr.count("Read-only file system") == 3
    assert "CapEff:\t0000000000000000" in answer.stdout
    assert "NoNewPrivs:\t1" in answer.stdout


def test_nothing_is_installed_or_left_at_run_time(site: Site) -> None:
    answer = site.run("sh", "-c", "db-sync --once && find /data /tmp -type f | sort")
    assert answer.returncode == 0, answer.stderr
    found = [line for line in answer.stdout.splitlines() if line.startswith("/data/")]
    names = ("last-success", "meltano.db", "metrics/db-sync.prom", "run.lock", "sizes.json")
    assert found == [f"/data/{name}" for name in names]
    left = [line for line in answer.stdout.splitlines() if line.startswith("/tmp/") and "config" in line]
    assert left == [], "Meltano's files with the secrets"


def test_another_user_may_read_the_metrics_and_nothing_of_meltano_s(site: Site) -> None:
    assert site.run("--once").returncode == 0
    script = "grep -c db_sync_last_success /data/metrics/db-sync.prom; cat /data/meltano.db; ls /data"
    answer = site.run("sh", "-c", script, options=["--user=65534:65534"])
    assert int(answer.stdout) > 0
    assert answer.stderr.count("Permission denied") == 2


def test_sigterm_in_mid_commit_lets_the_commit_finish(site: Site) -> None:
    site.emulator.forget_calls()
    site.fault({"kind": "delay", "method": COMMIT, "seconds": 4})
    container = site.start(DB_SYNC_CRON=SECONDS_10)
    wait_for_commit(site)
    seconds = container.stop(75)
    assert container.status() == 0
    assert seconds < 40
    assert [run["status"] for run in container.runs()] == [143]
    assert "Traceback" not in container.logs()
    site.assert_equal("note")
    site.fault()
    assert site.run("--once").returncode == 0
    site.assert_equal("note")


def wait_for_commit(site: Site) -> None:
    """Return when the workbook has been read and is being written, which a fault holds up."""
    wait_until(site.emulator.calls, "the workbook is read")
    time.sleep(1)


def test_sigterm_before_the_first_tick_is_heard(site: Site) -> None:
    container = site.start()
    time.sleep(0.5)
    assert container.stop(20) < 10
    assert container.status() in {0, 143}


def test_a_killed_container_s_successor_goes_on_at_once(site: Site) -> None:
    site.emulator.forget_calls()
    site.fault({"kind": "delay", "method": COMMIT, "seconds": 5})
    killed = site.start("--once")
    wait_for_commit(site)
    killed.kill()
    site.fault()
    answer = site.run("--once")
    assert answer.returncode == 0, answer.stderr
    assert "The run before this one was killed" in answer.stderr
    site.assert_equal("note")


def test_two_containers_on_one_volume_take_turns(site: Site) -> None:
    site.emulator.forget_calls()
    site.fault({"kind": "delay", "method": COMMIT, "seconds": 5, "nth": 1})
    first = site.start("--once")
    wait_for_commit(site)
    tick = site.run("--tick")
    assert tick.returncode == 0
    assert "Another run is going on" in tick.stderr
    second = site.run("--once")
    assert (first.status(), second.returncode) == (0, 0)
    site.assert_equal("note")


def test_two_containers_that_know_nothing_of_each_other_lose_and_double_nothing(site: Site, other: Site) -> None:
    both = [site, other]
    results = []

    def run(each: Site) -> None:
        results.append(each.run("--once"))

    threads = [threading.Thread(target=run, args=[each]) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 in [result.returncode for result in results], results
    site.assert_equal("note")


@pytest.fixture
def other(site: Site, open_site: Callable[[], Site]) -> Site:
    """A second container's worth of state, on the same database and workbook."""
    other = open_site()
    other.variables, other.workbook = site.variables, site.workbook
    return other


def test_health_goes_red_and_green(site: Site) -> None:
    container = site.start(DB_SYNC_CRON=SECONDS_10, **SHORT)
    wait_until(container.runs, "a run")
    site.fault({"kind": "503"})
    wait_until(lambda: container.health().returncode == 1, "red")
    assert "No run has succeeded for 3 ticks" in container.health().stdout
    assert container.is_running()
    site.fault()
    wait_until(lambda: container.health().returncode == 0, "green")
    site.assert_equal("note")


def allow_connections(site: Site, allowed: bool) -> None:
    """Open the database to everybody, or to nobody, and end all connections but those of this test."""
    with psycopg.connect(site.server.url(), autocommit=True) as connection:
        statement = psycopg.sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        name = site.connection.info.dbname
        connection.execute(statement.format(psycopg.sql.Identifier(name), psycopg.sql.SQL(str(allowed))))
        # The tap names itself, and psycopg of the test doesn't.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name <> ''",
            [name],
        )


def test_a_database_that_is_gone_in_mid_run_fails_the_run_and_changes_nothing(site: Site) -> None:
    assert site.run("--once").returncode == 0
    before = site.contents()
    site.connection.execute("INSERT INTO note SELECT n, 'later' FROM generate_series(51, 60) n")
    reading = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name <> ''"
    with psycopg.connect(site.variables["DB_SYNC_DATABASE_URL"]) as locker:
        locker.execute("LOCK note")  # which a tap waits for
        container = site.start(DB_SYNC_CRON=SECONDS_10, **SHORT)
        wait_until(lambda: site.connection.execute(reading).rowcount, "the run reads")
        allow_connections(site, False)
        wait_until(container.runs, "the end of the run")
    assert container.runs()[0]["status"] == 1
    assert site.contents() == before
    wait_until(lambda: len(container.runs()) >= 2, "a run without a database")
    assert site.status() == "nothing received"
    assert container.is_running()
    assert "Traceback" not in container.logs()
    allow_connections(site, True)
    wait_until(lambda: container.runs()[-1]["status"] == 0, "a good run")
    assert site.status() == "ok"
    site.assert_equal("note")


def other_key(key: dict[str, str]) -> dict[str, str]:
    """The same account with a key that was never its own, as after a revocation."""
    private = rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {**key, "private_key": pem.decode()}


def encoded(key: dict[str, str]) -> str:
    return base64.b64encode(json.dumps(key).encode()).decode()


def account(site: Site, name: str) -> dict[str, str]:
    """Another account's key."""
    address = f"{site.emulator.url}/_emulator/credentials"
    answer: dict[str, str] = site.emulator.private.get(address, params={"account": name}).json()
    return answer


REFUSED: dict[str, tuple[Callable[[Site], dict[str, str]], str]] = {
    "a server that isn't there": (
        lambda _site: {"DB_SYNC_DATABASE_URL": "postgresql://mih:mih_password@127.0.0.1:9/x"}, "127.0.0.1"
    ),
    "credentials that were revoked": (
        lambda site: {"GOOGLE_CREDENTIALS_BASE64": encoded(other_key(site.emulator.key))},
        "Download a new JSON key",
    ),
    "a workbook that isn't shared": (
        lambda site: {"GOOGLE_CREDENTIALS_BASE64": encoded(account(site, "stranger"))}, "share it as editor with"
    ),
    "a workbook that isn't there": (lambda _site: {"GOOGLE_SPREADSHEET_ID": "1" * 44}, "There is no workbook"),
}  # fmt: skip


@pytest.mark.parametrize(("variables", "remedy"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_reached_is_said_with_its_remedy(
    site: Site, variables: Callable[[Site], dict[str, str]], remedy: str
) -> None:
    answer = site.run("--once", **SHORT, **variables(site))
    assert answer.returncode == 1
    assert remedy in answer.stderr
    assert "Traceback" not in answer.stderr
    assert_no_secret(site, answer.stderr)
    assert "note" not in site.rows()
    assert site.run("--once").returncode == 0
    site.assert_equal("note")


@pytest.mark.parametrize("hours", [-1, 2], ids=["fast", "slow"])  # a token's request is good for an hour
def test_a_clock_that_is_wrong_is_said(site: Site, hours: int) -> None:
    with running_emulator(clock=lambda: time.time() + 3600 * hours) as google:
        workbook = google.create_spreadsheet()
        answer = site.run(
            "--once",
            **SHORT,
            SHEETS_EMULATOR_HOST=google.url,
            GOOGLE_SPREADSHEET_ID=workbook,
            GOOGLE_CREDENTIALS_BASE64=encoded(google.credentials),
        )
    assert answer.returncode == 1
    assert "clock" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_google_away_for_long_leaves_the_container_up_and_the_next_good_run_heals(site: Site) -> None:
    site.fault({"kind": "503"})
    container = site.start(DB_SYNC_CRON=SECONDS_10, **SHORT)
    wait_until(lambda: len(container.runs()) >= 2, "two runs without Google")
    assert {run["status"] for run in container.runs()} == {1}
    assert "Traceback" not in container.logs()
    site.fault()
    wait_until(lambda: container.runs()[-1]["status"] == 0, "a good run")
    site.assert_equal("note")


def test_a_disk_that_is_full_is_said_and_changes_nothing(site: Site) -> None:
    size = "--tmpfs=/small:rw,size=1m,mode=1777"
    fill = "head -c 2M /dev/zero > /small/fill 2> /dev/null; db-sync --once"
    answer = site.run("sh", "-c", fill, options=[size], DB_SYNC_STATE_FOLDER="/small")
    assert answer.returncode == 1
    assert "/small can't be written (No space left on device)" in answer.stderr
    assert "note" not in site.rows()


def test_the_demo_shows_a_shop_in_a_browser(site: Site) -> None:
    port = free_port()
    database = {"DEMO_DATABASE_URL": site.variables["DB_SYNC_DATABASE_URL"], "DEMO_PORT": str(port)}
    site.image, site.variables = DEMO, {**database, "DB_SYNC_CRON": SECONDS_10}
    container = site.start()
    wait_until(lambda: "The workbook: http" in container.logs(), "the address of the workbook")
    found = re.search(r"The workbook: (http://localhost:\d+)/spreadsheets/d/(\S+)", container.logs())
    assert found
    assert site.emulator.private.get(f"{found[1]}/spreadsheets/d/{found[2]}").ok
    shown = Emulator(found[1])
    wait_until(lambda: "User" in read_workbook(shown, found[2]), "the shop's sheets")
    assert len(read_workbook(shown, found[2])["User"]) == 401
    wait_until(lambda: container.health().returncode == 0, "green, once the run that shows them has ended")
    assert container.stop(75) < 60
    assert container.status() == 0
