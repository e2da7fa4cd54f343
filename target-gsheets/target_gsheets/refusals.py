"""What Google said no to, in its words -> what it means for us, and what mends it. Pure.

Google tells a reason among an error's details (google.rpc.ErrorInfo) and only sometimes in its message, so the tables
below go by status and reason. The same sentences end a run and stand in the report of --check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec

from target_gsheets.credentials import LOGIN_REMEDY, Credentials, is_local
from target_gsheets.errors import AccessError, RefusedError, RemoteError, TransientError
from target_gsheets.settings import Settings

MAX_REASON_CHARACTERS = 300
# What Google takes of a clock that is wrong isn't documented; it is refused from about five minutes on (second-hand).
CLOCK_TOLERANCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is an error: HTTP status, Google's message, status word and reason, and the reason's metadata."""

    status: int
    message: str
    word: str = ""
    reason: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def parse_refusal(status: int, body: bytes) -> Refusal:
    """Read an error's body, if it is one of Google's own."""
    try:
        error = msgspec.json.decode(body)["error"]
        message, word = str(error["message"]), str(error.get("status", ""))
        details = [found for found in error.get("details", ()) if isinstance(found, Mapping) and found.get("reason")]
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refusal(status, f"status {status} without a message")
    info: Mapping[str, Any] = details[0] if details else {}
    return Refusal(status, message, word, str(info.get("reason", "")), dict(info.get("metadata") or {}))


def translate(found: Refusal, settings: Settings, *, writes: bool) -> RemoteError:
    """A refused call -> what it means and what mends it; `writes` tells whether it would have changed something."""
    if found.status == 429:
        return TransientError(
            f"Google answered 429: {found.message.rstrip('.')}. The quota refills within a minute; the settings "
            "'quota_reads_per_minute' and 'quota_writes_per_minute' leave some of it to others."
        )
    if found.status == 408 or found.status >= 500:
        return TransientError(f"Google answered {found.status}: {found.message.rstrip('.')}.")
    if found.status == 400 and (found.word == "FAILED_PRECONDITION" or "Office file" in found.message):
        return AccessError(
            f"The workbook {settings.spreadsheet_id!r} is an Excel file, which the Sheets API doesn't open: open "
            f"{settings.link}, choose File, Save as Google Sheets, share the copy likewise, and set 'spreadsheet_id' "
            "to its id."
        )
    if found.status in ACCESS_ERRORS:
        return AccessError(ACCESS_ERRORS[found.status](found, settings, writes))
    return RefusedError(f"Google refused to change the sheet ({found.status}): {found.message}", request_of(found))


def request_of(found: Refusal) -> int | None:
    """The place in its batch of the request that Google refused, as in `requests[3]`."""
    number = found.message.partition("requests[")[2].partition("]")[0]
    return int(number) if number.isdecimal() else None


def unknown_workbook(_found: Refusal, settings: Settings, _writes: bool) -> str:
    """404: no such id, or a file that is no workbook."""
    return (
        f"There is no workbook with the id {settings.spreadsheet_id!r}: check 'spreadsheet_id', the part of the "
        "workbook's address between /d/ and /edit."
    )


def unknown_caller(found: Refusal, settings: Settings, _writes: bool) -> str:
    """401: the token isn't accepted."""
    return (
        f"Google doesn't accept the token that it gave for '{settings.credentials.source}' "
        f"({found.message.partition('.')[0]}): check that the account is still there and enabled. If it is, get new "
        f"credentials. {settings.credentials.login_remedy}."
    )


def forbidden(found: Refusal, settings: Settings, writes: bool) -> str:
    """403: by its reason; without a telling one it is a matter of sharing."""
    say = FORBIDDEN_REASONS.get(found.reason)
    return say(found, settings) if say else not_shared(found, settings, writes)


def not_shared(found: Refusal, settings: Settings, writes: bool) -> str:
    """The workbook isn't shared with us, or only for reading."""
    who = settings.credentials.email
    lacks = "may read the workbook but not change it" if writes else "isn't allowed to open the workbook"
    return (
        f"{who or 'The account in use'} {lacks} ({found.message.rstrip('.')}). Open {settings.link} as somebody who "
        f"may, press Share, and share it as editor with {who or 'this account'}; or check 'spreadsheet_id', if that is "
        "not the workbook that you mean."
    )


def api_disabled(found: Refusal, settings: Settings) -> str:
    """The API isn't enabled in the project of the credentials, or a user's credentials have no project."""
    if "quota project" in found.message:
        return (
            f"The user of '{settings.credentials.source}' has no project for Google to count calls on: run 'gcloud "
            "auth application-default set-quota-project PROJECT' with a project in which the Google Sheets API is "
            "enabled, and use the new file."
        )
    project = found.metadata.get("consumer", "").removeprefix("projects/")
    address = f"https://console.cloud.google.com/apis/library/sheets.googleapis.com?project={project}"
    return (
        f"The Google Sheets API is not enabled in the project {project or 'of these credentials'}: open "
        f"{address if project else address.partition('?')[0]}, press Enable, and try again after a few minutes."
    )


def scope_missing(_found: Refusal, settings: Settings) -> str:
    """The token may not be used for spreadsheets."""
    source = settings.credentials.source
    if settings.credentials.is_user:
        return f"The user of '{source}' didn't allow spreadsheets when logging in. {LOGIN_REMEDY} and use the new file."
    return (
        f"The credentials of '{source}' aren't allowed to use spreadsheets: give this machine the access scope "
        "https://www.googleapis.com/auth/spreadsheets, or use a service account's JSON key."
    )


FORBIDDEN_REASONS: Mapping[str, Callable[[Refusal, Settings], str]] = {
    "SERVICE_DISABLED": api_disabled,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": scope_missing,
}
ACCESS_ERRORS: Mapping[int, Callable[[Refusal, Settings, bool], str]] = {
    401: unknown_caller,
    403: forbidden,
    404: unknown_workbook,
}


def refused_token(reason: str, credentials: Credentials, ahead: float | None) -> RemoteError:
    """A token that Google wouldn't give; `ahead` is by how many seconds our clock is ahead of Google's, if known."""
    if credentials.key is None and credentials.source == "emulator":
        return AccessError(
            "The emulator wants credentials: set 'credentials_base64', 'credentials_json' or 'credentials_path' to the "
            "key that its /_emulator/credentials gives, or start it with --auth any."
        )
    if reason.lstrip().startswith("<"):
        return TransientError(
            f"{urlsplit(credentials.token_address).netloc} answered with a page in a token's place: check that neither "
            "a proxy nor a login page of this network stands in between."
        )
    said = " ".join(reason.split())[:MAX_REASON_CHARACTERS].rstrip(".")
    for words, say in TOKEN_REASONS.items():
        if words in reason:
            return AccessError(f"{say(credentials, ahead)} (Google says: {said}.)")
    return AccessError(
        f"Google doesn't accept the credentials in '{credentials.source}' ({said}): check that the key still exists, "
        "that the account isn't disabled, and that this machine's clock is right."
    )


def wrong_clock(_credentials: Credentials, ahead: float | None) -> str:
    """The assertion's times aren't in Google's time frame."""
    wrong = "wrong" if ahead is None or abs(ahead) <= CLOCK_TOLERANCE_SECONDS else clock_error(ahead)
    return (
        f"Google gives no token because this machine's clock is {wrong}: set it, best by NTP, as in "
        "'timedatectl set-ntp true'."
    )


def clock_error(ahead: float) -> str:
    """By how much a clock is wrong: `1 h 2 min ahead of Google's`."""
    minutes, seconds = divmod(round(abs(ahead)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{seconds} s" if not hours else ""]
    return f"{' '.join(filter(None, parts))} {'ahead of' if ahead > 0 else 'behind'} Google's"


def unknown_key(credentials: Credentials, _ahead: float | None) -> str:
    """The signature isn't that of any key of the account."""
    return f"The key in '{credentials.source}' is no key of {credentials.email} any more: it was deleted. {KEY_AGAIN}"


def unknown_account(credentials: Credentials, _ahead: float | None) -> str:
    """The service account is gone."""
    return (
        f"The service account {credentials.email} of '{credentials.source}' is disabled or doesn't exist: enable it in "
        "the Google Cloud console (IAM, Service accounts), or make another and share the workbook with that. "
        f"{KEY_AGAIN}"
    )


def expired_login(credentials: Credentials, _ahead: float | None) -> str:
    """The refresh token is worth nothing any more."""
    return f"The login in '{credentials.source}' has expired or was revoked. {LOGIN_REMEDY} and use the new file."


def unknown_client(credentials: Credentials, _ahead: float | None) -> str:
    """The program that the user logged in with is gone."""
    source = credentials.source
    return f"Google doesn't know client_id and client_secret in '{source}'. {LOGIN_REMEDY} and use the new file."


KEY_AGAIN = "Download a new JSON key from the Google Cloud console (IAM, Service accounts, Keys)."
# Words of Google's token service, most telling first.
TOKEN_REASONS: Mapping[str, Callable[[Credentials, float | None], str]] = {
    "reasonable timeframe": wrong_clock,
    "Invalid JWT Signature": unknown_key,
    "account not found": unknown_account,
    "expired or revoked": expired_login,
    "invalid_client": unknown_client,
    "unauthorized_client": unknown_client,
}


def unreachable(address: str, kinds: Sequence[str]) -> TransientError:
    """No answer at all from an address; `kinds` are the names of the exceptions that led to this."""
    parts = urlsplit(address)
    what, remedy = next(
        (found for kind, found in UNREACHABLE.items() if kind in kinds),
        ("gave no readable answer", "check this machine's network and firewall"),
    )
    if is_local(parts.hostname or ""):
        remedy = "check that it is running, or unset SHEETS_EMULATOR_HOST to use Google"
    return TransientError(f"{parts.netloc} {what} ({kinds[0]}): {remedy}.")


UNREACHABLE: Mapping[str, tuple[str, str]] = {
    "ProxyError": ("can't be reached through the proxy", "check HTTPS_PROXY and that the proxy lets this host pass"),
    "SSLError": (
        "shows a certificate that isn't trusted here",
        "where a proxy reads along, name its certificate authority's file in REQUESTS_CA_BUNDLE",
    ),
    "NameResolutionError": ("can't be found", "check this machine's network and DNS"),
    "ConnectTimeout": ("can't be reached", "check that the firewall lets it pass on port 443"),
    "NewConnectionError": ("can't be reached", "check this machine's network and firewall"),
    "ReadTimeout": ("doesn't answer in time", "try again"),
}
