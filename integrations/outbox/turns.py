"""Turns: of the pushes and checkouts of one invoice, its payments and credit notes, one runs at a time."""

from django.db.models import QuerySet

from billing.events import Kind
from billing.models import CreditNote, Payment
from integrations.models import OutboundSync
from integrations.models.outbound import SyncAction, SyncState

_OF_INVOICES: dict[Kind, type[Payment | CreditNote]] = {Kind.PAYMENT: Payment, Kind.CREDIT_NOTE: CreditNote}


def turn_of(kind: Kind, entity_id: str, action: SyncAction = SyncAction.PUSH) -> str:
    """Who takes turns with whom: the invoice's id for all that is about it, else the entity's own.

    All are about the same money: a charge, the push that lets the provider collect, what is credited. Refunds
    of an invoice's payments take turns among themselves only, so that they wait for nothing else.
    """
    if kind not in _OF_INVOICES:
        return entity_id
    rows = _OF_INVOICES[kind]._default_manager.filter(pk=entity_id).order_by()
    found = rows.values_list("invoice_id", flat=True).first() or entity_id
    return f"refunds {found}" if action == SyncAction.REFUND else found


def same_turn(sync: OutboundSync) -> QuerySet[OutboundSync]:
    """The other rows that take turns with this one."""
    return OutboundSync.objects.filter(connection_id=sync.connection_id, turn=sync.turn).exclude(pk=sync.pk)


def earlier(sync: OutboundSync) -> QuerySet[OutboundSync]:
    """The row that has to end before this one begins."""
    return same_turn(sync).filter(state=SyncState.SENDING)
