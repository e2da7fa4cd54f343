"""The dead man's switch holds nobody up, whatever its service does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from db_sync.log import Log
from db_sync.ping import ping


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a service whose answer never ends: a header every tenth of a second."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()
        server.settimeout(5)

        def drip() -> None:
            with suppress(OSError), server.accept()[0] as connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not ended.wait(0.1):
                    connection.sendall(b"X-Later: x\r\n")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/s3cret"
        ended.set()
        thread.join()


def test_an_answer_that_never_ends_is_not_waited_for(dripping: str, capsys: pytest.CaptureFixture[str]) -> None:
    begun = time.monotonic()
    ping(dripping, "start", Log(as_json=False), seconds=0.5)
    assert time.monotonic() - begun < 2
    assert capsys.readouterr().err == (
        "db-sync: The ping to 127.0.0.1 failed (no answer in 0.5 s); the run is none the worse for it.\n"
    )
