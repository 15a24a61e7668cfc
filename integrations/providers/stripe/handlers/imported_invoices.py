"""Invoices that were made in Stripe, such as a subscription's renewals: kept here as they are there."""

from billing.events import Kind
from billing.models import Invoice
from billing.money import text
from billing.services.find import find
from billing.services.invoices import external_invoices, invoices
from integrations.provider_api import WHOLE_ONLY, First, Freshness, Ignored, Inbound, Json
from integrations.providers.stripe.handlers import (
    collection_state,
    customers,
    forgotten,
    invoice_amounts,
    invoice_edits,
    invoice_origins,
    money,
    off_stripe_payments,
    pages,
    placeholder_payments,
)
from integrations.providers.stripe.handlers.events import STALE, object_of, rank, rank_of
from integrations.providers.stripe.merging.invoices import current
from integrations.providers.stripe.translate import external_invoices as translate
from integrations.providers.stripe.translate import external_lines, invoice_payments, moments
from integrations.providers.stripe.translate import invoices as links
from integrations.providers.stripe.translate.fields import read_list, read_object

OFF = Ignored("invoice_inbound_enabled is off for this connection, and the invoice was made in Stripe.")


def save(inbound: Inbound, event: Json) -> Ignored | None:
    """Any event of the invoice: it carries the whole of it, so each is an upsert, and the newest wins.

    What both sides edit of it is merged.
    """
    stripe_invoice = object_of(event)
    provider_id = stripe_invoice["id"]
    if not inbound.is_on("invoice_inbound_enabled"):
        return OFF
    invoice_id = inbound.entity_id_of(Kind.INVOICE, provider_id)
    if invoice_id is None and (reason := invoice_origins.not_importable(inbound, stripe_invoice)):
        return reason
    if invoice_id is not None:
        invoice_edits.restore(inbound, invoice_id, event)
    # The invoice shows its customer without FlexSync's metadata: made of that, it could be a duplicate.
    customer_id = customers.of(inbound, stripe_invoice)
    if isinstance(customer_id, Ignored):
        return customer_id
    freshness = inbound.freshness(Kind.INVOICE, provider_id, rank_of(inbound))
    if freshness is Freshness.STALE:
        return STALE
    if translate.is_credit(stripe_invoice):
        return _refuse_credit(inbound, stripe_invoice)
    invoice = _record(inbound, _with_all_lines(inbound, stripe_invoice), customer_id)
    if invoice_id is None:
        forgotten.skip_number(inbound, stripe_invoice)
        inbound.merge(Kind.INVOICE, invoice.pk, current(invoice, stripe_invoice, {}), first=First.NEW)
    else:
        invoice_edits.of_event(inbound, invoice, event, stripe_invoice, freshness)
    collection_state.note(inbound, invoice, stripe_invoice, freshness)
    return None


def observed(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> None:
    """An answer that shows the invoice; no switch decides whether one that is here is kept up to date."""
    if translate.is_credit(stripe_invoice):
        _void(inbound, stripe_invoice)
        return
    _record(inbound, _with_all_lines(inbound, stripe_invoice), invoice.customer_id)
    invoice_edits.observed(inbound, invoice, stripe_invoice)


def deleted(inbound: Inbound, stripe_invoice: Json) -> Ignored | None:
    """A deleted draft: voided here, because invoices stay readable."""
    if inbound.is_stale(Kind.INVOICE, stripe_invoice["id"], rank_of(inbound)):
        return STALE
    if not _void(inbound, stripe_invoice):
        return Ignored("The invoice was never here.")
    inbound.ended(Kind.INVOICE, stripe_invoice["id"])
    return None


def _refuse_credit(inbound: Inbound, stripe_invoice: Json) -> Ignored:
    """Nothing is lost by it: what Stripe gives back lowers what a later invoice asks for."""
    if not _void(inbound, stripe_invoice) and stripe_invoice["status"] != "draft":
        # It stays a credit: an earlier event that comes late must not bring it here.
        inbound.freshness(Kind.INVOICE, stripe_invoice["id"], rank("invoice.deleted"))
    currency = str(stripe_invoice["currency"]).upper()
    amount = text(translate.total(stripe_invoice), currency)
    return Ignored(
        f"The invoice is over {amount} {currency}, and an invoice here is never negative. Nothing has to be done:"
        " Stripe adds the amount to the customer's credit balance, and the invoice that it is taken off shows it as"
        " balance_applied. To pay it out instead, do so at Stripe.",
        is_in_order=True,
    )


def _void(inbound: Inbound, stripe_invoice: Json) -> str | None:
    """Voids the invoice if it is here; returns its id."""
    invoice_id = inbound.entity_id_of(Kind.INVOICE, stripe_invoice["id"])
    if invoice_id:
        environment, at = inbound.environment_id, inbound.happened(moments.ended(stripe_invoice))
        origin = inbound.connection_id
        invoices.void(environment_id=environment, invoice_id=invoice_id, now=at, origin=origin)
    return invoice_id


def _with_all_lines(inbound: Inbound, stripe_invoice: Json) -> Json:
    """The invoice with all its lines: an event carries the first ten (page "List an invoice's line items").

    Where more have to be read, the invoice is read too: both are then of the same moment.
    """
    if not read_object(stripe_invoice, "lines").get("has_more"):
        return stripe_invoice
    stripe_invoice = inbound.look_up("invoices.retrieve", stripe_invoice["id"], {})
    lines = pages.complete(inbound, stripe_invoice["lines"], "invoices.line_items.list", stripe_invoice["id"])
    return {**stripe_invoice, "lines": {"data": lines, "has_more": False}}


def _record(inbound: Inbound, stripe_invoice: Json, customer_id: str) -> Invoice:
    invoice = _record_invoice(inbound, stripe_invoice, customer_id)
    _save_links(inbound, invoice, stripe_invoice)
    invoice_amounts.apply(inbound, invoice.pk, stripe_invoice)
    _record_money(inbound, invoice, stripe_invoice)
    return find(Invoice, inbound.environment_id, [invoice.pk])[invoice.pk]


def _record_invoice(inbound: Inbound, stripe_invoice: Json, customer_id: str) -> Invoice:
    subscription_id = inbound.entity_id_of(Kind.SUBSCRIPTION, translate.subscription(stripe_invoice))
    price_ids = _price_ids(inbound, stripe_invoice)
    finalized_at = moments.reached(stripe_invoice, "finalized")
    invoice = external_invoices.record(
        environment_id=inbound.environment_id,
        invoice_id=inbound.entity_id_of(Kind.INVOICE, stripe_invoice["id"]),
        facts=translate.facts_of(stripe_invoice, customer_id, subscription_id, price_ids),
        status=translate.status(stripe_invoice),
        total=translate.total(stripe_invoice),
        finalized_at=inbound.happened(finalized_at) if finalized_at else None,
        ended_at=inbound.happened(moments.ended(stripe_invoice)),
        origin=inbound.connection_id,
    )
    inbound.link(Kind.INVOICE, invoice.pk, stripe_invoice["id"])
    # Whether Stripe collects it: only what was collected is collected again after a payment that failed here.
    noted = {"auto_advance": bool(stripe_invoice.get("auto_advance"))}
    if translate.is_paid_whole(stripe_invoice):
        noted[WHOLE_ONLY] = True
    inbound.annotate(Kind.INVOICE, invoice.pk, noted)
    if subscription_id:
        external_invoices.connect(
            invoice=invoice, subscription_id=subscription_id, origin=inbound.connection_id
        )
    return invoice


def _save_links(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> None:
    pages = links.links(stripe_invoice)
    if pages and (invoice.hosted_invoice_url, invoice.pdf_url) != tuple(pages.values()):
        invoices.set_links(environment_id=inbound.environment_id, invoice_id=invoice.pk, **pages)


def _price_ids(inbound: Inbound, stripe_invoice: Json) -> dict[str, str]:
    """The prices of its lines that are here, by Stripe's ids: a line shows its amount without one too."""
    named = {external_lines.price_id(line) for line in read_list(stripe_invoice, "lines")} - {""}
    found = {price: inbound.entity_id_of(Kind.PRICE, price) for price in sorted(named)}
    return {price: price_id for price, price_id in found.items() if price_id}


def _record_money(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> None:
    """Records the payments that the invoice names, what came off Stripe, and a placeholder for the rest."""
    for evidence in invoice_payments.named_payments(stripe_invoice):
        money.apply(inbound, evidence)
    if stripe_invoice["status"] == "paid":
        stripe_invoice = off_stripe_payments.with_off_stripe_amount(inbound, invoice, stripe_invoice)
        off_stripe_payments.record(inbound, invoice, stripe_invoice)
    paid, at = invoice_payments.amount_paid(stripe_invoice), moments.reached(stripe_invoice, "paid")
    placeholder_payments.update(inbound, invoice, paid, at)
