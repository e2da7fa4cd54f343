"""The guides as data: their headings, links, tables, and the blocks and commands in them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One Markdown file of the repository."""

    name: str

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def prose(self) -> str:
        """The text without its blocks, in which nothing is a heading or a link."""
        return FENCE.sub("", self.text)

    def headings(self) -> list[tuple[int, str]]:
        """Level and text of each heading."""
        return [(len(marks), text) for marks, text in re.findall(r"^(#+) (.+)$", self.prose, re.MULTILINE)]

    def anchors(self) -> set[str]:
        """What a link to a part of this page may name, as GitHub makes it of a heading."""
        kept = (re.sub(r"[^\w\- ]", "", text.lower()) for _, text in self.headings())
        return {text.strip().replace(" ", "-") for text in kept}

    def links(self) -> list[str]:
        """The addresses of links and pictures."""
        prose = re.sub(r"`[^`\n]*`", "", self.prose)
        return re.findall(r"\]\(([^)\s]+)\)", prose)

    def blocks(self, language: str | None = None) -> list[str]:
        """The content of the blocks, of one language or all."""
        return [content for _, named, content in FENCE.findall(self.text) if language in {None, named}]

    def commands(self) -> Iterator[str]:
        """The commands of the shell's blocks: lines joined where they go on, without assignments and remarks."""
        for block in self.blocks("sh"):
            for line in block.replace("\\\n", " ").splitlines():
                command = re.sub(r"\s+#.*$", "", line).strip()
                if command and not re.match(r"(export )?\w+=\S*$|#", command):
                    yield " ".join(command.split())

    def rows(self) -> list[tuple[str, str]]:
        """Of each row of a table that begins with a name in backquotes: the name, and the last cell."""
        found = re.findall(r"^\| `(\w+)` \|.*?\| ?([^|]*)\|$", self.text, re.MULTILINE)
        return [(name, last.strip()) for name, last in found]


def all_pages() -> list[Page]:
    """Every Markdown file that git knows, or would."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [Page(name) for name in sorted(answer.stdout.splitlines())]
