"""One run as a process: its table, its status, its lock, its time, its signals, its record and its pings."""

from __future__ import annotations

import http.server
import json
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from tests.deploy.conftest import REPORT, Host, wait_until


def test_once_prints_the_table_and_ends_as_meltano_does(host: Host) -> None:
    host.let_meltano("report; exit 3")
    answer = host.run("--once")
    assert answer.returncode == 3
    assert answer.stdout.splitlines()[1:3] == ["sheet  rows  columns  changes", "a         3        2  +3"]
    assert host.calls() == ["run tap-mih-postgres target-gsheets"]


def test_a_good_run_leaves_its_time_and_its_metrics(host: Host) -> None:
    host.let_meltano("report")
    assert host.run("--once").returncode == 0
    success = float((host.state / "last-success").read_text())
    metrics = host.state / "metrics" / "db-sync.prom"
    assert f'db_sync_last_success_timestamp_seconds{{workbook="1abc"}} {success:.15g}' in metrics.read_text()
    assert metrics.stat().st_mode & 0o777 == 0o644, "node-exporter is another user"

    host.let_meltano("exit 1")
    assert host.run("--once").returncode == 1
    assert float((host.state / "last-success").read_text()) == success
    assert 'db_sync_last_run_success{workbook="1abc"} 0' in metrics.read_text()
    assert f"{success:.15g}" in metrics.read_text()
    assert "db_sync_workbook_cells{" not in metrics.read_text(), "figures of another run"


def test_another_user_reads_the_metrics_and_not_meltano_s_database(host: Host) -> None:
    host.let_meltano(f"report; touch {host.state}/meltano.db")
    host.state.chmod(0o711)
    before = os.umask(0o077)  # as the systemd unit has it
    assert host.run("--once").returncode == 0
    os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o007 for path in host.state.rglob("*")}
    assert {name: modes[name] for name in ("metrics", "db-sync.prom", "meltano.db", "run.lock")} == {
        "metrics": 5, "db-sync.prom": 4, "meltano.db": 0, "run.lock": 0
    }  # fmt: skip


def test_the_size_of_a_sheet_is_remembered_for_runs_that_do_not_read_it(host: Host) -> None:
    host.let_meltano("report")
    host.run("--once")
    refused = {"event": "run_report", "state": "failed", "error": "no key", "streams": []}
    host.let_meltano(f"""echo '{json.dumps(refused)}' > "$TARGET_GSHEETS_REPORT_PATH"; exit 1""")
    assert host.run("--once").returncode == 1
    host.let_meltano('report; sed -i \'s/"rows": 3, "columns": 2/"rows": null, "columns": null/\' '
                     '"$TARGET_GSHEETS_REPORT_PATH"')  # fmt: skip
    assert "a         3        2" in host.run("--once").stdout
    assert 'db_sync_rows{workbook="1abc",stream="public-a"} 3' in (host.state / "metrics/db-sync.prom").read_text()


@pytest.mark.parametrize(
    ("meltano", "told"),
    [
        ("log error meltano 'Block run completed'; exit 1", True),
        ("exit 1", False),  # as where Meltano's own database is out of reach, which the target would wait for as well
        ("report; exit 1", False),  # the target wrote into the workbook what it had to say
        ("true", False),
        ("sleep 20", False),  # there is no time left
    ],
    ids=["before the target", "before Meltano began", "in the target", "no failure", "too long"],
)
def test_a_run_that_fails_before_the_target_lets_it_say_so_in_the_workbook(
    host: Host, meltano: str, *, told: bool
) -> None:
    host.let_meltano(f'if [ "$1" = invoke ]; then echo said; echo said >&2; exit 3; fi; {meltano}')
    answer = host.run("--once", DB_SYNC_TIMEOUT="2s")
    assert answer.returncode == {"true": 0, "sleep 20": 124}.get(meltano, 1)
    assert host.calls() == ["run tap-mih-postgres target-gsheets", *(["invoke target-gsheets"] if told else [])]
    assert ("its status sheet is told so" in answer.stderr) is told
    assert "said" not in answer.stdout + answer.stderr


REFUSAL = (
    "Another 'prod:x' pipeline is already running which started at 2026-11-29 00:35:04+00:00. Wait until 2026-11-29 "
    "00:40:04+00:00 when the job will be automatically cancelled if stale, or ignore this check using the '--force' "
    "option."
)
REFUSED = f'log error meltano "{REFUSAL}"; log error meltano "Block run completed"; exit 1'
BUSY = (
    "Another run on Meltano's database is going on since 2026-11-29 00:35:04+00:00: this one did nothing. If that one "
    "was killed, its lock ends at 2026-11-29 00:40:04+00:00."
)


def test_a_run_that_meltano_s_lock_refuses_says_until_when_and_leaves_workbook_and_record_alone(host: Host) -> None:
    host.let_meltano(REFUSED)
    answer = host.run("--once")
    assert (answer.returncode, answer.stdout, answer.stderr) == (75, "", f"db-sync: {BUSY}\n")
    assert host.calls() == ["run tap-mih-postgres target-gsheets"]
    assert {path.name for path in host.state.iterdir()} == {"run.lock"}


def test_a_tick_that_meltano_s_lock_refuses_is_a_warning(host: Host) -> None:
    host.let_meltano(REFUSED)
    answer = host.run("--tick")
    (line,) = map(json.loads, answer.stderr.splitlines())
    assert (answer.returncode, line["level"], line["event"]) == (0, "warning", BUSY)


def test_meltano_s_log_of_a_run_ends_with_the_run(host: Host) -> None:
    host.let_meltano("log info meltano 'Run completed'; report")
    assert host.run("--once", XDG_STATE_HOME=str(host.folder / "home")).returncode == 0
    assert not (host.folder / "home").exists()
    assert list((host.folder / "tmp").iterdir()) == []


def test_every_workbook_has_a_state_of_its_own(host: Host) -> None:
    host.let_meltano('echo "$MELTANO_RUN_STATE_ID_SUFFIX" >> "$0.calls"')
    host.run("--once")
    host.run("--once", GOOGLE_SPREADSHEET_ID="https://docs.google.com/spreadsheets/d/2b-c_/edit#gid=0")
    host.run("--once", TARGET_GSHEETS_SPREADSHEET_ID="3d")
    host.run("--once", MELTANO_RUN_STATE_ID_SUFFIX="mine")
    assert host.calls()[1::2] == ["1abc", "2b-c_", "3d", "mine"]


def test_settings_are_checked_before_anything_begins(host: Host) -> None:
    answer = host.run("--once", GOOGLE_SPREADSHEET_ID="", DB_SYNC_TIMEZONE="Paris")
    assert answer.returncode == 2
    assert [line.split()[1] for line in answer.stderr.splitlines()] == ["GOOGLE_SPREADSHEET_ID", "DB_SYNC_TIMEZONE"]
    assert host.calls() == []


def test_a_misspelt_variable_is_warned_of_with_the_likely_one(host: Host) -> None:
    answer = host.run("--once", DB_SYNC_TIMEZON="Europe/Paris")
    assert answer.returncode == 0
    assert answer.stderr.startswith(
        "db-sync: DB_SYNC_TIMEZON is no variable of db-sync, and nothing reads it: do you mean DB_SYNC_TIMEZONE?\n"
    )


@pytest.mark.parametrize("option", ["--once", "--check"])
def test_no_run_begins_with_a_misspelt_exclusion(host: Host, option: str) -> None:
    answer = host.run(option, TAP_MIH_POSTGRES_EXCLUDED_TABLE="salary", TARGET_GSHEETS_PROTEKT="warn")
    assert answer.returncode == 2
    assert "TAP_MIH_POSTGRES_EXCLUDED_TABLE is no variable of tap-mih-postgres" in answer.stderr
    assert "do you mean TAP_MIH_POSTGRES_EXCLUDED_TABLES?" in answer.stderr
    assert "salary" not in answer.stderr
    assert host.calls() == []


def test_a_program_that_is_missing_is_named_with_the_remedy(host: Host) -> None:
    (host.bin / "meltano").unlink()
    for option in ("--once", "--check"):
        answer = host.run(option, PATH=f"{host.bin}:/usr/bin:/bin")
        assert answer.returncode == 1
        assert "There is no meltano on the PATH: activate the virtual environment" in answer.stderr


def test_a_setting_that_a_failure_names_is_told_by_its_variable(host: Host) -> None:
    report = json.dumps({**REPORT, "error": "There is no workbook: check 'spreadsheet_id'."})
    (host.folder / "report.json").write_text(report)
    host.let_meltano("report; exit 1")
    assert host.run("--once").stdout.endswith("\nHere 'spreadsheet_id' is GOOGLE_SPREADSHEET_ID.\n")


UNREACHED = "cannot connect to Postgres at db:5432: nothing answers there; check 'database_url'"
TAP_FAILED = f"""log error tap-mih-postgres "{UNREACHED}"
log error meltano "Cannot start plugin tap-mih-postgres: Catalog discovery failed"
log error meltano "Block run completed"; exit 1"""


def test_the_last_line_of_a_run_has_the_tap_s_sentence_where_the_target_has_none(host: Host) -> None:
    host.let_meltano(TAP_FAILED)
    last = json.loads(host.run("--tick").stderr.splitlines()[-1])
    assert (last["status"], last["error"]) == (1, UNREACHED)
    answer = host.run("--once")
    assert answer.stdout.splitlines()[1] == f"Failed: {UNREACHED}"
    assert answer.stdout.endswith("\nHere 'database_url' is DB_SYNC_DATABASE_URL.\n")


def test_the_target_s_own_sentence_comes_before_the_tap_s(host: Host) -> None:
    (host.folder / "report.json").write_text(json.dumps({**REPORT, "error": "There is no workbook."}))
    host.let_meltano("log error tap-mih-postgres 'nobody reads'; report; exit 1")
    assert json.loads(host.run("--tick").stderr.splitlines()[-1])["error"] == "There is no workbook."


def test_a_run_that_ended_well_has_no_error(host: Host) -> None:
    host.let_meltano("log error tap-mih-postgres 'lost the connection: reading anew'; report")
    assert json.loads(host.run("--tick").stderr.splitlines()[-1]).get("error") is None


def test_health_says_that_no_run_has_succeeded_yet(host: Host) -> None:
    begin(host, 30)
    assert host.run("--health", DB_SYNC_CRON="0 0 1 1 *").stdout == (
        "No run has succeeded yet: the schedule has only just begun.\n"
    )
    begin(host, 3600)
    answer = host.run("--health", DB_SYNC_CRON="* * * * *")
    assert answer.returncode == 1
    assert "there has been none yet" in answer.stdout
    host.run("--once")
    assert host.run("--health", DB_SYNC_CRON="* * * * *").stdout == "The workbook is fresh.\n"


def test_health_forgives_a_run_that_goes_on_while_it_is_younger_than_its_timeout(host: Host) -> None:
    secondly = {"DB_SYNC_CRON": "*/1 * * * * * *"}
    begin(host, 1)
    host.let_meltano('echo begun >> "$0.calls"; sleep 20')
    process = host.start("--once")
    wait_until(lambda: "begun" in host.calls())
    time.sleep(4)
    assert host.run("--health", **secondly).returncode == 0
    assert host.run("--health", **secondly, DB_SYNC_TIMEOUT="2s").returncode == 1, "it is older than it may become"
    process.terminate()
    process.wait(10)
    assert host.run("--health", **secondly).returncode == 1, "there is no run any more"


def begin(host: Host, seconds_ago: float) -> None:
    """As if the schedule had begun then."""
    folder = host.folder / "tmp" / "db-sync"
    folder.mkdir(exist_ok=True)
    (folder / "started").write_text(f"{time.time() - seconds_ago}")


def test_a_run_that_takes_too_long_is_ended(host: Host) -> None:
    host.let_meltano("trap 'echo told >> \"$0.calls\"; exit 143' TERM; sleep 20 & wait")
    answer = host.run("--once", DB_SYNC_TIMEOUT="1s")
    assert answer.returncode == 124
    assert "took longer than 1 s (DB_SYNC_TIMEOUT)" in answer.stderr
    assert host.calls()[-1] == "told"


def test_nothing_of_a_run_outlives_its_end(host: Host) -> None:
    host.let_meltano(f"sleep 60 & echo $! > {host.folder}/child; exit 1 & trap '' TERM; sleep 1; wait $!; exit 0")
    host.run("--once", DB_SYNC_TIMEOUT="1s")
    child = int((host.folder / "child").read_text())
    wait_until(lambda: not is_alive(child))


def is_alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_the_run_in_good_order(host: Host, number: signal.Signals) -> None:
    host.let_meltano('trap \'echo told >> "$0.calls"; exit 143\' TERM; echo begun >> "$0.calls"; sleep 20 & wait')
    process = host.start("--once")
    wait_until(lambda: "begun" in host.calls())
    process.send_signal(number)
    assert process.wait(10) == 128 + number
    assert host.calls()[-1] == "told"


def test_a_second_run_waits_for_the_first_and_a_second_tick_does_not(host: Host) -> None:
    host.let_meltano('echo begun >> "$0.calls"; sleep 0.8; echo ended >> "$0.calls"')
    first = host.start("--once")
    wait_until(lambda: "begun" in host.calls())
    tick = host.run("--tick")
    assert tick.returncode == 0
    assert "Another run is going on: this one does nothing." in tick.stderr
    assert "waiting" not in tick.stderr
    assert host.run("--once").returncode == 0
    assert first.wait(10) == 0
    assert [call for call in host.calls() if call in {"begun", "ended"}] == ["begun", "ended"] * 2


def test_a_second_run_waits_no_longer_than_a_run_may_last(host: Host) -> None:
    host.let_meltano('echo begun >> "$0.calls"; sleep 20')
    host.start("--once")
    wait_until(lambda: "begun" in host.calls())
    answer = host.run("--once", DB_SYNC_TIMEOUT="1s")
    assert answer.returncode == 75
    assert answer.stderr.splitlines() == [
        "db-sync: Another run is going on: waiting for it, at most 1 s (DB_SYNC_TIMEOUT).",
        "db-sync: Another run is going on: this one does nothing.",
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_run_that_waits_for_another_one_leaves_at_once_on_a_signal(host: Host, number: signal.Signals) -> None:
    host.let_meltano('echo begun >> "$0.calls"; sleep 20')
    host.start("--once")
    wait_until(lambda: "begun" in host.calls())
    waiting = host.start("--once")
    wait_until(lambda: "waiting for it" in host.log())
    waiting.send_signal(number)
    assert waiting.wait(3) == 128 + number
    assert "Traceback" not in host.log()
    assert host.run("--tick").stderr.count("Another run is going on") == 1, "the lock is the first one's still"


def kill_in_mid_run(host: Host) -> None:
    host.let_meltano(f'echo $$ > {host.folder}/meltano; echo begun >> "$0.calls"; exec sleep 20')
    process = host.start("--once")
    wait_until(lambda: "begun" in host.calls())
    process.kill()
    process.wait()


def test_the_run_after_a_killed_one_passes_meltano_s_lock(host: Host) -> None:
    kill_in_mid_run(host)
    os.kill(int((host.folder / "meltano").read_text()), signal.SIGKILL)
    host.let_meltano("true")
    answer = host.run("--once")
    assert answer.returncode == 0
    assert "The run before this one was killed" in answer.stderr
    assert host.calls()[-1] == "run --force tap-mih-postgres target-gsheets"
    assert host.run("--once").returncode == 0
    assert host.calls()[-1] == "run tap-mih-postgres target-gsheets"


def test_a_lock_that_others_may_share_is_never_passed(host: Host) -> None:
    kill_in_mid_run(host)
    os.kill(int((host.folder / "meltano").read_text()), signal.SIGKILL)
    host.let_meltano("true")
    host.run("--once", MELTANO_DATABASE_URI="postgresql+psycopg://u:p@db/meltano")
    assert host.calls()[-1] == "run tap-mih-postgres target-gsheets"


def test_meltano_holds_the_lock_even_when_the_entry_point_is_killed(host: Host) -> None:
    kill_in_mid_run(host)
    assert "Another run is going on" in host.run("--tick").stderr
    os.kill(int((host.folder / "meltano").read_text()), signal.SIGKILL)


def test_a_folder_that_cannot_be_written_stops_the_run_before_it_begins(host: Host) -> None:
    answer = host.run("--once", DB_SYNC_STATE_FOLDER="/proc/nowhere")
    assert answer.returncode == 1
    assert "/proc/nowhere can't be written (No such file or directory)" in answer.stderr
    assert host.calls() == []


def test_a_tick_says_in_json_why_it_cannot_begin(host: Host) -> None:
    answer = host.run("--tick", DB_SYNC_STATE_FOLDER="/proc/nowhere")
    assert answer.returncode == 1
    (line,) = map(json.loads, answer.stderr.splitlines())
    assert line["level"] == "error"
    assert line["event"].startswith("/proc/nowhere can't be written")


def test_a_tick_without_a_temporary_folder_says_so(host: Host) -> None:
    folder = host.folder / "tmp" / "db-sync"
    folder.write_text("a file where a folder belongs")
    answer = host.run("--tick")
    assert answer.returncode == 1
    assert json.loads(answer.stderr)["event"].startswith(f"{folder} can't be written (")


class Pings(http.server.BaseHTTPRequestHandler):
    """Keeps the paths that it was asked for, and answers as it is told."""

    paths: list[str]
    status = 200

    def do_GET(self) -> None:
        self.paths.append(self.path)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def pings() -> Iterator[tuple[str, type[Pings]]]:
    """The address of a service that waits for pings, and what it was asked."""
    handler = type("Handler", (Pings,), {"paths": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/s3cret", handler
        server.shutdown()
        thread.join()


def test_a_dead_man_s_switch_is_told_of_every_run(host: Host, pings: tuple[str, type[Pings]]) -> None:
    url, handler = pings
    assert host.run("--once", DB_SYNC_PING_URL=url).returncode == 0
    host.let_meltano("exit 7")
    assert host.run("--once", DB_SYNC_PING_URL=url).returncode == 7
    assert handler.paths == ["/s3cret/start", "/s3cret", "/s3cret/start", "/s3cret/7"]


def test_a_switch_that_does_not_answer_fails_no_run_and_its_address_is_not_said(
    host: Host, pings: tuple[str, type[Pings]]
) -> None:
    url, handler = pings
    handler.status = 500
    refused = host.run("--once", DB_SYNC_PING_URL=url)
    gone = host.run("--once", DB_SYNC_PING_URL="http://127.0.0.1:9/s3cret")
    assert (refused.returncode, gone.returncode) == (0, 0)
    assert "The ping to 127.0.0.1 failed (500)" in refused.stderr
    assert "The ping to 127.0.0.1 failed (URLError)" in gone.stderr
    assert "s3cret" not in refused.stderr + gone.stderr


def test_a_record_that_cannot_be_written_fails_no_run(host: Host) -> None:
    (host.state / "metrics").write_text("a file where a folder belongs")
    answer = host.run("--once")
    assert answer.returncode == 0
    assert "The run's record can't be written" in answer.stderr
