"""Runs the demo as a person would: a process of its own, in a home of its own, stopped by Ctrl-C."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 120


def environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what the test run itself set, so that the demo starts its own servers."""
    own = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIAL_KEYS", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in own}
    return kept | {"FLEXSYNC_HOME": str(home)} | more


@contextmanager
def demo(home: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """The demo, killed at the end if it still runs; stdout is a pipe."""
    process = subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=REPOSITORY,
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
    """The process and all that it started, their children too."""
    root = psutil.Process(process.pid)
    return [root, *root.children(recursive=True)]


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What the demo printed up to and with the line that holds ``words``."""
    assert process.stdout is not None
    printed: list[str] = []
    for line in process.stdout:
        printed.append(line)
        if words in line:
            return "".join(printed)
    raise AssertionError(f"the demo ended before it said {words!r}:\n{''.join(printed)}")
