"""Promotion codes that customers enter on a checkout's page: what a code is worth is no longer owed."""

from decimal import Decimal

from billing.facts import PaymentFacts
from billing.models import Payment
from billing.models.payments import RECEIVED, PaymentState
from billing.services.payments import payments
from integrations.provider_api import Inbound
from integrations.providers.stripe.translate.payments import PROMOTION, StripeEvidence


def record(inbound: Inbound, payment: Payment, evidence: StripeEvidence) -> None:
    """Records what a paid page charged less than the payment: a payment of its own, without money behind it.

    Only a code makes a page charge less, and only pages that take codes are considered.
    """
    takes_codes = bool(payment.checkout_options.get("allow_promotion_codes"))
    discount = payment.amount - evidence.amount
    paid = evidence.status == PaymentState.SUCCEEDED and evidence.amount > 0
    if not takes_codes or not paid or discount <= 0 or payment.status in RECEIVED:
        return
    payments.create(
        environment_id=inbound.environment_id,
        facts=_facts(payment, discount),
        idempotency_key=f"promotion-{payment.pk}",
        now=inbound.now,
    )
    payment.amount = evidence.amount
    payment.save(update_fields=["amount", "updated_at"])


def _facts(payment: Payment, discount: Decimal) -> PaymentFacts:
    return PaymentFacts(
        customer_id=payment.customer_id,
        invoice_id=payment.invoice_id,
        amount=discount,
        currency=payment.currency,
        status=PaymentState.SUCCEEDED,
        method=PROMOTION,
    )
