"""docs/troubleshooting.md goes by the exact message: each must be in the code, word by word."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import meltano
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/troubleshooting.md").read_text()
SOURCES = ("tap-mih-postgres/tap_mih_postgres", "target-gsheets/target_gsheets", "deploy/db_sync")
MESSAGES = re.findall(r"^\*\*`(.+)`\*\*$", PAGE, re.MULTILINE)
# What Meltano says itself.
MELTANO = [Path(meltano.__path__[0]) / "core" / name for name in ("block/extract_load.py", "plugin/singer/tap.py")]
VALUE = "…"


def text_of(node: ast.AST) -> str | None:
    """A piece of text as the page would have it: a value of an f-string, or of str.format and logging, is `…`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{\w+\}|%[sdrg]|%\.\df", VALUE, node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or VALUE for part in node.values)
    return None


@cache
def texts() -> tuple[str, ...]:
    """Every text of the three packages, and of Meltano where it runs them."""
    return tuple(
        text
        for path in [*MELTANO, *(path for source in SOURCES for path in sorted((ROOT / source).glob("*.py")))]
        for node in walk(ast.parse(path.read_text()))
        if (text := text_of(node))
    )


def walk(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but the pieces of f-strings, which are part of a text."""
    yield tree
    if not isinstance(tree, ast.JoinedStr):
        for child in ast.iter_child_nodes(tree):
            yield from walk(child)


def is_said(message: str) -> bool:
    """Whether some text holds the pieces of the message between its values, in their order."""
    pieces = [re.escape(piece.strip()) for piece in message.split(VALUE) if piece.strip(" .'")]
    pattern = re.compile(".*".join(pieces), re.DOTALL)
    return any(pattern.search(text) for text in texts())


@pytest.mark.parametrize("message", MESSAGES)
def test_the_code_says_the_message(message: str) -> None:
    assert is_said(message)


def test_a_message_that_nobody_says_is_found_out() -> None:
    assert not is_said("The workbook … is upside down")
    assert not is_said("There is no workbook with the number …")


def test_the_page_has_messages_of_every_package() -> None:
    assert len(MESSAGES) > 40
    assert len(set(MESSAGES)) == len(MESSAGES)
