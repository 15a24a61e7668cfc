"""Ends at Stripe what may still take money for a payment: its open session, or its own PaymentIntent."""

from billing.events import Kind
from billing.models import Payment
from billing.models.payments import PaymentState
from integrations.errors import Rejected
from integrations.provider_api import Json, Outbound

# What has one of these could be paid still: Stripe refused to end it for another reason.
_WAITING = ("open", "requires_action", "requires_payment_method")


def needs_closing(payment: Payment) -> bool:
    """Whether the payment was cancelled here and may still be paid at Stripe."""
    return payment.is_open_at_gateway and payment.status == PaymentState.CANCELLED


def close_cancelled(outbound: Outbound, payment: Payment) -> None:
    """Closes what is open of a cancelled payment, where it was opened."""
    if needs_closing(payment) and payment.connection_id == outbound.connection_id:
        close(outbound, payment_id=payment.pk)


def close(outbound: Outbound, *, payment_id: str) -> None:
    """Expires the session, or cancels the intent (pages "Expire a session", "Cancel a PaymentIntent").

    Stripe refuses to end what is complete: what became of it is looked at, and counts. What a bank works on
    is only looked at.
    """
    payment = Payment.objects.get(pk=payment_id, environment_id=outbound.environment_id)
    stripe_id, end, read = _opened(payment)
    if not stripe_id:
        return
    if payment.status == PaymentState.PROCESSING:
        answer = outbound.look("closed", read, {}, target=stripe_id)
    else:
        answer = _end(outbound, f"close-{payment.pk}", end, read, stripe_id)
    outbound.observe(Kind.PAYMENT, answer)


def _end(outbound: Outbound, step: str, end: str, read: str, stripe_id: str) -> Json:
    """What has ended, by this call or before it."""
    try:
        return outbound.once(step, end, {}, target=stripe_id)
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        answer = outbound.look("closed", read, {}, target=stripe_id)
        if answer["status"] in _WAITING:
            raise
        return answer


def _opened(payment: Payment) -> tuple[str, str, str]:
    """Stripe's id of what was opened, and the operations that end and read it."""
    if payment.gateway_session_id:
        return payment.gateway_session_id, "checkout.sessions.expire", "checkout.sessions.retrieve"
    return payment.gateway_payment_id, "payment_intents.cancel", "payment_intents.retrieve"
