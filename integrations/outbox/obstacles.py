"""Pushes that a payment under way has stopped: they go on once it has ended."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from billing.events import Change, Kind
from billing.models import Payment
from billing.models.payments import PaymentState
from integrations.models import OutboundSync
from integrations.models.outbound import SyncAction, SyncState
from integrations.outbox import outcomes

_UNDER_WAY = (PaymentState.PENDING, PaymentState.REQUIRES_ACTION, PaymentState.PROCESSING)
_STOPPED = Q(state=SyncState.BLOCKED) | Q(state=SyncState.SENDING, leased_until__isnull=True)


def ended(connection_ids: Sequence[str], changes: Sequence[Change]) -> None:
    """Lets what was refused, or waits, for an invoice go on when a payment of it has ended.

    Runs inside the transaction in which that ends.
    """
    payments = [change.id for change in changes if change.kind == Kind.PAYMENT]
    if not payments or not connection_ids:
        return
    now = timezone.now()
    invoices = Payment.objects.filter(pk__among=payments, invoice__isnull=False).order_by()
    stopped = OutboundSync.objects.filter(
        _STOPPED,
        action=SyncAction.PUSH,
        connection_id__in=connection_ids,
        turn__in=invoices.exclude(status__in=_UNDER_WAY).values("invoice_id"),
    )
    for sync in stopped.order_by("pk").select_for_update():
        outcomes.notify(outcomes.reopen(sync, now))
