"""One server process: started in the background, watched until it answers, ended in the end."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# Nothing of the caller's environment (PGHOST, LC_ALL, LD_PRELOAD) may change what a server does.
PLAIN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
PATIENCE = 30.0  # seconds
ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class StartFailed(RuntimeError):
    """A server ended, or did not answer in time; the message carries the end of its log."""


class Interrupted(Exception):
    """A signal that its owner holds back asked the start to end; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def free_port() -> int:
    """Answer a port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    command: Sequence[str],
    *,
    log: Path,
    answers: Callable[[], bool],
    politely: signal.Signals,
    firmly: signal.Signals,
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C reaches it last, and wait until it `answers`.

    Raises StartFailed, and Interrupted when a signal waits that this process holds back; the server has ended then.
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
            preexec_fn=let_signals_in,  # noqa: PLW1509 - without it a server would hold back what its starter does
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers():
            heed_signals()
            if process.poll() is not None or time.monotonic() > deadline:
                raise StartFailed(f"{command[-1]}: see {log}\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
    except BaseException:
        # Asked, not killed: a killed PostgreSQL leaves its own processes to find that out by themselves.
        stop(process, politely=politely, firmly=firmly)
        raise
    return process


def heed_signals() -> None:
    """Raise Interrupted if a signal that ends the start is waiting."""
    if waiting := ENDING & signal.sigpending():
        raise Interrupted(min(waiting))


def let_signals_in() -> None:
    """Undo in a new process what its starter holds back for itself."""
    signal.pthread_sigmask(signal.SIG_SETMASK, set())


def stop(process: subprocess.Popen[bytes], *, politely: signal.Signals, firmly: signal.Signals) -> None:
    """End a server that we started: ask, wait, insist."""
    process.send_signal(politely)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.send_signal(firmly)
        process.wait(PATIENCE)


def replace_leftover(
    pid_file: Path, folder: Path, *, politely: signal.Signals, firmly: signal.Signals
) -> None:
    """End the server that a killed owner left in `folder`, if the process of that number really works there."""
    for number in (politely, firmly):
        pid = leftover(pid_file, folder)
        if pid is None:
            return
        os.kill(pid, number)
        deadline = time.monotonic() + PATIENCE / 3
        while leftover(pid_file, folder) == pid and time.monotonic() < deadline:
            time.sleep(0.02)


def leftover(pid_file: Path, folder: Path) -> int | None:
    """Answer the process id in `pid_file` if that process is alive and works in `folder`."""
    try:
        pid = int(pid_file.read_text().split()[0])
        # A number is given again to some other process sooner or later; its working folder tells them apart.
        return pid if Path(f"/proc/{pid}/cwd").resolve() == folder.resolve() else None
    except (OSError, IndexError, ValueError):
        return None
