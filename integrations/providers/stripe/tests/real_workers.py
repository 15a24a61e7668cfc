"""For tests of real workers that are killed or frozen: another worker finishes what they began."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from integrations import sweep
from integrations.models import Connection, OutboundSync
from integrations.outbox import syncs
from integrations.tests.workers import Worker, empty_broker, until


def stage(connection: Connection, kind: Kind, entity_id: str) -> OutboundSync:
    """Stages a push, of which the running workers are notified."""
    with transaction.atomic():
        return syncs.stage(connection_id=connection.id, kind=kind, entity_id=entity_id)


def finish(sync: OutboundSync, running: Worker) -> None:
    """Waits until ``running`` has finished the push of a worker that died."""
    outlive_lease(sync)
    sweep.sweep(timezone.now() + timedelta(seconds=16))
    until(lambda: is_done(sync), "the push is finished", running.log)


def outlive_lease(sync: OutboundSync) -> None:
    """Waits until the lease of the worker that has the push has run out, without any message for another."""
    empty_broker()
    sync.refresh_from_db()
    until(lambda: timezone.now() > sync.leased_until, "the lease has run out")


def is_done(sync: OutboundSync) -> bool:
    """Whether the push is done; one that waits for its next attempt is retried now."""
    sync.refresh_from_db()
    assert sync.state != "blocked", sync.last_error
    if sync.state == "sending" and sync.next_attempt_at and sync.leased_until is None:
        # Stripe was still busy with the call ("key in use").
        syncs.retry(sync.id, timezone.now())
    return sync.state == "done"
