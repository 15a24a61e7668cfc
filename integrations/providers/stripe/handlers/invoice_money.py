"""invoice.paid, invoice.overpaid and invoice_payment.paid: which money came for which invoice."""

from billing.events import Kind
from billing.models.invoices import InvoiceStatus
from integrations.errors import Retry
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import asides, imported_invoices, money
from integrations.providers.stripe.handlers.events import object_of
from integrations.providers.stripe.handlers.invoices import NOT_OURS, keep_links, sent
from integrations.providers.stripe.handlers.waiting import wait
from integrations.providers.stripe.translate import invoice_payments as translate
from integrations.providers.stripe.translate import statuses
from integrations.providers.stripe.translate.payments import of_invoice_payment


def paid(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.paid and invoice.overpaid: counts what the invoice itself names, and waits for the rest of its events.

    An invoice of the pinned version does not say which payments paid it: payment_intent.succeeded and
    invoice_payment.paid do.
    """
    theirs = object_of(event)
    ours = sent(inbound, theirs)
    if ours is None:
        return imported_invoices.follow(inbound, theirs)
    for evidence in translate.named(theirs):
        money.apply(inbound, evidence)
    asides.count(inbound, ours, asides.told(inbound, ours, theirs))
    ours.refresh_from_db()
    if ours.amount_remaining and ours.status != InvoiceStatus.VOIDED:
        raise Retry(
            f"Stripe says that {theirs['id']} is paid, but {ours.amount_remaining.normalize():f} {ours.currency} of it"
            " has not arrived as a payment: it waits for payment_intent.succeeded or invoice_payment.paid, which"
            " the webhook endpoint must be registered for."
        )
    keep_links(inbound, ours, theirs)
    return None


def payment_arrived(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice_payment.paid: which PaymentIntent paid how much of which invoice."""
    theirs = object_of(event)
    if not statuses.INVOICE_PAYMENT[theirs["status"]]:
        return Ignored(f"The invoice payment is {theirs['status']}: no money yet.")
    evidence = of_invoice_payment(theirs)
    if inbound.entity_id_of(Kind.INVOICE, evidence.invoice) is None:
        return wait(inbound, f"the invoice {evidence.invoice}", NOT_OURS)
    through_stripe = evidence.gateway_payment_id.startswith(asides.THROUGH_STRIPE)
    if not through_stripe and inbound.entity_id_of(Kind.PAYMENT, evidence.gateway_payment_id):
        return Ignored("FlexSync reported this payment to Stripe itself.")
    if not evidence.gateway_payment_id:
        return Ignored("The payment was made off Stripe; invoice.paid tells how much.")
    return money.apply(inbound, evidence)
