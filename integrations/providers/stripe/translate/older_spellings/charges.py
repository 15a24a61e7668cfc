"""Charges, refunds and disputes: what little of them was called otherwise."""

from typing import Any

from integrations.providers.stripe.translate.fields import Json
from integrations.providers.stripe.translate.older_spellings.renaming import fill, without

_DISPUTE = frozenset(("balance_transaction", "evidence_due_by"))


def charge(charge: Json) -> Json:
    """A charge: its source was a card (until 2015-02-18), and its status "paid"."""
    source: Any = charge.get("source") or charge.get("card")
    is_paid = charge.get("status") == "paid"
    kind = None if charge.get("payment_method_details") else _kind(source)
    if not is_paid and kind is None and "card" not in charge:
        return charge
    new = without(charge, ("card",)) | ({"status": "succeeded"} if is_paid else {})
    return fill(new, {"payment_method_details": kind and {"type": kind}, "source": source or None})


def _kind(source: Any) -> str | None:
    """The type of payment method that a source of before 2019 is (page "The Source object")."""
    if not isinstance(source, dict):
        return None
    kind = source.get("type") if source.get("object") == "source" else source.get("object")
    return str(kind) if kind else None


def refund(refund: Json) -> Json:
    """A refund: the first ones had no status, for none could fail."""
    return refund if refund.get("status") is not None else {**refund, "status": "succeeded"}


def dispute(dispute: Json) -> Json:
    """A dispute: it had one balance transaction, and its date beside the evidence (until 2014-12-08).

    One that a refund closed was "charge_refunded", which takes nothing more, as a closed inquiry.
    """
    is_refunded = dispute.get("status") == "charge_refunded"
    if _DISPUTE.isdisjoint(dispute) and not is_refunded:
        return dispute
    one: Any = dispute.get("balance_transaction")
    due = dispute.get("evidence_due_by")
    made = {
        "balance_transactions": [one] if isinstance(one, dict) else None,
        "evidence_details": None if due is None else {"due_by": due},
    }
    new = without(dispute, _DISPUTE) | ({"status": "warning_closed"} if is_refunded else {})
    return fill(new, made)
