"""A target that keeps every default of the SDK and does nothing with what it reads: what benchmarks/target.py compares
ours with.
"""

from __future__ import annotations

from typing import Any

from singer_sdk import Target
from singer_sdk.sinks import BatchSink


class IdleSink(BatchSink):
    """Takes batches and forgets them."""

    def process_batch(self, context: dict[str, Any]) -> None:
        """Nothing."""


class SdkTarget(Target):
    """The SDK's own reader, validation and batches."""

    name = "target-of-the-sdk"
    default_sink_class = IdleSink


if __name__ == "__main__":
    SdkTarget.cli()
