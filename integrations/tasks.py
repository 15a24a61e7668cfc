"""What workers do: a few generic tasks that carry row ids at most, never payloads or secrets."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from billing.services import audit
from integrations import sweep as sweeper
from integrations.connections import health
from integrations.inbox import retention
from integrations.inbox import worker as inbox_worker
from integrations.models.outbound import Priority
from integrations.outbound_webhooks import feed, lanes, sender
from integrations.outbound_webhooks import retention as webhook_retention
from integrations.outbox import bulk_syncs, syncs
from integrations.outbox import worker as outbox_worker
from integrations.payments import duplicates
from integrations.processes import silence
from integrations.queue import dispatch, inbox_wakeup, shared_wakeup
from integrations.reconcile.catch_up import polling
from integrations.reconcile.comparing import runs as comparisons
from integrations.reconcile.comparing import schedule as comparison_schedule
from integrations.reconcile.comparing import work as comparison_work
from integrations.reconcile.importing import runs as imports
from integrations.reconcile.importing import work as import_work
from integrations.reconcile.recovering import recoveries
from integrations.reconcile.repairing import batches as repair_batches
from integrations.reconcile.repairing import leases as repair_leases
from integrations.reconcile.repairing import work as repair_work

# How long a delivery continues with the next rows before the worker takes another message.
DELIVER_NEXT_SECONDS = 2.0
# How long a worker imports, or compares, until other messages have their turn.
IMPORT_SECONDS = 20.0
# How long one begins to send webhooks.
WEBHOOKS_SECONDS = 5.0


@shared_task(name=dispatch.PROCESS_INBOX)
def process_inbox(*_event_ids: str) -> None:
    """Applies the due events of the inbox; takes, without using them, the ids that an older release sends."""
    if inbox_worker.drain():
        inbox_wakeup.notify_now()
    # Messages of events go first: while they keep all workers busy, those of the outbox have no turn.
    outbox_worker.deliver_starving(seconds=DELIVER_NEXT_SECONDS)


@shared_task(name=dispatch.DELIVER, bind=True)
def deliver(self: Any, sync_id: str) -> dict[str, Any] | None:
    """Delivers one row of the outbox; the result of a requested sync says who started it and how it ended.

    Without a result to return, continues with other due rows for a moment, no longer: other messages wait,
    too.
    """
    outbox_worker.deliver(sync_id, now=timezone.now())
    if not self.request.ignore_result:
        return syncs.summary(sync_id)
    outbox_worker.deliver_next(sync_id, seconds=DELIVER_NEXT_SECONDS)
    return None


@shared_task(name=dispatch.PROBE)
def probe(connection_id: str) -> None:
    """Tries a broken connection again."""
    health.probe(connection_id, now=timezone.now())


@shared_task(name=dispatch.ADVANCE, ignore_result=False)
def advance_run(run_id: str, started_by: str) -> dict[str, Any]:
    """Advances a bulk sync, again and again until it ends; the kept result says how far the run is."""
    run = bulk_syncs.advance(run_id, timezone.now())
    if run is not None and run.settled_at is None:
        bulk_syncs.notify(run, after=bulk_syncs.ADVANCE_EVERY_SECONDS)
    return bulk_syncs.summary(run_id) | {"started_by": started_by}


@shared_task(name=dispatch.IMPORT)
def carry_out_import(run_id: str) -> None:
    """Carries an import out for a while; what is left is another message, which lets others pass."""
    if import_work.work(run_id, seconds=IMPORT_SECONDS):
        imports.notify(run_id)


@shared_task(name=dispatch.COMPARE)
def carry_out_comparison(run_id: str) -> None:
    """Carries a comparison out for a while; what is left is another message, which lets others pass."""
    if comparison_work.work(run_id, seconds=IMPORT_SECONDS):
        comparisons.notify(run_id)


@shared_task(name=dispatch.START_COMPARISONS)
def start_comparisons() -> None:
    """Starts the comparisons that are due; run by beat."""
    comparison_schedule.start_due(timezone.now())


@shared_task(name=dispatch.REPAIR)
def carry_out_repairs() -> None:
    """Carries out what was asked for of findings, for a while."""
    if repair_batches.expand(seconds=IMPORT_SECONDS / 2) | repair_work.work(seconds=IMPORT_SECONDS / 2):
        repair_work.notify()


@shared_task(name=dispatch.PUBLISH)
def publish_events() -> None:
    """Publishes what changed, for a while; what is left is another message, which lets others pass."""
    shared_wakeup.acknowledge(dispatch.PUBLISH)
    if feed.publish_all(seconds=IMPORT_SECONDS):
        dispatch.send(dispatch.PUBLISH, priority=Priority.SYNC)


@shared_task(name=dispatch.DELIVER_WEBHOOKS)
def deliver_webhooks() -> None:
    """Sends events to other programs, for a while; what is left is another message."""
    shared_wakeup.acknowledge(dispatch.DELIVER_WEBHOOKS)
    if sender.work(seconds=WEBHOOKS_SECONDS):
        dispatch.send(dispatch.DELIVER_WEBHOOKS, priority=Priority.SYNC)


@shared_task(name=dispatch.REFUND_DUPLICATES)
def refund_duplicates(invoice_id: str) -> None:
    """Refunds what was paid in excess for the invoice, where the connection that it came through says so."""
    duplicates.refund_automatically(invoice_id, timezone.now())


@shared_task(name=dispatch.SWEEP)
def sweep() -> None:
    """Notifies workers of every row and probe that is due, and of money that came twice; run by beat."""
    sweeper.sweep(timezone.now())
    dispatch.send(dispatch.PUBLISH, priority=Priority.SYNC)
    if lanes.is_due(timezone.now()):
        dispatch.send(dispatch.DELIVER_WEBHOOKS, priority=Priority.SYNC)
    for invoice_id in duplicates.due():
        dispatch.send(dispatch.REFUND_DUPLICATES, invoice_id)
    for run in imports.due(timezone.now()):
        imports.notify(run.pk)
    for comparison in comparisons.due(timezone.now()):
        comparisons.notify(comparison.pk)
    if repair_leases.due(timezone.now()).exists() or repair_batches.due(timezone.now()).exists():
        repair_work.notify()


@shared_task(name=dispatch.CATCH_UP)
def catch_up() -> None:
    """Notifies workers of connections whose events are polled next, and follows recoveries; run by beat."""
    polling.notify_due(timezone.now())
    recoveries.follow(timezone.now())


@shared_task(name=dispatch.POLL_EVENTS)
def poll_events(connection_id: str) -> None:
    """Stores what no webhook has brought, for a while; what is left then is another message."""
    if polling.poll(connection_id):
        dispatch.send(dispatch.POLL_EVENTS, connection_id, priority=Priority.SYNC)


@shared_task(name="integrations.prune")
def prune() -> None:
    """Empties payloads of old events, forgets old audit entries and processes that are gone; run by beat."""
    silence.forget(timezone.now())
    webhook_retention.prune(timezone.now(), days=settings.WEBHOOK_EVENT_DAYS)
    audit.forget(timezone.now(), days=settings.AUDIT_DAYS)
    retention.prune(timezone.now(), days=settings.EVENT_RETENTION_DAYS)
