"""What workers do: few and generic tasks that carry row ids at most, never payloads or secrets."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from integrations import sweep as sweeping
from integrations.connections import health
from integrations.inbox import retention, worker
from integrations.outbox import bulk_syncs, syncs
from integrations.outbox import worker as outbox_worker
from integrations.queue import dispatch

# Seconds for which a delivery goes on with the next ones.
MOMENT = 2.0


@shared_task(name=dispatch.PROCESS_INBOX)
def process_inbox(*_event_ids: str) -> None:
    """Applies what is due in the inbox; takes (and needs not) the id that an older release sends along."""
    if worker.drain():
        dispatch.send(dispatch.PROCESS_INBOX)


@shared_task(name=dispatch.DELIVER, bind=True)
def deliver(self: Any, sync_id: str) -> dict[str, Any] | None:
    """Delivers one row of the outbox; when somebody started it, the result says who, and what became of it.

    When nobody waits for a result, it goes on with what else is due, for a moment: others wait for this process, too.
    """
    outbox_worker.deliver(sync_id, now=timezone.now())
    if not self.request.ignore_result:
        return syncs.summary(sync_id)
    outbox_worker.deliver_due_beside(sync_id, seconds=MOMENT)
    return None


@shared_task(name=dispatch.PROBE)
def probe(connection_id: str) -> None:
    """Tries a broken connection again."""
    health.probe(connection_id, now=timezone.now())


@shared_task(name=dispatch.ADVANCE, ignore_result=False)
def advance_run(run_id: str, started_by: str) -> dict[str, Any]:
    """Tops a bulk sync up, again and again until it ends; its result is kept, and tells how far the run is."""
    run = bulk_syncs.advance(run_id, timezone.now())
    if run is not None and run.settled_at is None:
        bulk_syncs.tell(run, after=bulk_syncs.PAUSE)
    return bulk_syncs.summary(run_id) | {"started_by": started_by}


@shared_task(name=dispatch.SWEEP)
def sweep() -> None:
    """Nudges every row and probe that is due; run by beat."""
    sweeping.sweep(timezone.now())


@shared_task(name="integrations.prune")
def prune() -> None:
    """Empties the payloads that nobody needs any more; run by beat."""
    retention.prune(timezone.now(), days=settings.EVENT_RETENTION_DAYS)
