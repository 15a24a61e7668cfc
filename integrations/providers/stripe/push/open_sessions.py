"""Open checkout sessions of an invoice: expired before its money is taken in another way."""

from billing.models import Payment
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import collection


def expire_others(outbound: Outbound, payment: Payment) -> None:
    """Expires the other sessions of the payment's invoice (page "Expire a session"): none may pay it twice.

    Stripe refuses to expire a complete session: its money is on its way, and no other attempt may begin.
    """
    if payment.invoice_id is None:
        return
    others = Payment.objects.filter(collection.SESSION_IS_OPEN, invoice_id=payment.invoice_id)
    for other in others.exclude(pk=payment.pk).exclude(gateway_session_id=""):
        outbound.once(f"expire-{other.pk}", "checkout.sessions.expire", {}, target=other.gateway_session_id)
