"""Carries out a push for somebody who waits for its end; who dies meanwhile is followed by a worker."""

import time

from django.utils import timezone

from integrations.models import OutboundSync
from integrations.outbox import worker

# Seconds: how long a person waits for a worker that was quicker to take the row.
PATIENCE, PAUSE = 15.0, 0.05


def wait_for(sync: OutboundSync) -> OutboundSync:
    """The sync once it is settled, or as far as it comes for now: later attempts are the workers'."""
    worker.deliver_here(sync.pk)
    deadline = time.monotonic() + PATIENCE
    while True:
        sync = OutboundSync.objects.select_related("connection").get(pk=sync.pk)
        held = sync.leased_until is not None and sync.leased_until > timezone.now()
        if sync.settled_at or not held or time.monotonic() >= deadline:
            return sync
        time.sleep(PAUSE)
