"""`python -m devstack --home test -- python -m benchmarks.comparing`: what a compared object costs.

The account of benchmarks.importing, in which 1,000 differences of every kind are planted once it is imported.
All have to be found, and nothing else, while 20 events a second come in.
"""

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from benchmarks import importing, stripe_account
from benchmarks.databases import empty_database, migrate
from benchmarks.outbound import CALLS_PER_SECOND, LATENCY, SITE, cpu_seconds, limits, memory, say, worker

if TYPE_CHECKING:
    from integrations.models import Connection
    from integrations.providers.stripe.tests.comparing.planting import Garden

EVENTS_PER_SECOND, SENDERS, SETTLE_SECONDS = 20, 5, 10


def main() -> None:
    """Prints what the comparison took for each object, and what it has found."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--of-each", type=int, default=22, help="differences of each kind")
    options = parser.parse_args()
    os.environ |= {"STRIPE_API_BASE": SITE, "STRIPE_CALLS_PER_SECOND": str(CALLS_PER_SECOND)}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "flexsync.settings", "LOG_LEVEL": "WARNING"}
    os.environ["COMPARISON_SETTLE_SECONDS"] = str(SETTLE_SECONDS)
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    connection = importing._connect()
    with tempfile.TemporaryDirectory() as folder:
        sizes = {"customers": options.customers, "invoiced": options.invoices}
        state = stripe_account.write(Path(folder), importing.PORT, **sizes)
        with stripe_account.running(importing.PORT, state) as api:
            _compare(api, connection, options)


def _compare(api: Any, connection_id: str, options: Namespace) -> None:
    from integrations.models import Connection
    from integrations.providers.stripe.tests.comparing.planting import Garden
    from integrations.providers.stripe.tests.importing.account import Account

    connection = Connection.objects.get(pk=connection_id)
    garden = Garden(Account(api), connection)
    garden.prepare(options.of_each)
    importing._run(connection_id, 0, options.customers)
    planted = garden.plant()
    time.sleep(SETTLE_SECONDS)
    limits("limits", requests_per_second=CALLS_PER_SECOND)
    limits("faults", operation="*", effect="slow", times=-1, seconds=LATENCY)
    with worker(["--pool", "threads", "--concurrency", "2"]), _traffic(garden) as events:
        _measure(connection)
    say(f"{len(events)} events came in meanwhile")
    _judge(connection, planted)


def _measure(connection: "Connection") -> None:
    from integrations.models import ComparisonRun

    before, begun, used, most = importing._database_seconds(), time.perf_counter(), 0.0, 0.0
    command = [sys.executable, "manage.py", "compare", "--connection", connection.pk, "--here"]
    process = subprocess.Popen(command, stdout=None if os.environ.get("SHOW") else subprocess.DEVNULL)
    while process.poll() is None:
        time.sleep(0.2)
        try:
            used, most = cpu_seconds(process.pid), max(most, memory(process.pid))
        except (FileNotFoundError, StopIteration):
            break
    process.wait()
    run = ComparisonRun.objects.filter(connection=connection).latest("created_at")
    seconds, database = time.perf_counter() - begun, importing._database_seconds() - before
    objects = run.objects_seen or 1
    say(
        f"the comparison is {run.state}: {objects} objects in {seconds:.0f} s and {run.calls} calls; milliseconds of CPU"
        f" for each: worker {1000 * used / objects:.2f}, PostgreSQL (with that of the events) "
        f"{1000 * database / objects:.2f}; {most:.0f} MB"
    )


def _judge(connection: "Connection", planted: set[Any]) -> None:
    """Prints which findings are missing, and which are false."""
    from integrations.models import Finding
    from integrations.providers.stripe.tests.comparing.planting import told

    found = {told(one) for one in Finding.objects.filter(connection=connection, state="open").iterator()}
    say(f"{len(planted)} planted, {len(planted - found)} not found, {len(found - planted)} false")
    for one in sorted(planted - found)[:10]:
        say(f"not found: {one}")
    for one in sorted(found - planted)[:10]:
        say(f"false: {one}")


@contextmanager
def _traffic(garden: "Garden") -> Iterator[list[str]]:
    """Edits customers at Stripe for the length of the block; their webhooks come at once."""
    from integrations.models import EntityMapping

    copies = EntityMapping.objects.filter(
        connection=garden.connection, entity_type="customer", provider_entity_id__regex="0[0-9]{6}$"
    )
    ids = list(copies.values_list("provider_entity_id", flat=True)[:1000])
    stopped, events = Event(), list[str]()
    shares = (ids[number::SENDERS] for number in range(SENDERS))
    senders = [Thread(target=_send, args=(garden, share, stopped, events), daemon=True) for share in shares]
    for sender in senders:
        sender.start()
    try:
        yield events
    finally:
        stopped.set()
        for sender in senders:
            sender.join()


def _send(garden: "Garden", ids: list[str], stopped: Event, events: list[str]) -> None:
    from django.db import connections

    begun, number = time.monotonic(), 0
    while ids and not stopped.is_set():
        stripe_id, number = ids[number % len(ids)], number + 1
        events.append(_edit(garden, stripe_id, number))
        stopped.wait(max(0.0, begun + number * SENDERS / EVENTS_PER_SECOND - time.monotonic()))
    connections.close_all()


def _edit(garden: "Garden", stripe_id: str, number: int) -> str:
    """Edits one, and lets the webhook come; returns the event's id."""
    from django.utils import timezone

    from integrations.providers.stripe.testing import store_signed

    before = time.time()
    customer = garden.v1.customers.update(stripe_id, {"phone": f"555-{number}"}).to_dict()
    event = {
        "id": f"evt_{stripe_id}_{number}",
        "object": "event",
        "type": "customer.updated",
        "created": int(before),
        "livemode": False,
        "data": {"object": customer, "previous_attributes": {"phone": None}},
    }
    return store_signed(garden.connection, event, timezone.now())


if __name__ == "__main__":
    main()
