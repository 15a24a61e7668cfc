"""invoice.payment_failed, payment_action_required and sent: how an invoice's collection goes at Stripe."""

from billing.events import Kind
from billing.models import Invoice
from billing.models.payments import PaymentState
from billing.services.find import find
from billing.services.invoices import collection
from billing.services.invoices.amounts_paid import payments_of
from integrations.provider_api import Freshness, Ignored, Inbound, Json
from integrations.providers.stripe.handlers import collection_state, imported_invoices
from integrations.providers.stripe.handlers.events import STALE, object_of, rank_of
from integrations.providers.stripe.handlers.invoices import sent

# Neither event says why: the payment's own event does, if there was a payment.
FAILED = (
    "payment_failed",
    "Stripe tried to collect the invoice, without success. If no payment here says why, its customer has no"
    + " payment method at Stripe: ask for one, or send the invoice's page.",
)
ACTION_REQUIRED = (
    "authentication_required",
    "The customer's bank asks for authentication (3-D Secure): it is given on the invoice's page.",
)

# A payment that failed says why itself; one that goes on is none of its failures.
_TELL_WHY = (PaymentState.FAILED, PaymentState.REQUIRES_ACTION, PaymentState.PROCESSING)


def payment_failed(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.payment_failed: also sent when there was nothing to charge (page "Automatic collection")."""
    invoice = _as_it_is(inbound, event)
    if isinstance(invoice, Ignored):
        return invoice
    if not any(one.status in _TELL_WHY for one in payments_of(invoice.pk)):
        collection.failed(inbound.environment_id, invoice.pk, *FAILED)
    return None


def action_required(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.payment_action_required: Stripe retries, but only the customer can finish it."""
    invoice = _as_it_is(inbound, event)
    if isinstance(invoice, Ignored):
        return invoice
    collection.failed(inbound.environment_id, invoice.pk, *ACTION_REQUIRED)
    return None


def sent_to_customer(inbound: Inbound, event: Json) -> Ignored | None:
    """invoice.sent: Stripe has sent it by mail, or would have in test mode (page "Send an invoice")."""
    invoice = _as_it_is(inbound, event)
    if isinstance(invoice, Ignored) and invoice is not STALE:
        return invoice
    invoice_id = inbound.entity_id_of(Kind.INVOICE, object_of(event)["id"]) or ""
    collection.sent(inbound.environment_id, invoice_id, inbound.created)
    return None


def _as_it_is(inbound: Inbound, event: Json) -> Invoice | Ignored:
    """The invoice here, with what the event's invoice shows of its collection; one made there is imported."""
    stripe_invoice = object_of(event)
    invoice = sent(inbound, stripe_invoice)
    if invoice is None:
        return imported_invoices.save(inbound, event) or _imported(inbound, stripe_invoice)
    freshness = inbound.freshness(Kind.INVOICE, stripe_invoice["id"], rank_of(inbound))
    if freshness is Freshness.STALE:
        return STALE
    collection_state.note(inbound, invoice, stripe_invoice, freshness)
    return invoice


def _imported(inbound: Inbound, stripe_invoice: Json) -> Invoice:
    invoice_id = str(inbound.entity_id_of(Kind.INVOICE, stripe_invoice["id"]))
    return find(Invoice, inbound.environment_id, [invoice_id])[invoice_id]
