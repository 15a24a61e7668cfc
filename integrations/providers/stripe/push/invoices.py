"""Brings an invoice to Stripe in three calls: a draft, its lines, and finalization once both totals agree."""

from django.utils import timezone

from billing.events import Kind
from billing.facts import InvoiceFacts
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services.invoices import invoices
from integrations.errors import Rejected
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import (
    collection,
    credit_notes,
    customers,
    draft_correction,
    finalization,
    invoice_closing,
    payments,
    sending,
)
from integrations.providers.stripe.push.subscriptions import CREATED_BY_FLEXSYNC
from integrations.providers.stripe.translate import invoice_lines
from integrations.providers.stripe.translate import invoices as translate

# How far an invoice has come at Stripe: noted with each response, so that a later push continues from there.
DRAFT, LINES = "draft", "lines"


def needs_push(invoice_id: str) -> bool:
    """Whether an announced change asks for a push: not of a draft or an invoice created at Stripe."""
    created_here = Invoice.objects.filter(pk=invoice_id, is_external=False)
    return created_here.exclude(status=InvoiceStatus.DRAFT).exists()


def push(outbound: Outbound) -> None:
    """Brings the invoice and its final status to Stripe; continues where an earlier push stopped."""
    invoice = Invoice.objects.get(pk=outbound.entity_id, environment_id=outbound.environment_id)
    if invoice.is_external:
        outbound.skip(
            "draft", "The invoice was created at a gateway, and only that gateway changes or closes it."
        )
        return
    if invoice.status == InvoiceStatus.DRAFT:
        raise Rejected(f"The invoice {invoice.pk} is a draft: finalize it first.")
    if invoice.status == InvoiceStatus.VOIDED:
        invoice_closing.void(outbound, invoice)
        return
    _complete(outbound, invoice)
    if invoice.status == InvoiceStatus.UNCOLLECTIBLE:
        invoice_closing.mark_uncollectible(outbound, invoice)


def _complete(outbound: Outbound, invoice: Invoice) -> None:
    """Draft, lines, finalization: each step that is not done yet."""
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if stage == finalization.FINALIZED:
        final_id = str(outbound.provider_id_of(Kind.INVOICE, invoice.pk))
        finalization.refuse_other_total(outbound, invoice, final_id)
        _issue_credit_notes(outbound, invoice, final_id)
        collection.adjust(outbound, invoice, final_id)
        sending.send_once(outbound, invoice, final_id)
    if stage not in (None, DRAFT, LINES):
        return
    facts = invoices.facts(invoice)
    stripe_id = outbound.provider_id_of(Kind.INVOICE, invoice.pk) or _create_draft(outbound, invoice, facts)
    if stage == LINES:
        draft_correction.correct(outbound, facts, invoice.pk, stripe_id)
    else:
        _add_lines(outbound, facts, stripe_id)
    _compare_totals(outbound, invoice, facts, stripe_id)
    finalization.finalize(outbound, invoice, facts, stripe_id)
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


def _create_draft(outbound: Outbound, invoice: Invoice, facts: InvoiceFacts) -> str:
    _refuse_double_billing(outbound, invoice)
    customer = customers.ensure(outbound, invoice.customer_id)
    params = translate.create_params(facts, invoice.pk, customer, timezone.now())
    # Raises Untranslatable before anything is at Stripe that an operator would have to clear away.
    invoice_lines.add_lines_params(facts)
    link = (Kind.INVOICE, invoice.pk)
    draft = outbound.once(
        "draft", "invoices.create", params, link=link, annotate=lambda _response: {"stage": DRAFT}
    )
    return str(draft["id"])


def _refuse_double_billing(outbound: Outbound, invoice: Invoice) -> None:
    """A subscription that FlexSync created at Stripe is billed by Stripe (docs/decisions)."""
    if invoice.subscription_id is None:
        return
    if outbound.notes_of(Kind.SUBSCRIPTION, invoice.subscription_id).get(CREATED_BY_FLEXSYNC):
        raise Rejected(
            f"Stripe bills the subscription {invoice.subscription_id} itself, and FlexSync imports the invoices of it."
            f" Void {invoice.pk}. For anything else that the customer owes, create an invoice without subscription_id."
        )


def _add_lines(outbound: Outbound, facts: InvoiceFacts, stripe_id: str) -> None:
    params = invoice_lines.add_lines_params(facts)

    def notes(response: Json) -> Json:
        return {"stage": LINES, **draft_correction.total_notes(response)}

    outbound.once("lines", "invoices.add_lines", params, target=stripe_id, annotate=notes)


def _compare_totals(outbound: Outbound, invoice: Invoice, facts: InvoiceFacts, stripe_id: str) -> None:
    """Stops before anything is owed at Stripe when the totals differ by even one minor unit."""
    notes = outbound.notes_of(Kind.INVOICE, invoice.pk)
    # The placeholder response of a dry run has no total.
    if notes.get("total") is None or notes["total"] == invoice_lines.total(facts):
        return
    raise Rejected(
        f"The totals differ: Stripe's draft {stripe_id} has {notes['breakdown']}, and FlexSync's invoice {invoice.pk}"
        f" has {invoice_lines.breakdown(facts)} (in minor units of {invoice.currency}). Nothing was finalized."
        " Correct what is wrong and try again: the draft is read again, and its lines are replaced by FlexSync's if"
        " the totals still differ."
    )
