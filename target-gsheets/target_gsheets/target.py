"""The Singer target: what its messages brought becomes one commit, then a STATE and a report. Glue."""

from __future__ import annotations

import logging
import random
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click
import msgspec

from target_gsheets.api import SheetsApi
from target_gsheets.command import one_line
from target_gsheets.commit import Mirror
from target_gsheets.departures import RollCall
from target_gsheets.errors import AccessError, LimitError, RemoteError
from target_gsheets.messages import MessageTarget
from target_gsheets.methods import DELETED_AT
from target_gsheets.outcome import Outcome
from target_gsheets.preview import NO_CHANGE, Preview, preview_lines
from target_gsheets.proof import Verdict
from target_gsheets.rehearsal import rehearse
from target_gsheets.report import (
    NOT_REACHED,
    UNCHANGED,
    InputSummary,
    RunReport,
    calls_text,
    outcome_lines,
    stream_reports,
)
from target_gsheets.reporting import new_run_id, publish, sentence_of
from target_gsheets.settings import Settings
from target_gsheets.wanted import Arrived

_encoder = msgspec.json.Encoder(decimal_format="number")


def print_preview(preview: Preview) -> None:
    """Print what a run would do."""
    for line in preview_lines(preview):
        click.echo(line)


class TargetGSheets(MessageTarget):
    """Keeps one sheet per stream of a Google Sheets workbook equal to what a tap sends."""

    name = "target-gsheets"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._started = time.time()
        self._chance = random.Random()  # noqa: S311  ids need not be secret
        self._run = new_run_id()
        self._outcome = Outcome()
        self._has_committed = False  # what the outcome says nothing of is as it should be
        self._api = SheetsApi(self._settings, time.monotonic, self._pause_for_call)

    def _pause_for_call(self, seconds: float) -> None:
        """Wait before a call, and say in a long run how far it is."""
        calls = self._api.calls
        if self._progress.is_due(time.monotonic()):
            self.logger.info("Still at work: %s so far.", calls_text(calls.reads, calls.writes))
        self._pause(seconds)

    def process_endofpipe(self) -> None:
        """Commit what arrived whole and pass on the STATE; then raise the first error of a record, if any."""
        for sink in (*self._sinks_to_clear, *self._sinks_active.values()):
            sink.clean_up()
        self._committing = not self.is_dry
        self._watch.see(time.monotonic())
        self.intake.last_line = self.message_reader.line_number
        verdicts = self.intake.verdicts()
        if self.intake.is_flawed and self._settings.on_error == "abort":
            self.logger.error("Nothing was written, since 'on_error' is 'abort'.")
            self._say_how_it_went({}, self._summary())
        else:
            behind = self._commit(verdicts)
            self._has_committed = True
            state = self.intake.state_to_pass_on(behind)
            if state is not None and not self.is_dry:
                self._write_state_message(state)
        for stream, reason in self.intake.failed.items():
            self.logger.error("%s: %s. The sheet of this stream is left as it is.", stream, reason.rstrip("."))
        if self._signal:
            sys.exit(128 + self._signal)
        if self.errors:
            raise self.errors[0]

    def _commit(self, verdicts: Mapping[str, Verdict]) -> Collection[str]:
        """Bring the streams that may be committed into the workbook, report each, and say there how the run went.

        The answer has the streams whose sheet lacks something: they must be sent whole.
        """
        arrived, silent = self._arrivals(verdicts)
        # Without a bookmark a stream is sent whole anyway, whatever its sheet looks like.
        if not arrived and not any(digest is not None for digest in silent.values()):
            self._outcome = self._say_how_it_went(silent, self._summary())
            return ()
        roll = RollCall(
            present=frozenset({*silent, *(each.stream for each in arrived)}),
            everyone=self.intake.all_streams(verdicts.values()),
            policy=self._settings.on_removed_stream,
            max_ratio=self._settings.guards.max_unproven_delete_ratio,
        )
        mirror = self._mirror(self._settings, roll)
        self._outcome = mirror.outcome
        if self.is_dry:
            print_preview(rehearse(mirror, arrived, silent, self._summary()))
        else:
            self._mirror_streams(mirror, arrived, silent)
            self._log(mirror.outcome)
            calls = self._api.calls
            self.logger.info("%s, %d bytes written", calls_text(calls.reads, calls.writes), calls.written_bytes)
        for name, reason in self._outcome.failed.items():
            self.intake.fail_alias(name, reason)
        return self._outcome.behind

    def _mirror_streams(self, mirror: Mirror, arrived: Sequence[Arrived], silent: Mapping[str, str | None]) -> None:
        """Commit; a run that fails as a whole says so in the workbook, where that can be reached."""
        try:
            mirror.commit(arrived, silent, self._summary())
        except (RemoteError, LimitError) as exc:
            if self._signal:
                sys.exit(128 + self._signal)
            for each in arrived:
                self.intake.fail_alias(each.stream, NOT_REACHED)
            if not isinstance(exc, AccessError):
                self._say_how_it_went({}, replace(self._summary(), error=one_line(exc)))
            raise

    def _arrivals(self, verdicts: Mapping[str, Verdict]) -> tuple[list[Arrived], dict[str, str | None]]:
        """The streams that have something to say of their sheet, and those of which only the SCHEMA came, each with the
        digest of its bookmark.
        """
        arrived: list[Arrived] = []
        silent: dict[str, str | None] = {}
        for name, found in verdicts.items():
            buffer, digest = self.intake.buffers[name], self._bookmark_digest(name)
            verdict = self.methods.verdict_of(name, found, keyed=bool(buffer.keys))
            if verdict.is_committable:
                resumed = self.intake.resumed(name)
                arrived.append(Arrived(name, verdict, buffer, digest or "", resumed, **self._deletion(name)))
            elif verdict is Verdict.SILENT:
                silent[name] = digest
        return arrived, silent

    def _mirror(self, settings: Settings, roll: RollCall) -> Mirror:
        """What keeps the workbook equal to the streams, for one attempt at it."""
        return Mirror(
            api=self._api,
            settings=settings,
            pause=self._pause,
            now=time.time,
            chance=self._chance,
            run=self._run,
            roll=roll,
        )

    def _say_how_it_went(self, silent: Mapping[str, str | None], summary: InputSummary) -> Outcome:
        """Write the status sheet, where it is due, and show the sheets whose stream is back.

        That mustn't make a run fail, or last.
        """
        if self._settings.status_sheet is None:
            if self.is_dry:
                click.echo(NO_CHANGE)
            return Outcome()
        mirror = self._mirror(replace(self._settings, retry_seconds=0), RollCall(frozenset(silent)))
        try:
            if self.is_dry:
                print_preview(rehearse(mirror, (), silent, summary))
            else:
                self._log(mirror.commit((), silent, summary))
        except (RemoteError, LimitError) as exc:
            self.logger.warning("The status sheet can't be written: %s", one_line(exc))
        return mirror.outcome

    def _log(self, outcome: Outcome) -> None:
        """Say what was done, and what an operator should know of it."""
        for is_warning, line in outcome_lines(outcome):
            self.logger.log(logging.WARNING if is_warning else logging.INFO, "%s", line)

    def _deletion(self, name: str) -> dict[str, Any]:
        """Which column of a stream says that a row shall go, and whether people see it."""
        if not self.methods.removes_deleted(name):
            return {}
        return {"deleted_at": DELETED_AT, "hides_deleted_at": not self.config.get("add_record_metadata")}

    def _bookmark_digest(self, name: str) -> str | None:
        """What the mark of a stream that sends nothing must say; anything will do where rows are only appended."""
        digest = self.intake.bookmark_digest(name)
        return "" if digest and self.methods.is_append_only(name) else digest

    def _write_state_message(self, state: dict[str, Any]) -> None:
        """Pass a STATE on with its numbers as they came: the SDK's own writer doesn't know decimals."""
        sys.stdout.write(_encoder.encode(state).decode() + "\n")
        sys.stdout.flush()

    # The report

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Report on the run when it ends, however it does."""
        error = None
        try:
            yield
        except BaseException as exc:
            error = sentence_of(exc, self._first_failure())
            raise
        finally:
            publish(self._report(error), self._settings.report_path)

    def _summary(self) -> InputSummary:
        """What came in."""
        failed = self.intake.failed
        seconds = {alias: self._watch.seconds.get(stream, 0.0) for alias, stream in self.intake.aliases.items()}
        return InputSummary(
            seconds={alias: round(time, 3) for alias, time in seconds.items()},
            failed={alias: failed[stream] for alias, stream in self.intake.aliases.items() if stream in failed},
            error=self._first_failure(),
        )

    def _first_failure(self) -> str:
        """What the run failed of first, as far as the input says it."""
        if self._signal:
            return f"Stopped by a signal ({self._signal})."
        failures = (f"{stream}: {reason.rstrip('.')}." for stream, reason in self.intake.failed.items())
        return self.intake.broken or next(failures, "")

    def _report(self, error: str | None) -> RunReport:
        """The run as it ended."""
        calls, outcome = self._api.calls, self._outcome
        otherwise = UNCHANGED if error is None or self._has_committed else NOT_REACHED
        return RunReport(
            run=self._run,
            started=self._started,
            finished=time.time(),
            spreadsheet_id=self._settings.spreadsheet_id,
            error=error,
            reads=calls.reads,
            writes=calls.writes,
            refused=calls.refused,
            bytes_sent=calls.written_bytes,
            bytes_received=calls.read_bytes,
            cells=outcome.cells if outcome.is_done else None,
            streams=tuple(stream_reports(self._summary(), outcome, otherwise)),
        )
