"""Charges of a saved payment method: billing's facts to a PaymentIntent that needs no customer present."""

from typing import Any

from billing.facts import PaymentFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.money import to_minor


def intent_params(
    facts: PaymentFacts, payment_id: str, customer: str, method: str, description: str
) -> dict[str, Any]:
    """The parameters of POST /v1/payment_intents (page "Charge a saved payment method off-session")."""
    reserved = {
        metadata.PAYMENT_ID: payment_id,
        metadata.INVOICE_ID: facts.invoice_id or "",
        **metadata.SOURCE_IS_FLEXSYNC,
    }
    return {
        "amount": to_minor(facts.amount, facts.currency),
        "currency": facts.currency.lower(),
        "customer": customer,
        "payment_method": method,
        "off_session": True,
        "confirm": True,
        # A method that redirects the customer to another page cannot be used while the customer is absent.
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "description": description,
        "metadata": metadata.merged(reserved),
    }
