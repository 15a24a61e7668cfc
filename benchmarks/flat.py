"""`python -m devstack --home test -- python -m benchmarks.flat [ROWS]`: does speed depend on the rows?

Two databases, one empty, one with ROWS settled events and as many mappings (a million unless given), receive
and apply the same events in turn.
"""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import psycopg

from benchmarks import ballast
from benchmarks.__main__ import THREADS, connect, served
from benchmarks.databases import empty_database, migrate
from benchmarks.events import signed
from benchmarks.mix import mix
from benchmarks.outbound import say
from benchmarks.sender import load

ROUNDS, CUSTOMERS = 5, 60
PORTS = {"empty": 8150, "full": 8151}
# Runs in a process of its own for each drain, as a worker does; prints seconds of the clock and of the CPU.
DRAIN = """
import time
from django.db import connection
from benchmarks.flat import cpu_seconds
from integrations.inbox import worker
connection.ensure_connection()
backend = connection.connection.info.backend_pid
begun, used = time.perf_counter(), time.process_time() + cpu_seconds(backend)
while worker.drain():
    pass
print(time.perf_counter() - begun, time.process_time() + cpu_seconds(backend) - used)
"""


def main() -> None:
    """Prints one line a round, then the medians."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    server = os.environ["DATABASE_URL"]
    urls = {name: empty_database(server, f"benchmarks_{name}") for name in PORTS}
    os.environ["DATABASE_CONN_MAX_AGE"] = "86400"
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in PORTS}
    paths = {}
    with ExitStack() as stack:
        for name, url in urls.items():
            os.environ["DATABASE_URL"] = url
            migrate()
            connection_id = connect()
            paths[name] = f"/v1/integrations/stripe/webhook/{connection_id}"
            if name == "full":
                fill(url, connection_id, rows)
            stack.enter_context(served("flexsync.wsgi", PORTS[name], THREADS))
        for number in range(ROUNDS + 1):
            for name, port in PORTS.items():
                measured = measure(urls[name], port, paths[name], str(number))
                if number:
                    found[name].append(measured)
                    show(name, measured)
    medians = {name: tuple(map(median, zip(*rounds, strict=True))) for name, rounds in found.items()}
    for name, measured in medians.items():
        show(f"{name}, median", measured)


def measure(url: str, port: int, path: str, run: str) -> tuple[float, ...]:
    """Returns events acknowledged per second, CPU milliseconds for each, and the same for applied ones.

    The former CPU time is PostgreSQL's alone, the latter includes the worker's.
    """
    events = [signed(event) for event in mix(CUSTOMERS, run=run)]
    used = backends(url)
    acknowledged, _ = load(port, path, events)
    storing = backends(url) - used
    taken, applying = drain(url)
    return acknowledged, storing / len(events) * 1000, len(events) / taken, applying / len(events) * 1000


def show(name: str, measured: tuple[float, ...]) -> None:
    """Prints one line."""
    text = "{:14} {:6.0f} acknowledged/s, {:.3f} ms of PostgreSQL each; {:4.0f} applied/s, {:.2f} ms each"
    say(text.format(name, *measured))


def fill(url: str, connection_id: str, rows: int) -> None:
    """Loads the ballast."""
    begun = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as database:
        ballast.load(database, connection_id, rows, rows)
    say(f"{rows} settled events and {rows} mappings in {time.perf_counter() - begun:.0f} s")


def drain(url: str) -> tuple[float, float]:
    """Applies all waiting events in one process; returns its seconds, and CPU seconds with its backend's."""
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "--command", DRAIN]
    environment = os.environ | {"DATABASE_URL": url}
    done = subprocess.run(shell, env=environment, check=True, capture_output=True, text=True)
    taken, used = done.stdout.split()[-2:]
    return float(taken), float(used)


def backends(url: str) -> float:
    """Returns the CPU seconds that the web's backends have used."""
    with psycopg.connect(url) as database:
        query = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return sum(cpu_seconds(pid) for (pid,) in database.execute(query))


def cpu_seconds(pid: int) -> float:
    """Returns the CPU seconds that the process has used."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main()
