"""Which invoice a PaymentIntent pays, where the intent itself does not say so."""

from dataclasses import replace

from billing.events import Kind
from billing.models.payments import PaymentState
from integrations.provider_api import Inbound, Json
from integrations.providers.stripe.handlers import money
from integrations.providers.stripe.handlers.waiting import WAITING_ATTEMPTS
from integrations.providers.stripe.translate import invoice_payments
from integrations.providers.stripe.translate.payments import StripeEvidence

# The attempt before which most invoices have come that were on their way.
SOON = 2


def with_invoice(inbound: Inbound, intent: Json, evidence: StripeEvidence) -> StripeEvidence:
    """The evidence of the intent with its invoice, read from Stripe where it may have one (page "List all
    payments for an invoice").

    Its reference belongs to the business and may hold anything; only an intent from before 2025-03-31 names
    the invoice in a field of its own.
    """
    if "invoice" in intent or not _may_have_an_invoice(inbound, intent, evidence):
        return evidence
    payment = {"type": "payment_intent", "payment_intent": intent["id"]}
    found = inbound.look_up("invoice_payments.list", "", {"payment": payment})
    named = list(invoice_payments.invoices_of(found))
    here = (invoice for invoice in named if inbound.entity_id_of(Kind.INVOICE, invoice))
    return replace(evidence, invoice=next(here, named[0] if named else ""))


def _may_have_an_invoice(inbound: Inbound, intent: Json, evidence: StripeEvidence) -> bool:
    """Whether a call may find an invoice that is here: so is its customer then, and it began at Stripe."""
    if evidence.payment_id or _names_known_invoice(inbound, evidence):
        return False
    known = money.by_intent(inbound, evidence.gateway_payment_id)
    if known.invoice_id if known else evidence.status == PaymentState.CANCELLED:
        return False
    # The business may have put anything there: Stripe is asked before long, and again before giving up.
    if evidence.invoice and (inbound.attempts == SOON or inbound.attempts >= WAITING_ATTEMPTS):
        return True
    if not evidence.customer:
        return bool(intent.get("customer_account"))
    return inbound.entity_id_of(Kind.CUSTOMER, evidence.customer) is not None


def _names_known_invoice(inbound: Inbound, evidence: StripeEvidence) -> bool:
    return bool(evidence.invoice and inbound.entity_id_of(Kind.INVOICE, evidence.invoice))
