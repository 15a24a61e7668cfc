"""Where the demo's processes write their output."""

import sys
from pathlib import Path
from typing import IO

from honcho.printer import Message


class Logs:
    """A printer for honcho: writes the process ``shown`` to the terminal, the rest to log files."""

    width = 0

    def __init__(self, folder: Path, *, shown: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._shown = shown
        self._files: dict[str, IO[str]] = {}

    def write(self, message: Message) -> None:
        """Writes one line of output of one process."""
        data = message.data
        text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
        if message.name == self._shown:
            sys.stdout.write(text)
            sys.stdout.flush()
            return
        if message.name not in self._files:
            self._files[message.name] = (self._folder / f"{message.name}.log").open("w", buffering=1)
        self._files[message.name].write(text)
