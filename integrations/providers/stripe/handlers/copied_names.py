"""Whether money is of the payment that its metadata names: a copy at Stripe has the same metadata."""

from dataclasses import replace

from billing.models import Payment
from integrations.errors import Missing, Retry
from integrations.provider_api import Inbound
from integrations.providers.stripe.handlers import money
from integrations.providers.stripe.translate.fields import read_id
from integrations.providers.stripe.translate.payments import StripeEvidence

# A page that shows no intent yet is read again before another's counts as a copy.
_SOON = 2


def without_copied(inbound: Inbound, evidence: StripeEvidence) -> StripeEvidence:
    """The evidence without the name of a payment that it cannot be of: then it began at Stripe.

    Raises Retry while that is not known yet.
    """
    payment = money.named(inbound, evidence)
    if payment is None or _is_of(inbound, payment, evidence):
        return evidence
    return replace(evidence, payment_id="")


def _is_of(inbound: Inbound, payment: Payment, evidence: StripeEvidence) -> bool:
    if not payment.goes_through(inbound.connection_id, money.GATEWAY):
        return False
    if evidence.gateway_session_id and payment.gateway_session_id:
        return evidence.gateway_session_id == payment.gateway_session_id
    if payment.gateway_payment_id:
        return payment.gateway_payment_id == evidence.gateway_payment_id
    if not payment.gateway_session_id or evidence.gateway_session_id:
        return True
    return _is_of_page(inbound, payment.gateway_session_id, evidence.gateway_payment_id)


def _is_of_page(inbound: Inbound, session_id: str, intent_id: str) -> bool:
    """Whether the page was paid with that intent, which only the page says (page "The Session object")."""
    try:
        paid_with = read_id(inbound.look_up("checkout.sessions.retrieve", session_id, {}), "payment_intent")
    except Missing:
        return True
    if not paid_with and inbound.attempts < _SOON:
        raise Retry(f"Waits for the page {session_id} to show what it was paid with.")
    return paid_with == intent_id
