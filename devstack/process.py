"""One server process: started in the background, watched until it is ready, stopped at the end."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# Nothing of the caller's environment (PGHOST, LC_ALL, LD_PRELOAD) may change what a server does.
PLAIN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
TIMEOUT = 30.0  # seconds
ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class StartFailed(RuntimeError):
    """A server stopped, or was not ready in time; the message contains the end of its log."""


class Interrupted(Exception):
    """A signal that this process blocks asked it to stop during the start; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def free_port() -> int:
    """Returns a port of 127.0.0.1 on which no process listens at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    command: Sequence[str],
    *,
    log: Path,
    is_ready: Callable[[], bool],
    soft: signal.Signals,
    hard: signal.Signals,
) -> subprocess.Popen[bytes]:
    """Starts a server in a session of its own, so that Ctrl-C reaches it last, and waits until it `is_ready`.

    Raises StartFailed, and Interrupted when a blocked signal is pending; in both cases the server has ended.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=PLAIN_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            preexec_fn=unblock_signals,  # noqa: PLW1509 - a server would inherit the blocked signals
        )
    try:
        deadline = time.monotonic() + TIMEOUT
        while not is_ready():
            raise_if_interrupted()
            if process.poll() is not None or time.monotonic() > deadline:
                raise StartFailed(f"{command[-1]}: see {log}\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
    except BaseException:
        # Not killed at once: a killed PostgreSQL leaves its child processes running for a while.
        stop(process, soft=soft, hard=hard)
        raise
    return process


def raise_if_interrupted() -> None:
    """Raises Interrupted if a signal that ends the start is pending."""
    if pending := ENDING & signal.sigpending():
        raise Interrupted(min(pending))


def unblock_signals() -> None:
    """Unblocks in a new process the signals that its parent blocks."""
    signal.pthread_sigmask(signal.SIG_SETMASK, set())


def stop(process: subprocess.Popen[bytes], *, soft: signal.Signals, hard: signal.Signals) -> None:
    """Stops a server: sends `soft`, waits, and if that was not enough sends `hard`."""
    process.send_signal(soft)
    try:
        process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        process.send_signal(hard)
        process.wait(TIMEOUT)


def replace_leftover(pid_file: Path, folder: Path, *, soft: signal.Signals, hard: signal.Signals) -> None:
    """Stops the server that a killed process left in `folder`, if the recorded process really works there."""
    for number in (soft, hard):
        pid = leftover(pid_file, folder)
        if pid is None:
            return
        os.kill(pid, number)
        deadline = time.monotonic() + TIMEOUT / 3
        while leftover(pid_file, folder) == pid and time.monotonic() < deadline:
            time.sleep(0.02)


def leftover(pid_file: Path, folder: Path) -> int | None:
    """Returns the process id in `pid_file` if that process is alive and works in `folder`."""
    try:
        pid = int(pid_file.read_text().split()[0])
        # The system reuses process ids sooner or later; the working folder tells the processes apart.
        return pid if Path(f"/proc/{pid}/cwd").resolve() == folder.resolve() else None
    except (OSError, IndexError, ValueError):
        return None
