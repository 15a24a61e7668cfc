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


def finish_turn(
    connection_id: str, turn: str, *, seconds: float = OTHER_WORKER_SECONDS
) -> OutboundSync | None:
    """Delivers all that is open of the turn, each row once; returns one that is still open, if any is.

    Waits for other workers that have begun with one.
    """
    deadline, tried = time.monotonic() + seconds, set[str]()
    while left := _open_rows(connection_id, turn):
        begun = {row.pk for row in left if row.pk not in tried and _deliver_now(row)}
        tried |= begun
        if not begun and (time.monotonic() >= deadline or not any(map(_is_leased, left))):
            return left[0]
        if not begun:
            time.sleep(PAUSE_SECONDS)
    return None


def _open_rows(connection_id: str, turn: str) -> list[OutboundSync]:
    """Those that have begun come first: the others wait for them."""
    rows = OutboundSync.objects.filter(connection_id=connection_id, turn=turn, state__in=OPEN_STATES)
    return list(rows.select_related("connection").order_by("-state", "created_at", "pk"))


def _is_leased(row: OutboundSync) -> bool:
    return row.leased_until is not None and row.leased_until > timezone.now()


def _deliver_now(row: OutboundSync) -> bool:
    """Delivers it without waiting for its next attempt; returns whether this process could."""
    if _is_leased(row):
        return False
    now = timezone.now()
    OutboundSync.objects.filter(pk=row.pk, state__in=OPEN_STATES).update(next_attempt_at=now)
    worker.deliver(row.pk, now=now)
    after = OutboundSync.objects.get(pk=row.pk)
    return after.settled_at is not None or after.attempts > row.attempts
