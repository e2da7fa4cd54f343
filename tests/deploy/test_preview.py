"""What --check counts and how it says it."""

from __future__ import annotations

from db_sync.preview import Sheet, count_messages, render_preview

from tests.deploy.conftest import Host

MESSAGES = (
    '{"type":"SCHEMA","stream":"a","schema":{"properties":{"id":{},"text":{}}},"key_properties":["id"]}',
    '{"type":"RECORD","stream":"a","record":{"id":1,"text":"RECORD"}}',
    '{"type":"SCHEMA","stream":"empty","schema":{"properties":{"id":{}}},"key_properties":[]}',
    '{"type":"RECORD","stream":"a","record":{"id":2,"text":null}}',
    '{"type":"ACTIVATE_VERSION","stream":"a","version":1}',
    '{"type":"STATE","value":{}}',
)
COUNTED = {"a": Sheet(2, 2), "empty": Sheet(0, 1)}


def test_records_are_counted_by_stream() -> None:
    assert count_messages(line.encode() for line in MESSAGES) == COUNTED


def test_the_preview_adds_up_rows_and_cells_and_names_the_rules() -> None:
    assert render_preview(COUNTED, {"DB_SYNC_EXCLUDED_SCHEMAS": "audit, tmp"}).splitlines() == [
        "table  rows  columns  cells",
        "a         2        2      6",
        "empty     0        1      1",
        "",
        "2 tables, 2 rows, 7 cells, of the 10,000,000 that a workbook may have",
        "Left out: schemas audit, tmp; tables whose name begins with prisma.",
    ]


def test_the_preview_names_the_tap_s_own_rules_and_lets_them_win() -> None:
    variables = {
        "DB_SYNC_EXCLUDED_SCHEMAS": "audit",
        "TAP_MIH_POSTGRES_EXCLUDED_SCHEMAS": "tmp",
        "TAP_MIH_POSTGRES_EXCLUDED_COLUMNS": "*.password",
        "TAP_MIH_POSTGRES_TABLES": "public.*",
    }
    assert render_preview(COUNTED, variables).splitlines()[-1] == (
        "Left out: schemas tmp; tables whose name begins with prisma; columns *.password; all tables but public.*."
    )


def both(host: Host, target: str, tap: str) -> None:
    """What Meltano does for either side."""
    lines = "\n".join(MESSAGES)
    host.let_meltano(f"""case "$3" in target*) {target};; *) cat <<'END'\n{lines}\nEND\n{tap};; esac""")


def test_check_asks_both_sides_and_fails_where_one_does(host: Host) -> None:
    both(host, "echo ready", "true")
    answer = host.run("--check")
    assert answer.returncode == 0
    assert answer.stdout.startswith("The workbook\n\nready\n\nThe database\n\ntable ")
    quietly = "--log-level=warning invoke"
    tap = f"{quietly} tap-mih-postgres"
    assert host.calls() == [f"{quietly} target-gsheets --check", f"{tap} --discover", tap]

    assert answer.stdout.endswith("\n\nBoth sides are ready to run. Nothing was changed.\n")

    both(host, "false", "true")
    answer = host.run("--check")
    assert answer.returncode == 1
    assert answer.stdout.endswith(
        "\n\nNot ready to run: look at what is said of the workbook above. Nothing was changed.\n"
    )
    both(host, "echo Ready to run.", "echo there is no host of that name >&2; exit 1")
    answer = host.run("--check")
    assert answer.returncode == 1
    assert answer.stdout.splitlines()[-1].startswith("Not ready to run: look at what is said of the database above.")
    assert answer.stderr == "there is no host of that name\n"
    assert "rows" not in answer.stdout
    both(host, "false", "exit 1")
    assert "what is said of the workbook and the database above" in host.run("--check").stdout


def test_the_settings_that_either_side_complains_of_are_told_by_their_variables(host: Host) -> None:
    target = "echo \"ok zone 'timezone'\"; echo \"PROBLEM 'credentials_base64' is bad\"; exit 1"
    both(host, target, "echo \"set 'database_url'\" >&2; exit 1")
    last = host.run("--check", GOOGLE_CREDENTIALS_BASE64="", TARGET_GSHEETS_CREDENTIALS_BASE64="e30=").stdout
    names = "'credentials_base64' is TARGET_GSHEETS_CREDENTIALS_BASE64, 'database_url' is DB_SYNC_DATABASE_URL"
    assert last.splitlines()[-1] == f"Here {names}."


def test_check_says_as_much_as_the_level_asks_for(host: Host) -> None:
    host.run("--check", DB_SYNC_LOG_LEVEL="DEBUG")
    assert host.calls()[0] == "--log-level=debug invoke target-gsheets --check"


def test_check_looks_at_the_folder_that_a_run_writes_to(host: Host) -> None:
    answer = host.run("--check", DB_SYNC_STATE_FOLDER="/proc/nowhere")
    assert answer.returncode == 1
    assert answer.stderr.startswith("db-sync: /proc/nowhere can't be written")
    assert "ready" not in answer.stdout


def test_one_is_one() -> None:
    assert "\n1 table, 1 row, 4 cells, of the 10,000,000" in render_preview({"a": Sheet(1, 2)}, {})


def test_check_begins_with_the_settings(host: Host) -> None:
    assert host.run("--check", GOOGLE_SPREADSHEET_ID="").returncode == 2
    assert host.calls() == []
