"""Refunds: Stripe's to billing's facts, and the parameters of a new one."""

from decimal import Decimal
from typing import Any

from billing.facts import RefundFacts
from integrations.providers.stripe.translate import metadata, statuses
from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.fields import Json, read_member, text_of
from integrations.providers.stripe.translate.money import to_minor

# What ids of charges begin with; "py_" are those of other methods than cards.
_CHARGES = ("ch_", "py_")


def facts_of(refund: Json) -> RefundFacts:
    """What Stripe's refund says."""
    return RefundFacts(
        gateway_refund_id=str(refund["id"]),
        amount=read_amount(refund, "amount", read_currency(refund)),
        status=read_member(refund, "status", statuses.REFUND, "pending"),
        refund_id=metadata.of(refund).get(metadata.REFUND_ID, ""),
        reason=text_of(refund, "reason"),
        failure_reason=text_of(refund, "failure_reason"),
    )


def is_source(gateway_payment_id: str) -> bool:
    """Whether Stripe has refunds of it: a PaymentIntent or a charge."""
    return gateway_payment_id.startswith(("pi_", *_CHARGES))


def of_source(source: str) -> dict[str, str]:
    """The parameter that names what is refunded, of creating and of listing refunds."""
    return {"charge" if source.startswith(_CHARGES) else "payment_intent": source}


def create_params(
    refund_id: str, payment_id: str, source: str, amount: Decimal, currency: str, reason: str
) -> dict[str, Any]:
    """The parameters of POST /v1/refunds; ``source`` is the PaymentIntent or charge to refund."""
    reserved = {metadata.REFUND_ID: refund_id, metadata.PAYMENT_ID: payment_id, **metadata.SOURCE_IS_FLEXSYNC}
    params = {
        **of_source(source),
        "amount": to_minor(amount, currency),
        "metadata": metadata.merged(reserved),
    }
    return params | ({"reason": reason} if reason else {})


def balance_params(
    refund_id: str, payment_id: str, invoice_id: str, currency: str, amount: int
) -> dict[str, Any]:
    """The parameters of POST /v1/customers/{id}/balance_transactions; ``amount`` in minor units.

    A positive amount takes credit, a negative one gives it (page "Customer credit balance").
    """
    ids = {metadata.REFUND_ID: refund_id, metadata.PAYMENT_ID: payment_id, metadata.INVOICE_ID: invoice_id}
    return {
        "amount": amount,
        "currency": currency.lower(),
        "description": "What was overpaid has been refunded"
        if amount > 0
        else "The refund of what was overpaid has failed",
        "metadata": metadata.merged({**ids, **metadata.SOURCE_IS_FLEXSYNC}),
    }
