"""Money for an invoice that no payment at Stripe brought: paid off Stripe, or from the credit balance."""

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
from integrations.providers.stripe.translate.payments import PROMOTION, StripeEvidence

THROUGH_STRIPE = ("pi_", "ch_", "py_")


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
    for kind, evidence in translate.without_intent(stripe_invoice):
        _record(inbound, invoice, kind, evidence)


def _record(inbound: Inbound, invoice: Invoice, kind: str, evidence: StripeEvidence) -> None:
    key = f"stripe-{evidence.invoice}-{kind}"
    if any(payment.idempotency_key == key for payment in payments_of(invoice.pk)):
        return
    if kind == translate.OUT_OF_BAND:
        evidence = replace(evidence, amount=evidence.amount - _recorded_off_stripe(invoice))
    else:
        # Credit notes lower the amount due too, and those for promotion codes are FlexSync's own.
        evidence = replace(evidence, amount=evidence.amount - _discounted(invoice))
    if evidence.amount > 0:
        money.create(inbound, evidence, invoice.customer_id, invoice.pk, key)


def _brought_so_far(invoice: Invoice) -> Decimal:
    """What payments here have brought, the customer's credit balance and promotion codes apart."""
    return sum((payment.amount for payment in _brought(invoice)), ZERO)


def _recorded_off_stripe(invoice: Invoice) -> Decimal:
    """What of the money off Stripe is a payment here already: FlexSync itself reported it to Stripe."""
    off_stripe = (
        payment for payment in _brought(invoice) if not payment.gateway_payment_id.startswith(THROUGH_STRIPE)
    )
    return sum((payment.amount for payment in off_stripe), ZERO)


def _discounted(invoice: Invoice) -> Decimal:
    """What promotion codes were worth, which FlexSync reports to Stripe by credit notes."""
    return sum((payment.amount for payment in _received(invoice) if payment.method == PROMOTION), ZERO)


def _brought(invoice: Invoice) -> Iterator[Payment]:
    """The payments that brought money; a placeholder only stands for one."""
    for payment in _received(invoice):
        is_money = payment.method not in (translate.CUSTOMER_BALANCE, PROMOTION)
        if is_money and payment.idempotency_key != placeholder_payments.key_of(invoice.pk):
            yield payment


def _received(invoice: Invoice) -> list[Payment]:
    return [payment for payment in payments_of(invoice.pk) if payment.status in RECEIVED]
