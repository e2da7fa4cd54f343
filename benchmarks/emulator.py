"""How fast the emulator is, and how much memory it takes: `.venv/bin/python benchmarks/emulator.py`.

Each figure is measured over one kept-alive loopback connection against a server process of its own, at its best of a
few runs: wall seconds, and beside them the CPU seconds of server and client together. The goals are in the last
column; the exit status is 1 where one isn't met.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SMALL_CALLS = 2000
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Client:
    """One connection to a server of its own; `spreadsheet_id` is a fresh workbook."""

    address: str
    server_pid: int
    connection: http.client.HTTPConnection = field(init=False)
    spreadsheet_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.address).netloc)
        self.spreadsheet_id = json.loads(self.call("POST", "", b"{}"))["spreadsheetId"]

    def call(self, verb: str, path: str, body: bytes | None = None) -> bytes:
        headers = {"Authorization": "Bearer benchmark", "Content-Type": "application/json"}
        self.connection.request(verb, "/v4/spreadsheets" + path, body, headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise SystemExit(f"{verb} {path} was answered {response.status}: {answer[:300].decode()}")
        return answer

    def book(self, verb: str, path: str, body: bytes | None = None) -> bytes:
        """A call of the workbook: `path` is what follows its id."""
        return self.call(verb, f"/{self.spreadsheet_id}{path}", body)

    def resize(self, rows: int, columns: int) -> None:
        """Columns first: a limit counts rows against the old columns."""
        for name, size in (("columnCount", columns), ("rowCount", rows)):
            change = {"properties": {"gridProperties": {name: size}}, "fields": f"gridProperties.{name}"}
            self.book("POST", ":batchUpdate", json.dumps({"requests": [{"updateSheetProperties": change}]}).encode())

    def cpu(self) -> float:
        """CPU seconds that the server and this process have used."""
        fields = Path(f"/proc/{self.server_pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS + time.process_time()

    def resident_megabytes(self) -> float:
        status = Path(f"/proc/{self.server_pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def best(self, action: Callable[[], Any], runs: int = 3) -> tuple[float, float]:
        """(wall, CPU) seconds of the fastest run."""
        found = []
        for _ in range(runs):
            wall, cpu = time.perf_counter(), self.cpu()
            action()
            found.append((time.perf_counter() - wall, self.cpu() - cpu))
        return min(found)


@contextmanager
def served() -> Iterator[Client]:
    command = [sys.executable, "-m", "sheets_emulator", "serve", "--auth", "any"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Client(process.stdout.readline().split()[-1], process.pid)
        finally:
            process.terminate()


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, in which unit, and whether it meets its goal."""

    what: str
    value: str
    wall: float
    cpu: float
    goal: str
    met: bool

    def __str__(self) -> str:
        verdict = "" if self.met else "  MISSED"
        return f"{self.what:<44}{self.value:>14}{self.wall:>9.2f}{self.cpu:>9.2f}  {self.goal}{verdict}"


def small_calls(client: Client, what: str, verb: str, path: str, body: bytes | None = None) -> Figure:
    def run() -> None:
        for _ in range(SMALL_CALLS):
            client.book(verb, path, body)

    wall, cpu = client.best(run)
    rate = SMALL_CALLS / wall
    return Figure(what, f"{rate:,.0f} a second", wall, cpu, ">= 1,000 a second", rate >= 1000)


def large_update(client: Client) -> Figure:
    """2 MB of text, numbers and flags as RAW values."""
    row = ["a name of a person", 12345, 1.5, True, "2020-01-01", "some words of text in a cell", 987654321, ""]
    body = json.dumps({"values": [row] * (2_000_000 // len(json.dumps(row)))}).encode()
    client.resize(len(json.loads(body)["values"]), 26)
    wall, cpu = client.best(lambda: client.book("PUT", "/values/A1?valueInputOption=RAW", body))
    return Figure(f"values.update of {len(body) / 1e6:.1f} MB", f"{wall:.3f} s", wall, cpu, "< 0.3 s", wall < 0.3)


def fill(client: Client, rows: int, columns: int, step: int) -> None:
    client.resize(rows, columns)
    for start in range(0, rows, step):
        values = [[row * columns + column for column in range(columns)] for row in range(start, start + step)]
        body = json.dumps({"values": values}).encode()
        client.book("PUT", f"/values/A{start + 1}?valueInputOption=RAW", body)


def reading(client: Client, option: str) -> Figure:
    wall, cpu = client.best(lambda: client.book("GET", f"/values/Sheet1?valueRenderOption={option}"))
    return Figure(f"500,000 cells, {option}", f"{wall:.3f} s", wall, cpu, "< 1 s", wall < 1)


def ten_million(client: Client) -> Figure:
    wall, cpu = time.perf_counter(), client.cpu()
    fill(client, 100_000, 100, 5_000)
    wall, cpu, memory = time.perf_counter() - wall, client.cpu() - cpu, client.resident_megabytes()
    return Figure("10,000,000 numbers written, resident", f"{memory:,.0f} MB", wall, cpu, "< 2,048 MB", memory < 2048)


def measure() -> Iterator[Figure]:
    with served() as client:
        client.book("PUT", "/values/A1?valueInputOption=RAW", b'{"values": [[1, "x"]]}')
        yield small_calls(client, "values.get of two cells", "GET", "/values/A1:B1")
        yield small_calls(client, "values.update of two cells", "PUT", "/values/A1:B1?valueInputOption=RAW", _TWO)
        yield small_calls(client, "batchUpdate of one cell", "POST", ":batchUpdate", _ONE_CELL)
        yield small_calls(client, "spreadsheets.get of properties", "GET", "?fields=sheets.properties")
        yield large_update(client)
    with served() as client:
        fill(client, 25_000, 20, 25_000)
        yield reading(client, "UNFORMATTED_VALUE")
        yield reading(client, "FORMATTED_VALUE")
    with served() as client:
        yield ten_million(client)


_TWO = b'{"values": [[2, "y"]]}'
_CELL = {"userEnteredValue": {"numberValue": 3}}
_UPDATE = {"start": {"sheetId": 0}, "rows": [{"values": [_CELL]}], "fields": "userEnteredValue"}
_ONE_CELL = json.dumps({"requests": [{"updateCells": _UPDATE}]}).encode()


def main() -> int:
    print(f"{'':<44}{'':>14}{'wall s':>9}{'CPU s':>9}  goal")
    missed = 0
    for figure in measure():
        print(figure, flush=True)
        missed += not figure.met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
