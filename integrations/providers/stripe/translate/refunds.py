"""Refunds: what one says, and how one is asked for."""

from decimal import Decimal
from typing import Any

from billing.facts import RefundFacts
from integrations.providers.stripe.translate import metadata, statuses
from integrations.providers.stripe.translate.money import from_minor, to_minor
from integrations.providers.stripe.translate.shapes import Json, text_of


def facts_of(theirs: Json) -> RefundFacts:
    """What a Refund says."""
    return RefundFacts(
        gateway_refund_id=str(theirs["id"]),
        amount=from_minor(int(theirs["amount"]), str(theirs["currency"])),
        status=statuses.REFUND[str(theirs.get("status") or "pending")],
        refund_id=metadata.of(theirs).get(metadata.REFUND_ID, ""),
        reason=text_of(theirs, "reason", 50),
        failure_reason=text_of(theirs, "failure_reason", 500),
    )


def create_params(
    refund_id: str, payment_id: str, source: str, amount: Decimal, currency: str, reason: str
) -> dict[str, Any]:
    """The parameters of POST /v1/refunds; ``source`` is the PaymentIntent or charge that brought the money."""
    said = {metadata.REFUND_ID: refund_id, metadata.PAYMENT_ID: payment_id, **metadata.SOURCE_IS_FLEXSYNC}
    params = {
        "charge" if source.startswith(("ch_", "py_")) else "payment_intent": source,
        "amount": to_minor(amount, currency),
        "metadata": metadata.merged(said),
    }
    return params | ({"reason": reason} if reason else {})
