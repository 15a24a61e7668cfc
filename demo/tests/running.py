"""Runs the demo as a user would: in a process and a home of its own, stopped by Ctrl-C."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
TIMEOUT = 120


def environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Returns this process's environment without the test run's servers, so that the demo starts its own."""
    own = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIAL_KEYS", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in own}
    return kept | {"FLEXSYNC_HOME": str(home)} | more


@contextmanager
def demo(home: Path, code: Path = REPOSITORY, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Starts the demo with its output as a pipe, and kills it at the end if it still runs.

    ``code``: of which version of FlexSync.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=code,
        env=environment(home, more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Returns the process and all its descendants."""
    root = psutil.Process(process.pid)
    return [root, *root.children(recursive=True)]


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """Returns what the demo printed up to the line that contains ``text``, with that line."""
    assert process.stdout is not None
    printed: list[str] = []
    for line in process.stdout:
        printed.append(line)
        if text in line:
            return "".join(printed)
    raise AssertionError(f"the demo ended before it printed {text!r}:\n{''.join(printed)}")
