"""Disputes: Stripe's to billing's facts (page "How disputes work")."""

from billing.facts import DisputeFacts
from integrations.providers.stripe.translate import statuses
from integrations.providers.stripe.translate.fields import Json, text_of, time_of
from integrations.providers.stripe.translate.money import from_minor


def facts_of(dispute: Json) -> DisputeFacts:
    """What Stripe's dispute says."""
    return DisputeFacts(
        gateway_dispute_id=str(dispute["id"]),
        amount=from_minor(int(dispute["amount"]), str(dispute["currency"])),
        status=statuses.DISPUTE[dispute["status"]],
        reason=text_of(dispute, "reason", 50),
        respond_by=time_of((dispute.get("evidence_details") or {}).get("due_by")),
    )
