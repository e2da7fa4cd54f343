"""The command line: each mistake is one sentence that names the option, never a traceback."""

from __future__ import annotations

import re
import socket
import sqlite3
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from sheets_emulator.__main__ import main
from sheets_emulator.running import ListenError, bind, url_of
from sheets_emulator.store import StateError, Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that are no seed and no state file."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.db").write_text("nothing that SQLite knows, long enough to be looked at\n" * 9)
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "latin.json").write_bytes(b'{"properties": {"title": "\xe9"}}')
    (tmp_path / "strange.json").write_text(
        '{"sheets": [{"properties": {"title": "a"}}, {"properties": {"title": "A"}}]}'
    )
    (tmp_path / "fake.xlsx").write_text("no zip")
    (tmp_path / "seed.csv").write_text("a,b\n")
    with ZipFile(tmp_path / "empty.xlsx", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with sqlite3.connect(tmp_path / "theirs.db") as database:
        database.execute("CREATE TABLE customer (id)")
    database.close()
    with sqlite3.connect(tmp_path / "damaged.db") as database:
        database.execute("CREATE TABLE workbook (id TEXT PRIMARY KEY, head BLOB NOT NULL)")
        database.execute("INSERT INTO workbook VALUES ('1', 'no head')")
    database.close()
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.stem != "damaged"}


WRONG_OPTIONS: dict[str, tuple[list[str], str]] = {
    "port too large": (
        ["serve", "--port", "99999"],
        "argument --port: '99999' is no port: give a number from 0 to 65535",
    ),
    "negative port": (["serve", "--port=-1"], "argument --port: '-1' is no port"),
    "port as a word": (["serve", "--port", "http"], "argument --port: 'http' is no port"),
    "quota as a word": (
        ["serve", "--quota", "lots"],
        "argument --quota: 'lots' is no quota: give off, default or READS,WRITES",
    ),
    "half a quota": (["serve", "--quota", "60"], "argument --quota: '60' is no quota"),
    "negative quota": (["serve", "--quota=-1,5"], "argument --quota: '-1,5' is no quota"),
    "authentication": (["serve", "--auth", "none"], "argument --auth: invalid choice: 'none'"),
    "unknown option": (["serve", "--verbose"], "unrecognized arguments: --verbose"),
    "unknown command": (["server"], "invalid choice: 'server'"),
    "no command": ([], "the following arguments are required: command"),
}


@pytest.mark.parametrize("case", WRONG_OPTIONS)
def test_a_wrong_option_ends_with_status_2_and_names_it(capsys: Any, case: str) -> None:
    arguments, words = WRONG_OPTIONS[case]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err


UNUSABLE: dict[str, tuple[list[str], str]] = {
    "unknown host": (["--host", "nosuch.invalid"], "can't listen on nosuch.invalid:0: .*Give another --host"),
    "host of another machine": (["--host", "192.0.2.1"], "can't listen on 192.0.2.1:0: .*Give another --host"),
    "seed that isn't there": (["--seed", "absent.json"], "can't read --seed .*absent.json"),
    "seed that is a folder": (["--seed", "folder"], "can't read --seed .*folder"),
    "seed of broken JSON": (["--seed", "broken.json"], "can't read --seed .*broken.json"),
    "seed in Latin-1": (["--seed", "latin.json"], "can't read --seed .*latin.json"),
    "seed of a list": (["--seed", "list.json"], "--seed .*list.json isn't a workbook that Google would take"),
    "seed with a title twice": (["--seed", "strange.json"], 'strange.json isn\'t a workbook .* "A" already exists'),
    "seed that only looks like XLSX": (["--seed", "fake.xlsx"], "can't read --seed .*fake.xlsx"),
    "seed of a zip that is no workbook": (["--seed", "empty.xlsx"], "can't read --seed .*empty.xlsx"),
    "seed of CSV": (["--seed", "seed.csv"], r"can't read --seed .*seed.csv.*Give an .xlsx, or a .json"),
    "state that is a folder": (["--state", "folder"], "can't use .*folder as the state file: .*Give another --state"),
    "state in no folder": (["--state", "absent/s.db"], "can't use .*absent/s.db as the state file"),
    "state that is text": (["--state", "text.db"], "can't use .*text.db as the state file: file is not a database"),
    "state of another program": (["--state", "theirs.db"], "it is another program's database, with the table customer"),
    "state that is damaged": (["--state", "damaged.db"], "can't use .*damaged.db as the state file"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_used_is_named_in_one_sentence(capsys: Any, folder: Path, case: str) -> None:
    (option, value), words = UNUSABLE[case]
    before = contents(folder)
    assert main(["serve", option, value if option == "--host" else str(folder / value)]) == 1
    message = capsys.readouterr().err
    assert message.count("\n") == 1, message
    assert message.startswith("sheets-emulator: ")
    assert re.search(words, message), message
    assert contents(folder) == before, "a file that isn't ours was touched"


def test_a_port_in_use_is_named(capsys: Any) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    assert f"can't listen on 127.0.0.1:{port}: " in (message := capsys.readouterr().err)
    assert message.endswith("Give another --port.\n")


def test_a_state_file_belongs_to_one_server_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheets_emulator.store.PATIENCE", 0.1)
    first = Store(tmp_path / "s.db")
    with pytest.raises(StateError, match="another sheets-emulator uses it"):
        Store(tmp_path / "s.db")
    first.close()
    Store(tmp_path / "s.db").close()


@pytest.mark.skipif(not socket.has_ipv6, reason="this Python has no IPv6")
def test_an_address_of_ipv6_is_listened_on() -> None:
    try:
        listener = bind("::1", 0)
    except ListenError as error:
        pytest.skip(str(error))
    with listener:
        assert url_of(listener).startswith("http://[::1]:")
