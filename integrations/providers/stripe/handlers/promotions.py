"""Promotion codes that customers enter on a checkout's page: what a code is worth is credited."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from billing.facts import ZERO
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED, PaymentState
from billing.services.find import find
from billing.services.invoices import credit_notes
from billing.services.invoices.credit_notes import CreditNoteRequest
from billing.services.payments import payments
from integrations.provider_api import Inbound
from integrations.providers.stripe.translate.payments import StripeEvidence

MEMO = "Promotion code"


def record(inbound: Inbound, payment: Payment, evidence: StripeEvidence) -> tuple[Payment, StripeEvidence]:
    """Credits what a finished page charged less than the payment; returns what is to be settled of it now.

    Only a code makes a page charge less, and only pages that take codes are considered. Where the code covers
    all of it, no money comes, and the payment is cancelled.
    """
    takes_codes = bool(payment.checkout_options.get("allow_promotion_codes"))
    discount = payment.amount - evidence.amount
    is_paid = evidence.status == PaymentState.SUCCEEDED and bool(evidence.amount or evidence.is_free)
    if not takes_codes or not is_paid or discount <= 0 or payment.status in RECEIVED:
        return payment, evidence
    _credit(inbound, payment, discount, inbound.happened(evidence.happened_at))
    if evidence.is_free:
        return payment, replace(evidence, status="cancelled")
    discounted = payments.discount(
        environment_id=inbound.environment_id,
        payment_id=payment.pk,
        amount=evidence.amount,
        origin=inbound.connection_id,
    )
    return discounted, evidence


def _credit(inbound: Inbound, payment: Payment, discount: Decimal, at: datetime) -> None:
    """Once for each payment; it goes to Stripe's invoice like any other credit note of FlexSync.

    What was paid in another way meanwhile is not owed any more, and is not credited; nor is an invoice whose
    money a bank is bringing, which no gateway credits: what came is too much once that has come.
    """
    invoice = payment.invoice_id and find(Invoice, inbound.environment_id, [payment.invoice_id])
    owed = invoice[payment.invoice_id].amount_remaining if invoice else ZERO
    beside = Payment.objects.filter(invoice=payment.invoice_id, status=PaymentState.PROCESSING)
    if not owed or beside.exclude(pk=payment.pk).exists():
        return
    credit_notes.issue(
        environment_id=inbound.environment_id,
        invoice_id=payment.invoice_id,
        request=CreditNoteRequest(amount=min(discount, owed), memo=MEMO),
        connection_id=inbound.connection_id,
        idempotency_key=f"promotion-{payment.pk}",
        now=at,
    )
