"""Google's discovery document, as the client library ships it: methods, schemas, request kinds.

Design rule: routes and schemas are read from the document, not written by hand.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the API: its name as in "spreadsheets.values.batchGet", verb, path and schemas."""

    api: str
    verb: str
    pattern: re.Pattern[str]
    parameters: dict[str, Json]
    request: str | None
    response: str
    scopes: frozenset[str]


@cache
def document(name: str = "sheets.v4") -> Json:
    """The discovery document of an API."""
    text = (files("googleapiclient.discovery_cache") / "documents" / f"{name}.json").read_text("utf-8")
    loaded: Json = json.loads(text)
    return loaded


@cache
def methods() -> tuple[Method, ...]:
    """Every method, those with a longer fixed path first."""
    found: list[tuple[str, Json]] = []

    def collect(resource: Json, prefix: str) -> None:
        for name, method in resource.get("methods", {}).items():
            found.append((prefix + name, method))
        for name, below in resource.get("resources", {}).items():
            collect(below, f"{prefix}{name}.")

    collect(document(), "")
    found.sort(key=lambda item: -len(re.sub(r"\{\w+\}", "", item[1]["path"])))
    return tuple(_method(name, method) for name, method in found)


def _method(api: str, method: Json) -> Method:
    expression = "".join(
        part if part.startswith("(?P") else re.escape(part)
        for part in re.split(
            r"(\(\?P<\w+>[^)]*\))",
            re.sub(r"\{(\w+)\}", lambda match: _segment(match[1]), method["path"]),
        )
    )
    return Method(
        api,
        method["httpMethod"],
        re.compile("/" + expression + r"\Z", re.DOTALL),
        method.get("parameters", {}),
        method.get("request", {}).get("$ref"),
        method["response"]["$ref"],
        frozenset(method["scopes"]),
    )


def _segment(name: str) -> str:
    return f"(?P<{name}>.+)" if name == "range" else f"(?P<{name}>[^/:]+)"


def request_kinds() -> frozenset[str]:
    return frozenset(document()["schemas"]["Request"]["properties"])
