"""The examples of README.md and docs/: what stands between fences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """``page``: relative to the repository's root. ``language``: "" where it names none."""

    page: str
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}: {self.language}: {self.text.strip().splitlines()[0][:40]}"

    def lines(self) -> list[str]:
        """Its commands, one a line, without a prompt."""
        whole = self.text.replace("\\\n", " ")
        return [line.strip().removeprefix("$ ") for line in whole.splitlines() if line.strip()]


def blocks() -> Iterator[Block]:
    """All of them, in order."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for language, text in FENCED.findall(page.read_text()):
            yield Block(str(page.relative_to(ROOT)), language, text)
