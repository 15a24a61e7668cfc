"""`python -m devstack --home test -- python -m benchmarks.flat [ROWS]`: is it as fast with a million rows as with none?

Two databases, one empty, one with ROWS settled events and as many mappings, take and apply the same events in turn.
"""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from statistics import median

import psycopg

from benchmarks import ballast
from benchmarks.__main__ import THREADS, connect, load, served
from benchmarks.databases import empty_database, migrate
from benchmarks.events import signed
from benchmarks.mix import mix

ROUNDS, CUSTOMERS = 5, 120
PORTS = {"empty": 8150, "full": 8151}
# Run by a process of its own for each drain, as a worker would be.
DRAIN = """
import time
from django.db import connection
from integrations import draining
connection.ensure_connection()
begun = time.perf_counter()
while draining.drain():
    pass
print(time.perf_counter() - begun)
"""


def main() -> None:
    """One line a round, then the medians' ratio."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    server = os.environ["DATABASE_URL"]
    urls = {name: empty_database(server, f"benchmarks_{name}") for name in PORTS}
    rates: dict[str, dict[str, list[float]]] = {
        way: {name: [] for name in PORTS} for way in ("in", "applied")
    }
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
                events = [signed(event) for event in mix(CUSTOMERS, run=f"{number}")]
                acknowledged, _ = load(port, paths[name], events)
                applied = len(events) / drain(urls[name])
                if number:
                    rates["in"][name].append(acknowledged)
                    rates["applied"][name].append(applied)
                    say(f"{name:5} {acknowledged:6.0f} acknowledged/s {applied:6.0f} applied/s")
    for way, found in rates.items():
        say(f"{way}, full / empty, medians of {ROUNDS}: {median(found['full']) / median(found['empty']):.2f}")


def fill(url: str, connection_id: str, rows: int) -> None:
    """Loads the ballast."""
    begun = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as database:
        ballast.load(database, connection_id, rows, rows)
    say(f"{rows} settled events and {rows} mappings in {time.perf_counter() - begun:.0f} s")


def drain(url: str) -> float:
    """Seconds in which one process applied all that waits."""
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "--command", DRAIN]
    done = subprocess.run(
        shell, env=os.environ | {"DATABASE_URL": url}, check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1])


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
