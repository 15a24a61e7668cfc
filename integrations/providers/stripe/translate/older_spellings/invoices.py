"""Invoices: their status (2018-11-08), names of fields (2019-03-14, 2019-10-17), taxes, parent and payments
(2025-03-31), by the pages of Stripe's changelog of those days.
"""

from typing import Any

from integrations.providers.stripe.translate.fields import Json, read_id, read_list, read_object, read_whole
from integrations.providers.stripe.translate.older_spellings import invoice_lines, shared_amounts
from integrations.providers.stripe.translate.older_spellings.renaming import fill, unchanged_or, without

_OLD = frozenset(
    (
        "billing",
        "charge",
        "closed",
        "date",
        "discount",
        "finalized_at",
        "forgiven",
        "paid",
        "paid_out_of_band",
        "payment_intent",
        "subscription",
        "subscription_details",
        "subscription_proration_date",
        "tax",
        "tax_percent",
        "total_tax_amounts",
    )
)


def current(invoice: Json) -> Json:
    """An invoice with its lines."""
    is_old = not _OLD.isdisjoint(invoice)
    lines = read_list(invoice, "lines")
    if is_old:
        lines = shared_amounts.divided(invoice, lines)
    lines = unchanged_or(lines, invoice_lines.current)
    if not is_old and lines is read_list(invoice, "lines"):
        return invoice
    new = without(invoice, _OLD) | {"lines": {**read_object(invoice, "lines"), "data": lines}}
    return fill(new, {**_paid(invoice), **_names(invoice)})


def _names(invoice: Json) -> dict[str, Any]:
    """What has other names only, or another place."""
    details = read_object(invoice, "subscription_details")
    subscription = {
        "metadata": details.get("metadata"),
        "subscription": invoice.get("subscription"),
        "subscription_proration_date": invoice.get("subscription_proration_date"),
    }
    of_subscription = {"type": "subscription_details", "subscription_details": subscription}
    tax = read_whole(invoice, "tax", 0)
    taxes = [{"amount": tax, "tax_behavior": "exclusive", "type": "tax_rate_details"}] if tax else []
    finalized = {"finalized_at": invoice.get("finalized_at")} if "finalized_at" in invoice else None
    return {
        "created": invoice.get("date"),
        "collection_method": invoice.get("billing") or "charge_automatically",
        "status_transitions": finalized,
        "parent": of_subscription if invoice.get("subscription") else None,
        "total_taxes": invoice_lines.taxes(invoice, "total_tax_amounts") or taxes,
    }


def _paid(invoice: Json) -> dict[str, Any]:
    """How far it is paid, and by what; before 2018-11-08 flags stood for the status."""
    due, is_paid = read_whole(invoice, "amount_due"), bool(invoice.get("paid"))
    paid = read_whole(invoice, "amount_paid", due if is_paid else 0)
    out_of_band = invoice.get("paid_out_of_band")
    return {
        "amount_paid": paid,
        "amount_remaining": due - paid,
        "amount_paid_off_stripe": None if out_of_band is None else due if out_of_band else 0,
        "payments": _payments(invoice, 0 if out_of_band else paid),
        "status": _status(invoice) if "paid" in invoice else None,
    }


def _status(invoice: Json) -> str:
    if invoice.get("paid"):
        return "paid"
    if invoice.get("forgiven"):
        return "uncollectible"
    return "open" if invoice.get("attempted") or invoice.get("closed") else "draft"


def _payments(invoice: Json, paid: int) -> dict[str, Any] | None:
    """The one payment that an invoice named, as a list of them; paid out of band, it took nothing."""
    kind = "payment_intent" if read_id(invoice, "payment_intent") else "charge"
    if not read_id(invoice, kind):
        return None
    payment = {
        "object": "invoice_payment",
        "amount_paid": paid or None,
        "currency": invoice.get("currency"),
        "invoice": invoice.get("id"),
        "is_default": True,
        "payment": {"type": kind, kind: invoice[kind]},
        "status": "paid" if paid else "canceled" if invoice.get("paid_out_of_band") else "open",
    }
    return {"object": "list", "data": [payment], "has_more": False}
