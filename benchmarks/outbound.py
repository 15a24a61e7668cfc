"""`python -m devstack --home test -- python -m benchmarks.outbound`: invoices pushed per second.

One worker pushes to a simulated Stripe that is as slow, and allows as many calls, as the real one.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.databases import empty_database, migrate

# What Stripe allows a live account, and a usual time for a response.
CALLS_PER_SECOND, LATENCY = 100, 0.1
LINES, CUSTOMERS, CALLS_PER_INVOICE = 10, 50, 3
PORT, THREADS = 8160, 20
SITE = f"http://127.0.0.1:{PORT}"
WORKER = ["celery", "-A", "flexsync", "worker", "--loglevel", "INFO"]
POOL = ["--pool", "threads", "--concurrency", str(THREADS)]


def main() -> None:
    """Makes the invoices first, then starts the worker, and with it the clock."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=1000)
    parser.add_argument("--step", type=int, default=1000, help="print the memory used after so many")
    options = parser.parse_args()
    os.environ |= {"STRIPE_API_BASE": SITE, "STRIPE_CALLS_PER_SECOND": str(CALLS_PER_SECOND)}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "flexsync.settings", "LOG_LEVEL": "WARNING"}
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    with simulator() as stripe:
        connection = prepare(options.invoices)
        limits("limits", requests_per_second=CALLS_PER_SECOND)
        limits("faults", operation="*", effect="slow", times=-1, seconds=LATENCY)
        before = calls()
        with worker() as process:
            measure(connection, {"worker": process, "simulator": stripe}, options.invoices, options.step)
        summary(calls()[len(before) :])


def prepare(number: int) -> str:
    """Makes customers that Stripe has, and invoices that it has not; returns the connection's id."""
    import django

    django.setup()
    from benchmarks.invoices import send_customers, stage_invoices

    connection = send_customers(CUSTOMERS)
    stage_invoices(connection, number, LINES)
    return connection.id


def measure(
    connection: str, processes: Mapping[str, subprocess.Popen[bytes]], number: int, step: int
) -> None:
    """Prints the progress after each step, and what both processes have used since the first invoice."""
    from integrations.models import OutboundSync

    done = OutboundSync.objects.filter(connection_id=connection, entity_type="invoice", state="done")
    begun, shown, worker_id = time.perf_counter(), 0, processes["worker"].pid
    used = {name: cpu_seconds(process.pid) for name, process in processes.items()}
    while shown < number:
        time.sleep(0.25)
        count = done.count()
        assert processes["worker"].poll() is None, "the worker has stopped"
        if count >= shown + step or count == number:
            shown = count
            seconds = time.perf_counter() - begun
            allowed = CALLS_PER_INVOICE * count / CALLS_PER_SECOND
            say(
                f"{count:6} invoices in {seconds:6.1f} s: {seconds / allowed:.2f} x of what {CALLS_PER_SECOND} calls/s"
                f" allow; worker {memory(worker_id):.0f} MB; milliseconds of CPU for each: "
                + ", ".join(
                    f"{name} {1000 * (cpu_seconds(process.pid) - used[name]) / count:.1f}"
                    for name, process in processes.items()
                )
            )


def calls() -> list[dict[str, Any]]:
    """Returns the requests made to Stripe so far, the newest last."""
    requests: list[dict[str, Any]] = httpx.get(f"{SITE}/_simulator/requests?method=POST").json()["requests"]
    return requests


def summary(requests: list[dict[str, Any]]) -> None:
    """Prints the time without the worker's start, and how many calls and attempts failed."""
    from django.db.models import Count, Max, Min

    from integrations.models import OutboundCall, OutboundSync

    made = OutboundCall.objects.filter(sync__entity_type="invoice")
    span = made.aggregate(begun=Min("started_at"), ended=Max("finished_at"), number=Count("pk"))
    seconds = (span["ended"] - span["begun"]).total_seconds()
    ratio = seconds * CALLS_PER_SECOND / span["number"]
    say(
        f"from the first call to the last response {seconds:.1f} s: {ratio:.2f} x, without the worker's start"
    )
    refused = sum(request["status"] == 429 for request in requests)
    attempts = OutboundSync.objects.filter(attempts__gt=1).count()
    say(f"{len(requests)} calls, {refused} refused with 429, {attempts} rows needed more than one attempt")


def memory(pid: int) -> float:
    """Returns the memory that the process uses, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def cpu_seconds(pid: int) -> float:
    """Returns the CPU seconds that the process has used."""
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def limits(path: str, **body: object) -> None:
    """Sets one of the simulator's limits or faults."""
    httpx.post(f"{SITE}/_simulator/{path}", json=body).raise_for_status()


def say(line: str) -> None:
    """Prints the line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def worker(pool: Sequence[str] = POOL) -> Iterator[subprocess.Popen[bytes]]:
    """Runs one worker process, with README's options, and waits until it is ready."""
    with tempfile.NamedTemporaryFile() as log:
        process = subprocess.Popen([sys.executable, "-m", *WORKER, *pool], stdout=log, stderr=log)
        try:
            while b" ready." not in Path(log.name).read_bytes():
                assert process.poll() is None, Path(log.name).read_text()[-3000:]
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()
            process.wait()


@contextmanager
def simulator() -> Iterator[subprocess.Popen[bytes]]:
    """Runs the simulator in a process of its own."""
    process = subprocess.Popen([sys.executable, "-m", "stripe_simulator", "--port", str(PORT)])
    try:
        deadline = time.monotonic() + 30
        with socket.socket() as probe:
            while probe.connect_ex(("127.0.0.1", PORT)) != 0:
                assert time.monotonic() < deadline, "the simulator did not start"
                time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
