"""Faults and quotas, as tests of clients ask for them."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import requests

from sheets_emulator.errors import TooManyRequestsError
from sheets_emulator.faults import Fault, FaultError, firing, parse_faults
from sheets_emulator.quota import Quota
from sheets_emulator.routes import API_NAMES
from sheets_emulator.testing import Emulator, running_emulator

UPDATE = "spreadsheets.values.update"


@pytest.mark.parametrize("kind", ["429", "500", "503", "401", "html"])
@pytest.mark.parametrize(("when", "applied"), [("before", False), ("after", True)])
def test_an_error_comes_before_or_after_the_change(
    api: Any, spreadsheet_id: str, kind: str, when: str, applied: bool
) -> None:
    api.emulator.set_faults({"kind": kind, "when": when, "method": UPDATE, "nth": 1})
    answer = api.session.request(
        "PUT",
        f"{api.emulator.url}/v4/spreadsheets/{spreadsheet_id}/values/A1?valueInputOption=RAW",
        json={"values": [["x"]]},
        max_allowed_time=5,
        timeout=5,
    )
    # google-auth asks for a new token after a 401 and repeats the call by itself
    assert answer.status_code == {"html": 502, "401": 200}.get(kind, int(kind) if kind.isdigit() else 0)
    assert "Retry-After" not in answer.headers
    assert api.read(spreadsheet_id, "A1") == ([["x"]] if applied or kind == "401" else [])


@pytest.mark.parametrize(
    ("kind", "status", "word"), [("disabled", 403, "SERVICE_DISABLED"), ("office", 400, "FAILED_PRECONDITION")]
)
def test_a_refusal_that_lasts_says_its_reason(api: Any, spreadsheet_id: str, kind: str, status: int, word: str) -> None:
    api.emulator.set_faults({"kind": kind})
    answer = api.call("GET", f"/v4/spreadsheets/{spreadsheet_id}")
    assert answer.status_code == status
    assert word in answer.text


@pytest.mark.parametrize(("when", "applied"), [("before", False), ("after", True)])
def test_a_cut_connection_gives_no_answer(api: Any, spreadsheet_id: str, when: str, applied: bool) -> None:
    api.emulator.set_faults({"kind": "cut", "when": when, "method": UPDATE})
    with pytest.raises(requests.ConnectionError):
        api.write(spreadsheet_id, "A1", [["x"]])
    assert api.emulator.calls()[-1]["status"] == 0
    assert api.read(spreadsheet_id, "A1") == ([["x"]] if applied else [])


@pytest.mark.parametrize(("when", "applied"), [("before", False), ("after", True)])
def test_a_truncated_body_is_noticed(api: Any, spreadsheet_id: str, when: str, applied: bool) -> None:
    api.emulator.set_faults({"kind": "truncate", "when": when, "method": UPDATE})
    with pytest.raises(requests.RequestException):
        api.write(spreadsheet_id, "A1", [["x"]])
    assert api.read(spreadsheet_id, "A1") == ([["x"]] if applied else [])


def test_a_delay_delays(api: Any, spreadsheet_id: str) -> None:
    api.emulator.set_faults({"kind": "delay", "seconds": 0.2, "nth": 1})
    assert api.read(spreadsheet_id, "A1") == []
    assert api.emulator.calls()[-1]["milliseconds"] >= 190


def test_faults_are_scripted_over_http_and_ended(api: Any, spreadsheet_id: str) -> None:
    body = {"faults": [{"kind": "503", "nth": 2, "method": "spreadsheets.values.get"}]}
    assert api.call("POST", "/_emulator/faults", json=body).status_code == 200
    path = f"/v4/spreadsheets/{spreadsheet_id}/values/A1"
    assert [api.call("GET", path).status_code for _ in range(3)] == [200, 503, 200]
    assert api.call("POST", "/_emulator/faults", json={"faults": []}).status_code == 200
    assert api.emulator.server.faults == []


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"faults": [{}]},
        {"faults": [{"kind": "x"}]},
        {"faults": [{"kind": "500", "nth": 0}]},
        {"faults": [{"kind": "500", "unknown": 1}]},
        {"faults": [{"kind": "500", "when": "now"}]},
        {"faults": [{"kind": "500", "probability": 2}]},
    ],
)
def test_a_fault_that_cannot_be_understood_is_refused(api: Any, body: Any) -> None:
    answer = api.call("POST", "/_emulator/faults", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_first_fault_that_matches_fires_alone() -> None:
    faults = parse_faults({"faults": [{"kind": "500", "nth": 2}, {"kind": "503"}]}, API_NAMES)
    fired = [firing(faults, "spreadsheets.get") for _ in range(3)]
    assert [fault.kind if fault else None for fault in fired] == ["503", "500", "503"]


def test_each_fault_counts_every_call_that_it_matches() -> None:
    faults = parse_faults({"faults": [{"kind": "500", "nth": 1}, {"kind": "503", "nth": 2}]}, API_NAMES)
    fired = [firing(faults, "spreadsheets.get") for _ in range(4)]
    assert [fault.kind if fault else None for fault in fired] == ["500", "503", None, None]


@pytest.mark.parametrize(
    ("member", "value", "why"),
    [
        ("seconds", "2", "seconds lie between 0 and 3600, not '2'"),
        ("seconds", None, "seconds lie between"),
        ("seconds", -1, "seconds lie between"),
        ("nth", True, "counts from 1"),
        ("nth", 0, "counts from 1"),
        ("seed", "x", "seed is a whole number"),
        ("probability", "1", "probability lies between"),
        ("method", 5, "method is a name"),
        ("method", "spreadsheets.batchUpdat", "Did you mean spreadsheets.batchUpdate?"),
        ("methods", "x", "unknown member 'methods'"),
        ("kind", "nonsense", "kind must be one of"),
    ],
)
def test_a_fault_that_could_never_fire_is_refused(emulator: Emulator, member: str, value: Any, why: str) -> None:
    body = {"faults": [{"kind": "delay", member: value}]}
    answer = requests.post(emulator.url + "/_emulator/faults", json=body, timeout=5)
    assert (answer.status_code, why in answer.json()["error"]) == (400, True), answer.text


def test_a_429_speaks_of_the_budget_of_its_method(api: Any, spreadsheet_id: str) -> None:
    api.emulator.set_faults({"kind": "429"})
    path = f"{api.emulator.url}/v4/spreadsheets/{spreadsheet_id}"
    assert "'Write requests'" in requests.post(path + ":batchUpdate", json={}, timeout=5).text
    assert "'Read requests'" in requests.get(path, timeout=5).text


def test_a_bug_is_a_500_that_a_client_can_read_and_stands_in_the_list_of_calls(
    api: Any, spreadsheet_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: str) -> None:
        raise ZeroDivisionError

    with api.emulator.before_each_call(broken):
        answer = requests.get(f"{api.emulator.url}/v4/spreadsheets/{spreadsheet_id}", timeout=5)
    body = {"code": 500, "message": "Internal error encountered.", "status": "INTERNAL"}
    assert (answer.status_code, answer.json()) == (500, {"error": body})
    assert api.emulator.calls()[-1]["status"] == 500
    assert "ZeroDivisionError" in caplog.text


def test_a_hook_calls_the_server_as_any_client(api: Any, spreadsheet_id: str) -> None:
    seen = []

    def somebody(name: str) -> None:
        seen.append(name)
        api.write(spreadsheet_id, "A1", [["somebody"]])

    with api.emulator.before_each_call(somebody):
        assert api.read(spreadsheet_id, "A1") == [["somebody"]]
    assert seen == ["spreadsheets.values.get"]


def test_a_probability_repeats_with_its_seed() -> None:
    def fires(seed: int) -> list[bool]:
        fault = Fault("500", probability=0.3, seed=seed)
        return [fault.matches("spreadsheets.get") for _ in range(200)]

    assert fires(7) == fires(7) != fires(8)
    assert 30 < sum(fires(7)) < 90


def test_the_token_endpoint_is_spared_unless_it_is_named() -> None:
    assert not Fault("500").matches("oauth.token")
    assert Fault("500", method="oauth.token").matches("oauth.token")
    with pytest.raises(FaultError):
        Fault("nonsense")


def test_a_hook_runs_between_two_calls(emulator: Emulator, api: Any, spreadsheet_id: str) -> None:
    seen: list[str] = []

    def edit(name: str) -> None:
        seen.append(name)
        emulator.type_in(spreadsheet_id, "A1", [["a person"]])

    with emulator.before_each_call(edit):
        assert api.read(spreadsheet_id, "A1") == [["a person"]]
    api.read(spreadsheet_id, "A1")
    assert seen == ["spreadsheets.values.get"]


def test_a_budget_is_spent_and_refilled_each_minute() -> None:
    quota = Quota.parse("2,1")
    for _ in range(2):
        quota.spend("read", "alice", 60.0)
    with pytest.raises(TooManyRequestsError) as caught:
        quota.spend("read", "alice", 119.9)
    assert caught.value.message == (
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service "
        "'sheets.googleapis.com' for consumer 'project_number:123456789012'."
    )
    assert caught.value.details is not None
    assert caught.value.details[0]["reason"] == "RATE_LIMIT_EXCEEDED"
    quota.spend("read", "bob", 119.9)
    quota.spend("write", "alice", 119.9)
    quota.spend("read", "alice", 120.0)
    assert quota.gauges(120.0) == {"read": {"used": 1, "limit": 2}, "write": {"used": 0, "limit": 1}}


def test_the_project_has_a_budget_of_its_own() -> None:
    quota = Quota.parse("1,1")
    for user in "abcde":
        quota.spend("write", user, 0.0)
    with pytest.raises(TooManyRequestsError, match="'Write requests per minute' of service"):
        quota.spend("write", "f", 0.0)


def test_without_a_quota_nothing_is_refused() -> None:
    quota = Quota.parse("off")
    for _ in range(1000):
        quota.spend("read", "a", 0.0)
    with pytest.raises(ValueError, match="READS,WRITES"):
        Quota.parse("many")


def test_a_scripted_cut_leaves_the_log_alone_and_a_bug_does_not() -> None:
    log = logging.getLogger("uvicorn.error")

    def is_shown(message: str) -> bool:
        record = log.makeRecord(log.name, logging.ERROR, __file__, 1, message, (), None)
        return bool(log.filter(record))

    with running_emulator():
        assert not is_shown("ASGI callable returned without starting response.")
        assert is_shown("Exception in ASGI application")
