"""A home for the demo, and a demo that runs in it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from demo.tests.running import demo, read_until


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a home in which the first demo makes its database and each later one finds it."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[tuple[Popen[str], str]]:
    """Yields a demo whose story has ended, and what it printed."""
    with demo(home) as process:
        yield process, read_until(process, "keeps running until Ctrl-C")
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=30)
