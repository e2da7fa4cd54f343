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


def both(host: Host, target: str, tap: str) -> None:
    """What Meltano does for either side."""
    lines = "\n".join(MESSAGES)
    host.let_meltano(f"""case "$2" in target*) {target};; *) cat <<'END'\n{lines}\nEND\n{tap};; esac""")


def test_check_asks_both_sides_and_fails_where_one_does(host: Host) -> None:
    both(host, "echo ready", "true")
    answer = host.run("--check")
    assert answer.returncode == 0
    assert answer.stdout.startswith("The workbook\n\nready\n\nThe database\n\ntable ")
    tap = "invoke tap-mih-postgres"
    assert host.calls() == ["invoke target-gsheets --check", f"{tap} --discover", tap]

    both(host, "false", "true")
    assert host.run("--check").returncode == 1
    both(host, "true", "exit 1")
    answer = host.run("--check")
    assert answer.returncode == 1
    assert "The database can't be read" in answer.stdout
    assert "rows" not in answer.stdout


def test_check_begins_with_the_settings(host: Host) -> None:
    assert host.run("--check", GOOGLE_SPREADSHEET_ID="").returncode == 2
    assert host.calls() == []
