"""What workers do: few and generic tasks that carry row ids at most, never payloads or secrets."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from integrations import draining, nudges, outbox, probing, pruning, sweeping


@shared_task(name=nudges.PROCESS_INBOX)
def process_inbox(*_event_ids: str) -> None:
    """Applies what is due in the inbox; takes (and needs not) the id that an older release sends along."""
    if draining.drain():
        nudges.send(nudges.PROCESS_INBOX)


@shared_task(name=nudges.DELIVER)
def deliver(sync_id: str) -> None:
    """Delivers one row of the outbox."""
    outbox.deliver(sync_id, now=timezone.now())


@shared_task(name=nudges.PROBE)
def probe(connection_id: str) -> None:
    """Tries a broken connection again."""
    probing.probe(connection_id, now=timezone.now())


@shared_task(name=nudges.SWEEP)
def sweep() -> None:
    """Nudges every row and probe that is due; run by beat."""
    sweeping.sweep(timezone.now())


@shared_task(name="integrations.prune")
def prune() -> None:
    """Empties the payloads that nobody needs any more; run by beat."""
    pruning.prune(timezone.now(), days=settings.EVENT_RETENTION_DAYS)
