"""`python -m devstack --home test -- python -m benchmarks`: webhooks acknowledged per second.

FlexSync is compared with the floor: the least that a Django application could do.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median, quantiles
from typing import IO

from benchmarks.databases import empty_database, migrate
from benchmarks.events import SECRET, events
from benchmarks.mix import ENVIRONMENT
from benchmarks.sender import load

ROUNDS, EVENTS = 5, 1000
# As deployed, and the same options; and one connection at a time for each of two processes, closed at once.
WEBHOOKS = ("--config", "deploy/gunicorn/webhooks.py")
THREADS, SYNC = ("--workers", "2", "--threads", "4"), ("--workers", "2")
FLOOR, SYNC_FLOOR, FLEXSYNC = 8150, 8151, 8152
CONNECT = f"""
from integrations.testing import make_connection
from billing.models import Environment
environment = Environment.objects.create(id="{ENVIRONMENT}", name="Benchmarks")
print(make_connection(environment.id, "stripe", secret="{SECRET}").id)
"""


def main() -> None:
    """Measures in turn, so that whatever else the machine does affects all alike."""
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    connection = connect()
    servers = {
        "floor": (FLOOR, "/webhook"),
        "floor, sync": (SYNC_FLOOR, "/webhook"),
        "FlexSync": (FLEXSYNC, f"/v1/integrations/stripe/webhook/{connection}"),
    }
    rates: dict[str, list[float]] = {name: [] for name in servers}
    slowest: dict[str, list[float]] = {name: [] for name in servers}
    with (
        served("benchmarks.floor", FLOOR, THREADS),
        served("benchmarks.floor", SYNC_FLOOR, SYNC),
        served("flexsync.wsgi", FLEXSYNC, WEBHOOKS),
    ):
        for number in range(ROUNDS + 1):
            for name, (port, path) in servers.items():
                rate, times = load(port, path, list(events(EVENTS if number else 200)))
                if number:
                    rates[name].append(rate)
                    slowest[name].append(quantiles(times, n=100)[98])
                    show(name, rate, times)
    for name in ("floor", "floor, sync"):
        ratio = median(rates["FlexSync"]) / median(rates[name])
        sys.stdout.write(f"FlexSync / {name}, medians of {ROUNDS} rounds: {ratio:.2f}\n")
    for name, found in slowest.items():
        sys.stdout.write(f"p99 of {name}, median of {ROUNDS} rounds: {median(found) * 1000:.1f} ms\n")


def connect() -> str:
    """Creates a connection in a new environment and returns its id."""
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "--command", CONNECT]
    return subprocess.run(shell, check=True, capture_output=True, text=True).stdout.split()[-1]


def show(name: str, rate: float, times: list[float]) -> None:
    """Prints one line for one round."""
    cuts = quantiles(times, n=100)
    sys.stdout.write(f"{name:11} {rate:6.0f}/s  p50 {cuts[49] * 1000:.1f} ms  p99 {cuts[98] * 1000:.1f} ms\n")


@contextmanager
def served(module: str, port: int, options: Sequence[str], log: IO[bytes] | None = None) -> Iterator[None]:
    """Runs the server for the length of the block; ``log``: where it writes, if not here."""
    command = [sys.executable, "-m", "gunicorn", module, "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "--log-level", "error", *options], env=os.environ, stdout=log, stderr=log
    )
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
        assert time.monotonic() < deadline, f"no server listens on port {port}"
        time.sleep(0.1)


if __name__ == "__main__":
    main()
