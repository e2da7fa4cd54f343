"""Python runs this at its start: what a client means for Google goes to the emulator at $SHEETS_EMULATOR.

Only transports are changed, requests' and httplib2's, so that the client itself runs as it was published.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import Any

EMULATOR = os.environ["SHEETS_EMULATOR"]
_GOOGLE = re.compile(r"https://(?:(?:sheets|www|iamcredentials)\.googleapis|docs\.google)\.com")


def to_emulator(url: str) -> str:
    return _GOOGLE.sub(EMULATOR, url, count=1)


with suppress(ImportError):
    from requests.adapters import HTTPAdapter

    requests_send = HTTPAdapter.send

    def send(self: HTTPAdapter, request: Any, *arguments: Any, **options: Any) -> Any:
        request.url = to_emulator(request.url)
        return requests_send(self, request, *arguments, **options)

    HTTPAdapter.send = send

with suppress(ImportError):
    import httplib2

    httplib2_request = httplib2.Http.request

    def request(self: httplib2.Http, uri: str, *arguments: Any, **options: Any) -> Any:
        return httplib2_request(self, to_emulator(uri), *arguments, **options)

    httplib2.Http.request = request
