"""What workers do: few and generic tasks that carry row ids at most, never payloads or secrets."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from integrations import draining, nudges, outbox, probing, pruning, runs, sweeping

# Seconds for which a delivery goes on with the next ones.
MOMENT = 2.0


@shared_task(name=nudges.PROCESS_INBOX)
def process_inbox(*_event_ids: str) -> None:
    """Applies what is due in the inbox; takes (and needs not) the id that an older release sends along."""
    if draining.drain():
        nudges.send(nudges.PROCESS_INBOX)


@shared_task(name=nudges.DELIVER, bind=True)
def deliver(self: Any, sync_id: str) -> dict[str, Any] | None:
    """Delivers one row of the outbox; when somebody started it, the result says who, and what became of it.

    When nobody waits for a result, it goes on with what else is due, for a moment: others wait for this process, too.
    """
    outbox.deliver(sync_id, now=timezone.now())
    if not self.request.ignore_result:
        return outbox.told(sync_id)
    outbox.deliver_due_beside(sync_id, seconds=MOMENT)
    return None


@shared_task(name=nudges.PROBE)
def probe(connection_id: str) -> None:
    """Tries a broken connection again."""
    probing.probe(connection_id, now=timezone.now())


@shared_task(name=nudges.ADVANCE, ignore_result=False)
def advance_run(run_id: str, started_by: str) -> dict[str, Any]:
    """Tops a bulk sync up, again and again until it ends; its result is kept, and tells how far the run is."""
    run = runs.advance(run_id, timezone.now())
    if run is not None and run.settled_at is None:
        runs.tell(run, after=runs.PAUSE)
    return runs.told(run_id) | {"started_by": started_by}


@shared_task(name=nudges.SWEEP)
def sweep() -> None:
    """Nudges every row and probe that is due; run by beat."""
    sweeping.sweep(timezone.now())


@shared_task(name="integrations.prune")
def prune() -> None:
    """Empties the payloads that nobody needs any more; run by beat."""
    pruning.prune(timezone.now(), days=settings.EVENT_RETENTION_DAYS)
