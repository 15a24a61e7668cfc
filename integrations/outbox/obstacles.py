"""Pushes that something has stopped, a payment under way or a mapping: they go on once that is gone."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.events import Change, Kind
from billing.models import Payment
from billing.models.payments import PaymentState
from integrations.errors import BILLED, LINKED
from integrations.models import OutboundCall, OutboundSync
from integrations.models.outbound import CallState, SyncAction, SyncState
from integrations.outbox import outcomes

_UNDER_WAY = (PaymentState.PENDING, PaymentState.REQUIRES_ACTION, PaymentState.PROCESSING)
STOPPED = Q(state=SyncState.BLOCKED) | Q(state=SyncState.SENDING, leased_until__isnull=True)


def ended(connection_ids: Sequence[str], changes: Sequence[Change]) -> None:
    """Lets what was refused, or waits, for an invoice go on when a payment of it has ended.

    Runs inside the transaction in which that ends.
    """
    payments = [change.id for change in changes if change.kind == Kind.PAYMENT]
    if not payments:
        return
    now = timezone.now()
    invoices = Payment.objects.filter(pk__among=payments, invoice__isnull=False).order_by()
    stopped = OutboundSync.objects.filter(
        STOPPED,
        action=SyncAction.PUSH,
        connection_id__in=connection_ids,
        turn__in=invoices.exclude(status__in=_UNDER_WAY).values("invoice_id"),
    )
    for sync in stopped.order_by("pk").select_for_update():
        outcomes.notify(outcomes.reopen(sync, now))


def of_mapping(
    connection_id: str, kind: Kind, entity_ids: Sequence[str], named: Sequence[str]
) -> QuerySet[OutboundSync]:
    """The pushes that were refused or given up: of these rows, waiting for one of them, or for a
    reason that names one of ``named``.
    """
    about = Q(entity_type=kind, entity_id__in=entity_ids)
    about |= Q(waits_for__in=waits_for([f"{kind}:{one}" for one in entity_ids]))
    for one in named:
        about |= Q(last_error__contains=one)
    stopped = OutboundSync.objects.filter(
        connection_id=connection_id,
        action=SyncAction.PUSH,
        state__in=(SyncState.BLOCKED, SyncState.DEAD),
    )
    return stopped.filter(about).order_by("pk")


def waits_for(names: Sequence[str]) -> list[str]:
    """How pushes say that they wait for those, "customer:cust_..." each, to change, perhaps for more."""
    return [f"{also}{one}" for also in ("", LINKED, BILLED) for one in names]


def go_on(sync: OutboundSync, now: datetime) -> None:
    """Tries a stopped push again, once the transaction is committed."""
    outcomes.notify(outcomes.reopen(sync, now))


def forget_counterpart(
    connection_id: str, kind: Kind, entity_id: str, provider_id: str, now: datetime, *, is_gone: bool = False
) -> None:
    """Keeps stopped pushes from going on with what they did with a counterpart that the row has no more.

    ``is_gone``: nor do they repeat a call to it that had no answer, because it can have no effect any more.
    """
    known, unanswered = [CallState.DONE, CallState.SKIPPED], [CallState.CALLING] if is_gone else []
    made = Q(makes=f"{kind}:{entity_id}", state__in=known)
    made |= Q(target=provider_id, state__in=[*known, *unanswered])
    calls = OutboundCall.objects.filter(made, sync__connection_id=connection_id)
    calls.exclude(sync__state=SyncState.DONE).update(
        state=CallState.REFUSED, detail=f"{provider_id} is not the counterpart any more.", finished_at=now
    )
