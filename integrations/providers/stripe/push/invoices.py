"""Brings an invoice to Stripe in three calls: a draft, its lines, and finalization once both totals agree."""

from django.db.models import Q

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services.invoices import invoices
from integrations.errors import Rejected
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import (
    collection,
    credit_notes,
    drafts,
    endings,
    finalization,
    invoice_closing,
    invoice_edits,
    mirrors,
    payments,
    sending,
)


def needs_push(invoice_id: str) -> bool:
    """Whether an announced change asks for a push: of an invoice made here that is no draft, and of one made
    at Stripe that was edited here.
    """
    is_final = Q(is_external=False) & ~Q(status=InvoiceStatus.DRAFT)
    is_edited = Q(is_external=True) & ~Q(changed_at={})
    return Invoice.objects.filter(is_final | is_edited, pk=invoice_id).exists()


def push(outbound: Outbound) -> None:
    """Brings the invoice and its final status to Stripe; continues where an earlier push stopped."""
    invoice = Invoice.objects.get(pk=outbound.entity_id, environment_id=outbound.environment_id)
    if invoice.is_external:
        _bring_edits(outbound, invoice)
        return
    if invoice.status == InvoiceStatus.DRAFT:
        raise Rejected(f"The invoice {invoice.pk} is a draft: finalize it first.")
    if invoice.status == InvoiceStatus.VOIDED:
        invoice_closing.void(outbound, invoice)
    elif not outbound.collects(invoice):
        mirrors.bring(outbound, invoice)
        return
    else:
        _complete(outbound, invoice)
        if invoice.status == InvoiceStatus.UNCOLLECTIBLE:
            invoice_closing.mark_uncollectible(outbound, invoice)
    if outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage") not in (None, endings.DELETED):
        invoice_edits.send(outbound, invoice)


def _bring_edits(outbound: Outbound, invoice: Invoice) -> None:
    is_here = outbound.provider_id_of(Kind.INVOICE, invoice.pk) is not None
    if not (is_here and invoice_edits.send(outbound, invoice)):
        outbound.skip(
            "draft", "The invoice was created at a gateway, and only that gateway changes or closes it."
        )


def _complete(outbound: Outbound, invoice: Invoice) -> None:
    """Draft, lines, finalization: each step that is not done yet."""
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if stage == finalization.FINALIZED:
        final_id = str(outbound.provider_id_of(Kind.INVOICE, invoice.pk))
        finalization.refuse_other_total(outbound, invoice, final_id)
        finalization.observe_again(outbound, invoice, final_id)
        _issue_credit_notes(outbound, invoice, final_id)
        # An earlier push may have stopped before it told Stripe of the money that came first.
        payments.attach_received(outbound, invoice, final_id)
        collection.adjust(outbound, invoice, final_id)
        sending.send_once(outbound, invoice, final_id)
    if stage not in (None, drafts.DRAFT, drafts.LINES):
        return
    facts = invoices.facts(invoice)
    stripe_id = drafts.bring(outbound, invoice, facts)
    collects = collection.may_advance(invoice)
    if invoice.status == InvoiceStatus.VOIDED:
        # Meanwhile: its draft is deleted, and nobody is asked for its money.
        invoice_closing.void(outbound, invoice)
        return
    finalization.finalize(outbound, invoice, facts, stripe_id, collects=collects)
    credited = _issue_credit_notes(outbound, invoice, stripe_id)
    if collection.has_payments(invoice.pk):
        _add_payments(outbound, invoice, stripe_id)
    elif credited:
        collection.adjust(outbound, invoice, stripe_id)
    sending.send_once(outbound, invoice, stripe_id)


def _issue_credit_notes(outbound: Outbound, invoice: Invoice, stripe_id: str) -> bool:
    """Issues what was credited before Stripe had the invoice; later credit notes have pushes of their own."""
    return bool(invoice.credited) and credit_notes.issue_waiting(outbound, invoice, stripe_id)


def _add_payments(outbound: Outbound, invoice: Invoice, stripe_id: str) -> None:
    """Adds what was paid before this push, or while Stripe was finalizing."""
    if not collection.may_collect(invoice.pk):
        collection.pause(outbound, invoice.pk, stripe_id)
    payments.attach_received(outbound, invoice, stripe_id)
