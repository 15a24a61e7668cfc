"""`python -m devstack [--home NAME] -- COMMAND...`: runs a command with PostgreSQL and Valkey at hand.

Returns the command's exit code; for a command ended by a signal 128 + the signal's number, as a shell does.
"""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from devstack.homes import Busy, home
from devstack.process import Interrupted, StartFailed, raise_if_interrupted, unblock_signals
from devstack.secrets import secrets
from devstack.stack import Urls, running, servers, throw_away

FORWARDED = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2}
SENT_BY_KERNEL = 0x80  # SI_KERNEL: Ctrl-C in the terminal, which has reached the command as well


def main() -> int:
    """Runs the command given on the command line."""
    parser = argparse.ArgumentParser(prog="python -m devstack", description=__doc__)
    parser.add_argument(
        "--home", choices=["demo", "test"], default="demo", help="whose data to use; default: demo"
    )
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    # Blocked from here to the end: the start looks for pending ones and `run` forwards them, so that none can
    # arrive between the start of a server and the block that stops it.
    signal.pthread_sigmask(signal.SIG_BLOCK, FORWARDED | {signal.SIGCHLD})
    try:
        with stack(arguments.home) as urls:
            raise_if_interrupted()
            return run(arguments.command, os.environ | urls | secrets(home(arguments.home), os.environ))
    except (StartFailed, Busy) as problem:
        sys.stderr.write(f"devstack: {problem}\n")
        return 1
    except Interrupted as interrupted:
        return 128 + interrupted.number


@contextmanager
def stack(name: str) -> Iterator[Urls]:
    """Yields throw-away servers for tests; for the demo those of a running demo, or else its own."""
    with ExitStack() as opened:
        if name == "test":
            yield opened.enter_context(throw_away())
            return
        try:
            urls = opened.enter_context(servers(home(name)))
        except Busy:
            urls = running(home(name)) or {}
            if not urls:
                raise
        yield urls


def run(command: list[str], environment: dict[str, str]) -> int:
    """Runs the command to its end and forwards signals to it; returns its exit code."""
    try:
        child = subprocess.Popen(command, env=environment, preexec_fn=unblock_signals)  # noqa: PLW1509
    except OSError as problem:
        sys.stderr.write(f"devstack: cannot run {command[0]}: {problem.strerror}\n")
        return 127
    while child.poll() is None:
        arrived = signal.sigwaitinfo(FORWARDED | {signal.SIGCHLD})
        if arrived.si_signo != signal.SIGCHLD and arrived.si_code != SENT_BY_KERNEL:
            child.send_signal(arrived.si_signo)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main())
