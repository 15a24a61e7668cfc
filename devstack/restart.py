"""`python -m devstack.restart COMMAND...`: runs a command, and again whenever it ends without being told to.

What ends within the first seconds is wrong with its settings: it is not started again. Returns its exit code.
"""

import os
import signal
import subprocess
import sys
import time

from devstack.account import launcher
from devstack.process import unblock_signals

STOPPING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
# Seconds that the first one has to run, and between the end of one and the start of the next.
FIRST_SECONDS = 10.0
PAUSE_SECONDS = 1.0


def main(
    command: list[str], *, first_seconds: float = FIRST_SECONDS, pause_seconds: float = PAUSE_SECONDS
) -> int:
    """Runs the command until it ends early or a signal tells this process to stop, which it passes on."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING | {signal.SIGCHLD})
    began = time.monotonic()
    while True:
        code, told = _run(command)
        if told or time.monotonic() - began < first_seconds:
            return code if code >= 0 else 128 - code
        sys.stderr.write(f"devstack: started again, because it ended with {code}: {' '.join(command)}\n")
        if signal.sigtimedwait(STOPPING, pause_seconds):
            return 0


def _run(command: list[str]) -> tuple[int, bool]:
    """Runs it once; returns how it ended, and whether it was told to. It ends with this process, too."""
    # In a session of its own: a signal to the group of this process reaches it once, not twice.
    child = subprocess.Popen(
        [*launcher(os.geteuid(), needs=[], last_signal="TERM"), *command],
        preexec_fn=unblock_signals,  # noqa: PLW1509 - it would inherit the blocked signals
        start_new_session=True,
    )
    told = False
    while child.poll() is None:
        arrived = signal.sigwaitinfo(STOPPING | {signal.SIGCHLD}).si_signo
        if arrived != signal.SIGCHLD:
            told = True
            child.send_signal(arrived)
    return child.returncode, told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
