"""What links by hand must not do: have the same money asked for twice, or cross a push that is under way."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from billing.errors import Code, Conflict
from billing.events import Kind
from billing.models import Invoice, Payment
from billing.models.payments import PaymentState
from billing.services.invoices import collector
from integrations.connections.subscription_billing import elsewhere
from integrations.linking import objects, pairs
from integrations.linking.pairs import Pair
from integrations.models import OutboundSync
from integrations.models.outbound import CallState, SyncState
from integrations.outbox.turns import turn_of
from integrations.provider_api import ASKS, Comparison

IN_USE = "mapping_in_use"
_UNDER_WAY = (PaymentState.PENDING, PaymentState.REQUIRES_ACTION, PaymentState.PROCESSING)


def refuse_second(pair: Pair, found: Comparison) -> None:
    """Raises Conflict where the object would be a second demand for the invoice, or bill the same twice."""
    if pair.kind == Kind.SUBSCRIPTION and (other := elsewhere(pair.entity_id, pair.connection.pk)):
        raise Conflict(
            f"{other.connection} bills {pair.entity_id} ({other.provider_entity_id}), and {pair.provider_id} would charge for"
            " the same. Cancel one of the two at its provider, and unlink it first.",
            code="collected_elsewhere",
        )
    if pair.kind != Kind.INVOICE or not found.notes.get(ASKS):
        return
    invoice = Invoice.objects.get(pk=pair.entity_id)
    if invoice.connection_id not in ("", pair.connection.pk):
        raise Conflict(
            f"{invoice.pk} is collected through {invoice.connection_id}, and {pair.provider_id} asks for it too. Void"
            f" {pair.provider_id} at {pairs.label(pair.connection)}, or move the invoice first.",
            code="collected_elsewhere",
        )
    attempts = Payment.objects.filter(invoice=invoice)
    if rival := attempts.filter(Q(is_open_at_gateway=True) | Q(status__in=_UNDER_WAY)).first():
        raise Conflict(
            f"The payment {rival.pk} of {invoice.pk} is under way, and {pair.provider_id} asks for the same money. Wait"
            " until it has ended, or cancel it.",
            code=Code.PAYMENT_IN_PROGRESS,
        )


def refuse_loss(before: Pair, after: Pair | None) -> None:
    """Raises Conflict where money could be asked for twice once the pair is none any more.

    ``after``: the pair in its place, None where there is none. Raises Retry or Rejected as the provider says.
    """
    how = pairs.linkable(before.connection, before.kind)
    if how.asks is None:
        return
    keeps_object = after is not None and after.provider_id == before.provider_id
    if keeps_object and how.asks_anew is not None:
        reason = how.asks_anew(before.entity_id)
    else:
        pairs.require_working(before.connection)
        found = objects.read(before, how)
        reason = "" if found is None else how.asks(before.entity_id, found)
    if reason:
        raise Conflict(reason, code=IN_USE)


def refuse_under_way(changed: Sequence[Pair], now: datetime) -> None:
    """Raises Conflict while a worker pushes one of the rows, by the mapping as it was, or creates its
    counterpart.
    """
    for pair in changed:
        own = Q(entity_type=pair.kind, entity_id=pair.entity_id)
        own |= Q(turn=turn_of(pair.kind, pair.entity_id))
        creates = Q(calls__makes=f"{pair.kind}:{pair.entity_id}", calls__state=CallState.CALLING)
        begun = OutboundSync.objects.filter(connection=pair.connection, state=SyncState.SENDING)
        if found := begun.filter(own & Q(leased_until__gt=now) | creates).first():
            raise Conflict(
                f"The sync {found.pk} is sending {pair.entity_id} right now. Wait until it has ended, then try again.",
                code="sync_in_progress",
            )


def assign(pair: Pair, found: Comparison) -> None:
    """An invoice whose counterpart asks for it is collected through the connection."""
    if pair.kind == Kind.INVOICE and found.notes.get(ASKS):
        place = {"environment_id": pair.connection.environment_id, "invoice_id": pair.entity_id}
        collector.assign(**place, connection_id=pair.connection.pk)
