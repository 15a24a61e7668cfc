"""Rows of work that a caller waits for: leased to this process from the start, and ended with it."""

from datetime import datetime

from django.db import IntegrityError, transaction

from billing.errors import Conflict
from billing.events import Kind
from integrations.errors import Recovering, Rejected
from integrations.gateway import epochs
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import Priority, SyncAction, SyncState
from integrations.outbox import leases, outcomes
from integrations.outbox.turns import turn_of

BUSY = "checkout_in_progress"


def begin(
    connection: Connection, kind: Kind, entity_id: str, action: SyncAction, *, started_by: str, now: datetime
) -> OutboundSync:
    """A row that is leased to this process; a worker that finds the lease expired only ends it.

    Raises Conflict while another row has the turn.
    """
    sync = OutboundSync(
        connection=connection,
        entity_type=kind,
        entity_id=entity_id,
        turn=turn_of(kind, entity_id),
        action=action,
        state=SyncState.SENDING,
        attempts=1,
        started_by=started_by,
        priority=Priority.PERSON,
    )
    try:
        with transaction.atomic():
            leases.take(sync, now)
    except IntegrityError:
        raise Conflict(
            f"Another request about invoice {sync.turn} is being carried out right now: a payment, a credit note or a"
            " change of it. Try again in a few seconds.",
            code=BUSY,
        ) from None
    return sync


def end(sync: OutboundSync, failure: Exception, now: datetime) -> None:
    """Settles the row of a caller who was refused, or whose work failed: nobody goes on with it."""
    if isinstance(failure, Recovering):
        failure = Recovering(epochs.ASK_AGAIN)
    if isinstance(failure, Conflict):
        outcomes.refused(sync, failure.message, now)
    else:
        outcomes.failed(sync, failure, now, final=True)


def end_abandoned(sync: OutboundSync, now: datetime) -> None:
    """Ends the work of a process that died, and its caller with it."""
    end(sync, Rejected("The process ended before its caller had an answer. Ask again."), now)
