"""The dead man's switch: a service that raises the alarm when our calls stay away.

`URL/start` before a run, `URL` after a good one, `URL/<exit status>` after another. Nothing that happens here fails or
holds up a run for long, and the address, whose path is a secret, is never said.
"""

from __future__ import annotations

import http.client
import threading
import urllib.error
import urllib.request
from urllib.parse import urlsplit, urlunsplit

from db_sync.log import Log

TIMEOUT_SECONDS = 5.0


def ping(url: str | None, suffix: str, log: Log, seconds: float = TIMEOUT_SECONDS) -> None:
    """Call the address with a further last part of its path, if there is an address."""
    if url is None:
        return
    parts = urlsplit(url)
    path = "/".join([parts.path.rstrip("/"), *([suffix] if suffix else [])])
    reasons = [f"no answer in {seconds:g} s"]
    # A timeout of urlopen's begins anew with every byte, and doesn't bound the look-up of the name.
    call = threading.Thread(target=request, args=(urlunsplit(parts._replace(path=path)), seconds, reasons), daemon=True)
    call.start()
    call.join(seconds)
    # A slice, since a late answer may still clear them.
    for reason in reasons[-1:]:
        log.say(f"The ping to {parts.hostname} failed ({reason}); the run is none the worse for it.", "warning")


def request(address: str, seconds: float, reasons: list[str]) -> None:
    """Clear the reasons for a failure once there is an answer, or add the one that there is."""
    try:
        # parse_settings has seen to it that the scheme is http or https.
        with urllib.request.urlopen(address, timeout=seconds):  # noqa: S310
            reasons.clear()
    except (OSError, http.client.HTTPException, ValueError) as error:
        reasons.append(str(error.code) if isinstance(error, urllib.error.HTTPError) else type(error).__name__)
