"""Money that an invoice made in Stripe says it was paid, before Stripe has said which payments brought it."""

from collections.abc import Iterable
from decimal import Decimal

from billing.facts import ZERO, PaymentFacts
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED
from billing.services.invoices import amounts_paid
from billing.services.payments import payments
from integrations.provider_api import Inbound

TOLD = "paid_at_stripe"


def key_of(invoice_id: str) -> str:
    """Under which idempotency key the payment is found."""
    return f"stripe-{invoice_id}-unnamed"


def follow(inbound: Inbound, invoice: Invoice, told: Decimal = ZERO) -> None:
    """Lets one payment stand for what Stripe ``told`` was paid (major units) but no named payment has brought.

    Payments that are named later take its place, so the same money counts once in whichever order it is told.
    """
    key = key_of(invoice.pk)
    known = amounts_paid.of(invoice.pk)
    standing = next((one for one in known if one.idempotency_key == key), None)
    if standing is not None:
        told = max(told, Decimal(standing.metadata[TOLD]))
    missing = told - _named(known)
    if missing == (standing.amount if standing else ZERO):
        return
    if standing is not None:
        payments.retract(
            environment_id=inbound.environment_id, payment_id=standing.pk, origin=inbound.connection_id
        )
    if missing > 0:
        payments.create(
            environment_id=inbound.environment_id,
            facts=_facts(invoice, missing, told),
            idempotency_key=key,
            now=inbound.now,
            origin=inbound.connection_id,
        )


def _named(known: Iterable[Payment]) -> Decimal:
    """What known payments at Stripe have brought."""
    came = (one for one in known if one.gateway == "stripe" and one.status in RECEIVED)
    return sum((one.amount for one in came if one.gateway_payment_id), ZERO)


def _facts(invoice: Invoice, amount: Decimal, told: Decimal) -> PaymentFacts:
    return PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
        amount=amount,
        currency=invoice.currency,
        status="succeeded",
        gateway="stripe",
        is_external=True,
        metadata={TOLD: str(told)},
    )
