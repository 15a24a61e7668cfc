"""Runs `python -m devstack` in a folder of the test's own, as a developer would in a terminal."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

TIMEOUT = 15.0  # seconds


class Devstack:
    """`python -m devstack` with its home at `folder`."""

    def __init__(self, folder: Path, **given: str) -> None:
        self.folder = folder
        named = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")
        }
        self.environment = named | {"FLEXSYNC_HOME": str(folder)} | given

    def begin(self, *command: str) -> subprocess.Popen[str]:
        """Starts the command, its output readable."""
        words = [sys.executable, "-m", "devstack", "--", *command]
        return subprocess.Popen(
            words, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs the command to its end."""
        with self.begin(*command) as process:
            output, errors = process.communicate(timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def running(self) -> list[str]:
        """Returns the command lines of the processes that work below `folder`."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                working_folder = str((process / "cwd").resolve())
            except OSError:
                continue
            if str(self.folder) in words or working_folder.startswith(str(self.folder)):
                found.append(words)
        return found


def eventually(true: Callable[[], bool]) -> bool:
    """Waits until `true()`; returns False if that did not happen in time."""
    deadline = time.monotonic() + TIMEOUT
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
