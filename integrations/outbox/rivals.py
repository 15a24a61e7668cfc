"""The other attempts of a payment's invoice: what can be closed of them, and what nobody can stop."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.models import Payment
from billing.models.payments import PaymentState

# By how much a gateway may close a page later than it said.
CLOCKS_DIFFER = timedelta(minutes=5)


def at_connection(connection_id: str, invoice_id: str, *, besides: str = "") -> list[str]:
    """What can be closed there, and pages with whose money a bank is busy: that may have ended meanwhile."""
    there = open_or_busy(invoice_id).filter(connection_id=connection_id).exclude(pk=besides)
    return list(there.order_by("pk").values_list("pk", flat=True))


def open_or_busy(invoice_id: str) -> QuerySet[Payment]:
    """The invoice's attempts of which only their gateways know what has become.

    A page that has expired is one until its gateway has said so: it may have been paid before.
    """
    is_busy = Q(status=PaymentState.PROCESSING)
    is_open = Q(is_open_at_gateway=True) & ~is_busy
    return Payment.objects.filter(is_open | is_busy & ~Q(gateway_session_id=""), invoice_id=invoice_id)


def open_at_gateway(invoice_id: str) -> QuerySet[Payment]:
    """The invoice's attempts for which a gateway may still take money, and that can be closed.

    A page that has expired is not open, even if its gateway has not said so.
    """
    found = Payment.objects.filter(invoice_id=invoice_id, is_open_at_gateway=True)
    found = found.exclude(checkout_expires_at__lt=timezone.now() - CLOCKS_DIFFER)
    return found.exclude(status=PaymentState.PROCESSING).order_by("pk")


def under_way(payment: Payment) -> Payment | None:
    """Another payment of the invoice that no one can stop: a bank works on it, or its page is still open."""
    others = Payment.objects.filter(invoice_id=payment.invoice_id).exclude(pk=payment.pk)
    processing = others.filter(status=PaymentState.PROCESSING).first()
    return processing or open_at_gateway(str(payment.invoice_id)).exclude(pk=payment.pk).first()
