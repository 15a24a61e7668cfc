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


class StartFailed(RuntimeError):
    """A server ended, or did not answer in time; the message carries the end of its log."""


def free_port() -> int:
    """Answer a port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(command: Sequence[str], *, log: Path, answers: Callable[[], bool]) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C reaches it last, and wait until it `answers`.

    Raises StartFailed.
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
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise StartFailed(f"{command[-1]}: see {log}\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process


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
