"""How the objects of outbound webhooks are shown: as by their own calls."""

from collections.abc import Sequence
from typing import Any

from billing.api.serializers.credit_notes import CreditNoteSerializer
from billing.api.serializers.disputes import DisputeSerializer
from billing.api.serializers.refunds import RefundSerializer
from billing.api.views.customers import CustomerViewSet
from billing.api.views.invoices import InvoiceViewSet
from billing.api.views.payments import PaymentViewSet
from billing.api.views.plans import PlanViewSet
from billing.api.views.prices import PriceViewSet
from billing.api.views.subscriptions import SubscriptionViewSet
from billing.models import CreditNote, Dispute, Refund
from integrations.api.conflicts import ConflictViewSet
from integrations.api.connection_serializers import ConnectionSerializer
from integrations.api.finding_serializers import FindingSerializer
from integrations.api.findings import FindingViewSet
from integrations.models import Connection
from integrations.outbound_webhooks import objects

# What is shown of each kind, and by what.
SHOWN: dict[str, tuple[Any, Any]] = {
    "customer": (CustomerViewSet.queryset, CustomerViewSet.serializer_class),
    "plan": (PlanViewSet.queryset, PlanViewSet.serializer_class),
    "price": (PriceViewSet.queryset, PriceViewSet.serializer_class),
    "subscription": (SubscriptionViewSet.queryset, SubscriptionViewSet.serializer_class),
    "invoice": (InvoiceViewSet.queryset, InvoiceViewSet.serializer_class),
    "payment": (PaymentViewSet.queryset, PaymentViewSet.serializer_class),
    "refund": (Refund.objects.all(), RefundSerializer),
    "dispute": (Dispute.objects.select_related("payment"), DisputeSerializer),
    "credit_note": (CreditNote.objects.all(), CreditNoteSerializer),
    # Deleted ones, too.
    "connection": (
        Connection.objects.select_related("event_poll").prefetch_related("signing_secrets", "alarms"),
        ConnectionSerializer,
    ),
    "conflict": (ConflictViewSet.queryset, ConflictViewSet.serializer_class),
    "finding": (FindingViewSet.queryset, FindingSerializer),
}


def register() -> None:
    """Lets events show their objects so."""
    for kind, (rows, serializer) in SHOWN.items():
        objects.register(kind, _loader(rows, serializer))


def _loader(rows: Any, serializer: Any) -> objects.Load:
    def load(ids: Sequence[str]) -> dict[str, Any]:
        found = list(rows.all().filter(pk__in=ids).order_by("pk"))
        return {item["id"]: item for item in serializer(found, many=True).data}

    return load
