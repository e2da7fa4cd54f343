"""What the demo prints: steps with their seconds, and tables."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence

WIDTH = 80


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Print the text at once, and the seconds it took when it is done."""
    print(f"{text} ".ljust(WIDTH - 8, "."), end="", flush=True)
    begin = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - begin:5.1f} s", flush=True)


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows below a head: text to the left, numbers with thousands separators to the right."""
    cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [head, *cells]) for column in range(len(head))]
    right = [any(isinstance(row[column], int) for row in rows) for column in range(len(head))]
    for row in [head, *cells]:
        line = "  ".join(
            cell.rjust(width) if numeric else cell.ljust(width)
            for cell, width, numeric in zip(row, widths, right, strict=True)
        )
        print(f"  {line}".rstrip())
    sys.stdout.flush()
