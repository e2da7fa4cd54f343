"""The schedule as a process: its ticks, its health, its end."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import psutil
from db_sync.schedule import supercronic_variables

from tests.deploy.conftest import Host, wait_until

# Takes long, and ends in good order when it is told.
SLOW = """trap 'sleep 0.3; echo told >> "$0.calls"; exit 143' TERM; echo begun >> "$0.calls"; sleep 20 & wait"""
RUN = "--log-format=json run tap-mih-postgres target-gsheets"


def test_a_run_begins_at_every_tick_and_every_line_of_the_log_is_json(host: Host) -> None:
    host.let_meltano("report")
    process = host.start()
    wait_until(lambda: len(host.calls()) >= 2)
    process.terminate()
    assert process.wait(10) == 0
    assert set(host.calls()) == {RUN}
    lines = host.lines()
    assert lines[0]["event"] == "Running at '*/1 * * * * * *' (UTC)."
    runs = [line for line in lines if "wall_seconds" in line]
    assert [(run["status"], run["run"], run["level"]) for run in runs[:2]] == [(0, "0123456789ab", "info")] * 2


def test_sigterm_ends_the_run_that_supercronic_would_wait_for(host: Host) -> None:
    host.let_meltano('trap \'echo told >> "$0.calls"; exit 143\' TERM; echo begun >> "$0.calls"; sleep 20 & wait')
    process = host.start()
    wait_until(lambda: "begun" in host.calls())
    process.terminate()
    assert process.wait(10) == 0
    assert host.calls()[-1] == "told"
    assert 143 in [line.get("status") for line in host.lines()]


def test_a_schedule_that_dies_by_itself_is_an_error(host: Host) -> None:
    process = host.start()
    wait_until(host.calls)
    supercronic, *_ = psutil.Process(process.pid).children()
    supercronic.kill()
    assert process.wait(10) == 1
    assert "supercronic ended by itself with status -9" in host.log()


def test_health_is_red_where_no_run_ever_succeeded_and_green_after_one(host: Host) -> None:
    assert host.run("--health").returncode == 0, "there is no schedule"
    host.let_meltano("exit 1")
    process = host.start()
    wait_until(lambda: host.run("--health").returncode == 1)
    assert "there has been none yet" in host.run("--health").stdout
    assert next(line["level"] for line in host.lines() if "wall_seconds" in line) == "error"
    assert process.poll() is None
    host.let_meltano("true")
    wait_until(lambda: host.run("--health").returncode == 0)


def test_the_crontab_has_the_zone_and_the_schedule(host: Host) -> None:
    host.start(DB_SYNC_CRON="*/5 * * * *", DB_SYNC_TIMEZONE="Europe/Paris")
    table = host.folder / "tmp" / "db-sync" / "crontab"
    wait_until(table.exists)
    assert table.read_text() == "CRON_TZ=Europe/Paris\n*/5 * * * * exec db-sync --tick\n"


def test_supercronic_has_the_last_word_on_the_schedule(host: Host) -> None:
    (host.bin / "supercronic").write_text("#!/bin/sh\nexit 1\n")
    answer = host.run()
    assert answer.returncode == 2
    (line,) = map(json.loads, answer.stderr.splitlines())
    assert line["event"] == "DB_SYNC_CRON is '*/1 * * * * * *', which supercronic doesn't understand."


def test_missing_settings_end_the_container_with_all_of_them(host: Host) -> None:
    answer = host.run(DB_SYNC_DATABASE_URL="", GOOGLE_CREDENTIALS_BASE64="")
    assert answer.returncode == 2
    assert [json.loads(line)["event"].split()[0] for line in answer.stderr.splitlines()] == [
        "DB_SYNC_DATABASE_URL", "GOOGLE_CREDENTIALS_BASE64",
    ]  # fmt: skip


def test_an_error_at_the_start_of_the_schedule_is_a_line_of_json_like_all_others(host: Host) -> None:
    answer = host.run(DB_SYNC_DATABASE_URL="", DB_SYNC_STATE_FOLDER="/proc/nowhere")
    assert answer.returncode == 2
    (line,) = map(json.loads, answer.stderr.splitlines())
    assert (line["level"], line["event"].split()[0]) == ("error", "DB_SYNC_DATABASE_URL")
    folder = host.run(DB_SYNC_STATE_FOLDER="/proc/nowhere")
    assert folder.returncode == 1
    assert json.loads(folder.stderr.splitlines()[-1])["event"].startswith("/proc/nowhere can't be written")


def test_any_other_command_is_run_as_it_is(host: Host) -> None:
    answer = host.run("sh", "-c", 'echo "$0, $DB_SYNC_CRON"', "x y", DB_SYNC_CRON="* * * * *\r")
    assert answer.stdout == "x y, * * * * *\n"
    assert host.run("sh", "-c", "exit 9").returncode == 9


def test_what_the_entry_point_does_not_know_is_said(host: Host) -> None:
    unknown = host.run("--twice")
    assert unknown.returncode == 2
    assert unknown.stderr.startswith("db-sync: db-sync doesn't know '--twice'. It knows:")
    assert "\ndb-sync --once     mirror" in unknown.stderr, "a usage's lines are no errors"
    nowhere = host.run("nowhere")
    assert (nowhere.returncode, nowhere.stderr) == (1, "db-sync: 'nowhere' can't be run (No such file or directory).\n")
    nothing = host.run("")
    assert (nothing.returncode, nothing.stderr) == (
        2, "db-sync: db-sync was given an empty argument: leave it out, or name a command.\n"
    )  # fmt: skip
    assert "db-sync --once" in host.run("--help").stdout
    assert host.run("-h").stdout == host.run("--help").stdout


def test_a_second_signal_changes_nothing(host: Host) -> None:
    host.let_meltano(
        'trap \'sleep 1; echo told >> "$0.calls"; exit 143\' TERM; echo begun >> "$0.calls"; sleep 20 & wait'
    )
    process = host.start()
    wait_until(lambda: "begun" in host.calls())
    process.terminate()
    wait_until(lambda: "Received SIGTERM" in host.log())
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert host.calls()[-1] == "told"


def test_supercronic_knows_the_zones_that_the_check_knows() -> None:
    zones = Path(supercronic_variables({})["ZONEINFO"])
    assert (zones / "Europe" / "Paris").read_bytes().startswith(b"TZif")
    assert (zones / "US" / "Pacific").exists(), "Debian keeps it in a package of its own"
