"""`python -m devstack --home test -- python -m benchmarks.outbound`: invoices a second from one worker to a slow Stripe."""

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

# What Stripe allows a live account, and a usual time for an answer.
CALLS_PER_SECOND, LATENCY = 100, 0.1
LINES, CUSTOMERS, CALLS_PER_INVOICE = 10, 50, 3
PORT, THREADS = 8160, 20
SITE = f"http://127.0.0.1:{PORT}"
WORKER = ["celery", "-A", "flexsync", "worker", "--loglevel", "INFO"]
POOL = ["--pool", "threads", "--concurrency", str(THREADS)]


def main() -> None:
    """Invoices are made first; then the worker starts, and the clock with it."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=1000)
    parser.add_argument("--step", type=int, default=1000, help="tell the memory after so many")
    asked = parser.parse_args()
    os.environ |= {"STRIPE_API_BASE": SITE, "STRIPE_CALLS_PER_SECOND": str(CALLS_PER_SECOND)}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "flexsync.settings", "LOG_LEVEL": "WARNING"}
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    with simulator() as stripe:
        connection = prepare(asked.invoices)
        limits("limits", requests_per_second=CALLS_PER_SECOND)
        limits("faults", operation="*", effect="slow", times=-1, seconds=LATENCY)
        before = calls()
        with worker() as process:
            measure(connection, {"worker": process, "simulator": stripe}, asked.invoices, asked.step)
        summary(calls()[len(before) :])


def prepare(number: int) -> str:
    """Customers that Stripe has, and invoices that it has not; answers the connection's id."""
    import django

    django.setup()
    from benchmarks.invoices import make, send_customers

    connection = send_customers(CUSTOMERS)
    make(connection, number, LINES)
    return connection.id


def measure(
    connection: str, processes: Mapping[str, subprocess.Popen[bytes]], number: int, step: int
) -> None:
    """Prints how far it is after each step, and what the two processes have used since the first invoice."""
    from integrations.models import OutboundSync

    done = OutboundSync.objects.filter(connection_id=connection, entity_type="invoice", state="done")
    begun, told, worker_id = time.perf_counter(), 0, processes["worker"].pid
    used = {name: processor(one.pid) for name, one in processes.items()}
    while told < number:
        time.sleep(0.25)
        count = done.count()
        assert processes["worker"].poll() is None, "the worker died"
        if count >= told + step or count == number:
            told = count
            seconds = time.perf_counter() - begun
            allowed = CALLS_PER_INVOICE * count / CALLS_PER_SECOND
            say(
                f"{count:6} invoices in {seconds:6.1f} s: {seconds / allowed:.2f} x of what {CALLS_PER_SECOND} calls/s"
                f" allow; worker {memory(worker_id):.0f} MB; milliseconds of the processor for each: "
                + ", ".join(
                    f"{name} {1000 * (processor(one.pid) - used[name]) / count:.1f}"
                    for name, one in processes.items()
                )
            )


def calls() -> list[dict[str, Any]]:
    """What was asked of Stripe so far, the newest last."""
    asked: list[dict[str, Any]] = httpx.get(f"{SITE}/_simulator/requests?method=POST").json()["requests"]
    return asked


def summary(asked: list[dict[str, Any]]) -> None:
    """Prints how long it took without the worker's start, and how much of it was in vain."""
    from django.db.models import Count, Max, Min

    from integrations.models import OutboundCall, OutboundSync

    told = OutboundCall.objects.filter(sync__entity_type="invoice")
    span = told.aggregate(begun=Min("started_at"), ended=Max("finished_at"), number=Count("pk"))
    seconds = (span["ended"] - span["begun"]).total_seconds()
    ratio = seconds * CALLS_PER_SECOND / span["number"]
    say(f"from the first call to the last answer {seconds:.1f} s: {ratio:.2f} x, without the worker's start")
    refused = sum(one["status"] == 429 for one in asked)
    attempts = OutboundSync.objects.filter(attempts__gt=1).count()
    say(f"{len(asked)} calls, {refused} answered 429, {attempts} rows needed more than one attempt")


def memory(pid: int) -> float:
    """What the process holds in memory, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def processor(pid: int) -> float:
    """Seconds of the processor that the process has used."""
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def limits(path: str, **body: object) -> None:
    """Tells the simulator how to behave."""
    httpx.post(f"{SITE}/_simulator/{path}", json=body).raise_for_status()


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def worker(pool: Sequence[str] = POOL) -> Iterator[subprocess.Popen[bytes]]:
    """One worker process, as README runs it, ready for work."""
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
    """Stripe, in a process of its own."""
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
