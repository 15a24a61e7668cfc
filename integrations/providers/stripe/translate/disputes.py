"""Disputes: Stripe's to billing's facts (page "How disputes work")."""

from decimal import Decimal

from billing.facts import DisputeFacts
from integrations.providers.stripe.translate import statuses
from integrations.providers.stripe.translate.fields import Json, read_time, text_of, time_of
from integrations.providers.stripe.translate.money import from_minor


def facts_of(dispute: Json) -> DisputeFacts:
    """What Stripe's dispute says; its currency may not be the charge's (page "The Dispute object")."""
    return DisputeFacts(
        gateway_dispute_id=str(dispute["id"]),
        amount=from_minor(int(dispute["amount"]), str(dispute["currency"])),
        currency=str(dispute["currency"]).upper(),
        withdrawn=_withdrawn(dispute),
        status=statuses.DISPUTE[dispute["status"]],
        reason=text_of(dispute, "reason", 50),
        opened_at=read_time(dispute, "created"),
        respond_by=time_of((dispute.get("evidence_details") or {}).get("due_by")),
    )


def _withdrawn(dispute: Json) -> dict[str, Decimal]:
    """What its balance transactions took, by currency: negative amounts; positive ones gave it back."""
    taken: dict[str, Decimal] = {}
    for entry in dispute.get("balance_transactions") or ():
        if isinstance(entry, dict) and int(entry["amount"]) < 0:
            currency = str(entry["currency"]).upper()
            taken[currency] = taken.get(currency, Decimal(0)) + from_minor(-int(entry["amount"]), currency)
    return taken
