"""Load methods: what the records of a stream do to the rows that are there. Pure.

    overwrite      the sheet equals the stream: rows are added, changed and, with proof that it is whole, removed
    upsert         rows are added and changed by their key, none is removed
    append-only    every record is one more row

A stream that brings changes only (`bookmark_properties`) can't be mirrored: it is upserted, or appended to where it has
no key.

With `hard_delete` a record that carries `_sdc_deleted_at` removes its row, and an upsert that is proven whole by its
version removes the rows that didn't come. What is appended to is a log, and never loses a row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from target_gsheets.errors import ConfigurationError, shown
from target_gsheets.proof import Verdict

DELETED_AT = "_sdc_deleted_at"
SIGNS = {"*": ".*", "?": "."}


class LoadMethod(Enum):
    """The SDK's names."""

    OVERWRITE = "overwrite"
    UPSERT = "upsert"
    APPEND_ONLY = "append-only"


@dataclass(frozen=True, slots=True)
class LoadMethods:
    """The load method of each stream: that of the first pattern that fits, else the default."""

    default: LoadMethod = LoadMethod.OVERWRITE
    overrides: tuple[tuple[re.Pattern[str], LoadMethod], ...] = ()
    hard_delete: bool = False

    def of(self, stream: str) -> LoadMethod:
        """The method of a stream by the name that its sheet goes by."""
        return next((method for pattern, method in self.overrides if pattern.fullmatch(stream)), self.default)

    def is_append_only(self, stream: str) -> bool:
        """Whether no two records of a stream are versions of one row."""
        return self.of(stream) is LoadMethod.APPEND_ONLY

    def removes_deleted(self, stream: str) -> bool:
        """Whether a record that says when its row was deleted takes the row out of the sheet."""
        return self.hard_delete and not self.is_append_only(stream)

    def verdict_of(self, stream: str, verdict: Verdict, *, keyed: bool) -> Verdict:
        """What may be done to a stream's sheet, given what the stream's messages have shown."""
        if not verdict.is_committable:
            return verdict
        if self.is_append_only(stream) or (verdict is Verdict.INCREMENTAL and not keyed):
            return Verdict.APPENDED
        if verdict is Verdict.WHOLE and self.hard_delete:
            return verdict
        return Verdict.INCREMENTAL if self.of(stream) is LoadMethod.UPSERT else verdict


def parse_methods(config: Mapping[str, Any], *, hard_delete: bool = False) -> LoadMethods:
    """Read `load_method` and `load_method_overrides`; raise ConfigurationError with the setting's name."""
    default = parse_method("load_method", str(config.get("load_method", LoadMethod.OVERWRITE.value)))
    given = config.get("load_method_overrides", {})
    return LoadMethods(default, tuple(parse_overrides("load_method_overrides", given)), hard_delete)


def parse_method(name: str, text: str) -> LoadMethod:
    """A load method by the SDK's name for it."""
    try:
        return LoadMethod(text.strip().lower())
    except ValueError:
        names = " or ".join(repr(method.value) for method in LoadMethod)
        raise ConfigurationError(f"'{name}' has the load method {shown(text.strip())}: give {names}.") from None


def parse_overrides(name: str, given: Any) -> Iterator[tuple[re.Pattern[str], LoadMethod]]:
    """Pairs of a pattern and a method, from an object, the text of one, or `pattern=method,…`."""
    if isinstance(given, str):
        given = parse_object(name, given) if given.lstrip().startswith("{") else split_pairs(name, given)
    pairs = given.items() if isinstance(given, Mapping) else given
    for pattern, method in pairs:
        yield compile_pattern(pattern.strip()), parse_method(name, str(method))


def parse_object(name: str, text: str) -> Mapping[str, Any]:
    """A JSON object."""
    try:
        found = json.loads(text)
    except ValueError as exc:
        raise ConfigurationError(f"'{name}' begins like a JSON object but isn't one ({exc}).") from exc
    return dict(found)


def split_pairs(name: str, text: str) -> Iterator[tuple[str, str]]:
    """The pairs of `events=append-only,*_log=upsert`."""
    for pair in filter(str.strip, text.split(",")):
        pattern, mark, method = pair.rpartition("=")
        if not mark or not pattern.strip():
            raise ConfigurationError(
                f"'{name}' has {shown(pair.strip())}, which isn't pattern=method: write "
                "events=append-only,*_log=upsert."
            )
        yield pattern, method


def compile_pattern(text: str) -> re.Pattern[str]:
    """A pattern on a stream's whole name: `*` is any text, `?` any character, case doesn't count."""
    return re.compile("".join(SIGNS.get(sign) or re.escape(sign) for sign in text), re.IGNORECASE | re.DOTALL)
