"""Money that came outside Stripe: billing's facts to a Payment Record (page "Payment Records")."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.facts import PaymentFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.fields import seconds_of
from integrations.providers.stripe.translate.money import to_minor

# Under which name a payment's mapping notes how much of it was reported to Stripe (minor units).
REPORTED = "reported"


def report_params(
    facts: PaymentFacts,
    payment_id: str,
    customer: str | None,
    amount: Decimal,
    begun: datetime,
    received: datetime,
) -> dict[str, Any]:
    """The parameters of POST /v1/payment_records/report_payment; ``amount`` in major units."""
    reserved = {
        metadata.PAYMENT_ID: payment_id,
        metadata.INVOICE_ID: facts.invoice_id or "",
        **metadata.SOURCE_IS_FLEXSYNC,
    }
    who = {"customer_details": {"customer": customer}} if customer else {}
    reference = facts.gateway_payment_id or payment_id
    return {
        "amount_requested": {"currency": facts.currency.lower(), "value": to_minor(amount, facts.currency)},
        "initiated_at": seconds_of(begun),
        "outcome": "guaranteed",
        "guaranteed": {"guaranteed_at": seconds_of(received)},
        "payment_method_details": {"type": "custom", "custom": {"display_name": _name(facts)}},
        "processor_details": {"type": "custom", "custom": {"payment_reference": reference}},
        "metadata": metadata.merged(reserved),
        **who,
    }


def report_refund_params(
    refund_id: str, payment_id: str, currency: str, amount: int, total: int, given_back: datetime
) -> dict[str, Any]:
    """The parameters of POST /v1/payment_records/{id}/report_refund.

    ``amount``: of this refund, ``total``: with it and those before, both in minor units. The total shows
    whether a refund whose response was lost has been counted.
    """
    reserved = {
        metadata.REFUND_ID: refund_id,
        metadata.PAYMENT_ID: payment_id,
        metadata.REFUNDED: str(total),
        **metadata.SOURCE_IS_FLEXSYNC,
    }
    return {
        "outcome": "refunded",
        "amount": {"currency": currency.lower(), "value": amount},
        "refunded": {"refunded_at": seconds_of(given_back)},
        "processor_details": {"type": "custom", "custom": {"refund_reference": refund_id}},
        "metadata": metadata.merged(reserved),
    }


def _name(facts: PaymentFacts) -> str:
    """What the customer reads on Stripe's pages, such as "Bank transfer"."""
    return (facts.method or facts.gateway or "Other").replace("_", " ").capitalize()
