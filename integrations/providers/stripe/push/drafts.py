"""Brings an invoice to Stripe as a draft with its lines, and stops where both totals differ."""

from django.utils import timezone

from billing.events import Kind
from billing.facts import InvoiceFacts
from billing.models import Invoice
from integrations.errors import Rejected
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import customers, draft_correction, invoice_edits
from integrations.providers.stripe.push.subscriptions import CREATED_BY_FLEXSYNC
from integrations.providers.stripe.translate import invoice_lines
from integrations.providers.stripe.translate import invoices as translate

# How far an invoice has come at Stripe: noted with each response, so that a later push continues from there.
DRAFT, LINES = "draft", "lines"


def bring(outbound: Outbound, invoice: Invoice, facts: InvoiceFacts) -> str:
    """The draft's id, once it has its lines; each step that is not done yet. Raises Rejected."""
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    stripe_id = outbound.provider_id_of(Kind.INVOICE, invoice.pk) or _create_draft(outbound, invoice, facts)
    if stage == LINES:
        draft_correction.correct(outbound, facts, invoice.pk, stripe_id)
    else:
        _add_lines(outbound, facts, stripe_id)
    _compare_totals(outbound, invoice, facts, stripe_id)
    return stripe_id


def _create_draft(outbound: Outbound, invoice: Invoice, facts: InvoiceFacts) -> str:
    _refuse_double_billing(outbound, invoice)
    customer = customers.ensure(outbound, invoice.customer_id)
    params = translate.create_params(facts, invoice.pk, customer, timezone.now())
    # Raises Untranslatable before anything is at Stripe that an operator would have to clear away.
    invoice_lines.add_lines_params(facts)
    link = (Kind.INVOICE, invoice.pk)
    draft = outbound.once(
        "draft",
        "invoices.create",
        params,
        link=link,
        annotate=lambda response: {"stage": DRAFT, **invoice_edits.notes(invoice, params, response)},
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
