"""Looks at an invoice, and at what is open for it, so that what is decided next rests on what is true now."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.errors import Conflict
from billing.events import Kind
from integrations.errors import Gone
from integrations.gateway.slots import waits
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncAction, SyncState
from integrations.outbox import foreground, leases, outcomes, rivals, taking
from integrations.outbox.context import OutboundContext
from integrations.outbox.wait import finish_turn
from integrations.provider_api import ASKS, Payments, registry


@waits
def look(environment_id: str, invoice_id: str, *, now: datetime, started_by: str = "look") -> None:
    """Closes the pages and intents that are open for the invoice, and applies what each provider shows of it;
    call it outside any transaction.

    Raises Conflict while something of the invoice is under way, or while a connection that asks for it is
    paused, broken or deleted: what happens there meanwhile is not known. Raises Retry or Rejected as a
    provider says.
    """
    mapped = EntityMapping.objects.filter(entity_type=Kind.INVOICE, entity_id=invoice_id)
    _refuse_unknown(mapped.filter(metadata__contains={ASKS: True}), invoice_id)
    # One that is being sent for the first time has no mapping yet.
    has_it = Q(mappings__in=mapped) | Q(pk__in=sending(invoice_id).values("connection_id"))
    has_it |= Q(pk__in=rivals.open_or_busy(invoice_id).values("connection_id"))
    connections = Connection.objects.filter(
        has_it, environment_id=environment_id, status=ConnectionStatus.ACTIVE
    )
    for connection in connections.order_by("pk").distinct():
        finish_turn(connection.pk, invoice_id)
        means = registry.provider(connection.provider).payments
        _look(connection, means, invoice_id, started_by, now)


def sending(invoice_id: str) -> QuerySet[OutboundSync]:
    """What workers are doing for the invoice at this moment."""
    now = timezone.now()
    return OutboundSync.objects.filter(turn=invoice_id, state=SyncState.SENDING, leased_until__gt=now)


def _refuse_unknown(asking: QuerySet[EntityMapping], invoice_id: str) -> None:
    asks = Q(mappings__in=asking) | Q(pk__in=rivals.open_at_gateway(invoice_id).values("connection_id"))
    stopped = Connection.objects.filter(asks).exclude(status=ConnectionStatus.ACTIVE)
    for connection in stopped[:1]:
        is_deleted = connection.status == ConnectionStatus.ARCHIVED
        state = "deleted" if is_deleted else connection.status
        todo = "Connect its account again" if is_deleted else "Let it work again"
        raise Conflict(
            f"The connection {connection.pk} ({connection.name}) is {state}, and its account asks for this invoice: what"
            f" happens there now is not known here. {todo}, then repeat this.",
            code="connection_stopped",
        )


def _look(connection: Connection, means: Payments, invoice_id: str, started_by: str, now: datetime) -> None:
    sync = foreground.begin(
        connection, Kind.INVOICE, invoice_id, SyncAction.LOOK, started_by=started_by, now=now
    )
    clock = leases.clock(now)
    context = OutboundContext(sync, clock)
    try:
        taking.close_rivals(context, means, invoice_id)
        _observe(context, means, invoice_id)
        outcomes.done(sync, clock())
    except Exception as failure:
        foreground.end(sync, failure, clock())
        raise


def _observe(context: OutboundContext, means: Payments, invoice_id: str) -> None:
    """Applies what the look shows: nothing of an invoice that is gone there, which nobody can pay."""
    if means.look_at_invoice is None:
        return
    try:
        there = means.look_at_invoice(context, invoice_id=invoice_id, hold=False)
    except Gone as gone:
        if gone.entity_id != invoice_id:
            raise
        return
    if there is not None:
        context.observe(Kind.INVOICE, there.answer)
