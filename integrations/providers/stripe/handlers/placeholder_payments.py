"""Placeholders for money that an invoice made in Stripe has got, until Stripe names the payments."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from billing.events import Kind
from billing.facts import ZERO, PaymentFacts
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED
from billing.services.invoices import amounts_paid
from billing.services.payments import payments
from integrations.provider_api import Inbound
from integrations.providers.stripe.push.collection import note_name

# The key in a placeholder's metadata of the largest amount that Stripe has reported so far.
PAID_AT_STRIPE = "paid_at_stripe"


def key_of(invoice_id: str) -> str:
    """The idempotency key by which an invoice's placeholder is found."""
    return f"stripe-{invoice_id}-unnamed"


def update(
    inbound: Inbound, invoice: Invoice, paid_at_stripe: Decimal = ZERO, at: datetime | None = None
) -> None:
    """Makes one payment hold what was paid at Stripe (major units) that no other payment has brought yet.

    ``at``: when it was paid, None for the event's time. Payments that are named later take its place, so
    the money counts once, in whichever order events come.
    """
    key = key_of(invoice.pk)
    known = amounts_paid.payments_of(invoice.pk)
    placeholder = next((payment for payment in known if payment.idempotency_key == key), None)
    if placeholder is not None:
        paid_at_stripe = max(paid_at_stripe, Decimal(placeholder.metadata[PAID_AT_STRIPE]))
    others = [payment for payment in known if payment is not placeholder]
    missing = paid_at_stripe - _told(others) - _reported(inbound, invoice, others)
    if missing != (placeholder.amount if placeholder else ZERO):
        received = at or (placeholder.succeeded_at if placeholder else None)
        facts = _facts(inbound, invoice, missing, paid_at_stripe)
        _replace(inbound, placeholder, facts, key, inbound.happened(received))


def _replace(
    inbound: Inbound, placeholder: Payment | None, facts: PaymentFacts, key: str, at: datetime
) -> None:
    environment, origin = inbound.environment_id, inbound.connection_id
    if placeholder is not None:
        payments.retract(environment_id=environment, payment_id=placeholder.pk, origin=origin)
    if facts.amount > 0:
        payments.create(environment_id=environment, facts=facts, idempotency_key=key, now=at, origin=origin)


def _told(known: Iterable[Payment]) -> Decimal:
    """What Stripe has told of in other ways: by a payment's name, or as paid out of band."""
    return sum((one.amount for one in known if one.gateway == "stripe" and one.status in RECEIVED), ZERO)


def _reported(inbound: Inbound, invoice: Invoice, known: Iterable[Payment]) -> Decimal:
    """What came off Stripe and FlexSync itself has told Stripe of: Stripe counts it as paid, too."""
    by_hand = [one for one in known if one.gateway != "stripe" and one.status in RECEIVED]
    stripe_id = inbound.provider_id_of(Kind.INVOICE, invoice.pk) if by_hand else None
    notes = inbound.notes_of(Kind.INVOICE, stripe_id) if stripe_id else {}
    return sum((one.amount for one in by_hand if note_name(one.pk) in notes), ZERO)


def _facts(inbound: Inbound, invoice: Invoice, amount: Decimal, paid_at_stripe: Decimal) -> PaymentFacts:
    return PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
        amount=amount,
        currency=invoice.currency,
        status="succeeded",
        gateway="stripe",
        connection_id=inbound.connection_id,
        is_external=True,
        metadata={PAID_AT_STRIPE: str(paid_at_stripe)},
    )
