"""Disputes: Stripe's to billing's facts (page "How disputes work")."""

from decimal import Decimal

from billing.facts import ZERO, DisputeFacts
from integrations.providers.stripe.translate import statuses
from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.fields import (
    Json,
    read_member,
    read_object,
    read_objects,
    read_time,
    text_of,
)


def facts_of(dispute: Json) -> DisputeFacts:
    """What Stripe's dispute says; its currency may not be the charge's (page "The Dispute object")."""
    currency = read_currency(dispute)
    return DisputeFacts(
        gateway_dispute_id=str(dispute["id"]),
        amount=read_amount(dispute, "amount", currency),
        currency=currency,
        withdrawn=_withdrawn(dispute),
        status=read_member(dispute, "status", statuses.DISPUTE),
        reason=text_of(dispute, "reason"),
        opened_at=read_time(dispute, "created"),
        respond_by=read_time(read_object(dispute, "evidence_details"), "due_by"),
    )


def _withdrawn(dispute: Json) -> dict[str, Decimal]:
    """What its balance transactions took, by currency: negative amounts; positive ones gave it back."""
    taken: dict[str, Decimal] = {}
    for entry in read_objects(dispute, "balance_transactions"):
        currency = read_currency(entry)
        amount = read_amount(entry, "amount", currency)
        if amount < 0:
            taken[currency] = taken.get(currency, ZERO) - amount
    return taken
