"""What reading costs in CPU of client and server, time and memory: COPY, our tap and the usual one, side by side.

    .venv/bin/python -m benchmarks.tap [rows of the wide table, 1000000]

All read an embedded server of their own and write to /dev/null; each figure is the best of a few runs. The usual tap,
meltanolabs-tap-postgres, is installed into an environment of its own, and left out where that can't be done. The goals
are in the last column; the exit status is 1 where one isn't met. Figures of one run compare with each other, not with
those of another machine.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jsonschema_rs
import psycopg
from psycopg.conninfo import conninfo_to_dict

from demo.postgres import Server, embedded_postgres_server, find_binaries
from tests.packages import InstallError, install

ROWS = 1_000_000
TABLES = 200
OURS = str(Path(sys.executable).with_name("tap-mih-postgres"))
PEER = "meltanolabs-tap-postgres"
TICKS = os.sysconf("SC_CLK_TCK")

WIDE = """
CREATE TABLE wide AS SELECT
    i::bigint AS id, md5(i::text)::uuid AS uid, 'customer ' || i AS name,
    (i::bigint * 7919 % 1000000 / 100.0)::numeric(12, 2) AS amount,
    i % 3 = 0 AS active, date '2000-01-01' + i % 9000 AS day, timestamp '2020-01-01' + i * interval '1 second' AS at,
    timestamptz '2020-01-01' + i * interval '7 seconds' AS seen, i / 7.0::float8 AS ratio, i % 1000 AS kind,
    CASE WHEN i % 5 > 0 THEN 'a note with "quotes" and é ' || i END AS note,
    jsonb_build_object('n', i, 't', 'x') AS extra
FROM generate_series(1, {rows}) AS i
"""
NARROW = (
    "CREATE TABLE t{number} (id int PRIMARY KEY, name text, amount numeric(12, 2), at timestamptz, active boolean)",
    "INSERT INTO t{number} SELECT i, 'name ' || i, i / 100.0, now(), true FROM generate_series(1, 500) AS i",
)


@dataclass(frozen=True)
class Cost:
    """CPU seconds of both sides, wall seconds, and the client's greatest resident memory in megabytes."""

    client: float
    server: float
    wall: float
    memory: float

    @property
    def cpu(self) -> float:
        """CPU seconds of both."""
        return self.client + self.server


@dataclass(frozen=True)
class Row:
    """One line of the result: a subject, what it took, and goals as (what, figure, most)."""

    name: str
    cost: Cost
    goals: tuple[tuple[str, float, float], ...] = ()


@functools.cache
def postmaster(url: str) -> int:
    """The process of the server."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    return int((Path(row[0]) / "postmaster.pid").read_text().split()[0])


def server_cpu(pid: int) -> float:
    """CPU seconds of the server, its living children and those that have ended."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if stat.parent.name == str(pid):
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == str(pid):
            ticks += sum(map(int, fields[11:13]))
    return ticks / TICKS


def peak_memory(pid: int) -> float:
    """The greatest resident memory that a process has had so far, in megabytes; 0 when it has ended.

    Not what wait4 tells: that begins with the memory of whoever started the process.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def measure(url: str, command: list[str], environment: Mapping[str, str]) -> Cost:
    """Run a command to its end, with its output thrown away."""
    server = postmaster(url)
    before, began = server_cpu(server), time.monotonic()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env={**os.environ, **environment})
        memory, ended = 0.0, 0
        while not ended:
            time.sleep(0.02)
            memory = max(memory, peak_memory(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{log.read().decode()[-2000:]}")
    time.sleep(0.2)  # until the server has buried its child
    return Cost(usage.ru_utime + usage.ru_stime, server_cpu(server) - before, wall, memory)


def best(times: int, run: Callable[[], Cost]) -> Cost:
    """The run with the least CPU."""
    return min((run() for _ in range(times)), key=lambda cost: cost.cpu)


def psql(url: str, statements: Iterable[str]) -> Cost:
    """The statements in one session of psql."""
    commands = [word for statement in statements for word in ("-c", statement)]
    return measure(url, [str(find_binaries() / "bin" / "psql"), "-q", url, *commands], {})


def ours(url: str, folder: Path, *options: str, **settings: object) -> Cost:
    """A whole run of our tap, discovery included."""
    config = folder / "ours.json"
    config.write_text(json.dumps({"database_url": url, **settings}))
    return measure(url, [OURS, "--config", str(config), *options], {"TAP_MIH_POSTGRES_LOGLEVEL": "WARNING"})


def install_peer() -> str | None:
    """The usual tap's command; None, with a message, where it can't be installed."""
    try:
        return str(install(PEER, "tap-postgres"))
    except InstallError as error:
        print(f"it is left out: {error}")
        return None


def peer(url: str, folder: Path, command: str) -> Cost:
    """A run of the usual tap, with everything selected, which it wants to be told in a catalog."""
    parts = conninfo_to_dict(url)
    settings = {
        "host": parts["host"],
        "port": int(str(parts["port"])),
        "user": parts["user"],
        "filter_schemas": ["public"],
    }
    config, catalog_file = folder / "peer.json", folder / "catalog.json"
    config.write_text(json.dumps({**settings, "password": parts["password"], "database": parts["dbname"]}))
    found = subprocess.run([command, "--config", str(config), "--discover"], check=True, capture_output=True)
    catalog = json.loads(found.stdout)
    for entry in catalog["streams"]:
        next(row for row in entry["metadata"] if not row["breadcrumb"])["metadata"]["selected"] = True
    catalog_file.write_text(json.dumps(catalog))
    return measure(url, [command, "--config", str(config), "--catalog", str(catalog_file)], {})


def check_records(url: str, folder: Path) -> int:
    """Hold every record of a run against its schema; returns their number."""
    config = folder / "check.json"
    config.write_text(json.dumps({"database_url": url}))
    process = subprocess.Popen([OURS, "--config", str(config)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    records, validator = 0, None
    for line in process.stdout:
        message = json.loads(line)
        if message["type"] == "SCHEMA":
            for column in message["schema"]["properties"].values():
                column.pop("multipleOf", None)  # which binary numbers can't be held against
            validator = jsonschema_rs.validator_for(message["schema"])
        elif message["type"] == "RECORD":
            assert validator is not None
            validator.validate(message["record"])
            records += 1
    assert process.wait() == 0
    return records


def wide_rows(server: Server, folder: Path, rows: int, peer_command: str | None) -> list[Row]:
    """One wide table: COPY as text, as JSON, our tap, the usual one."""
    url = server.create_database("wide")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(WIDE.format(rows=rows))
        connection.execute("ALTER TABLE wide ADD PRIMARY KEY (id)")
        connection.execute("VACUUM ANALYZE wide")
    copy = best(3, lambda: psql(url, ["COPY wide TO STDOUT"]))
    tap = best(3, lambda: ours(url, folder))
    goals = [("times COPY", tap.cpu / copy.cpu, 3.6), ("MB", tap.memory, 70.0)]
    result = [Row("psql COPY", copy)]
    result.append(
        Row(
            "psql COPY of row_to_json",
            best(2, lambda: psql(url, ["COPY (SELECT row_to_json(w) FROM wide w) TO STDOUT"])),
        )
    )
    if peer_command:
        theirs = peer(url, folder, peer_command)
        goals.append(("of the usual tap", tap.cpu / theirs.cpu, 1 / 8))
        result.append(Row(PEER, theirs))
    return [*result[:2], Row("tap-mih-postgres", tap, tuple(goals)), *result[2:]]


def many_rows(server: Server, folder: Path, peer_command: str | None) -> list[Row]:
    """Many small tables: as above, and once more with nothing changed."""
    url = server.create_database("many")
    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(TABLES):
            for statement in NARROW:
                connection.execute(statement.format(number=number))
    copies = [f"COPY t{number} TO STDOUT" for number in range(TABLES)]
    result = [Row("psql COPY", best(2, lambda: psql(url, copies)))]
    tap = best(3, lambda: ours(url, folder))
    result.append(Row("tap-mih-postgres", tap, (("client seconds", tap.client, 2.2),)))
    state = folder / "state.json"
    state.write_text(json.dumps(last_state(url)))
    skipping = best(3, lambda: ours(url, folder, "--state", str(state), skip_unchanged=True))
    result.append(Row("  nothing changed", skipping, (("client seconds", skipping.client, 1.3),)))
    if peer_command:
        result.append(Row(PEER, peer(url, folder, peer_command)))
    return result


def last_state(url: str) -> object:
    """The STATE of a run that takes fingerprints."""
    environment = {**os.environ, "TAP_MIH_POSTGRES_DATABASE_URL": url, "TAP_MIH_POSTGRES_SKIP_UNCHANGED": "true"}
    done = subprocess.run([OURS, "--config", "ENV"], check=True, capture_output=True, env=environment)
    return [json.loads(line) for line in done.stdout.split(b"\n") if b'"STATE"' in line][-1]["value"]


def show(title: str, rows: list[Row]) -> bool:
    """Print a table; returns whether all goals are met."""
    print(f"\n{title}\n{'':28}{'client':>8}{'server':>8}{'both':>8}{'ratio':>8}{'wall':>8}{'MB':>6}")
    met = True
    for row in rows:
        cost = row.cost
        figures = (
            f"{cost.client:8.2f}{cost.server:8.2f}{cost.cpu:8.2f}{cost.cpu / rows[0].cost.cpu:8.2f}{cost.wall:8.2f}"
        )
        goals = "; ".join(f"{figure:.2f} {what}, at most {most:.2f}" for what, figure, most in row.goals)
        print(f"{row.name:28}{figures}{cost.memory:6.0f}  {goals}")
        met = met and all(figure <= most for _, figure, most in row.goals)
    return met


def main() -> int:
    """Make the data, run everything, print the result."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    peer_command = install_peer()
    with tempfile.TemporaryDirectory() as name, embedded_postgres_server(shared_buffers="512MB") as server:
        folder = Path(name)
        met = show(f"{rows:,} rows of 12 columns, CPU seconds", wide_rows(server, folder, rows, peer_command))
        print(f"{check_records(server.url('wide'), folder):,} records fit their schema")
        return 0 if show(f"{TABLES} tables of 500 rows", many_rows(server, folder, peer_command)) and met else 1


if __name__ == "__main__":
    sys.exit(main())
