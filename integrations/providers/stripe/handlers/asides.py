"""Money for an invoice that no payment at Stripe brought: paid off Stripe, or from the customer's credit balance."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from billing.facts import ZERO
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED
from billing.services.invoices.amounts_paid import of as of_invoice
from integrations.provider_api import Inbound, Json
from integrations.providers.stripe.handlers import money, stand_ins
from integrations.providers.stripe.translate import invoice_payments as translate
from integrations.providers.stripe.translate.payments import PROMOTION, StripeEvidence

THROUGH_STRIPE = ("pi_", "ch_", "py_")


def told(inbound: Inbound, ours: Invoice, theirs: Json) -> Json:
    """The paid invoice with what came off Stripe, asked for where nothing that is known here explains its money.

    Where Stripe has charged it, and no charge failed, there is nothing to ask: the payment's own events are on the way.
    """
    if translate.tells_what_came_off_stripe(theirs) or _known(ours) >= translate.brought(theirs):
        return theirs
    if translate.was_charged(theirs) and not any(one.status == "failed" for one in of_invoice(ours.pk)):
        return theirs
    asked = inbound.look_up("invoices.retrieve", theirs["id"], {"expand": [translate.OFF_STRIPE]})
    return {**theirs, translate.OFF_STRIPE: asked.get(translate.OFF_STRIPE) or 0}


def count(inbound: Inbound, ours: Invoice, theirs: Json) -> None:
    """Counts, once, what the paid invoice says of it."""
    for kind, evidence in translate.off_card(theirs):
        _count(inbound, ours, kind, evidence)


def _count(inbound: Inbound, ours: Invoice, kind: str, evidence: StripeEvidence) -> None:
    key = f"stripe-{evidence.invoice}-{kind}"
    if any(one.idempotency_key == key for one in of_invoice(ours.pk)):
        return
    if kind == translate.OUT_OF_BAND:
        evidence = replace(evidence, amount=evidence.amount - _counted_outside(ours))
    else:
        # Stripe's invoice asks for less because of credit notes too, and those for codes are ours.
        evidence = replace(evidence, amount=evidence.amount - _promised(ours))
    if evidence.amount > 0:
        money.create(inbound, evidence, ours.customer_id, ours.pk, key)


def _known(ours: Invoice) -> Decimal:
    """What payments have brought that are known here, the customer's credit balance and codes apart."""
    return sum((one.amount for one in _brought(ours)), ZERO)


def _counted_outside(ours: Invoice) -> Decimal:
    """What is counted here already of the money that did not come through Stripe: FlexSync reported it there itself."""
    outside = (one for one in _brought(ours) if not one.gateway_payment_id.startswith(THROUGH_STRIPE))
    return sum((one.amount for one in outside), ZERO)


def _promised(ours: Invoice) -> Decimal:
    """What promotion codes were worth, which FlexSync told Stripe's invoice by credit notes."""
    return sum((one.amount for one in _received(ours) if one.method == PROMOTION), ZERO)


def _brought(ours: Invoice) -> Iterator[Payment]:
    """What was received, but for what stands in for money that no payment has brought yet."""
    for one in _received(ours):
        is_money = one.method not in (translate.CUSTOMER_BALANCE, PROMOTION)
        if is_money and one.idempotency_key != stand_ins.key_of(ours.pk):
            yield one


def _received(ours: Invoice) -> list[Payment]:
    return [one for one in of_invoice(ours.pk) if one.status in RECEIVED]
