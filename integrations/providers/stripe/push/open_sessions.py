"""Checkout sessions of an invoice that are still open: closed before its money is taken in another way."""

from billing.models import Payment
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import collection


def close(outbound: Outbound, payment: Payment) -> None:
    """Expires the other sessions of the payment's invoice, so that it cannot be paid twice (page "Expire a session").

    Stripe refuses to expire a session that is complete: its money is on its way, and nothing else is begun.
    """
    if payment.invoice_id is None:
        return
    others = Payment.objects.filter(collection.SESSION_IS_OPEN, invoice_id=payment.invoice_id)
    for other in others.exclude(pk=payment.pk).exclude(gateway_session_id=""):
        outbound.once(f"expire-{other.pk}", "checkout.sessions.expire", {}, target=other.gateway_session_id)
