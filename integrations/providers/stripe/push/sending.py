"""Has Stripe send invoices that the customer pays on receipt (page "Send an invoice for manual payment")."""

from django.utils import timezone

from billing.events import Kind
from billing.models import Invoice
from billing.models.collection import CollectionMethod
from billing.services.invoices import collection as collection_service
from integrations.provider_api import ASKS, Outbound
from integrations.providers.stripe.push import collection

# What the invoice's mapping notes once it was sent; "sent" alone names a digest there.
SENT = "sent_to_customer"


def send_once(outbound: Outbound, invoice: Invoice, stripe_id: str) -> None:
    """Sends a finalized invoice, once, and only while Stripe is to ask the customer for it.

    ``auto_advance`` is off for such invoices: with it, the account's settings may let Stripe send them too.
    """
    if invoice.collection_method != CollectionMethod.SEND_INVOICE:
        return
    invoice.refresh_from_db(fields=["amount_remaining"])
    notes = outbound.notes_of(Kind.INVOICE, invoice.pk)
    is_wanted = notes.get(ASKS, True) and invoice.amount_remaining
    if notes.get(SENT) or not is_wanted or not collection.may_collect(invoice.pk, notes):
        outbound.skip("send", "The customer has the invoice, or Stripe is not to ask for it now.")
        return
    sent = outbound.once(
        "send", "invoices.send_invoice", {}, target=stripe_id, annotate=lambda _response: {SENT: True}
    )
    if "status" in sent:
        collection_service.sent(outbound.environment_id, invoice.pk, timezone.now())
