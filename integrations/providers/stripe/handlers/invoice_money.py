"""invoice.paid, invoice.overpaid and invoice_payment.paid: which money came for which invoice."""

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from integrations.errors import Retry
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import (
    collection_state,
    imported_invoices,
    invoice_amounts,
    money,
    off_stripe_payments,
)
from integrations.providers.stripe.handlers.events import object_of, rank_of
from integrations.providers.stripe.handlers.invoices import INVOICE_MISSING, keep_links, sent
from integrations.providers.stripe.handlers.waiting import wait_for
from integrations.providers.stripe.translate import invoice_payments as translate
from integrations.providers.stripe.translate import statuses
from integrations.providers.stripe.translate.fields import read_member
from integrations.providers.stripe.translate.payments import of_invoice_payment
from integrations.providers.stripe.translate.status_words import in_words


def paid(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.paid and invoice.overpaid: records what the invoice names, and waits for the other events.

    An invoice of the pinned version does not say which payments paid it: payment_intent.succeeded and
    invoice_payment.paid do.
    """
    stripe_invoice = object_of(event)
    invoice = sent(inbound, stripe_invoice)
    if invoice is None:
        return imported_invoices.save(inbound, event)
    invoice_amounts.apply(inbound, invoice.pk, stripe_invoice)
    for evidence in translate.named_payments(stripe_invoice):
        money.apply(inbound, evidence)
    with_amount = off_stripe_payments.with_off_stripe_amount(inbound, invoice, stripe_invoice)
    off_stripe_payments.record(inbound, invoice, with_amount)
    invoice.refresh_from_db()
    _wait_for_the_rest(invoice, stripe_invoice)
    freshness = inbound.freshness(Kind.INVOICE, stripe_invoice["id"], rank_of(inbound))
    collection_state.note(inbound, invoice, stripe_invoice, freshness)
    keep_links(inbound, invoice, stripe_invoice)
    return None


def _wait_for_the_rest(invoice: Invoice, stripe_invoice: Json) -> None:
    if invoice.amount_remaining and invoice.status != InvoiceStatus.VOIDED:
        raise Retry(
            f"Stripe says that {stripe_invoice['id']} is paid, but"
            f" {invoice.amount_remaining.normalize():f} {invoice.currency} of it has not arrived as a payment. Waits for"
            " payment_intent.succeeded or invoice_payment.paid: the webhook endpoint must be registered for both."
        )


def payment_arrived(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice_payment.paid: which PaymentIntent paid how much of which invoice."""
    invoice_payment = object_of(event)
    if not read_member(invoice_payment, "status", statuses.INVOICE_PAYMENT):
        return Ignored(f"The invoice payment is {in_words(invoice_payment['status'])}: no money yet.")
    evidence = of_invoice_payment(invoice_payment)
    if inbound.entity_id_of(Kind.INVOICE, evidence.invoice) is None:
        return wait_for(inbound, "the invoice", evidence.invoice, INVOICE_MISSING)
    if not evidence.gateway_payment_id:
        return Ignored("It names no payment: for one that was made off Stripe, invoice.paid says how much.")
    return money.apply(inbound, evidence)
