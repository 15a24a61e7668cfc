"""Which worker carries an import out: one at a time, for as long as it gives signs of life."""

import os
import secrets
import socket
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from integrations.models import ImportRun
from integrations.models.imports import ImportState

# How long a worker may give no sign of life: a page, with what has to be read for it one by one.
LEASE = timedelta(seconds=90)


class Stopped(Exception):
    """The import was paused or cancelled, or another worker has it: this one leaves it as it is."""


def claim(run_id: str, now: datetime) -> ImportRun | None:
    """The running import, leased to this worker; None while another one has it, or it waits."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    holder = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    runs = ImportRun.objects.filter(free, due, pk=run_id, state=ImportState.RUNNING)
    if not runs.update(leased_until=now + LEASE, lease_holder=holder):
        return None
    return ImportRun.objects.select_related("connection").get(pk=run_id)


def extend(run: ImportRun, now: datetime) -> None:
    """Gives a sign of life, in the caller's transaction, which then has the row; raises Stopped."""
    held = ImportRun.objects.filter(pk=run.pk, lease_holder=run.lease_holder, state=ImportState.RUNNING)
    if not held.update(leased_until=now + LEASE):
        raise Stopped(run.pk)


def release(run: ImportRun) -> None:
    """Lets another worker go on at once."""
    with transaction.atomic():
        held = ImportRun.objects.filter(pk=run.pk, lease_holder=run.lease_holder)
        held.update(leased_until=None, lease_holder="")
