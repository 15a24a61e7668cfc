"""`python -m devstack --home test -- python -m benchmarks.deliveries`: webhooks a second of one worker.

First to one receiver that answers after 50 ms; then of all changes to five: that one, two slow ones, a dead
one, and one that answers 500 at random, while the worker is killed.
"""

import os
import signal
import subprocess
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

import django

from benchmarks.databases import empty_database, migrate
from benchmarks.outbound import say, worker
from benchmarks.receivers import Receivers, receivers

POOL = ["--pool", "prefork", "--concurrency", "2"]
FAST, ROWS = 0.05, 500
# Seconds in which nothing arrives: what waits for its next try is due then, as if hours had passed; and the
# trial has failed.
PATIENCE, SILENCE = 20.0, 400.0


def main() -> None:
    """Prints what arrived, in which order, and how fast."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=2000)
    parser.add_argument("--slow", type=float, default=0.5, help="seconds that two of the receivers take")
    parser.add_argument("--kills", type=int, default=3)
    options = parser.parse_args()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "flexsync.settings",
        "LOG_LEVEL": "WARNING",
        "SWEEP_SECONDS": "1",
    }
    os.environ["WEBHOOK_ALLOWED_NETWORKS"] = "127.0.0.0/8"
    os.environ["DATABASE_URL"] = empty_database(os.environ["DATABASE_URL"])
    migrate()
    django.setup()
    alone(options)
    if options.kills:
        together(options)


def alone(options: Namespace) -> None:
    """One receiver, one worker."""
    with receivers([(FAST, 0.0)]) as found:
        environment = prepare("alone", found.urls)
        change(environment, options.changes)
        sweep()
        with worker(POOL):
            wait(found, 0, options.changes)
        found.report(["50 ms, alone"], options.changes)


def together(options: Namespace) -> None:
    """Five receivers, and a worker that dies again and again."""
    kinds = [(FAST, 0.0), (FAST, 0.05), (options.slow, 0.0), (options.slow, 0.0)]
    with receivers(kinds) as found:
        environment = prepare("together", [*found.urls, "http://127.0.0.1:1/"])
        change(environment, options.changes)
        for number in range(options.kills):
            with killed() as process:
                wait(found, 0, (number + 1) * options.changes // (2 * options.kills))
                process()
        with worker(POOL):
            for index in range(len(kinds)):
                wait(found, index, options.changes)
        found.report(["50 ms", "500 at random", "slow", "slow, too"], options.changes)


def prepare(name: str, urls: Sequence[str]) -> str:
    """Makes an environment with an endpoint for each URL; returns its id."""
    from django.utils import timezone

    from billing.models import Environment
    from integrations.outbound_webhooks import endpoints

    environment = Environment.objects.create(name=name)
    for url in urls:
        endpoints.create(environment_id=environment.pk, url=url, now=timezone.now())
    return str(environment.pk)


def change(environment_id: str, changes: int) -> None:
    """Makes customers, changes them until there are so many changes, and publishes them."""
    from django.db import transaction

    from billing.facts import CustomerFacts
    from billing.services.customers import customers
    from integrations.outbound_webhooks import feed

    with transaction.atomic():
        ids = [
            customers.create(environment_id=environment_id, facts=CustomerFacts(name="0")).pk
            for _ in range(ROWS)
        ]
        for number in range(ROWS, changes):
            row, changed = ids[number % ROWS], {"name": str(number)}
            customers.update(environment_id=environment_id, customer_id=row, changes=changed)
    begun = time.perf_counter()
    feed.publish_all(seconds=600)
    say(f"{changes} changes published in {time.perf_counter() - begun:.1f} s")


def sweep() -> None:
    """Does once a second what beat would, in a thread."""
    Thread(target=_sweep, daemon=True).start()


def _sweep() -> None:
    from integrations.queue import dispatch

    ends_at = time.monotonic() + 3600
    while time.monotonic() < ends_at:
        dispatch.send(dispatch.SWEEP)
        time.sleep(1)


def wait(found: Receivers, receiver: int, count: int) -> None:
    """Until the receiver has taken so many different events; raises when nothing happens any more."""
    known, since = -1, time.monotonic()
    while (taken := found.taken(receiver)) < count:
        if taken != known:
            known, since = taken, time.monotonic()
        silent = time.monotonic() - since
        assert silent < SILENCE, f"receiver {receiver} has {taken} of {count}"
        if silent > PATIENCE:
            let_hours_pass()
        time.sleep(0.5)


def let_hours_pass() -> None:
    """Lets all be tried again now; locks endpoints first, as the worker does."""
    from django.db import transaction
    from django.utils import timezone

    from integrations.models import WebhookDelivery, WebhookEndpoint
    from integrations.models.webhook_deliveries import DeliveryState

    with transaction.atomic():
        endpoints = list(WebhookEndpoint.objects.select_for_update(no_key=True).order_by("pk"))
        waiting = WebhookDelivery.objects.filter(state=DeliveryState.PENDING)
        waiting.update(next_attempt_at=timezone.now())
        named = WebhookEndpoint.objects.filter(pk__in=[one.pk for one in endpoints], enabled=True)
        named.update(next_attempt_at=None)


@contextmanager
def killed() -> Iterator[Callable[[], None]]:
    """A worker that is killed when it is told, with its children."""
    with worker(POOL) as process:
        children = subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False
        ).stdout.split()

        def kill() -> None:
            for pid in (process.pid, *map(int, children)):
                os.kill(pid, signal.SIGKILL)

        yield kill


if __name__ == "__main__":
    main()
