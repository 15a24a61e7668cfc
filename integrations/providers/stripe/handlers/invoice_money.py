"""invoice.paid, invoice.overpaid and invoice_payment.paid: which money came for an invoice that we sent to Stripe."""

from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus
from integrations.errors import Retry
from integrations.provider import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import money
from integrations.providers.stripe.handlers.events import object_of
from integrations.providers.stripe.handlers.invoices import NOT_OURS, keep_links, sent
from integrations.providers.stripe.translate import invoice_payments as translate
from integrations.providers.stripe.translate.payments import Evidence, of_invoice_payment


def paid(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.paid and invoice.overpaid: counts what the invoice itself names, and waits for the rest of its events.

    An invoice of the pinned version does not say which payments paid it: payment_intent.succeeded and
    invoice_payment.paid do.
    """
    theirs = object_of(event)
    ours = sent(inbound, theirs)
    if ours is None:
        return NOT_OURS
    for evidence in translate.named(theirs):
        money.apply(inbound, evidence)
    for kind, evidence in translate.off_card(theirs):
        _count_aside(inbound, ours, kind, evidence)
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
    evidence = of_invoice_payment(object_of(event))
    if sent(inbound, {"id": evidence.invoice}) is None:
        return NOT_OURS
    if not evidence.intent_id:
        return Ignored("The payment was made off Stripe; invoice.paid tells how much.")
    return money.apply(inbound, evidence)


def _count_aside(inbound: Inbound, ours: Invoice, kind: str, evidence: Evidence) -> None:
    """Counts, once, what was paid without a PaymentIntent."""
    key = f"stripe-{evidence.invoice}-{kind}"
    if not Payment.objects.filter(environment_id=inbound.environment_id, idempotency_key=key).exists():
        money.create(inbound, evidence, ours.customer_id, ours.pk, key)
