"""Checks of both pipelines: how long the oldest row has waited, and what waits for an operator."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Min

from integrations.models import InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundState
from integrations.models.outbound import OPEN_STATES, SyncState
from integrations.reconcile.doctor.examination import Examination
from integrations.reconcile.doctor.findings import Finding, ok, warning

# A row that is due for longer waits for workers that are away, or too few.
LONG = timedelta(minutes=5)
WORKERS = "Check that workers run, and that there are enough of them."


def inbox(exam: Examination) -> Iterator[Finding]:
    """Whether events are applied in time, and can be."""
    events = InboundEvent.objects.filter(connection=exam.connection)
    due = events.due(exam.now).order_by().aggregate(at=Min("next_attempt_at"))["at"]
    if _is_late(exam, due):
        yield warning("inbox", "inbox_backlog", f"An event waits since {due:%Y-%m-%d %H:%M} UTC.", WORKERS)
    else:
        yield ok("inbox", "No event waits for a worker.")
    if dead := events.filter(state=InboundState.DEAD).count():
        message = f"{dead} events could not be applied."
        yield warning("dead", "events_dead", message, "Each says why; mend that, then replay it.")


def outbox(exam: Examination) -> Iterator[Finding]:
    """Whether syncs are sent in time, and can be."""
    syncs = OutboundSync.objects.filter(connection=exam.connection)
    open_ones = syncs.filter(state__in=OPEN_STATES, next_attempt_at__lte=exam.now)
    due = open_ones.exclude(leased_until__gt=exam.now).aggregate(at=Min("next_attempt_at"))["at"]
    if exam.connection.status == ConnectionStatus.ACTIVE and _is_late(exam, due):
        yield warning("outbox", "outbox_backlog", f"A sync waits since {due:%Y-%m-%d %H:%M} UTC.", WORKERS)
    else:
        yield ok("outbox", "No sync waits for a worker.")
    if blocked := syncs.filter(state=SyncState.BLOCKED).count():
        message = f"{blocked} syncs are blocked."
        yield warning("blocked", "syncs_blocked", message, "Each says what has to change first.")


def _is_late(exam: Examination, due: datetime | None) -> bool:
    return due is not None and exam.now - due > LONG
