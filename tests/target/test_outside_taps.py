"""Taps that nobody here wrote, through a pipe into the target; each is installed once, where that can be done."""

from __future__ import annotations

import csv
import io
import json
import subprocess

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from demo import seed
from tests.packages import install_or_skip
from tests.target.pipes import pipe_into_target

INT4_OR_TEXT = {23, 25}  # oids
PARTS = {1: {"id": 1, "code": "007", "note": "=1+1"}, 2: {"id": 2, "code": "0010", "note": 'a, "b"\nc'}}


@pytest.fixture
def pipe(workbook, tmp_path):
    """Run a tap of the package index into the target; both must end well. Returns the STATE, and what was said."""

    def run(package, program, settings, state=None, **config):
        tap = install_or_skip(package, program)
        workbook.emulator.forget_calls()
        ended = pipe_into_target([tap], tmp_path, {**workbook.config, **config}, settings, state)
        assert (ended.tap, ended.target) == (0, 0), ended.log
        return ended.state, ended.log

    return run


def table(workbook, title, *columns):
    """The rows of a sheet as objects with these columns."""
    header, *rows = workbook.all_values(title)
    return [{name: row[header.index(name)] for name in columns} for row in rows]


def written(workbook):
    """Whether anything was written since the last pipe began."""
    return any(call["api"] == "spreadsheets.batchUpdate" for call in workbook.emulator.calls())


def write_csv(path, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, ["id", "code", "note"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), newline="")


def test_tap_csv_folder_brings_each_file_to_a_sheet_of_its_own(pipe, workbook, tmp_path):
    tap = ("tap-csv-folder==0.0.1a1", "tap-csv-folder")
    folder = tmp_path / "files"
    folder.mkdir()
    write_csv(folder / "parts.csv", PARTS.values())
    write_csv(folder / "others.csv", [PARTS[1]])
    settings = {"path": str(folder), "read_mode": "one_stream_per_file"}
    state, _ = pipe(*tap, settings)
    texts = [{**part, "id": str(part["id"])} for part in PARTS.values()]  # the tap says that all of it is text
    assert table(workbook, "parts", "id", "code", "note") == texts
    assert table(workbook, "others", "id", "code", "note") == texts[:1]
    assert "_sdc_line_number" in workbook.all_values("parts")[0]
    again, _ = pipe(*tap, settings, state)
    assert again == state
    assert not written(workbook)
    write_csv(folder / "parts.csv", [*PARTS.values(), {"id": 3, "code": "1e5", "note": "'x"}])
    pipe(*tap, settings, state)
    assert table(workbook, "parts", "id", "code", "note") == [*texts, {"id": "3", "code": "1e5", "note": "'x"}]


def test_tap_jsonl_brings_numbers_texts_and_objects_as_they_are(pipe, workbook, tmp_path):
    tap = ("tap-jsonl==0.3.1", "tap-jsonl")
    rows = [
        {"id": 1, "name": "Zoé", "price": 0.1, "tags": ["a", {"b": None}], "big": 9007199254740993, "ok": True},
        {"id": 2, "name": "=SUM(A1)", "price": 1e-7, "tags": [], "big": 12, "ok": False},
    ]
    (tmp_path / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    settings = {"path": str(tmp_path / "rows.jsonl"), "stream_name": "things", "primary_keys": ["id"]}
    state, _ = pipe(*tap, settings)
    cells = [
        {**rows[0], "tags": '["a",{"b":null}]', "big": "9007199254740993"},  # beyond what a double holds
        {**rows[1], "tags": "[]"},
    ]
    assert table(workbook, "things", *rows[0]) == cells
    pipe(*tap, settings, state)
    assert not written(workbook)
    (tmp_path / "rows.jsonl").write_text(f"{json.dumps({**rows[1], 'name': 'two'})}\n")
    pipe(*tap, settings)
    assert table(workbook, "things", *rows[0]) == [cells[0], {**cells[1], "name": "two"}], "an incremental stream"


def test_tap_jsonfile_leaves_out_unchanged_files_and_their_rows_stay(pipe, workbook, tmp_path):
    """It announces a stream that is sent whole, and keeps the hashes of the files that it has sent in its STATE."""
    tap = ("tap-jsonfile==0.1.2", "tap-jsonfile")
    files = {name: tmp_path / f"{name}.json" for name in ("a", "b")}
    for name, file in files.items():
        file.write_text(json.dumps([{"id": number, "of": name} for number in range(10)]))
    settings = {"paths": [str(tmp_path / "[ab].json")], "stream_name": "things"}
    state, _ = pipe(*tap, settings)
    assert len(table(workbook, "things", "id")) == 20
    files["b"].write_text(json.dumps([{"id": number, "of": "b"} for number in range(11)]))
    _, log = pipe(*tap, settings, state)
    assert [row["of"] for row in table(workbook, "things", "of")] == ["a"] * 10 + ["b"] * 11
    assert "10 rows of the sheet are missing from what the tap sent. They were kept" in log
    _, log = pipe(*tap, settings, state, load_method="upsert")
    assert "They were kept" not in log


def test_tap_postgres_of_meltano_brings_a_shop(pipe, workbook, tmp_path, postgres_server):
    tap = ("meltanolabs-tap-postgres==0.10.0", "tap-postgres")
    url = postgres_server.create_database("outside_tap")
    tables = ["Product", "User", "_PostToTag"]
    with psycopg.connect(url, autocommit=True) as connection:
        seed.fill(connection)
        parts = {"database" if name == "dbname" else name: part for name, part in conninfo_to_dict(url).items()}
        settings = {**parts, "port": int(parts["port"]), "filter_schemas": ["public"]}
        catalog = tmp_path / "catalog.json"
        catalog.write_text(json.dumps(chosen(discover(tap, tmp_path, settings), tables)))
        program = install_or_skip(*tap)
        ended = pipe_into_target([program, "--catalog", catalog], tmp_path, workbook.config, settings)
        assert (ended.tap, ended.target) == (0, 0), ended.log
        for name in tables:
            wanted = connection.execute(f'SELECT * FROM "{name}"')
            columns = [column.name for column in wanted.description]
            at = [place for place, column in enumerate(wanted.description) if column.type_code in INT4_OR_TEXT]
            rows = sorted(tuple(row[place] for place in at) for row in wanted)
            found = table(workbook, f"public-{name}", *(columns[place] for place in at))
            assert sorted(tuple(cell if cell != "" else None for cell in row.values()) for row in found) == rows


def discover(tap, folder, settings):
    (folder / "tap.json").write_text(json.dumps(settings))
    command = [install_or_skip(*tap), "--config", folder / "tap.json", "--discover"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def chosen(catalog, tables):
    """A catalog that selects these tables alone."""
    for entry in catalog["streams"]:
        root = next(row["metadata"] for row in entry["metadata"] if not row["breadcrumb"])
        root["selected"] = entry["tap_stream_id"].removeprefix("public-") in tables
    return catalog
