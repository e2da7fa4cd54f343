"""The target as a command: one sentence and exit status 1 for what is wrong, STATE alone on stdout."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.target.conftest import record_message, schema_message, whole_stream

COMMAND = str(Path(sys.executable).parent / "target-gsheets")
USERS = {"id": "integer", "name": "string"}


def lines_of(messages):
    return "".join(json.dumps(message) + "\n" for message in messages)


@pytest.fixture
def run(workbook, tmp_path):
    """Run the command on some input with the test workbook's settings and changes to them."""

    def run_command(text, **changes):
        path = tmp_path / "config.json"
        path.write_text(json.dumps({**workbook.config, **changes}))
        command = [COMMAND, "--config", str(path)]
        return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)

    return run_command


def start(path, *options):
    """Start the command with a configuration file and all its streams at hand."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([COMMAND, "--config", str(path), *options], text=True, **pipes)


def check_failure(done, *words):
    """One ERROR line with these words, no traceback, nothing of the key."""
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert done.returncode == 1
    assert len(errors) == 1
    assert all(word in errors[0] for word in words)
    assert "Traceback" not in done.stderr
    assert "PRIVATE KEY" not in done.stderr + done.stdout
    assert done.stdout == ""


def test_a_good_run_prints_state_alone_and_one_line_per_stream(run, workbook):
    done = run(lines_of(whole_stream("users", USERS, [{"id": 1, "name": "a"}])))
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"bookmarks": {"users": {}}}
    assert "users: 1 rows, 1 added, 0 changed, 0 removed" in done.stderr
    assert workbook.values("users") == [[1, "a"]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"spreadsheet_id": ""}, ["'spreadsheet_id' is not set"]),
        ({"spreadsheet_id": "unknown"}, ["'unknown'", "'spreadsheet_id'", "/d/ and /edit"]),
        ({"credentials_base64": "%%%"}, ["'credentials_base64' is not base64"]),
        ({"credentials_json": "not json"}, ["'credentials_json' does not hold JSON"]),
        (
            {"credentials_json": '{"type": "authorized_user"}'},
            [
                "'credentials_json' lacks client_id, client_secret, refresh_token",
                "gcloud auth application-default login",
            ],
        ),
        ({"timezone": "Paris"}, ["'timezone' is 'Paris'"]),
        ({"timezone": 5}, ["'timezone' must be of type string"]),
        ({"stream_maps": {"users": {"x": "foo("}}}, ["foo("]),
        ({"batch_size_rows": "many"}, ["'batch_size_rows' is 'many'"]),
        ({"api_endpoint": "https://example.com"}, ["'api_endpoint'", "on this machine"]),
    ],
    ids=["no-id", "unknown-id", "base64", "json", "kind", "zone", "type", "map", "batch", "endpoint"],
)
def test_a_wrong_setting_is_one_sentence_and_changes_nothing(run, workbook, changes, words):
    check_failure(run(lines_of(whole_stream("users", USERS, [{"id": 1}])), **changes), *words)
    assert workbook.titles() == ["Sheet1"]


NAMES = ["timezone", "sheet_title", "load_method", "retry_seconds", "on_error", "hard_delete", "batch_size_rows",
         "report_path"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_private_key_in_the_place_of_another_setting_is_not_repeated(run, workbook, name):
    key = workbook.emulator.credentials["private_key"]
    done = run("", **{name: key})
    assert f"'{name}'" in done.stderr
    assert not any(line.lower() in done.stderr.lower() for line in key.splitlines()[2:])


def test_a_setting_that_there_is_not_is_told_in_a_run(run):
    done = run(lines_of(whole_stream("users", USERS, [{"id": 1}])), on_eror="abort")
    assert done.returncode == 0
    assert "WARNING" in done.stderr
    assert "There is no setting 'on_eror', and it is ignored: is 'on_error' meant?" in done.stderr


def test_a_private_key_that_cannot_be_read_is_not_repeated(run, workbook):
    key = {**workbook.emulator.credentials, "private_key": "-----BEGIN PRIVATE KEY-----\nabc\n"}
    check_failure(run("", credentials_json=key), "private key in 'credentials_json'")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"type": "RECORD", "stream"', ["Line 1 of the input is not JSON"]),
        ('{"type": "SCHEMA", "stream": "s", "schema": {"type": "object"}}\n', ["s", "properties"]),
        (lines_of([record_message("users", {"id": 1})]), ["users", "before a corresponding schema"]),
    ],
    ids=["json", "schema", "order"],
)
def test_a_broken_input_is_one_sentence(run, text, words):
    done = run(text)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words)


def test_what_was_whole_before_a_broken_line_is_committed(run, workbook):
    users = lines_of(whole_stream("users", USERS, [{"id": 1, "name": "a"}]))
    posts = lines_of([schema_message("posts", USERS), record_message("posts", {"id": 1}, 1)])
    done = run(users + posts + '{"type": "REC')
    assert done.returncode == 1
    assert workbook.titles() == ["users", "Sheet1"]
    assert json.loads(done.stdout) == {"bookmarks": {"users": {}}}
    assert re.search(r"posts: the input ended at line \d+, in the middle of this stream", done.stderr)


def test_a_bad_record_fails_its_stream_with_the_rule_it_breaks(run, workbook):
    done = run(lines_of(whole_stream("users", USERS, [{"id": "PRIVATE DATA"}])))
    assert done.returncode == 1
    assert "users: record 1 can't be taken: id: its value is not of types" in done.stderr
    assert "Traceback" not in done.stderr
    assert "PRIVATE DATA" not in done.stderr
    assert workbook.titles() == ["Sheet1"]


def test_a_termination_while_waiting_for_google_ends_at_once(workbook, tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**workbook.config, "retry_seconds": 60}))
    workbook.emulator.set_faults({"kind": "503", "when": "before", "probability": 1.0, "seed": 1})
    process = start(path)
    with process:
        process.stdin.write(lines_of(whole_stream("users", USERS, [{"id": 1}])))
        process.stdin.close()
        assert any("Looking again in" in line for line in iter(process.stderr.readline, ""))
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
        assert process.stdout.read() == ""
    assert process.returncode == 143


@pytest.mark.parametrize(
    ("text", "words"), [("{broken", "--config"), (None, "--config")], ids=["not-json", "no-such-file"]
)
def test_a_configuration_file_that_cannot_be_read_is_named(tmp_path, text, words):
    path = tmp_path / "config.json"
    if text is not None:
        path.write_text(text)
    done = subprocess.run([COMMAND, "--config", str(path)], input="", capture_output=True, text=True, check=False)
    check_failure(done, words, str(path))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such file"),
        (b'{"spreadsheet_id": "SECRET",\n "timezone" "SECRET"}', "no JSON at line 2, column 13"),
        (b"\xff\xfe", "it is no UTF-8 text"),
        (b"null", "it holds no JSON object"),
        (b"[1]", "it holds no JSON object"),
        ("a folder", "Is a directory"),
    ],
    ids=["missing", "comma", "encoding", "null", "array", "folder"],
)
def test_a_configuration_file_that_cannot_be_read_says_where_and_not_what(tmp_path, content, words):
    (tmp_path / "good.json").write_text("{}")
    path = tmp_path / "config.json"
    if content == "a folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    command = [COMMAND, "--config", str(tmp_path / "good.json"), "--config", str(path)]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    check_failure(done, f"The settings in --config {path} can't be read ({words})")
    assert "SECRET" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("STREAM_MAPS", "", "No credentials"),
        ("STREAM_MAPS", "{broken", "the environment"),
        ("BATCH_SIZE_ROWS", "x", "'batch_size_rows' is 'x'"),
        ("BATCH_SIZE_ROWS", "1.5", "give a whole number between 1 and 10,000,000"),
        ("FLATTENING_MAX_DEPTH", "x", "the environment"),
        ("FLATTENING_MAX_DEPTH", "x", "TARGET_GSHEETS_FLATTENING_MAX_DEPTH must hold a whole number"),
        ("STREAM_MAPS", "{broken", "TARGET_GSHEETS_STREAM_MAPS must hold a JSON object"),
        ("STREAM_MAPS", "[1]", "TARGET_GSHEETS_STREAM_MAPS must hold a JSON object"),
        ("VALIDATE_RECORDS", "maybe", "TARGET_GSHEETS_VALIDATE_RECORDS must hold 'true' or 'false'"),
        ("HARD_DELETE", "maybe", "'hard_delete' is 'maybe'"),
        ("HARD_DELETE", "on", "No credentials"),
        ("VALIDATE_RECORDS", "Yes", "No credentials"),
        ("LOAD_METHOD_OVERRIDES", "events=append-only,*_log=upsert", "No credentials"),
        ("LOAD_METHOD_OVERRIDES", "events", "'load_method_overrides' has 'events', which isn't pattern=method"),
    ],
)
def test_settings_from_the_environment_are_checked_and_empty_means_unset(name, value, words):
    environment = {
        **os.environ, "TARGET_GSHEETS_SPREADSHEET_ID": "x", f"TARGET_GSHEETS_{name}": value,
        "GOOGLE_APPLICATION_CREDENTIALS": "/nowhere/key.json",
    }  # fmt: skip
    command = [COMMAND, "--config=ENV"]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False, env=environment)
    check_failure(done, words)


@pytest.mark.parametrize("overrides", ["posts=upsert,us?rs=append-only", '{"users": "append-only"}'])
def test_load_methods_of_some_streams_come_from_the_environment(workbook, overrides):
    settings = {**workbook.config, "load_method_overrides": overrides, "hard_delete": "true"}
    settings |= {"stream_maps": '{"posts": null}', "validate_records": "FALSE"}
    variables = {
        f"TARGET_GSHEETS_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }
    text = lines_of([*whole_stream("users", USERS, [{"id": "x"}]), *whole_stream("posts", USERS, [{"id": 1}])])
    for _ in range(2):
        subprocess.run(
            [COMMAND, "--config=ENV"], input=text, capture_output=True, text=True, check=True,
            env={**os.environ, **variables},
        )  # fmt: skip
    assert workbook.values("users") == [["x", ""], ["x", ""]]
    assert workbook.titles() == ["users", "Sheet1"]


def test_about_prints_every_setting_with_a_description():
    done = subprocess.run([COMMAND, "--about", "--format=json"], capture_output=True, text=True, check=True)
    settings = json.loads(done.stdout)["settings"]["properties"]
    assert "upsert" in settings["load_method"]["description"]
    assert all(found.get("description") for found in settings.values())


def test_with_abort_one_bad_record_stops_everything(run, workbook):
    text = lines_of([*whole_stream("users", USERS, [{"id": "x"}]), *whole_stream("posts", USERS, [{"id": 1}])])
    done = run(text, on_error="abort")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Nothing was written, since 'on_error' is 'abort'." in done.stderr
    assert "users: record 1 can't be taken" in done.stderr
    assert workbook.titles() == ["Sheet1"]
