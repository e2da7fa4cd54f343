#!/usr/bin/env python3
"""Stands in for supercronic where its release can't be fetched; for `make image-test` alone, never in a real image.

It does what the entry point relies on: `-test`; CRON_TZ and one job line; runs that never overlap, each in a process
group of its own under `sh -c`; on SIGTERM no further run, and an end after the one that goes on, which isn't told.
Of expressions it knows `* * * * *` and `*/N * * * * * *`, every N seconds.
"""

import json
import re
import signal
import subprocess
import sys
import threading
import time

LINE = re.compile(r"(?:\*/(?P<seconds>\d+)(?: \*){6}|(?:(?:\*/)?(?P<minutes>\d+|\*))(?: \*){4}) (?P<command>[a-z/].*)")
stopping = threading.Event()


def say(text: str) -> None:
    print(json.dumps({"level": "info", "msg": text}), file=sys.stderr, flush=True)


def stop(_number: int, _frame: object) -> None:
    stopping.set()
    say("received terminated, shutting down")


def read_table(path: str) -> tuple[int, str]:
    with open(path) as table:
        lines = [line.strip() for line in table if line.strip() and not re.match(r"\w+=", line)]
    found = [LINE.fullmatch(line) for line in lines]
    if len(found) != 1 or not found[0]:
        say(f"bad crontab line: {lines}")
        sys.exit(1)
    minutes = found[0]["minutes"]
    seconds = found[0]["seconds"]
    return int(seconds) if seconds else 60 * (1 if minutes == "*" else int(minutes)), found[0]["command"]


def main() -> None:
    seconds, command = read_table(sys.argv[-1])
    if "-test" in sys.argv:
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not stopping.is_set():
        due = (time.time() // seconds + 1) * seconds
        while not stopping.is_set() and time.time() < due:
            time.sleep(0.05)
        if not stopping.is_set():
            status = subprocess.Popen(["/bin/sh", "-c", command], start_new_session=True).wait()
            say("job succeeded" if status == 0 else f"error running command: exit status {status}")
    say("exiting")


main()
