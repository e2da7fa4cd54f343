"""The dead man's switch: a service that raises the alarm when our calls stay away.

`URL/start` before a run, `URL` after a good one, `URL/<exit status>` after another. Nothing that happens here fails or
holds up a run for long, and the address, whose path is a secret, is never said.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit, urlunsplit

from db_sync.log import Log

TIMEOUT_SECONDS = 5.0


def ping(url: str | None, suffix: str, log: Log) -> None:
    """Call the address with a further last part of its path, if there is an address."""
    if url is None:
        return
    parts = urlsplit(url)
    path = "/".join([parts.path.rstrip("/"), *([suffix] if suffix else [])])
    try:
        # parse_settings has seen to it that the scheme is http or https.
        with urllib.request.urlopen(urlunsplit(parts._replace(path=path)), timeout=TIMEOUT_SECONDS):  # noqa: S310
            pass
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.code if isinstance(error, urllib.error.HTTPError) else type(error).__name__
        log.say(f"The ping to {parts.hostname} failed ({reason}); the run is none the worse for it.", "warning")
