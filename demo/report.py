"""What the story prints in the terminal, and its checks: the first check that fails ends the story."""

from collections.abc import Iterable
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table


class StoryFailed(Exception):
    """A check of the story failed; the message says which one and what was found instead."""


class Report:
    """Prints steps and checks."""

    def __init__(self) -> None:
        # The story's output passes through a pipe, so colours must be forced.
        self.console = Console(force_terminal=True, width=118, highlight=False)
        self.checks = 0
        self.step = 0

    def begin(self, title: str) -> None:
        """Prints the title of the next step."""
        self.step += 1
        self.console.print(f"\n[bold cyan]{self.step}. {title}[/]")

    def say(self, text: str) -> None:
        """Prints one line about what is happening."""
        self.console.print(f"   [dim]{text}[/]")

    def check(self, claim: str, holds: bool, seen: Any = "") -> None:
        """Prints that ``claim`` holds, or raises StoryFailed with what was ``seen``."""
        if not holds:
            raise StoryFailed(f"This check failed: {claim}. Found instead: {seen}")
        self.checks += 1
        shown = f"  [dim]{escape(str(seen))}[/]" if seen else ""
        self.console.print(f"   [green]✓[/] {claim}{shown}", soft_wrap=True)

    def table(self, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        """Prints a table; columns whose names start with "amount" are aligned right."""
        table = Table(box=SIMPLE, pad_edge=False, header_style="dim")
        for column in columns:
            table.add_column(column, justify="right" if column.startswith("amount") else "left")
        for row in rows:
            table.add_row(*row)
        self.console.print(Padding(table, (0, 0, 0, 5)))

    def panel(self, text: str, title: str) -> None:
        """Prints a text in a frame."""
        self.console.print(Panel(text, title=title, expand=False, border_style="green", padding=(1, 2)))

    def fail(self, failure: StoryFailed) -> None:
        """Prints the check that failed."""
        self.console.print(f"   [bold red]✗ {escape(str(failure))}[/]", soft_wrap=True)
