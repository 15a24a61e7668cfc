"""Money for an invoice that no payment at Stripe brought, because it was paid off Stripe."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from billing.facts import ZERO
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED
from billing.services.invoices.amounts_paid import payments_of
from integrations.provider_api import Inbound, Json
from integrations.providers.stripe.handlers import money, placeholder_payments
from integrations.providers.stripe.translate import invoice_payments as translate


def with_off_stripe_amount(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> Json:
    """The paid invoice with what came off Stripe, read from Stripe where no payment here explains its money.

    Where Stripe has tried to collect it and no charge failed, it is not read at first: the payment's own
    events are on the way. If they do not come, an invoice that FlexSync sent is read after all (an imported
    one has a placeholder payment): one whose customer has no payment method counts as attempted too, without
    any charge (page "Automatic invoice advancement").
    """
    is_explained = _brought_so_far(invoice) >= translate.amount_paid(stripe_invoice)
    if translate.shows_off_stripe_amount(stripe_invoice) or is_explained:
        return stripe_invoice
    has_failed = any(payment.status == "failed" for payment in payments_of(invoice.pk))
    may_come = invoice.is_external or inbound.attempts == 0
    if translate.was_charged(stripe_invoice) and not has_failed and may_come:
        return stripe_invoice
    current = inbound.look_up("invoices.retrieve", stripe_invoice["id"], {"expand": [translate.OFF_STRIPE]})
    return {**stripe_invoice, translate.OFF_STRIPE: current.get(translate.OFF_STRIPE) or 0}


def record(inbound: Inbound, invoice: Invoice, stripe_invoice: Json) -> None:
    """Records, once, what the paid invoice says of such money."""
    evidence = translate.off_stripe(stripe_invoice)
    key = f"stripe-{stripe_invoice['id']}-{translate.OUT_OF_BAND}"
    if evidence is None or any(payment.idempotency_key == key for payment in payments_of(invoice.pk)):
        return
    missing = evidence.amount - _recorded_off_stripe(invoice)
    if missing > 0:
        money.create(inbound, replace(evidence, amount=missing), invoice.customer_id, invoice.pk, key)


def _brought_so_far(invoice: Invoice) -> Decimal:
    """What payments here have brought."""
    return sum((payment.amount for payment in _brought(invoice)), ZERO)


def _recorded_off_stripe(invoice: Invoice) -> Decimal:
    """What of the money off Stripe is a payment here already: FlexSync itself reported it to Stripe."""
    off_stripe = (
        payment
        for payment in _brought(invoice)
        if not payment.gateway_payment_id.startswith(money.THROUGH_STRIPE)
    )
    return sum((payment.amount for payment in off_stripe), ZERO)


def _brought(invoice: Invoice) -> Iterator[Payment]:
    """The payments that brought money; a placeholder only stands for one."""
    for payment in payments_of(invoice.pk):
        if payment.status in RECEIVED and payment.idempotency_key != placeholder_payments.key_of(invoice.pk):
            yield payment
