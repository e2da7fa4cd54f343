"""--check as a new user meets it: each fault that it knows is a sentence that alone is enough to mend it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time

import pytest

from sheets_emulator.testing import running_emulator
from target_gsheets.check import CHECK_FIELDS, Level, is_sound, judge_cells, judge_workbook, place_of, report_lines
from target_gsheets.preflight import inspect
from target_gsheets.settings import parse_settings
from target_gsheets.workbook import FIELDS, Sheet, Workbook
from tests.target.conftest import whole_stream
from tests.target.test_cli import COMMAND, USERS, lines_of
from tests.target.test_settings import BASE

ME = "emulator@sheets-emulator.iam.gserviceaccount.com"
ALLOWED = {"quota_reads_per_minute": 60, "quota_writes_per_minute": 30}
BOB = "bob@sheets-emulator.iam.gserviceaccount.com"


def check(workbook, **changes):
    """The findings with the test workbook's settings and changes to them, and the problems as sentences."""
    findings = list(inspect({**workbook.config, **changes}, {}))
    return findings, [found.text for found in findings if found.level is Level.PROBLEM]


def command(config, tmp_path, *options, **variables):
    """Run `target-gsheets --check` as a command."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    arguments = [COMMAND, "--check", *(options or ["--config", str(path)])]
    environment = {**os.environ, **variables}
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False, env=environment)


def test_a_workbook_that_is_ready_is_reported_and_left_as_it_is(workbook, tmp_path):
    workbook.sync(*whole_stream("users", USERS, [{"id": 1, "name": "a"}]))
    workbook.edit({"updateSheetProperties": {
        "properties": {"sheetId": workbook.sheet_id("users"), "title": "People"}, "fields": "title",
    }})  # fmt: skip
    before = workbook.emulator.workbook(workbook.spreadsheet_id)
    workbook.emulator.forget_calls()
    done = command({**workbook.config, **ALLOWED}, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:-2]] == ["ok"] * len(lines[:-2])
    assert lines[-1] == "Ready to run. Nothing was changed."
    for words in (
        f"{ME}, from credentials_json",
        "within 30 seconds of Google's",
        f"'Test', https://docs.google.com/spreadsheets/d/{workbook.spreadsheet_id}/edit",
        "Etc/GMT (the workbook's own), locale en_US",
        "1 of ours: users (tab 'People'); 1 of other people's",
        "26,063 of 10,000,000 that a workbook may have (0.3%), blank ones included; with --dry-run",
        "at most 60 reads and 30 writes a minute",
        f"{ME} may change the workbook",
    ):
        assert words in done.stdout
    after = workbook.emulator.workbook(workbook.spreadsheet_id)
    assert [(sheet.title, sheet.cells.rows) for sheet in after.sheets] == [
        (sheet.title, sheet.cells.rows) for sheet in before.sheets
    ]
    assert after.developer_metadata == before.developer_metadata
    assert [call["api"] for call in workbook.emulator.calls()] == [
        "oauth.token", "spreadsheets.get", "spreadsheets.batchUpdate",
    ]  # fmt: skip


def test_with_a_dry_run_the_check_goes_on_to_the_sheets_and_cells_to_come(workbook, tmp_path):
    messages = tmp_path / "messages.singer"
    messages.write_text(lines_of(whole_stream("users", USERS, [{"id": 1, "name": "a"}])))
    options = ("--config", str(tmp_path / "config.json"), "--dry-run", "--input", str(messages))
    done = command(workbook.config, tmp_path, *options)
    assert done.returncode == 0, done.stderr
    checked, _, planned = done.stdout.partition("Ready to run. Nothing was changed.")
    assert "26,000 of 10,000,000" in checked
    assert "users: a new sheet of 1 rows and 2 columns" in planned
    assert "would have 26,063 of 10,000,000 cells." in planned
    assert workbook.titles() == ["Sheet1"]
    done = command({**workbook.config, "timezone": "Paris"}, tmp_path, *options)
    assert (done.returncode, "users: a new" in done.stdout) == (1, False)


def test_all_wrong_settings_are_named_at_once_and_google_is_asked_with_the_others(workbook, tmp_path):
    wrong = {"timezone": "Paris", "retry_seconds": "soon", "batch_size_rows": "many", "on_error": 3}
    done = command({**workbook.config, **wrong}, tmp_path)
    assert done.returncode == 1
    problems = [line for line in done.stdout.splitlines() if line.startswith("PROBLEM")]
    assert sorted(line.split("'")[1] for line in problems) == sorted(wrong)
    assert "4 problems. Nothing was changed." in done.stdout
    assert "may change the workbook" in done.stdout


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"spreadsheet_id": 5}, "'spreadsheet_id' must be of type string."),
        ({"credentials_json": [1]}, "'credentials_json' must be of type string."),
        ({"api_endpoint": 5}, "'api_endpoint' must be of type string."),
    ],
)
def test_a_setting_of_a_wrong_type_is_one_problem(workbook, tmp_path, wrong, sentence):
    done = command({**workbook.config, **wrong}, tmp_path, SHEETS_EMULATOR_HOST=workbook.emulator.url)
    problems = [line.split(maxsplit=2)[2] for line in done.stdout.splitlines() if line.startswith("PROBLEM")]
    assert (done.returncode, problems) == (1, [sentence])


def test_a_setting_that_there_is_not_is_a_warning_with_the_one_that_was_meant(workbook, tmp_path):
    done = command({**workbook.config, "hard_deletes": True, "SECRET" * 20: 1}, tmp_path)
    warnings = [line.split(maxsplit=2)[2] for line in done.stdout.splitlines() if line.startswith("warning  settings")]
    assert warnings == [
        "There is no setting 'hard_deletes', and it is ignored: is 'hard_delete' meant?",
        f"There is no setting '{'SECRET' * 10}…', and it is ignored.",
    ]
    assert done.returncode == 0


def test_settings_from_the_environment_are_checked_too(workbook, tmp_path):
    done = command(
        {}, tmp_path, "--config=ENV",
        TARGET_GSHEETS_SPREADSHEET_ID="", TARGET_GSHEETS_CREDENTIALS_JSON=json.dumps(workbook.emulator.credentials),
        SHEETS_EMULATOR_HOST=workbook.emulator.url,
    )  # fmt: skip
    assert done.returncode == 1
    assert "'spreadsheet_id' is not set: give the workbook's id, the part of its address between /d/" in done.stdout
    assert f"ok       credentials {ME}" in done.stdout


def test_a_flag_of_the_environment_that_is_none_is_a_problem(workbook, tmp_path):
    options = ["--config", str(tmp_path / "config.json"), "--config=ENV"]
    done = command(workbook.config, tmp_path, *options, TARGET_GSHEETS_HARD_DELETE="maybe")
    assert done.returncode == 1
    assert "'hard_delete' is 'maybe': give 'false' or 'true'" in done.stdout


def test_bad_credentials_end_the_check_before_anything_is_sent(workbook):
    workbook.emulator.forget_calls()
    for changes, words in (
        ({"credentials_json": "{"}, "'credentials_json' does not hold JSON. Download a JSON key"),
        (
            {"credentials_json": {**workbook.emulator.credentials, "token_uri": "https://evil.example/"}},
            "names token_uri https://evil.example, which is neither Google over TLS nor this machine. Nothing was sent",
        ),
        (
            {"credentials_json": {**workbook.emulator.credentials, "private_key": "-----BEGIN PRIVATE KEY-----"}},
            "The private key in 'credentials_json' can't be read: use the JSON key file as it was downloaded.",
        ),
        ({"api_endpoint": "https://evil.example"}, "only an emulator on this machine may stand in for Google"),
    ):
        _, problems = check(workbook, **changes)
        assert len(problems) == 1
        assert words in problems[0]
    assert workbook.emulator.calls() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"client_email": "gone@project.iam.gserviceaccount.com"},
            "The service account gone@project.iam.gserviceaccount.com of 'credentials_json' is disabled or doesn't "
            "exist: enable it in the Google Cloud console (IAM, Service accounts), or make another and share the "
            "workbook with that. Download a new JSON key",
        ),
        (
            {"client_email": BOB},
            f"The key in 'credentials_json' is no key of {BOB} any more: it was deleted. Download a new JSON key",
        ),
    ],
    ids=["account", "key"],
)
def test_a_refused_token_says_what_is_gone(workbook, change, sentence):
    workbook.emulator.credentials_of("bob")
    _, problems = check(workbook, credentials_json={**workbook.emulator.credentials, **change})
    assert len(problems) == 1
    assert problems[0].startswith(sentence)


@pytest.mark.parametrize(
    ("behind", "level", "words"),
    [
        (
            3750,
            Level.PROBLEM,
            "Google gives no token because this machine's clock is 1 h 2 min ahead of Google's: set it",
        ),
        (
            -7290,
            Level.PROBLEM,
            "Google gives no token because this machine's clock is 2 h 1 min behind Google's: set it",
        ),
        (
            100,
            Level.WARNING,
            "This machine's clock is 1 min 4",
        ),
        (0, Level.OK, "within 30 seconds of Google's"),
    ],
    ids=["far-ahead", "far-behind", "a-little", "right"],
)
def test_a_wrong_clock_is_told_with_its_error(behind, level, words):
    with running_emulator(clock=lambda: time.time() - behind) as emulator:
        config = {
            "spreadsheet_id": emulator.create_spreadsheet("Shop"),
            "credentials_json": emulator.credentials,
            "api_endpoint": emulator.url,
        }
        findings = list(inspect(config, {}))
    found = [each for each in findings if words in each.text]
    assert [each.level for each in found] == [level]
    assert is_sound(findings) is (level is not Level.PROBLEM)


def test_a_workbook_that_is_not_shared_names_whom_to_share_it_with(workbook):
    _, problems = check(workbook, credentials_json=workbook.emulator.credentials_of("bob"))
    assert problems == [
        f"{BOB} isn't allowed to open the workbook (The caller does not have permission). Open {workbook.emulator.url}"
        f"/spreadsheets/d/{workbook.spreadsheet_id} as somebody who may, press Share, and share it as editor with "
        f"{BOB}; or check 'spreadsheet_id', if that is not the workbook that you mean."
    ]


def test_a_viewer_is_told_to_become_editor(workbook):
    workbook.emulator.share(workbook.spreadsheet_id, BOB, "reader")
    _, problems = check(workbook, credentials_json=workbook.emulator.credentials_of("bob"))
    assert len(problems) == 1
    assert problems[0].startswith(f"{BOB} may read the workbook but not change it")
    assert f"share it as editor with {BOB}" in problems[0]


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (
            "disabled",
            "The Google Sheets API is not enabled in the project 123456789012: open https://console.cloud.google.com/apis/"
            "library/sheets.googleapis.com?project=123456789012, press Enable, and try again after a few minutes.",
        ),
        ("office", "is an Excel file, which the Sheets API doesn't open: open .*, choose File, Save as Google Sheets"),
        (
            "429",
            r"Google answered 429: Quota exceeded .*per minute per user.* refills within a minute.* Try again in a min",
        ),
        ("503", "Google answered 503: The service is currently unavailable. Try again in a minute."),
        (
            "cut",
            r"127.0.0.1:\d+ gave no readable answer \(ConnectionError\): check that it is running, or unset",
        ),
    ],
)
def test_what_google_answers_instead_of_the_workbook_is_a_sentence(workbook, kind, sentence):
    workbook.emulator.set_faults({"kind": kind})
    _, problems = check(workbook)
    assert len(problems) == 1
    assert sentence in problems[0] or re.search(sentence, problems[0])


def test_a_token_that_is_not_accepted_is_a_sentence(workbook):
    workbook.emulator.set_faults({"kind": "401"})
    _, problems = check(workbook)
    assert len(problems) == 1
    assert problems[0].startswith(
        "Google doesn't accept the token that it gave for 'credentials_json' (Request had invalid authentication "
        "credentials): check that the account is still there and enabled. If it is, get new credentials. Download"
    )


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (
            "html",
            "answered with a page in a token's place: check that neither a proxy nor a login page of this",
        ),
        ("503", "gave no readable answer (RefreshError): check that it is running, or unset"),
        ("cut", "gave no readable answer (TransportError): check that it is running, or unset"),
    ],
)
def test_a_token_service_that_fails_is_not_the_keys_fault(workbook, kind, sentence):
    workbook.emulator.set_faults({"kind": kind, "method": "oauth.token"})
    _, problems = check(workbook)
    assert len(problems) == 1
    assert sentence in problems[0]


def test_an_unknown_workbook_is_a_sentence(workbook):
    _, problems = check(workbook, spreadsheet_id="1unknown")
    assert problems == [
        "There is no workbook with the id '1unknown': check 'spreadsheet_id', the part of the workbook's address "
        "between /d/ and /edit."
    ]


def test_an_emulator_that_is_not_running_is_a_sentence(workbook):
    _, problems = check(workbook, api_endpoint="http://127.0.0.1:1", credentials_json="")
    assert problems == [
        "127.0.0.1:1 can't be reached (ConnectionError): check that it is running, or unset SHEETS_EMULATOR_HOST to "
        "use Google. Try again in a minute."
    ]


def test_google_out_of_reach_is_a_sentence(workbook):
    """No name of Google's is known to a machine without a network, nor behind a proxy that isn't there."""
    key = {**workbook.emulator.credentials, "token_uri": "https://oauth2.googleapis.com/token"}
    done = subprocess.run(
        [COMMAND, "--check", "--config=ENV"], capture_output=True, text=True, timeout=60, check=False,
        env={
            **os.environ, "TARGET_GSHEETS_SPREADSHEET_ID": "x", "TARGET_GSHEETS_CREDENTIALS_JSON": json.dumps(key),
            "HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "", "no_proxy": "",
        },
    )  # fmt: skip
    assert done.returncode == 1
    assert "oauth2.googleapis.com can't be reached through the proxy" in done.stdout
    assert "check HTTPS_PROXY and that the proxy lets this host pass" in done.stdout


def test_a_login_without_the_right_to_spreadsheets_says_how_to_log_in(workbook):
    user = workbook.emulator.user_credentials_of("narrow", "openid")
    workbook.emulator.share(workbook.spreadsheet_id, user["account"])
    _, problems = check(workbook, credentials_json=user)
    assert len(problems) == 1
    assert "didn't allow spreadsheets when logging in. Log in with 'gcloud auth application-default" in problems[0]


def test_a_protected_range_that_the_account_may_not_pass_is_named(workbook):
    bob = workbook.share_with("bob")
    workbook.sync(*whole_stream("users", USERS, [{"id": 1, "name": "a"}]), **bob)
    users = workbook.sheet_id("users")
    for range_, description in (
        ({"sheetId": users, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 1, "endColumnIndex": 2}, "names"),
        ({"sheetId": users}, ""),
        ({"sheetId": 0}, "somebody else's sheet"),
    ):
        protection = {"range": range_, "description": description, "editors": {"users": [ME]}}
        workbook.edit({"addProtectedRange": {"protectedRange": protection}})
    warning = {"range": {"sheetId": users}, "warningOnly": True}
    workbook.edit({"addProtectedRange": {"protectedRange": warning}})
    findings, problems = check(workbook, **bob)
    assert len(problems) == 2
    assert problems[0].startswith(f"'users'!B1:B2 ('names') is protected against {BOB}, so that rows can't be kept")
    assert problems[1].startswith(f"The tab 'users' is protected against {BOB}")
    assert all("choose Data, Protect sheets and ranges, and let this account edit the range" in one for one in problems)
    assert "2 problems. Nothing was changed." in "\n".join(report_lines(findings))
    assert check(workbook)[1] == [], "the owner may pass"


def test_a_tab_that_was_duplicated_is_a_warning(workbook):
    workbook.sync(*whole_stream("users", USERS, [{"id": 1, "name": "a"}]))
    workbook.edit({"duplicateSheet": {"sourceSheetId": workbook.sheet_id("users"), "newSheetName": "Copy of users"}})
    findings, problems = check(workbook, **ALLOWED)
    warnings = [found.text for found in findings if found.level is Level.WARNING]
    assert (problems, len(warnings)) == ([], 1)
    assert "'Copy of users'" in warnings[0]


@pytest.mark.parametrize(
    ("rows", "level"),
    [(1_000, Level.OK), (90_000, Level.WARNING), (100_000, Level.PROBLEM)],
)
def test_a_workbook_that_is_nearly_full_is_told_with_its_largest_tabs(rows, level):
    found = judge_cells(Workbook("Shop", "UTC", (Sheet(1, "big", rows, 100),)))
    assert found.level is level
    assert (level is Level.OK) or f"'big' ({rows:,} x 100)" in found.text


def test_more_calls_a_minute_than_google_allows_are_a_warning(workbook):
    findings, problems = check(workbook, **ALLOWED | {"quota_writes_per_minute": 300})
    (found,) = [found for found in findings if found.subject == "quota"]
    assert (found.level, problems) == (Level.WARNING, [])
    assert "'quota_writes_per_minute' is 300, and Google allows an account 60 calls of a kind a minute" in found.text


def test_a_time_zone_that_this_machine_does_not_know_is_a_warning():
    answer = {"properties": {"title": "Shop", "timeZone": "Mars/Olympus", "locale": "en_US"}, "sheets": []}
    findings = list(judge_workbook(answer, parse_settings(BASE, {})))
    assert [found.text for found in findings if found.level is Level.WARNING] == [
        "The workbook's time zone 'Mars/Olympus' is unknown on this machine: set 'timezone'."
    ]
    findings = list(judge_workbook(answer, parse_settings({**BASE, "timezone": "Europe/Paris"}, {})))
    assert [found.level for found in findings] == [Level.OK] * len(findings)


def test_the_check_asks_for_all_that_a_run_asks_for():
    names = set(re.findall(r"\w+", FIELDS))
    assert names <= set(re.findall(r"\w+", CHECK_FIELDS))


def test_a_part_of_a_tab_without_bounds_is_named_by_its_tab():
    assert place_of("users", {"sheetId": 1, "startColumnIndex": 1, "endColumnIndex": 2}) == "A part of the tab 'users'"
