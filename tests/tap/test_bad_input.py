"""Each mistake of an operator ends in one clear sentence on stderr and status 1: no traceback, and no secret."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from demo.postgres import Server
from tests.tap.conftest import NewDatabase
from tests.tap.runs import run_command, run_in_process

SECRET = "hunter2"


def check_sentence(finished: Any, *said: str) -> None:
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert "Traceback" not in finished.stderr
    assert SECRET not in finished.stderr
    (error,) = [line for line in finished.stderr.splitlines() if "ERROR" in line]
    for words in said:
        assert words in error


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("option", ["--discover", "--test", None], ids=["discover", "test", "sync"])
def test_a_wrong_password(server: Server, tmp_path: Path, option: str | None) -> None:
    config = {"database_url": f"postgresql://mih:{SECRET}@127.0.0.1:{server.port}/postgres"}
    finished = run_command(tmp_path, config, *([option] if option else []))
    check_sentence(finished, f"127.0.0.1:{server.port}: it refuses the user 'mih' or the password", "'database_url'")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        pytest.param({}, ["no database is named", "'database_url'"], id="nothing is set"),
        pytest.param({"database_url": f"postgres//u:{SECRET}@h/d"}, ["'database_url'", "key=value"], id="wrong URL"),
        pytest.param(
            {"database_url": f"postgresql://mih:{SECRET}@nope.invalid/d"},
            ["nope.invalid: there is no host of that name", "'database_url'"],
            id="wrong host",
        ),
        pytest.param({"user": "nobody-here"}, ["it refuses the user 'nobody-here'", "'user'"], id="wrong user"),
        pytest.param({"dbname": "nope"}, ["it has no database 'nope'", "'dbname'"], id="wrong database"),
        pytest.param(
            {"port": closed_port(), "connect_retries": 0}, ["nothing answers there", "'port'"], id="wrong port"
        ),
        pytest.param({"sslmode": SECRET}, ["'sslmode'", "verify-full"], id="wrong sslmode"),
        pytest.param({"sslmode": "require"}, ["TLS failed", "'sslmode'"], id="no TLS there"),
        pytest.param({"password": [SECRET]}, ["'password' must be text"], id="password that is no text"),
        pytest.param({"password": ""}, ["it asks for a password and none is set", "'password'"], id="no password"),
        pytest.param({"schemas": "pubic"}, ["'schemas'", "'pubic'"], id="wrong schema"),
        pytest.param({"schemas": "[1"}, ["'schemas'", "JSON array"], id="wrong list"),
        pytest.param({"stream_maps": {"t": "x"}}, ["stream_maps"], id="wrong stream map"),
        pytest.param(
            {"batch_config": {"encoding": {"format": "jsonl"}}}, ["'batch_config'", "'storage'"], id="half a batch"
        ),
        pytest.param(
            {"batch_config": {"encoding": {"format": "x"}, "storage": {"root": "file:///tmp"}}},
            ["'batch_config'", "'x'", "jsonl"],
            id="wrong batch format",
        ),
    ],
)
def test_a_wrong_setting(server: Server, tmp_path: Path, config: dict[str, Any], said: list[str]) -> None:
    apart = {"host": "127.0.0.1", "port": server.port, "user": "mih", "password": server.password, "dbname": "postgres"}
    finished = run_command(tmp_path, {**apart, **config} if config and "database_url" not in config else config)
    assert server.password not in finished.stderr
    check_sentence(finished, *said)


@pytest.mark.parametrize(
    ("option", "content"),
    [
        ("--catalog", "{"),
        ("--catalog", '{"streams": {}}'),
        ("--catalog", '{"streams": [1]}'),
        ("--catalog", '{"streams": [{"stream": "a"}]}'),
        ("--catalog", '{"streams": [{"tap_stream_id": "a", "metadata": [{}]}]}'),
        ("--catalog", '{"streams": [{"tap_stream_id": "a", "schema": []}]}'),
        ("--state", "x"),
        ("--state", '{"bookmarks": []}'),
        ("--state", '{"bookmarks": {"a": "x"}}'),
        ("--state", '{"bookmarks": {"a": {"replication_key": "id", "candidate": "x"}}}'),
        ("--state", '{"bookmarks": {"a": {"replication_key": "id", "candidate": {"seen": "x"}}}}'),
    ],
)
def test_a_wrong_file(new_database: NewDatabase, tmp_path: Path, option: str, content: str) -> None:
    file = tmp_path / "file.json"
    file.write_text(content)
    config = {"database_url": new_database("CREATE TABLE a (id int)"), "replication": "a=id"}
    check_sentence(run_command(tmp_path, config, option, str(file)), option)


@pytest.mark.parametrize(
    ("name", "value"), [("flattening_max_depth", "x"), ("batch_config", "{"), ("stream_maps", "[1")]
)
def test_a_wrong_value_in_the_environment(new_database: NewDatabase, tmp_path: Path, name: str, value: str) -> None:
    environment = {
        "TAP_MIH_POSTGRES_DATABASE_URL": new_database(),
        f"TAP_MIH_POSTGRES_{name.upper()}": value,
    }
    finished = run_command(tmp_path, {}, "--config", "ENV", environment=environment)
    check_sentence(finished, f"TAP_MIH_POSTGRES_{name.upper()}")


def test_a_setting_that_there_isnt_is_told_with_the_one_that_may_be_meant(
    new_database: NewDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """Or a slip of the pen would send what was to be left out."""
    config = {"database_url": new_database("CREATE TABLE a (id int)"), "exclude_columns": "a.id", "start_date": "x"}
    assert run_in_process(config).streams == {"a"}
    told = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert told == [
        "there is no setting 'exclude_columns', is 'excluded_columns' meant? It is ignored",
        "there is no setting 'start_date'. It is ignored",
    ]
    caplog.clear()
    run_in_process({"database_url": config["database_url"], "flattening_enabled": False})
    assert "no setting" not in caplog.text


@pytest.mark.parametrize("content", [None, "", "[1]"], ids=["missing", "empty", "no object"])
def test_a_wrong_configuration_file(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "other.json"
    if content is not None:
        file.write_text(content)
    check_sentence(run_command(tmp_path, {}, "--config", str(file)), "--config", str(file))


def test_not_even_the_debug_log_has_the_password(server: Server, tmp_path: Path) -> None:
    config = {"database_url": f"postgresql://mih:{SECRET}@127.0.0.1:{server.port}/postgres"}
    finished = run_command(tmp_path, config, environment={"TAP_MIH_POSTGRES_LOGLEVEL": "DEBUG"})
    assert "DEBUG" in finished.stderr
    assert SECRET not in finished.stderr
    finished = run_command(tmp_path, {"database_url": server.url()}, environment={"TAP_MIH_POSTGRES_LOGLEVEL": "DEBUG"})
    assert finished.returncode == 0
    assert server.password not in finished.stderr
