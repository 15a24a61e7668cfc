"""What else belongs to an object that a row is to lose: it stays there, as a person should know."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from billing.events import Kind
from billing.models import Invoice, Price, Subscription
from billing.models.invoices import InvoiceStatus
from billing.models.subscriptions import SubscriptionStatus
from integrations.linking.pairs import Pair
from integrations.models import EntityMapping

_ENDED = (SubscriptionStatus.DRAFT, SubscriptionStatus.CANCELLED)


def warnings(before: Pair) -> Iterator[str]:
    """One for each kind of what is linked, too, and does not move along."""
    for kind, rows in _rows(before):
        linked = EntityMapping.objects.filter(
            connection=before.connection, entity_type=kind, entity_id__in=rows.values("pk")
        )
        if found := sorted(linked.values_list("provider_entity_id", flat=True)):
            yield f"What belongs to {before.provider_id} there stays with it: {', '.join(found)}."


def _rows(before: Pair) -> list[tuple[Kind, QuerySet[Any]]]:
    live = Subscription.objects.exclude(status__in=_ENDED)
    if before.kind == Kind.CUSTOMER:
        asked = Invoice.objects.filter(status=InvoiceStatus.FINALIZED, amount_remaining__gt=0)
        own = {"customer": before.entity_id}
        return [(Kind.INVOICE, asked.filter(**own)), (Kind.SUBSCRIPTION, live.filter(**own))]
    if before.kind == Kind.PLAN:
        return [(Kind.PRICE, Price.objects.filter(plan=before.entity_id))]
    if before.kind == Kind.PRICE:
        return [(Kind.SUBSCRIPTION, live.filter(items__price=before.entity_id).distinct())]
    return []
