"""`python -m devstack [--home NAME] -- COMMAND...`: run a command with PostgreSQL and Valkey at hand.

Its exit code is the command's; a command ended by a signal counts as 128 + its number, as in a shell.
"""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from devstack.homes import Busy, home
from devstack.process import Interrupted, StartFailed, heed_signals, let_signals_in
from devstack.secrets import secrets
from devstack.stack import Urls, running, servers, throw_away

PASSED_ON = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2}
SENT_BY_KERNEL = 0x80  # SI_KERNEL: Ctrl-C in the terminal, which the command has got as well


def main() -> int:
    """Run the command line's command."""
    parser = argparse.ArgumentParser(prog="python -m devstack", description=__doc__)
    parser.add_argument("--home", choices=["demo", "test"], default="demo", help="whose data; default: demo")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    # Held back from here to the end: the start looks for them, `run` hands them on, and nothing comes between a
    # server's birth and the place that ends it.
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON | {signal.SIGCHLD})
    try:
        with stack(arguments.home) as urls:
            heed_signals()
            return run(arguments.command, os.environ | urls | secrets(home(arguments.home), os.environ))
    except (StartFailed, Busy) as problem:
        sys.stderr.write(f"devstack: {problem}\n")
        return 1
    except Interrupted as interrupted:
        return 128 + interrupted.number


@contextmanager
def stack(name: str) -> Iterator[Urls]:
    """Give throw-away servers for tests; for the demo those of a running demo, else its own."""
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
    """Run the command to its end, handing on the signals that were meant for it."""
    try:
        child = subprocess.Popen(command, env=environment, preexec_fn=let_signals_in)  # noqa: PLW1509
    except OSError as problem:
        sys.stderr.write(f"devstack: {command[0]}: {problem.strerror}\n")
        return 127
    while child.poll() is None:
        arrived = signal.sigwaitinfo(PASSED_ON | {signal.SIGCHLD})
        if arrived.si_signo != signal.SIGCHLD and arrived.si_code != SENT_BY_KERNEL:
            child.send_signal(arrived.si_signo)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main())
