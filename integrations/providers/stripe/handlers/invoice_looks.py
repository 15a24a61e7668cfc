"""What an answer shows of an invoice, as its events would: how it ended, what it asks for, who pays it."""

from collections.abc import Iterator
from dataclasses import replace

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services.find import find
from billing.services.invoices import invoices, owed
from integrations.provider_api import Freshness, Inbound, Json
from integrations.providers.stripe.handlers import (
    collection_state,
    credit_notes,
    imported_invoices,
    invoice_amounts,
    invoice_edits,
    money,
    off_stripe_payments,
)
from integrations.providers.stripe.handlers.invoices import keep_links
from integrations.providers.stripe.handlers.mirrors import is_mirror
from integrations.providers.stripe.translate import invoice_amounts as amounts_there
from integrations.providers.stripe.translate import invoice_payments, moments, open_invoices
from integrations.providers.stripe.translate.payments import StripeEvidence, of_intent


def observed(inbound: Inbound, stripe_invoice: Json) -> None:
    """Brings here what the invoice shows; nothing for one that is not here."""
    invoice_id = inbound.entity_id_of(Kind.INVOICE, stripe_invoice["id"])
    invoice = find(Invoice, inbound.environment_id, [invoice_id]).get(invoice_id) if invoice_id else None
    if invoice is None:
        return
    if is_mirror(inbound, invoice):
        # Money that came through Stripe came, whoever was to collect it.
        for evidence in _shown(inbound, stripe_invoice):
            if evidence.gateway_payment_id.startswith("pi_"):
                money.apply(inbound, evidence)
        return
    if invoice.is_external:
        imported_invoices.observed(inbound, invoice, stripe_invoice)
    else:
        keep_links(inbound, invoice, stripe_invoice)
        invoice_amounts.apply(inbound, invoice.pk, stripe_invoice)
        _follow_status(inbound, invoice, stripe_invoice)
        invoice_edits.observed(inbound, invoice, stripe_invoice)
    _bring_credit_notes(inbound, invoice, stripe_invoice)
    _bring_money(inbound, invoice, stripe_invoice)
    current = find(Invoice, inbound.environment_id, [invoice.pk])[invoice.pk]
    collection_state.note(inbound, current, stripe_invoice, Freshness.FRESH)


def _follow_status(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> None:
    """A void or an uncollectible invoice has ended here, too."""
    status, at = stripe_invoice["status"], inbound.happened(moments.ended(stripe_invoice))
    place = {"environment_id": inbound.environment_id, "invoice_id": invoice.pk, "now": at}
    if status == "void" and invoice.status != InvoiceStatus.VOIDED:
        invoices.void(**place, origin=inbound.connection_id)
    if status == "uncollectible" and invoice.status == InvoiceStatus.FINALIZED:
        invoices.mark_uncollectible(**place, origin=inbound.connection_id)


def _bring_credit_notes(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> None:
    """What was given back of what was paid cannot be given back again."""
    there = amounts_there.given_back(stripe_invoice)
    if there and there > owed.given_back_at(invoice.pk, inbound.connection_id):
        credit_notes.read_all(inbound, invoice.pk, stripe_invoice["id"])


def _bring_money(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> None:
    """The payments that it shows; and, once it is paid, what came off Stripe, where it shows that."""
    for evidence in _shown(inbound, stripe_invoice):
        money.apply(inbound, evidence)
    shows_all = invoice_payments.shows_off_stripe_amount(stripe_invoice)
    if stripe_invoice["status"] == "paid" and shows_all and not invoice.is_external:
        off_stripe_payments.record(inbound, invoice, stripe_invoice)


def _shown(inbound: Inbound, stripe_invoice: Json) -> Iterator[StripeEvidence]:
    """What came, or is on its way, by the payments of the invoice."""
    for payment, intent in open_invoices.expanded(stripe_invoice):
        if intent["status"] in ("succeeded", "processing"):
            evidence = of_intent(intent)
            at = evidence.happened_at or moments.reached(payment, "paid")
            yield replace(evidence, invoice=str(stripe_invoice["id"]), happened_at=at)
    for evidence in invoice_payments.named_payments(stripe_invoice):
        if not evidence.gateway_payment_id.startswith("pi_"):
            yield evidence
