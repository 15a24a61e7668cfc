"""Refunds and disputes as a short note with their payment, and what the noted refunds add up to."""

from collections.abc import Mapping
from decimal import Decimal

from integrations.providers.stripe.translate.money import from_minor
from integrations.providers.stripe.translate.shapes import Json

# Page "The Refund object": these have gone back, or are on their way; failed and canceled ones have not.
COUNTED = ("succeeded", "pending", "requires_action")


def note_of(theirs: Json) -> str:
    """A refund or dispute in a few words: "succeeded 5.00 USD requested_by_customer"."""
    currency = str(theirs["currency"]).upper()
    amount = from_minor(int(theirs["amount"]), currency)
    why = theirs.get("failure_reason") or theirs.get("reason") or ""
    return f"{theirs.get('status')} {amount} {currency} {why}".strip()


def total_of(notes: Mapping[str, str]) -> Decimal:
    """What the refunds among ``notes`` (by their Stripe id) have given back, in major units."""
    words = [note.split() for name, note in notes.items() if name.startswith(("re_", "pyr_"))]
    return sum((Decimal(said[1]) for said in words if said[0] in COUNTED), Decimal(0))
