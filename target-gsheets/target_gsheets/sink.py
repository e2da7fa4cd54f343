"""One stream: its records -> its buffer. Records are checked against the schema; values stay as JSON has them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NoReturn, Protocol

import jsonschema_rs
from singer_sdk import Target
from singer_sdk.exceptions import InvalidJSONSchema, InvalidRecord
from singer_sdk.sinks import RecordSink
from singer_sdk.sinks.core import BaseJSONSchemaValidator

from target_gsheets.buffer import RowBuffer
from target_gsheets.cells import Losses, without_surrogates
from target_gsheets.errors import SourceError
from target_gsheets.methods import DELETED_AT, LoadMethods
from target_gsheets.reader import ODD_NUMBERS

DELETED_SCHEMA = {"type": ["string", "null"], "format": "date-time"}
# What the SDK takes out of records, unless it is asked to put it in.
METADATA = {
    "_sdc_extracted_at",
    "_sdc_received_at",
    "_sdc_batched_at",
    DELETED_AT,
    "_sdc_sequence",
    "_sdc_table_version",
    "_sdc_sync_started_at",
}


class BufferKeeper(Protocol):
    """Who keeps the buffers: the target, since they outlive the sinks."""

    def take_buffer(self, stream: str) -> RowBuffer:
        """The buffer of a stream."""

    @property
    def methods(self) -> LoadMethods:
        """What the records of each stream do to the rows that are there."""


class RecordValidator(BaseJSONSchemaValidator):
    """A compiled JSON Schema, draft 7 as in the SDK."""

    def __init__(self, schema: dict[str, Any]) -> None:
        super().__init__(schema)
        try:
            self._validator = jsonschema_rs.Draft7Validator(
                without_multiples(schema),
                validate_formats=False,  # as in the SDK: `infinity` is a date to Postgres
                retriever=refuse_to_fetch,
                mask="its value",  # messages go to logs, where a record's values are nobody's business
            )
        except jsonschema_rs.ValidationError as exc:
            place = "".join(f"{part}." for part in exc.instance_path).rstrip(".")
            raise InvalidJSONSchema(
                f"its SCHEMA is no JSON Schema: {place}{': ' if place else ''}{exc.message}"
            ) from exc
        except ValueError as exc:
            raise InvalidJSONSchema(f"its SCHEMA is no JSON Schema: {exc}") from exc

    def are_valid(self, records: Iterable[dict[str, Any]]) -> bool:
        """Whether all of these keep to the schema."""
        return all(map(self._validator.is_valid, records))

    def validate(self, record: dict[str, Any]) -> None:
        """Raise InvalidRecord, naming the property and the rule, for a record that breaks the schema.

        A number that JSON has no word for has come as a text, and is a matter of its cell.
        """
        try:
            is_valid = self._validator.is_valid(record)
        except UnicodeEncodeError:  # half of a surrogate pair, in a name for instance
            record = without_surrogates(record, Losses())
            is_valid = self._validator.is_valid(record)
        errors = () if is_valid else self._validator.iter_errors(record)
        error = next((error for error in errors if error.instance not in ODD_NUMBERS), None)
        if error:
            place = ".".join(map(str, error.instance_path)) or "the record"
            raise InvalidRecord(f"{place}: {error.message}", record)


def refuse_to_fetch(address: str) -> NoReturn:
    """A `$ref` to another document leads nowhere: whoever writes a SCHEMA must not choose what this machine calls."""
    raise ValueError(f"{address} isn't fetched, a SCHEMA must be whole")


def without_multiples(schema: Any) -> Any:
    """The schema without `multipleOf`: it tells us the decimals, and checking it in doubles refuses good values."""
    if isinstance(schema, Mapping):
        return {name: without_multiples(part) for name, part in schema.items() if name != "multipleOf"}
    if isinstance(schema, list):
        return [without_multiples(part) for part in schema]
    return schema


class GSheetsSink(RecordSink):
    """Collects a stream's rows; nothing leaves for Google before the input has ended."""

    _validator: RecordValidator | None

    def __init__(self, target: Target, *args: Any, **kwargs: Any) -> None:
        super().__init__(target, *args, **kwargs)
        keeper: BufferKeeper = target  # type: ignore[assignment]  # the SDK's signature knows any target
        self.buffer = keeper.take_buffer(self.stream_name)
        missing = [key for key in self.key_properties if key not in self.schema["properties"]]
        if missing:
            raise SourceError(f"The key properties {missing} of {self.stream_name!r} aren't in its SCHEMA.")
        self._is_append_only = keeper.methods.is_append_only(self.stream_name)
        self._removes_deleted = keeper.methods.removes_deleted(self.stream_name)
        self._deleted_at: Any = None  # what the record at hand says of its row, where that is no column
        self._known = {*self.schema["properties"]}
        properties = self.schema["properties"] | ({DELETED_AT: DELETED_SCHEMA} if self._removes_deleted else {})
        self.buffer.set_schema({"properties": properties}, () if self._is_append_only else self.key_properties)

    def get_validator(self) -> RecordValidator | None:
        """The compiled validator, unless `validate_records` is off."""
        return RecordValidator(self.schema) if self.validate_schema else None

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:  # noqa: ARG002  the SDK's
        """Move a record into the buffer.

        One that says that its row was deleted changes nothing where neither the row goes nor a column tells it: it may
        have nothing but its key.
        """
        if self._deleted_at and self._removes_deleted:
            self.buffer.add({**record, DELETED_AT: self._deleted_at})
        elif not self._deleted_at or self._is_append_only:
            self.buffer.add(record)

    def _remove_sdc_metadata_from_record(self, record: dict[str, Any]) -> None:
        """As the SDK does, but note when the row was deleted."""
        self._deleted_at = record.get(DELETED_AT)
        super()._remove_sdc_metadata_from_record(record)

    def can_take(self, records: Sequence[dict[str, Any]]) -> bool:
        """Whether these records, as the tap sent them, may go to the buffer all at once: they have their keys and keep
        to the schema, and nothing is to be added to them.
        """
        if self.include_sdc_metadata_properties:
            return False
        shapes = {*map(tuple, records)}
        names = {*itertools.chain.from_iterable(shapes)}
        if DELETED_AT in names and any(record.get(DELETED_AT) for record in records):
            return False
        if not METADATA.isdisjoint(names):
            for record in records:
                self._remove_sdc_metadata_from_record(record)
        has_keys = all(key in shape for shape in shapes for key in self.key_properties)
        if not has_keys or not (self._validator is None or self._validator.are_valid(records)):
            return False
        self._note_unknown(names - METADATA)
        return True

    def take(self, records: Sequence[dict[str, Any]]) -> None:
        """Move records into the buffer."""
        self.buffer.add_many(records)

    def _validate_and_parse(self, record: dict[str, Any]) -> dict[str, Any]:
        """Check a record and leave its dates as text: `infinity` is a date to Postgres and to nobody else."""
        if self._validator is not None:
            self._validator.validate(record)
        self._note_unknown(record.keys())
        return record

    def _note_unknown(self, names: Set[str]) -> None:
        """Say once of a field that it is left out."""
        if unknown := names - self._known:
            self._known |= unknown
            self.logger.warning("Fields that the SCHEMA doesn't name are left out: %s", ", ".join(sorted(unknown)))
