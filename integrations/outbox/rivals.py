"""The other attempts of a payment's invoice: what can be closed of them, and what nobody can stop."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from billing.models import Payment
from billing.models.payments import PaymentState

# By how much a gateway may close a page later than it said.
CLOCKS_DIFFER = timedelta(minutes=5)


def at_connection(connection_id: str, payment: Payment) -> list[str]:
    """What can be closed there, and pages with whose money a bank is busy: that may have ended meanwhile."""
    processing = Payment.objects.filter(invoice_id=payment.invoice_id, status=PaymentState.PROCESSING)
    pages = processing.exclude(pk=payment.pk).exclude(gateway_session_id="")
    found = [*_open(payment), *pages.order_by("pk")]
    return [rival.pk for rival in found if rival.connection_id == connection_id]


def _open(payment: Payment) -> QuerySet[Payment]:
    """The other attempts of its invoice for which a gateway may still take money, and that can be closed.

    A page that has expired is not open, even if its gateway has not said so.
    """
    found = Payment.objects.filter(invoice_id=payment.invoice_id, is_open_at_gateway=True)
    found = found.exclude(checkout_expires_at__lt=timezone.now() - CLOCKS_DIFFER)
    return found.exclude(pk=payment.pk).exclude(status=PaymentState.PROCESSING).order_by("pk")


def under_way(payment: Payment) -> Payment | None:
    """Another payment of the invoice that no one can stop: a bank works on it, or its page is still open."""
    others = Payment.objects.filter(invoice_id=payment.invoice_id).exclude(pk=payment.pk)
    processing = others.filter(status=PaymentState.PROCESSING).first()
    return processing or _open(payment).first()
