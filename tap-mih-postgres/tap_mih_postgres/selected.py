"""What is selected of a table: the catalog's word on streams, columns, keys and replication. The settings' came before.

Schema and types are those that the database has now, whatever an older catalog says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from singer_sdk import Stream
from singer_sdk.helpers._catalog import get_selected_schema
from singer_sdk.singerlib import Metadata, MetadataMapping
from singer_sdk.singerlib.catalog import REPLICATION_FULL_TABLE, REPLICATION_INCREMENTAL

from tap_mih_postgres.catalog import Column, Table, stream_schema
from tap_mih_postgres.errors import StreamError
from tap_mih_postgres.selection import MASKS

if TYPE_CHECKING:
    from singer_sdk import Tap
    from singer_sdk.singerlib import Catalog, CatalogEntry


class SelectedStream(Stream):
    """A table of the database, and what of it is wanted."""

    def __init__(self, tap: Tap, table: Table) -> None:
        self.table = table
        self._unknown_columns: frozenset[str] = frozenset()
        super().__init__(tap, schema=stream_schema(table.columns, table.key), name=table.stream)
        self.primary_keys = list(table.key)
        if table.replication == REPLICATION_FULL_TABLE:
            self.forced_replication_method = REPLICATION_FULL_TABLE
        else:
            self.replication_key = table.replication

    @property
    def metadata(self) -> MetadataMapping:
        """The catalog's metadata, with the name of the schema that the SDK's SQL taps give."""
        metadata = super().metadata
        metadata.root.schema_name = metadata.root.schema_name or self.table.schema
        return metadata

    @property
    def _singer_catalog_entry(self) -> CatalogEntry:
        entry = super()._singer_catalog_entry
        entry.table = self.table.name
        entry.is_view = self.table.is_view
        entry.row_count = self.table.rows
        # As in the SDK's SQL taps, so that a replication key that is added to the catalog is enough.
        entry.replication_method = self.forced_replication_method or (
            self.replication_method if self.replication_key else ""
        )
        return entry

    def apply_catalog(self, catalog: Catalog) -> None:
        """Take selection and key from a catalog; types and columns stay those that the database has now."""
        super().apply_catalog(catalog)
        self._input_schema = None
        self._metadata = self._mask = None
        names = {column.name for column in self.table.columns}
        if not self.primary_keys or not names >= set(self.primary_keys):
            self.primary_keys = list(self.table.key)
        if entry := catalog.get_stream(self.name):
            known = {*(entry.schema.properties or ()), *(crumb[1] for crumb in entry.metadata if len(crumb) == 2)}
            # A catalog that knows no column at all, written by hand, means all of them.
            keys = {*self.primary_keys, self.replication_key}
            self._unknown_columns = frozenset(names - known - keys if known else ())
        if self.replication_method == REPLICATION_FULL_TABLE:
            self.replication_key = None
        for name in [*self.primary_keys, *filter(None, [self.replication_key])]:
            self.metadata["properties", name].inclusion = Metadata.InclusionType.AUTOMATIC

    def check_catalog(self) -> None:
        """Warn of columns that a catalog misses or can't have any more; raise StreamError for what we can't do."""
        if self.replication_method not in {REPLICATION_FULL_TABLE, REPLICATION_INCREMENTAL}:
            raise StreamError(
                self.name,
                f"the catalog asks for {self.replication_method} replication, which this version can't do: "
                "set its replication-method to FULL_TABLE or INCREMENTAL",
            )
        if self.is_incremental and (self.replication_column is None or self.replication_column.mask in MASKS):
            raise StreamError(
                self.name,
                f"its replication key {self.replication_key!r} is no column of it that is read as it is: "
                "choose another, or FULL_TABLE",
            )
        there = {column.name for column in self.table.columns}
        selected = {crumb[1] for crumb, chosen in self.mask.items() if chosen and len(crumb) == 2}
        for fault, names in (
            ("new since the catalog was made", self._unknown_columns),
            ("selected by the catalog but not in the table", selected - there - set(self.table.denied)),
        ):
            if names:
                listed = ", ".join(map(repr, sorted(names)))
                self.logger.warning(
                    "stream %r: left out, because %s: %s; run --discover again", self.name, fault, listed
                )

    @property
    def is_incremental(self) -> bool:
        """Whether only what is new is sent."""
        return self.replication_method == REPLICATION_INCREMENTAL

    @property
    def replication_column(self) -> Column | None:
        """The column of the replication key, None where the table has none of that name, or needs none."""
        return next((column for column in self.table.columns if column.name == self.replication_key), None)

    @property
    def selected_columns(self) -> Sequence[Column]:
        """What the catalog selects; a column that it doesn't know was chosen by nobody."""
        return [
            column
            for column in self.table.columns
            if self.mask["properties", column.name] and column.name not in self._unknown_columns
        ]

    @property
    def misses_columns(self) -> bool:
        """Whether it lacks a column that the role may not read and that nobody deselected."""
        return any(self.mask["properties", name] for name in self.table.denied)

    @property
    def selected_schema(self) -> dict[str, Any]:
        """The schema without what isn't selected."""
        pruned: dict[str, Any] = get_selected_schema(self.name, self.schema, self.mask)
        names = {column.name for column in self.selected_columns}
        return {**pruned, "properties": {name: of for name, of in pruned["properties"].items() if name in names}}
