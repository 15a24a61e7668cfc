"""An invoice beside Stripe's, which asks for the same debt."""

from dataclasses import replace
from typing import Any

from billing import money
from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from integrations.provider_api import ASKS, Comparison, Json, Linkable, Place
from integrations.providers.stripe.links.objects import belongs, marks
from integrations.providers.stripe.merging.invoices import INVOICE, current
from integrations.providers.stripe.push import drafts, endings, finalization
from integrations.providers.stripe.translate import metadata, open_invoices
from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.fields import read_id

# Each side keeps its own due date, as all else, and hears of later changes.
_DATED = {"due_date": None}
_STAGES = {
    "draft": drafts.LINES,
    "open": finalization.FINALIZED,
    "paid": finalization.FINALIZED,
    "uncollectible": endings.UNCOLLECTIBLE,
    "void": endings.VOIDED,
}


def _compare(place: Place, invoice_id: str, stripe_invoice: Json) -> Comparison:
    invoice = Invoice.objects.select_related("customer").get(pk=invoice_id)
    ours, theirs = _ours(invoice), _theirs(stripe_invoice)
    customer = read_id(stripe_invoice, "customer")
    problems = belongs(place, "customer", customer, Kind.CUSTOMER, invoice.customer_id)
    problems |= _amounts(invoice, ours, theirs, is_draft=stripe_invoice["status"] == "draft")
    if invoice.status == InvoiceStatus.DRAFT:
        problems["status"] = f"{invoice_id} is a draft: finalize it first."
    if stripe_invoice["status"] == "void" and invoice.status != InvoiceStatus.VOIDED:
        problems["status"] = "Stripe's invoice is void: it asks for nothing, and never will."
    return Comparison(
        INVOICE.mergeable.desired(replace(place, held=_DATED), invoice_id),
        current(invoice, stripe_invoice, _DATED),
        problems=problems,
        notes={} if invoice.is_external else _notes(stripe_invoice),
        shown={name: (ours[name], theirs[name]) for name in ours},
    )


def _ours(invoice: Invoice) -> dict[str, Any]:
    return {
        "currency": invoice.currency,
        "total": money.text(invoice.total, invoice.currency),
        "amount_remaining": money.text(invoice.amount_remaining, invoice.currency),
    }


def _theirs(stripe_invoice: Json) -> dict[str, Any]:
    currency = read_currency(stripe_invoice)
    total = read_amount(stripe_invoice, "total", currency)
    return {
        "currency": currency,
        "total": money.text(total, currency),
        "amount_remaining": money.text(open_invoices.amount_remaining(stripe_invoice), currency),
    }


def other_debt(invoice: Invoice, stripe_invoice: Json) -> dict[str, str]:
    """Why the two, of which neither changes any more, are not the same debt, by field."""
    return _amounts(invoice, _ours(invoice), _theirs(stripe_invoice), is_draft=False)


def _amounts(invoice: Invoice, ours: Json, theirs: Json, *, is_draft: bool) -> dict[str, str]:
    """A draft's total is corrected by the next push; what is final stays as it is."""
    return {
        name: f"Stripe's invoice is over {theirs['total']} {theirs['currency']}, and {invoice} over {ours['total']}"
        f" {ours['currency']}: they are not the same debt."
        for name in (("currency",) if is_draft else ("currency", "total"))
        if ours[name] != theirs[name]
    }


def _notes(stripe_invoice: Json) -> dict[str, Any]:
    status = str(stripe_invoice["status"])
    noted = {"stage": _STAGES[status], ASKS: status == "open"}
    if status == "draft":
        return noted
    return noted | {
        "number": stripe_invoice.get("number"),
        "auto_advance": bool(stripe_invoice.get("auto_advance")),
    }


def _asks(invoice_id: str, stripe_invoice: Json) -> str:
    stripe_id, status = stripe_invoice["id"], stripe_invoice["status"]
    if status == "void":
        return ""
    if status == "paid":
        return (
            f"Stripe's invoice {stripe_id} is paid, and its money counts for {invoice_id}: without it {invoice_id} could"
            " be asked for again."
        )
    if status == "draft":
        return f"Stripe has the draft {stripe_id}, which could still be finalized there: delete it at Stripe first."
    return (
        f"Stripe's invoice {stripe_id} is {status}, and its page takes money for {invoice_id}; the next sync would ask for"
        " it a second time. Void it at Stripe first."
    )


INVOICES = Linkable(
    "invoices.retrieve", _compare, marks(metadata.INVOICE_ID), open_invoices.PAYMENTS, asks=_asks
)
