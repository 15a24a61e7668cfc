"""`python -m devstack --home test -- python -m benchmarks.importing`: what an imported object costs.

50,000 customers, as many subscriptions, and 10,000 invoices, at a simulator that responds after 100 ms. The
import is killed three times on its way, and done again at its end.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

import httpx
import psycopg

from benchmarks import stripe_account
from benchmarks.databases import empty_database, migrate
from benchmarks.outbound import CALLS_PER_SECOND, LATENCY, SITE, cpu_seconds, limits, memory, say

PORT, KILLS = int(SITE.rpartition(":")[2]), 3


def main() -> None:
    """Prints what the first import and the second took for each object."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=KILLS)
    options = parser.parse_args()
    os.environ |= {"STRIPE_API_BASE": SITE, "STRIPE_CALLS_PER_SECOND": str(CALLS_PER_SECOND)}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "flexsync.settings", "LOG_LEVEL": "WARNING"}
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    connection = _connect()
    with tempfile.TemporaryDirectory() as folder:
        state = stripe_account.write(
            Path(folder), PORT, customers=options.customers, invoiced=options.invoices
        )
        with stripe_account.running(PORT, state):
            limits("limits", requests_per_second=CALLS_PER_SECOND)
            limits("faults", operation="*", effect="slow", times=-1, seconds=LATENCY)
            _measure("the first import", connection, options.kills, options.customers)
            _measure("the second import", connection, 0, options.customers)


def _measure(name: str, connection: str, kills: int, customers: int) -> None:
    before, begun, calls = _database_seconds(), time.perf_counter(), _calls()
    worker, most = _run(connection, kills, customers)
    seconds, database = time.perf_counter() - begun, _database_seconds() - before
    objects, pages, counts = _settled()
    say(
        f"{name}: {objects} objects of {pages} pages in {seconds:.0f} s and {_calls() - calls} calls; milliseconds of CPU"
        f" for each: worker {1000 * worker / objects:.2f}, PostgreSQL {1000 * database / objects:.2f}; {most:.0f} MB; {counts}"
    )


def _run(connection: str, kills: int, customers: int) -> tuple[float, float]:
    """CPU seconds of all workers, and the most memory (MB) that one had."""
    used, most = 0.0, 0.0
    command = [sys.executable, "manage.py", "import_from", "stripe", "--connection", connection, "--here"]
    for number in range(kills + 1):
        if number:
            # The lease of a killed worker has to end.
            _expire_lease()
        more = ["--resume"] if number else []
        process = subprocess.Popen(
            [*command, *more], stdout=None if os.environ.get("SHOW") else subprocess.DEVNULL
        )
        share = 0.0
        while process.poll() is None:
            time.sleep(0.2)
            try:
                share, most = cpu_seconds(process.pid), max(most, memory(process.pid))
            except (FileNotFoundError, StopIteration):
                break
            if number < kills and _settled()[0] > customers * 2 * (number + 1) / (kills + 1):
                process.send_signal(signal.SIGKILL)
        process.wait()
        used += share
    return used, most


def _settled() -> tuple[int, int, str]:
    """How many objects and pages the newest import has settled, and what became of them."""
    outcomes = ("made", "linked", "changed", "equal", "conflicting", "refused")
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in outcomes)
    newest = "(SELECT id FROM integrations_importrun ORDER BY created_at DESC LIMIT 1)"
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        found = database.execute(
            f"SELECT coalesce(sum(pages), 0), {sums} FROM integrations_importpart WHERE run_id = {newest}"
        ).fetchone()
    pages, *numbers = map(int, found or [0] * 7)
    counts = dict(zip(outcomes, numbers, strict=True))
    return sum(numbers), pages, ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _expire_lease() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.execute("UPDATE integrations_importrun SET leased_until = NULL WHERE settled_at IS NULL")


def _calls() -> int:
    return len(httpx.get(f"{SITE}/_simulator/requests", timeout=60).json()["requests"])


def _database_seconds() -> float:
    """CPU seconds of PostgreSQL's processes so far, those that have ended included."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        server = Path(f"/proc/{database.info.backend_pid}/status").read_text()
    parent = next(int(line.split()[1]) for line in server.splitlines() if line.startswith("PPid"))
    ended = Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    living = sum(cpu_seconds(int(child)) for child in children if Path(f"/proc/{child}").exists())
    return (int(ended[13]) + int(ended[14])) / os.sysconf("SC_CLK_TCK") + living


def _connect() -> str:
    """A connection to the simulator's account, with every switch on; returns its id."""
    import django

    django.setup()
    from billing.models import Environment
    from integrations.testing import make_connection

    environment = Environment.objects.create(name="Benchmarks")
    found = make_connection(environment.pk, "stripe", credentials={"secret_key": stripe_account.KEY})
    return str(found.pk)


if __name__ == "__main__":
    main()
