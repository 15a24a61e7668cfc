"""Waits until pushes are settled, whichever worker or process delivers them."""

import time
from collections.abc import Callable, Sequence

from django.utils import timezone

from integrations.models import OutboundSync
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import worker

PAUSE_SECONDS = 0.1
# How long a caller waits for another worker that has taken the row first.
OTHER_WORKER_SECONDS = 15.0


def wait_for(
    sync_ids: Sequence[str],
    *,
    seconds: float = float("inf"),
    leased_only: bool = False,
    progress: Callable[[int], object] = lambda _left: None,
) -> None:
    """Returns once the pushes are settled, or after ``seconds``; tells ``progress`` how many are left.

    ``leased_only``: without waiting for rows that no process works on now, such as those that wait for a
    later attempt.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and (left := _unsettled(sync_ids, leased_only)):
        progress(left)
        time.sleep(PAUSE_SECONDS)


def _unsettled(sync_ids: Sequence[str], leased_only: bool) -> int:
    rows = OutboundSync.objects.filter(pk__in=sync_ids, state__in=OPEN_STATES)
    return (rows.filter(leased_until__gt=timezone.now()) if leased_only else rows).count()


def deliver_and_wait(sync: OutboundSync) -> OutboundSync:
    """Delivers the push in this process; returns it settled, or as it is when it waits for a later attempt.

    If this process dies meanwhile, a worker goes on from the last recorded call.
    """
    worker.deliver_here(sync.pk)
    wait_for([sync.pk], seconds=OTHER_WORKER_SECONDS, leased_only=True)
    return OutboundSync.objects.select_related("connection").get(pk=sync.pk)
