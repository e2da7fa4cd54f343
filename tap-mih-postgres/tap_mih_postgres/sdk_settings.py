"""The SDK's own settings, looked at where the SDK takes them as they come. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from singer_sdk.helpers._batch import BatchConfig, BatchFileFormat

from tap_mih_postgres.errors import SettingsError

FORMATS = [one.value for one in BatchFileFormat]


def check_batches(config: Mapping[str, Any]) -> None:
    """Raise SettingsError for a `batch_config` that can't be used, or not together with what else is set."""
    if not (given := config.get("batch_config")):
        return
    for name in ("stream_maps", "flattening_enabled"):
        if config.get(name):
            raise SettingsError(f"'batch_config' can't be used with {name!r}, which wouldn't reach the batches")
    try:
        batches = BatchConfig.from_dict(given)
        chosen = batches.encoding.format
    except (AttributeError, TypeError) as exc:
        raise SettingsError(
            f"'batch_config' must have 'encoding' with 'format', and 'storage' with 'root', and is otherwise ({exc})"
        ) from exc
    if chosen not in FORMATS:
        raise SettingsError(f"'batch_config' asks for the format {chosen!r}: use one of {', '.join(FORMATS)}")


def unknown_settings(given: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """A sentence for each setting that there isn't: what its author wanted left out or masked would be sent."""
    names = list(known)
    for name in given:
        if name not in names:
            meant = "".join(f", is {close!r} meant?" for close in get_close_matches(name, names, n=1))
            yield f"there is no setting {name!r}{meant or '.'} It is ignored"
