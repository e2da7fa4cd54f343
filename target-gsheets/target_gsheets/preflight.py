"""The preflight check of --check: asks Google, once each, and lets check.py judge the answers. Nothing is changed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from target_gsheets.api import SheetsApi
from target_gsheets.check import (
    CHECK_FIELDS,
    PROBE,
    Finding,
    account_of,
    judge_clock,
    judge_editing,
    judge_workbook,
    problem,
)
from target_gsheets.errors import RemoteError, TargetGSheetsError
from target_gsheets.settings import find_problems
from target_gsheets.settings_table import EMULATOR_VARIABLE

# A sentence about one of these says why Google can't be asked.
CREDENTIAL_SETTINGS = {"credentials_base64", "credentials_json", "credentials_path", "api_endpoint", EMULATOR_VARIABLE}


def inspect(
    config: Mapping[str, Any], environment: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Everything that can be looked at, in the order in which it would fail.

    `wrong` has settings of a wrong type, each with a sentence.
    """
    problems, settings = find_problems(config, environment, wrong)
    yield from (problem("settings", sentence) for sentence in problems.values())
    if settings is None or CREDENTIAL_SETTINGS & problems.keys():
        return
    try:
        api = SheetsApi(settings, time.monotonic, time.sleep)
        api.authorise()
    except TargetGSheetsError as exc:
        yield problem("credentials", exc)
        return
    yield Finding("credentials", f"{account_of(api.settings.credentials)}, from {settings.credentials.source}")
    yield from judge_clock(api.clock_ahead)
    if "spreadsheet_id" not in problems:
        yield from inspect_workbook(api)


def inspect_workbook(api: SheetsApi) -> Iterator[Finding]:
    """The workbook, and the right to change it."""
    try:
        answer = api.read_spreadsheet(CHECK_FIELDS)
    except RemoteError as exc:
        yield problem("workbook", exc)
        return
    yield from judge_workbook(answer, api.settings)
    error: RemoteError | None = None
    try:
        api.batch_update([PROBE])
    except RemoteError as exc:
        error = exc
    yield judge_editing(error, api.settings)
