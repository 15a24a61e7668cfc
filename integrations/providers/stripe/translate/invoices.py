"""Invoices: billing's facts to the parameters of Stripe's draft, and its totals for comparison."""

from datetime import datetime
from typing import Any

from billing.facts import InvoiceFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.fields import Json, seconds_of

# As the customer reads it on the page and the PDF; at most 40 characters.
NUMBER_LABEL = "Reference"


def create_params(facts: InvoiceFacts, invoice_id: str, customer: str, now: datetime) -> dict[str, Any]:
    """The parameters of POST /v1/invoices: a draft that does not advance by itself or take pending items."""
    params: dict[str, Any] = {
        "customer": customer,
        "currency": facts.currency.lower(),
        "auto_advance": False,
        "collection_method": facts.collection_method,
        "pending_invoice_items_behavior": "exclude",
        # FlexSync decides discounts and taxes; the customer's discounts at Stripe must not be added.
        "discounts": "",
        "metadata": invoice_metadata(facts, invoice_id),
    }
    for name in ("description", "footer"):
        if getattr(facts, name):
            params[name] = getattr(facts, name)
    if facts.number:
        # Stripe gives the invoice its own number (docs/decisions); the number here is printed beside it.
        params["custom_fields"] = [{"name": NUMBER_LABEL, "value": facts.number}]
    return params | _due(facts, now)


def invoice_metadata(facts: InvoiceFacts, invoice_id: str) -> dict[str, str]:
    """The invoice's metadata with FlexSync's; raises Untranslatable over Stripe's limits."""
    return metadata.merged(_marks(facts, invoice_id), facts.metadata)


def desired_metadata(facts: InvoiceFacts, invoice_id: str) -> dict[str, str]:
    """The same without regard to limits."""
    return metadata.desired(_marks(facts, invoice_id), facts.metadata)


def _marks(facts: InvoiceFacts, invoice_id: str) -> dict[str, str]:
    return {
        metadata.INVOICE_ID: invoice_id,
        metadata.CUSTOMER_ID: facts.customer_id,
        metadata.INVOICE_NUMBER: facts.number,
        metadata.SUBSCRIPTION_ID: facts.subscription_id or "",
        **metadata.SOURCE_IS_FLEXSYNC,
    }


def _due(facts: InvoiceFacts, now: datetime) -> dict[str, Any]:
    """When a sent invoice is due: Stripe requires one of the two fields for it, and none for other invoices.

    Stripe takes no date in the past: what is overdue here is due there today.
    """
    if facts.collection_method != "send_invoice":
        return {}
    if facts.due_date is None or facts.due_date <= now:
        return {"days_until_due": 0}
    return {"due_date": seconds_of(facts.due_date)}


def breakdown(invoice: Json) -> str:
    """How Stripe arrives at its total, in minor units, for the message about a difference."""
    taxes = sum(int(tax["amount"]) for tax in invoice.get("total_taxes") or [])
    discounts = sum(int(one["amount"]) for one in invoice.get("total_discount_amounts") or [])
    return f"subtotal {invoice.get('subtotal')} - discounts {discounts} + taxes {taxes} = total {invoice['total']}"


def links(invoice: Json) -> dict[str, str]:
    """Where the invoice can be seen and paid, {} for a draft or a response of a dry run."""
    hosted, pdf = invoice.get("hosted_invoice_url"), invoice.get("invoice_pdf")
    return {"hosted_invoice_url": str(hosted), "pdf_url": str(pdf or "")} if hosted else {}
