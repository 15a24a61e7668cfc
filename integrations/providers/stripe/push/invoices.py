"""Brings an invoice to Stripe in three calls: a draft, its lines, and finalization once both totals agree."""

from django.utils import timezone

from billing.events import Kind
from billing.facts import InvoiceFacts
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services.invoices import invoices
from integrations.errors import Rejected
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import collection, customers, draft_mending, invoice_endings, payments
from integrations.providers.stripe.push.subscriptions import BEGAN_HERE
from integrations.providers.stripe.translate import invoice_lines
from integrations.providers.stripe.translate import invoices as translate

# How far an invoice has come at Stripe; noted with each answer, so that any later push goes on from there.
DRAFT, LINES, FINALIZED = "draft", "lines", "finalized"


def wanted(invoice_id: str) -> bool:
    """Whether an announced change asks for a push: a draft is nobody's business yet, one made at Stripe is Stripe's."""
    ours = Invoice.objects.filter(pk=invoice_id, is_external=False)
    return ours.exclude(status=InvoiceStatus.DRAFT).exists()


def push(outbound: Outbound) -> None:
    """Brings the invoice, and how it ended, to Stripe; goes on where an earlier push stopped."""
    invoice = Invoice.objects.get(pk=outbound.entity_id, environment_id=outbound.environment_id)
    if invoice.is_external:
        outbound.skip("draft", "The invoice was made at a gateway, which alone changes and ends it.")
        return
    if invoice.status == InvoiceStatus.DRAFT:
        raise Rejected(f"The invoice {invoice.pk} is a draft: finalize it first.")
    if invoice.status == InvoiceStatus.VOIDED:
        invoice_endings.void(outbound, invoice)
        return
    _complete(outbound, invoice)
    if invoice.status == InvoiceStatus.UNCOLLECTIBLE:
        invoice_endings.give_up(outbound, invoice)


def _complete(outbound: Outbound, invoice: Invoice) -> None:
    """Draft, lines, finalization: each step that is not done yet."""
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if stage == FINALIZED:
        collection.follow(outbound, invoice, str(outbound.provider_id_of(Kind.INVOICE, invoice.pk)))
    if stage not in (None, DRAFT, LINES):
        return
    facts = invoices.facts(invoice)
    theirs = outbound.provider_id_of(Kind.INVOICE, invoice.pk) or _draft(outbound, invoice, facts)
    if stage == LINES:
        draft_mending.mend(outbound, facts, invoice.pk, theirs)
    else:
        _lines(outbound, facts, theirs)
    _compare(outbound, invoice, facts, theirs)
    _finalize(outbound, invoice, theirs)
    if collection.is_paid_here(invoice.pk):
        # Before this push, or while Stripe was finalizing.
        if not collection.collects(invoice.pk):
            collection.hold(outbound, invoice.pk, theirs)
        payments.attach_known(outbound, invoice, theirs)


def _draft(outbound: Outbound, invoice: Invoice, facts: InvoiceFacts) -> str:
    _refuse_double_billing(outbound, invoice)
    customer = customers.ensure(outbound, invoice.customer_id)
    params = translate.create_params(facts, invoice.pk, customer, timezone.now())
    # Refused before anything is at Stripe that somebody would have to clear away.
    invoice_lines.add_lines_params(facts)
    link = (Kind.INVOICE, invoice.pk)
    answer = outbound.once(
        "draft", "invoices.create", params, link=link, annotate=lambda _answer: {"stage": DRAFT}
    )
    return str(answer["id"])


def _refuse_double_billing(outbound: Outbound, invoice: Invoice) -> None:
    """A subscription that FlexSync made at Stripe is billed by Stripe (docs/decisions)."""
    if invoice.subscription_id is None:
        return
    if outbound.notes_of(Kind.SUBSCRIPTION, invoice.subscription_id).get(BEGAN_HERE):
        raise Rejected(
            f"Stripe bills the subscription {invoice.subscription_id} itself, and its invoices come in from there. Void"
            f" {invoice.pk}; for anything else that the customer owes, make an invoice without subscription_id."
        )


def _lines(outbound: Outbound, facts: InvoiceFacts, theirs: str) -> None:
    params = invoice_lines.add_lines_params(facts)

    def note(answer: Json) -> Json:
        return {"stage": LINES, **draft_mending.total(answer)}

    outbound.once("lines", "invoices.add_lines", params, target=theirs, annotate=note)


def _compare(outbound: Outbound, invoice: Invoice, facts: InvoiceFacts, theirs: str) -> None:
    """Stops before anything is owed at Stripe when its total is not ours to the unit."""
    noted = outbound.notes_of(Kind.INVOICE, invoice.pk)
    # A planned answer has no total.
    if noted.get("total") is None or noted["total"] == invoice_lines.total(facts):
        return
    raise Rejected(
        f"Stripe's draft {theirs} says {noted['breakdown']}, and {invoice.pk} here says"
        f" {invoice_lines.breakdown(facts)} (in minor units of {invoice.currency}). Nothing was finalized:"
        " correct what is wrong, and try again: the draft is looked at anew, and its lines are replaced by ours."
    )


def _finalize(outbound: Outbound, invoice: Invoice, theirs: str) -> None:
    collects = collection.collects(invoice.pk)

    def note(answer: Json) -> Json:
        return {
            "stage": FINALIZED,
            "number": answer.get("number"),
            "auto_advance": collects,
            **translate.links(answer),
        }

    params = {"auto_advance": collects}
    answer = outbound.once("finalize", "invoices.finalize_invoice", params, target=theirs, annotate=note)
    links = translate.links(answer)
    if links:
        invoices.set_links(environment_id=outbound.environment_id, invoice_id=invoice.pk, **links)
