"""Who works on an outbox row: one worker at a time, for as long as it gives signs of life."""

import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import IntegrityError, transaction

from integrations.models import OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import OPEN_STATES, SyncState

Clock = Callable[[], datetime]


class LeaseLost(Exception):
    """Another worker has taken the row over, or a person has cancelled it: this one must write nothing more."""


def clock(now: datetime) -> Clock:
    """A clock that starts at ``now`` and runs on."""
    started = monotonic()
    return lambda: now + timedelta(seconds=monotonic() - started)


def claim(sync_id: str, now: datetime) -> OutboundSync | None:
    """The row, now ours to send; None when it is settled, not due, held by another, or has to wait.

    It waits while its connection is not active, and while an earlier push of the same entity runs.
    """
    try:
        with transaction.atomic():
            sync = _free(sync_id, now)
            if sync is None or _overtakes(sync):
                return None
            sync.state = SyncState.SENDING
            sync.attempts += 1
            take(sync, now)
            return sync
    except IntegrityError:
        return None  # another row of this entity began to run in the same moment


def take(sync: OutboundSync, now: datetime) -> None:
    """Gives the row to this worker and saves it."""
    sync.lease_holder = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
    sync.leased_until = until(now)
    sync.next_attempt_at = now
    if sync._state.adding:
        sync.save()
    else:
        sync.save(update_fields=["state", "attempts", "lease_holder", "leased_until", "next_attempt_at"])


def until(now: datetime) -> datetime:
    """When a lease given now runs out."""
    return now + length()


def length() -> timedelta:
    """How long a worker may give no sign of life."""
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def hold(sync: OutboundSync, now: datetime) -> None:
    """Extends the lease, tells the step reached, and locks the row; raises LeaseLost when it is not ours any more."""
    held = OutboundSync.objects.filter(
        pk=sync.pk, state=SyncState.SENDING, lease_holder=sync.lease_holder
    ).update(leased_until=until(now), step=sync.step)
    if not held:
        raise LeaseLost(sync.pk)


def _free(sync_id: str, now: datetime) -> OutboundSync | None:
    """The locked row when nobody works on it and it is due."""
    return (
        OutboundSync.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("connection")
        .filter(pk=sync_id, state__in=OPEN_STATES, connection__status=ConnectionStatus.ACTIVE)
        .exclude(leased_until__gt=now)
        .exclude(next_attempt_at__gt=now)
        .first()
    )


def _overtakes(sync: OutboundSync) -> bool:
    """Whether an earlier push of the same entity still runs."""
    others = OutboundSync.objects.filter(
        connection_id=sync.connection_id,
        entity_type=sync.entity_type,
        entity_id=sync.entity_id,
        state=SyncState.SENDING,
    )
    return others.exclude(pk=sync.pk).exists()
