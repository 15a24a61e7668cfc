"""Turns: of the pushes and checkouts of one invoice, and of its payments, one runs at a time."""

from django.db.models import QuerySet

from billing.events import Kind
from billing.models import Payment
from integrations.models import OutboundSync
from integrations.models.outbound import SyncState


def turn_of(kind: Kind, entity_id: str) -> str:
    """Who takes turns with whom: the invoice's id for the invoice and its payments, else the entity's own.

    Both ask for the same money: a charge, and the push that lets the provider collect.
    """
    if kind != Kind.PAYMENT:
        return entity_id
    found = Payment.objects.filter(pk=entity_id).order_by().values_list("invoice_id", flat=True).first()
    return found or entity_id


def same_turn(sync: OutboundSync) -> QuerySet[OutboundSync]:
    """The other rows that take turns with this one."""
    return OutboundSync.objects.filter(connection_id=sync.connection_id, turn=sync.turn).exclude(pk=sync.pk)


def earlier(sync: OutboundSync) -> QuerySet[OutboundSync]:
    """The row that has to end before this one begins."""
    return same_turn(sync).filter(state=SyncState.SENDING)
