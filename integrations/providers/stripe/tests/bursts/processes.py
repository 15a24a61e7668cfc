"""FlexSync as it is deployed: webhooks, workers and beat, on the database and broker of a trial."""

import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from integrations.tests.workers import ROOT, until

COMMANDS = {
    "webhooks": "gunicorn --config deploy/gunicorn/webhooks.py --bind 127.0.0.1:{port}",
    "worker": "celery -A flexsync worker --concurrency 1 --loglevel INFO",
    "worker-2": "celery -A flexsync worker --concurrency 1 --loglevel INFO --hostname second@%h",
    "beat": "celery -A flexsync beat --loglevel INFO --pidfile=",
}
# What each writes once it serves.
READY = {
    "web": "Booting worker",
    "webhooks": "Booting worker",
    "worker": " ready.",
    "worker-2": " ready.",
    "beat": "beat: Starting...",
    "proxy": "start worker process",
}


@contextmanager
def deployed(folder: Path, environment: Mapping[str, str], port: int) -> Iterator[None]:
    """Runs all of them during the block, each once it serves, with logs in ``folder``.

    Fails when one ended early.
    """
    commands = {name: command.format(port=port) for name, command in COMMANDS.items()}
    with started(folder, environment, commands) as running:
        until(lambda: _accepts_connections(port), "webhooks are taken", folder / "webhooks.log")
        yield
        ended = {name: process.returncode for name, process in running.items() if process.poll() is not None}
        assert not ended


@contextmanager
def started(
    folder: Path, environment: Mapping[str, str], commands: Mapping[str, str]
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Runs the commands during the block, each once it serves, with logs in ``folder``."""
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(
                _run(
                    folder / f"{name}.log",
                    command,
                    {**environment, "FLEXSYNC_PROCESS": name.partition("-")[0]},
                )
            )
            for name, command in commands.items()
        }
        for name in commands:
            log = folder / f"{name}.log"
            until(partial(_says, log, READY[name]), f"{name} serves", log)
        yield running


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """The output of a management command."""
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextmanager
def _run(log: Path, command: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *shlex.split(command)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _says(log: Path, words: str) -> bool:
    return words in log.read_text(errors="replace")


def _accepts_connections(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
