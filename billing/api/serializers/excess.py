"""What came for an invoice beyond what is due, as JSON."""

from typing import Any

from django.db.models import Prefetch
from rest_framework import serializers

from billing import money
from billing.models import Invoice, Payment
from billing.models.invoices import PaymentStatus
from billing.models.payments import RECEIVED
from billing.services.payments import excess

# Read with a list of invoices: nothing for those on which nothing is in excess.
EXCESS_PAYMENTS = Prefetch(
    "payments",
    Payment.objects.filter(
        invoice__payment_status=PaymentStatus.OVERPAID, status__in=RECEIVED
    ).prefetch_related("refunds"),
    to_attr="payments_of_excess",
)


class CountedPaymentSerializer(serializers.Serializer[Any]):
    """A payment of an overpaid invoice."""

    payment_id = serializers.CharField()
    received_at = serializers.DateTimeField()
    method = serializers.CharField()
    gateway = serializers.CharField(help_text="Empty for money that came through none.")
    amount = serializers.CharField(help_text="In major units.")
    is_duplicate = serializers.BooleanField()
    excess = serializers.CharField(help_text="What of it was paid in excess, in major units.")


class ExcessSerializer(serializers.Serializer[Any]):
    """What was paid in excess, in major units, and the payments that brought it, the first one first."""

    amount = serializers.CharField()
    refund_pending = serializers.CharField(help_text="What of it is being refunded.")
    payments = CountedPaymentSerializer(many=True)


def shown(invoice: Invoice) -> dict[str, Any] | None:
    """The excess of the invoice, None when there is none."""
    found = excess.of(invoice, getattr(invoice, "payments_of_excess", None))
    if found is None:
        return None
    return {
        "amount": money.text(found.amount, invoice.currency),
        "refund_pending": money.text(found.refund_pending, invoice.currency),
        "payments": [_payment(counted) for counted in found.payments],
    }


def _payment(counted: excess.CountedPayment) -> dict[str, Any]:
    payment = counted.payment
    return {
        "payment_id": payment.pk,
        "received_at": serializers.DateTimeField().to_representation(
            payment.succeeded_at or payment.created_at
        ),
        "method": payment.method,
        "gateway": payment.gateway,
        "amount": money.text(payment.amount, payment.currency),
        "is_duplicate": counted.is_duplicate,
        "excess": money.text(counted.excess, payment.currency),
    }
