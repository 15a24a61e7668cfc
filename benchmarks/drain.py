"""`python -m devstack --home test -- python -m benchmarks.drain [EVENTS [BATCH]]`: how fast a backlog drains.

Events of the whole mix, stored before the clock starts, are drained by this one process, up to BATCH in one
transaction (by default as many as a worker takes).
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import django

from benchmarks.databases import empty_database, migrate
from benchmarks.mix import mix

ENVIRONMENT = "env_prod"


def main() -> None:
    """Prints events, seconds, events applied per second, and statements per event."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 7000
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    os.environ["DJANGO_SETTINGS_MODULE"] = "flexsync.settings"
    django.setup()
    fill(count, connect())
    begun, used = time.perf_counter(), time.process_time()
    with counted() as statements:
        drain(int(sys.argv[2]) if len(sys.argv) > 2 else None)
    used, taken = time.process_time() - used, time.perf_counter() - begun
    report(count, taken, used, statements)


def connect() -> str:
    """Creates a connection in a new environment, with all switches on, and returns its id."""
    from billing.models import Environment
    from integrations.testing import make_connection

    environment = Environment.objects.create(id=ENVIRONMENT, name="Benchmarks")
    return make_connection(environment.id, "stripe").id


def fill(count: int, connection_id: str) -> None:
    """Stores the events as the webhook would, which is not measured."""
    from django.utils import timezone

    from integrations.provider_api import Envelope
    from integrations.webhooks import event_store, signing_secrets

    [key] = signing_secrets.valid("stripe", connection_id, timezone.now())
    for event in mix(count // 7):
        at = datetime.fromtimestamp(event["created"], UTC)
        object_id = event["data"]["object"]["id"]
        envelope = Envelope(event["id"], event["type"], object_id, at, "", False, event, 0)
        event_store.insert(key, envelope, timezone.now())


def drain(batch: int | None = None) -> None:
    """Runs the worker's task until nothing is due."""
    from integrations.inbox import worker

    worker.BATCH = batch or worker.BATCH
    while worker.drain():
        pass


@contextmanager
def counted() -> Iterator[list[int]]:
    """Yields a list whose first element counts the statements sent meanwhile."""
    from django.db import connection

    statements = [0]

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        statements[0] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield statements


def report(count: int, taken: float, used: float, statements: list[int]) -> None:
    """Prints the speed, and how many events of each type are in which state."""
    from django.db.models import Count

    from integrations.models import InboundEvent

    sys.stdout.write(
        f"{count} events in {taken:.1f} s: {count / taken:.0f}/s; for each {statements[0] / count:.2f} statements"
        f" and {used / count * 1000:.2f} ms of Python's processor time\n"
    )
    for row in (
        InboundEvent.objects.values_list("type", "state", "reason")
        .annotate(n=Count("id"))
        .order_by("-n")[:12]
    ):
        sys.stdout.write(f"  {row}\n")


if __name__ == "__main__":
    main()
