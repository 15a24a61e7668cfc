"""`python -m devstack --home test -- python -m benchmarks`: acknowledged webhooks a second, ours and the floor's."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median, quantiles

from benchmarks.databases import empty_database, migrate
from benchmarks.events import SECRET, events
from benchmarks.mix import ENVIRONMENT
from benchmarks.sender import load

ROUNDS, EVENTS = 4, 1000
# README's options, and one connection at a time for each of two processes, which close it after each answer.
THREADS, SYNC = ("--workers", "2", "--threads", "4"), ("--workers", "2")
FLOOR, SYNC_FLOOR, OURS = 8150, 8151, 8152
CONNECT = f"""
from integrations.testing import make_connection
from billing.models import Environment
environment = Environment.objects.create(id="{ENVIRONMENT}", name="Benchmarks")
print(make_connection(environment.id, "stripe", secret="{SECRET}").id)
"""


def main() -> None:
    """Rounds in turn, so that whatever else the machine does meets both alike."""
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    connection = connect()
    doors = {
        "floor": (FLOOR, "/webhook"),
        "floor, sync": (SYNC_FLOOR, "/webhook"),
        "ours": (OURS, f"/v1/integrations/stripe/webhook/{connection}"),
    }
    rates: dict[str, list[float]] = {name: [] for name in doors}
    with (
        served("benchmarks.floor", FLOOR, THREADS),
        served("benchmarks.floor", SYNC_FLOOR, SYNC),
        served("flexsync.wsgi", OURS, THREADS),
    ):
        for number in range(ROUNDS + 1):
            for name, (port, path) in doors.items():
                rate, times = load(port, path, list(events(EVENTS if number else 200)))
                if number:
                    rates[name].append(rate)
                    show(name, rate, times)
    for name in ("floor", "floor, sync"):
        ratio = median(rates["ours"]) / median(rates[name])
        sys.stdout.write(f"ours / {name}, medians of {ROUNDS} rounds: {ratio:.2f}\n")


def connect() -> str:
    """The id of a connection of a new environment."""
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "--command", CONNECT]
    return subprocess.run(shell, check=True, capture_output=True, text=True).stdout.split()[-1]


def show(name: str, rate: float, times: list[float]) -> None:
    """One line for one round."""
    cuts = quantiles(times, n=100)
    sys.stdout.write(f"{name:11} {rate:6.0f}/s  p50 {cuts[49] * 1000:.1f} ms  p99 {cuts[98] * 1000:.1f} ms\n")


@contextmanager
def served(module: str, port: int, how: Sequence[str]) -> Iterator[None]:
    """Runs the server for the length of the block."""
    options = ["--bind", f"127.0.0.1:{port}", "--log-level", "error", *how]
    process = subprocess.Popen([sys.executable, "-m", "gunicorn", module, *options], env=os.environ)
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, f"nobody listens on port {port}"
        time.sleep(0.1)


if __name__ == "__main__":
    main()
