"""Settings: a mapping as it comes from a file, Meltano or the environment -> one frozen value.

An empty text means "not set", because that is what an environment
variable without a value becomes on its way through Meltano.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from target_gsheets.credentials import Credentials, is_local, is_plain, parse_credentials
from target_gsheets.departures import OnRemovedStream
from target_gsheets.errors import ConfigurationError, shown
from target_gsheets.methods import LoadMethods, parse_methods
from target_gsheets.proof import Guards
from target_gsheets.settings_table import (
    DEFAULT_CALLS_PER_MINUTE,
    DEFAULT_REQUEST_BYTES,
    DEFAULT_RETRY_SECONDS,
    DEFAULT_STATUS_SECONDS,
    DEFAULT_UNPROVEN_RATIO,
    EMULATOR_VARIABLE,
    FLAGS,
    OFF,
    ON_ERROR,
    ON_REMOVED_COLUMN,
    ON_REMOVED_STREAM,
    PROTECT,
    STATUS_TITLE,
    YES,
)
from target_gsheets.titles import DEFAULT_TEMPLATE, MAX_TITLE_CHARACTERS, parse_template, title_length


@dataclass(frozen=True, slots=True)
class Settings:
    """What the target needs to know, checked."""

    spreadsheet_id: str
    credentials: Credentials = field(repr=False)
    api_endpoint: str | None = None
    timezone: ZoneInfo | None = None
    retry_seconds: float = DEFAULT_RETRY_SECONDS
    on_error: str = ON_ERROR[0]
    methods: LoadMethods = field(default_factory=LoadMethods)
    on_removed_stream: OnRemovedStream = OnRemovedStream.KEEP
    adopt_existing: bool = False
    sheet_title: str = DEFAULT_TEMPLATE
    guards: Guards = field(default_factory=Guards)
    max_request_bytes: int = DEFAULT_REQUEST_BYTES
    quota_reads_per_minute: float = DEFAULT_CALLS_PER_MINUTE
    quota_writes_per_minute: float = DEFAULT_CALLS_PER_MINUTE
    status_sheet: str | None = STATUS_TITLE  # its title where it is made; None: people see none
    status_every: float = DEFAULT_STATUS_SECONDS
    protect: bool = False
    report_path: Path | None = None

    @property
    def link(self) -> str:
        """Where people see the workbook."""
        if self.api_endpoint:
            return f"{self.api_endpoint}/spreadsheets/d/{self.spreadsheet_id}"
        return f"https://docs.google.com/spreadsheets/d/{self.spreadsheet_id}/edit"


def normalise_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """What is set (neither null nor an empty text), in the types that the SDK reads.

    Numbers may be texts and the key may be an object, because the SDK's own parsing of environment variables would
    end in a traceback on a text that is neither.
    """
    found = {
        name: value
        for name, value in config.items()
        if value is not None and not (isinstance(value, str) and not value.strip())
    }
    if isinstance(found.get("credentials_json"), Mapping):
        found["credentials_json"] = json.dumps(found["credentials_json"])
    if "batch_size_rows" in found:
        found["batch_size_rows"] = int(
            parse_number("batch_size_rows", found["batch_size_rows"], 1, 10_000_000, whole=True)
        )
    return found


def parse_settings(config: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Check the settings and the emulator's variable; raise ConfigurationError with the name of what is wrong."""
    config = normalise_config(config)
    if "spreadsheet_id" not in config:
        raise ConfigurationError(
            "'spreadsheet_id' is not set: give the workbook's id, the part of its address between /d/ and /edit."
        )
    endpoint_name = "api_endpoint" if "api_endpoint" in config else EMULATOR_VARIABLE
    endpoint = config.get("api_endpoint") or environment.get(EMULATOR_VARIABLE)
    api_endpoint = parse_endpoint(endpoint_name, str(endpoint)) if endpoint else None
    return Settings(
        spreadsheet_id=parse_spreadsheet_id(str(config["spreadsheet_id"])),
        credentials=parse_credentials(config, emulated=api_endpoint is not None),
        api_endpoint=api_endpoint,
        timezone=parse_timezone(str(config["timezone"])) if "timezone" in config else None,
        retry_seconds=number_of(config, "retry_seconds", DEFAULT_RETRY_SECONDS, 0, 86_400),
        on_error=choice_of(config, "on_error", ON_ERROR),
        methods=parse_methods(config, hard_delete=parse_flag("hard_delete", config.get("hard_delete", False))),
        adopt_existing=parse_flag("adopt_existing", config.get("adopt_existing", False)),
        sheet_title=parse_template("sheet_title", str(config.get("sheet_title", DEFAULT_TEMPLATE))),
        on_removed_stream=OnRemovedStream(choice_of(config, "on_removed_stream", ON_REMOVED_STREAM)),
        guards=Guards(
            max_unproven_delete_ratio=number_of(config, "max_unproven_delete_ratio", DEFAULT_UNPROVEN_RATIO, 0, 1),
            max_delete_ratio=number_of(config, "max_delete_ratio", 1, 0, 1),
            keep_columns=choice_of(config, "on_removed_column", ON_REMOVED_COLUMN) == "keep",
        ),
        max_request_bytes=int(number_of(config, "max_request_bytes", DEFAULT_REQUEST_BYTES, 1_000, 10_000_000)),
        quota_reads_per_minute=number_of(config, "quota_reads_per_minute", DEFAULT_CALLS_PER_MINUTE, 1, 1_000_000),
        quota_writes_per_minute=number_of(config, "quota_writes_per_minute", DEFAULT_CALLS_PER_MINUTE, 1, 1_000_000),
        status_sheet=parse_title(str(config.get("status_sheet", STATUS_TITLE))),
        status_every=number_of(config, "status_every", DEFAULT_STATUS_SECONDS, 0, 31_536_000),
        protect=choice_of(config, "protect", PROTECT) != OFF,
        report_path=parse_path("report_path", str(config["report_path"])) if "report_path" in config else None,
    )


def find_problems(
    config: Mapping[str, Any], environment: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> tuple[Mapping[str, str], Settings | None]:
    """All that is wrong: a sentence for each setting, and the settings without those, if there are any.

    Each sentence begins with the setting's name in quotes; `wrong` has those that are known already.
    """
    problems = dict(wrong or {})
    rest, surroundings = {name: value for name, value in config.items() if name not in problems}, dict(environment)
    if "spreadsheet_id" in problems:
        rest["spreadsheet_id"] = "unknown"
    while True:
        try:
            return problems, parse_settings(rest, surroundings)
        except ConfigurationError as exc:
            found = re.match(r"'(\w+)'", str(exc))
            name = found[1] if found else ""
            if name in problems:
                return problems, None
            problems[name] = str(exc)
            if not name:
                return problems, None
            rest.pop(name, surroundings.pop(name, None))
            if name == "spreadsheet_id":
                rest[name] = "unknown"


def parse_spreadsheet_id(text: str) -> str:
    """The id out of an id or a workbook's URL."""
    found = re.search(r"/spreadsheets/d/([\w-]+)", text) or re.fullmatch(r"\s*([\w-]+)\s*", text)
    if not found:
        raise ConfigurationError(
            f"'spreadsheet_id' is {shown(text)}, which is neither a workbook's id nor its URL: "
            "take the part of the workbook's address between /d/ and /edit."
        )
    return found[1]


def parse_endpoint(name: str, text: str) -> str:
    """The emulator's base URL; any host but loopback is refused, because credentials would go there."""
    try:
        parts = urlsplit(text if "//" in text else f"http://{text}")
        _ = parts.port
    except ValueError:
        raise ConfigurationError(
            f"'{name}' is {shown(text)}, which is no address: give that of an emulator on this machine, as in "
            "http://127.0.0.1:8765."
        ) from None
    if parts.scheme not in {"http", "https"} or not is_plain(text) or not is_local(parts.hostname or ""):
        raise ConfigurationError(
            f"'{name}' is {shown(text)}: only an emulator on this machine may stand in for Google, "
            "as in http://127.0.0.1:8765."
        )
    return f"{parts.scheme}://{parts.netloc}"


def parse_timezone(name: str) -> ZoneInfo:
    """The zone of an IANA name."""
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ConfigurationError(
            f"'timezone' is {shown(name)}, which is no time zone: give an IANA name, as in Europe/Paris or UTC."
        ) from exc


def parse_path(name: str, text: str) -> Path:
    """The path of a file."""
    path = Path(text)
    if not text.isprintable():
        raise ConfigurationError(f"'{name}' is {shown(text)}, which is no path: give that of a file.")
    if not path.name:
        raise ConfigurationError(f"'{name}' must name a file, not the folder {shown(text)}.")
    return path


def parse_title(text: str) -> str | None:
    """A sheet's title; None for `off`."""
    title = text.strip()
    if (length := title_length(title)) > MAX_TITLE_CHARACTERS:
        raise ConfigurationError(
            f"'status_sheet' has {length} characters, and the title of a sheet at most {MAX_TITLE_CHARACTERS}."
        )
    return None if title.casefold() == OFF else title


def parse_flag(name: str, value: Any) -> bool:
    """Yes or no, as a boolean or as text."""
    return choice_of({name: str(value).lower()}, name, FLAGS) in YES


def choice_of(config: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    """One of a few words, of which the first is the default."""
    text = str(config.get(name, choices[0]))
    if text.strip() not in choices:
        raise ConfigurationError(f"'{name}' is {shown(text)}: give {' or '.join(map(repr, choices))}.")
    return text.strip()


def number_of(config: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    """A number within bounds, or its default."""
    return parse_number(name, config.get(name, default), low, high)


def parse_number(name: str, value: Any, low: float, high: float, *, whole: bool = False) -> float:
    """A number within bounds, as a number or as text."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = low - 1
    if not low <= number <= high or (whole and number != int(number)):
        raise ConfigurationError(
            f"'{name}' is {shown(value)}: give a {'whole ' if whole else ''}number between {low:,.0f} and {high:,.0f}."
        )
    return number
